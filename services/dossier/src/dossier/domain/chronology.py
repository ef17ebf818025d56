"""In what order acts may be said to have happened."""

from datetime import date, datetime

from kernel.time_zone import start_of_day

from dossier.domain.errors import InTheFuture, OutOfOrder, TooLongAgo

FIRST_CODE_DAY = date(2000, 1, 1)
"""A dossier code writes its year in two digits."""
_FIRST_INSTANT = start_of_day(FIRST_CODE_DAY)


def act_instant(claimed: datetime | None, *, now: datetime, after: datetime | None) -> datetime:
    """Return when the act happened: as claimed, else now; never in the future or out of order."""
    instant = claimed or now
    if instant > now:
        raise InTheFuture(occurred_at=instant)
    if after is not None and instant < after:
        raise OutOfOrder(occurred_at=instant, after=after)
    return instant


def receipt_instant(claimed: datetime | None, *, now: datetime) -> datetime:
    """Return when a dossier was received: as `act_instant`, and within the years of codes."""
    instant = act_instant(claimed, now=now, after=None)
    if instant < _FIRST_INSTANT:
        raise TooLongAgo(earliest=FIRST_CODE_DAY)
    return instant

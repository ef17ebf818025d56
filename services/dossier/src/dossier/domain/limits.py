"""How long an agency has for acts that the law itself limits: dated rows, one per rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from kernel.time_zone import local_day

from dossier.domain.desk import Desk
from dossier.domain.errors import ApologyTooLate, SupplementsUsedUp, SupplementTooLate


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """A number of days; in force from `valid_from` up to, but without, `valid_to`."""

    days: int
    law: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CountLimit:
    """How often something may be done; in force from `valid_from` up to, but without, `valid_to`.

    The decree's text at hand names no number, so no row is ours: whoever runs the service states
    the rule that holds there, with the text that says so.
    """

    most: int
    law: str
    valid_from: date
    valid_to: date | None = None


_Dated = TypeVar("_Dated", LegalLimit, CountLimit)

SUPPLEMENT_LIMITS = (LegalLimit(3, "NĐ 61/2018/NĐ-CP art. 19.4", date(2018, 6, 21)),)
"""Working days after receipt within which a supplement may be asked for."""
APOLOGY_LEADS = (LegalLimit(1, "NĐ 61/2018/NĐ-CP art. 19.9", date(2018, 6, 21)),)
"""Days before the due date by which an apology must have left."""


def limit_on(limits: Sequence[_Dated], day: date) -> _Dated | None:
    """Return the row in force on `day`; None when the law set no limit then."""
    for limit in limits:
        if limit.valid_from <= day and (limit.valid_to is None or day < limit.valid_to):
            return limit
    return None


def last_day_to_ask(received_at: datetime, limit: LegalLimit, desk: Desk) -> date:
    """Return the last day on which a supplement may be asked for; the day of receipt is day 0.

    Law: NĐ 61/2018/NĐ-CP art. 19.4
    """
    return desk.calendar.add(desk.counts_from(received_at), limit.days)


def require_supplement_in_time(received_at: datetime, *, asked_at: datetime, desk: Desk) -> None:
    """Refuse to ask for a supplement when the days for asking are over."""
    limit = limit_on(SUPPLEMENT_LIMITS, local_day(received_at))
    if limit is None:
        return
    last_day = last_day_to_ask(received_at, limit, desk)
    if local_day(asked_at) > last_day:
        raise SupplementTooLate(last_day=last_day, working_days=limit.days, law=limit.law)


def require_supplement_left(
    received_at: datetime, *, asked_before: int, counts: Sequence[CountLimit]
) -> None:
    """Refuse to ask for a supplement once more than the rule of the dossier's receipt allows.

    Law: our reading (how often a supplement is asked for is a dated row of the place)
    """
    limit = limit_on(counts, local_day(received_at))
    if limit is not None and asked_before >= limit.most:
        raise SupplementsUsedUp(most=limit.most, asked_before=asked_before, law=limit.law)


def asked_in_time(received_at: datetime, *, asked_at: datetime, desk: Desk) -> bool:
    """Tell whether a supplement was asked for in the days for asking; an old register may say so.

    Law: NĐ 61/2018/NĐ-CP art. 19.4
    """
    limit = limit_on(SUPPLEMENT_LIMITS, local_day(received_at))
    return limit is None or local_day(asked_at) <= last_day_to_ask(received_at, limit, desk)


def require_apology_in_time(due_on: date, *, sent_at: datetime) -> None:
    """Refuse an apology that leaves too late to be one.

    Law: NĐ 61/2018/NĐ-CP art. 19.9
    """
    limit = limit_on(APOLOGY_LEADS, local_day(sent_at))
    if limit is None:
        return
    last_day = due_on - timedelta(days=limit.days)
    if local_day(sent_at) > last_day:
        raise ApologyTooLate(last_day=last_day, days=limit.days, law=limit.law)

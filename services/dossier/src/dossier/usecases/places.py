"""Where a page goes on: cursors read into places, and nothing the database would choke on."""

from datetime import date, datetime
from typing import cast
from uuid import UUID

from kernel.time_zone import EARLIEST_DAY, LATEST_DAY
from kit.errors import BadCursor
from kit.paging import decode_cursor, encode_cursor

from dossier.store import figures
from dossier.store.intake_queue import Place as FilingPlace
from dossier.store.papers import WaitingPlace

_LARGEST = 2**31 - 1

Place = tuple[date, int, int]
"""A day and two small numbers: serial and agency of a dossier, agency and ordinal of a copy."""


def place(cursor: str | None) -> Place | None:
    """Return the place of the last item of the page before."""
    decoded = decode_cursor(cursor, date, int, int)
    if decoded is None:
        return None
    if any(isinstance(part, int) and abs(part) > _LARGEST for part in decoded):
        raise BadCursor
    return cast("Place", decoded)


def filing_place(cursor: str | None) -> FilingPlace | None:
    """Return the place of the last filing of the page before."""
    decoded = decode_cursor(cursor, str, str)
    if decoded is None:
        return None
    try:
        at, filing_id = datetime.fromisoformat(str(decoded[0])), UUID(str(decoded[1]))
    except ValueError as error:
        raise BadCursor from error
    if not _is_in_bounds(at):
        raise BadCursor
    return at, filing_id


def evidence_place(
    cursor: str | None,
) -> tuple[figures.Place | None, tuple[int, int] | None]:
    """Return the place of the last record of the page before, and the totals told with it."""
    decoded = decode_cursor(cursor, int, date, date, int, int, int)
    if decoded is None:
        return None, None
    agency_id, day, issued_on, *numbers = cast("tuple[int, date, date, int, int, int]", decoded)
    if max(map(abs, (agency_id, *numbers))) > _LARGEST:
        raise BadCursor
    serial, total, contributed = numbers
    return (agency_id, day, issued_on, serial), (total, contributed)


def number(cursor: str | None) -> int:
    """Return the number of the last item of the page before, 0 before the first page."""
    decoded = decode_cursor(cursor, int)
    if decoded is None:
        return 0
    if abs(cast("int", decoded[0])) > _LARGEST:
        raise BadCursor
    return cast("int", decoded[0])


def waiting_cursor(place: WaitingPlace) -> str:
    """Pack the place of a page's last item, among what waits."""
    at, agency_id, issued_on, serial, number = place
    return encode_cursor(at.isoformat(), agency_id, issued_on, serial, number)


def waiting_place(cursor: str | None) -> WaitingPlace | None:
    """Return the place of the last item of the page before, among what waits."""
    decoded = decode_cursor(cursor, str, int, date, int, int)
    if decoded is None:
        return None
    told, agency_id, issued_on, *numbers = cast("tuple[str, int, date, int, int]", decoded)
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise BadCursor from error
    if not _is_in_bounds(at) or max(map(abs, (agency_id, *numbers))) > _LARGEST:
        raise BadCursor
    serial, number = numbers
    return at, agency_id, issued_on, serial, number


def _is_in_bounds(at: datetime) -> bool:
    return at.tzinfo is not None and EARLIEST_DAY <= at.date() <= LATEST_DAY

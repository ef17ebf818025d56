"""Where a page goes on: cursors read into places, and nothing the database would choke on."""

from datetime import date
from typing import cast

from kit.errors import BadCursor
from kit.paging import decode_cursor

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


def number(cursor: str | None) -> int:
    """Return the number of the last item of the page before, 0 before the first page."""
    decoded = decode_cursor(cursor, int)
    if decoded is None:
        return 0
    if abs(cast("int", decoded[0])) > _LARGEST:
        raise BadCursor
    return cast("int", decoded[0])

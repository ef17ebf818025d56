"""Cursors of lists in the order of their days, ids breaking ties."""

from datetime import date
from uuid import UUID

from kit.errors import BadCursor
from kit.paging import decode_cursor, encode_cursor


def after_day_and_id(cursor: str | None) -> tuple[date, UUID] | None:
    """Read the key after which a page starts; None is the beginning."""
    key = decode_cursor(cursor, str, str)
    if key is None:
        return None
    try:
        return date.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError as error:
        raise BadCursor from error


def cursor_after(day: date, record_id: UUID) -> str:
    """Return the cursor of the page that starts after this record."""
    return encode_cursor(day, str(record_id))

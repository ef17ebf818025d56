"""Keyset pages: page 10,000 costs what page 1 costs."""

import base64
import binascii
from datetime import date
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query

from kit.errors import BadCursor
from kit.wire import WireModel

Limit = Annotated[int, Query(ge=1, le=500, description="How many items a page holds.")]
DEFAULT_LIMIT = 100
Cursor = Annotated[
    str | None,
    Query(
        max_length=1_000,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="The `next_cursor` of the page before.",
    ),
]
Item = TypeVar("Item")


class Page(WireModel, Generic[Item]):
    """One page of a list; without `next_cursor` it is the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*values: str | int | date) -> str:
    """Pack the sort key of a page's last item."""
    packed = orjson.dumps([v.isoformat() if isinstance(v, date) else v for v in values])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str | None, *types: type) -> tuple[str | int | date, ...] | None:
    """Unpack a cursor into values of `types` (`str`, `int`, `date`); None stays None.

    Raises:
        BadCursor: the text is not a cursor of this list.
    """
    if not cursor:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(types):
            raise BadCursor
        return tuple(_value(value, kind) for value, kind in zip(values, types, strict=True))
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error


_LARGEST_KEY = 2**63 - 1


def _value(value: object, kind: type) -> str | int | date:
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    if kind is int and type(value) is int and abs(value) <= _LARGEST_KEY:
        return value
    if kind is str and isinstance(value, str) and "\x00" not in value:
        return value
    raise BadCursor

"""Many rows as one call takes them: an array per field, unnested by the database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any, Generic, NewType, TypeVar, get_args, get_type_hints
from uuid import UUID

RowT = TypeVar("RowT")

Json = NewType("Json", str)
"""Text that the database takes as JSON."""

_KINDS: Mapping[Any, str] = {
    int: "int",
    str: "text",
    bytes: "bytea",
    UUID: "uuid",
    date: "date",
    time: "time",
    datetime: "timestamptz",
    Json: "jsonb",
}


class Columns(Generic[RowT]):
    """The columns of the dataclass `row`, whose fields are of plain types or those or None."""

    def __init__(self, row: type[RowT]) -> None:
        hints = get_type_hints(row)
        self.names = tuple(hints)
        self._kinds = [_kind(hint) for hint in hints.values()]
        self._values = attrgetter(*self.names)

    def source(self, alias: str) -> str:
        """Return the rows as `alias`, in a statement that takes nothing else; `place` from 1 on."""
        arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(self._kinds, 1))
        return f"unnest({arrays}) with ordinality {alias} ({', '.join(self.names)}, place)"

    def arguments(self, alias: str) -> str:
        """Return the columns of `alias` in their order."""
        return ", ".join(f"{alias}.{name}" for name in self.names)

    def of(self, rows: Sequence[RowT]) -> Iterator[tuple[Any, ...]]:
        """Return what such a statement takes for `rows`, of which there is at least one."""
        return zip(*map(self._values, rows), strict=True)


def _kind(hint: Any) -> str:
    return next(_KINDS[kind] for kind in (hint, *get_args(hint)) if kind in _KINDS)

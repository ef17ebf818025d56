"""Dated rows: which one is in force, and how immutable rows tile time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A row that holds from `valid_from` until a later row of the same thing begins."""

    @property
    def valid_from(self) -> date:
        """Return the first day on which the row holds."""
        ...


DatedRow = TypeVar("DatedRow", bound=Dated)


@dataclass(frozen=True, slots=True)
class Validity:
    """Local days from `start` up to, but without, `end`; open when `end` is None."""

    start: date
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def latest_by(rows: Iterable[DatedRow], *, on: date) -> DatedRow | None:
    """Return the row that began last, up to and including the day `on`."""
    begun = (row for row in rows if row.valid_from <= on)
    return max(begun, key=lambda row: row.valid_from, default=None)


def tile(starts: Sequence[date], cuts: Sequence[date] = ()) -> tuple[Validity, ...]:
    """Return the range of each row that starts on `starts` (ascending, distinct).

    A row ends where the next begins, or at the first cut after its start: a cut on the very day
    a row starts belongs to the row before it. So ranges never overlap, and without cuts they
    leave no gap.
    """
    return tuple(
        Validity(start, min((day for day in (*starts, *cuts) if day > start), default=None))
        for start in starts
    )

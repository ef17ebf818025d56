"""What is asked about, and the shape this gives a statement: built once, run with its values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Protocol

from kernel.periods import ReportingPeriod
from sqlalchemy import BindParameter, ColumnElement, Date, DateTime, bindparam
from sqlalchemy.sql.elements import KeyedColumnElement

from dossier.domain.permissions import Sight
from dossier.store.agencies import Reach, reached, reaching


class Days(Protocol):
    """The first and the last day of a period: parameters, or columns of many periods."""

    @property
    def start(self) -> Any:
        """Return the first day."""

    @property
    def last_day(self) -> Any:
        """Return the last day."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which records count: those of `agencies` in sight, as known at `known_at` (None: now).

    `agencies` None means all that are in sight.
    """

    agencies: Collection[str] | None
    sight: Sight
    period: ReportingPeriod
    known_at: datetime | None = None

    @cached_property
    def _reaching(self) -> tuple[Reach, Mapping[str, str | list[str]]]:
        """Put the agencies in order once: a province has hundreds, and every statement asks."""
        return reaching(self.sight, self.agencies)

    @property
    def shape(self) -> "Shape":
        """Return what of this a statement must be built for."""
        return Shape(self._reaching[0], knows_now=self.known_at is None)

    def values(self, **more: object) -> dict[str, object]:
        """Return what a statement of this shape is run with, and `more` of its own."""
        codes = self._reaching[1]
        period = {"first_day": self.period.start, "last_day": self.period.last_day}
        return {**codes, **period, "known_at": self.known_at, **more}


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a scope shapes a statement; all else is a parameter of it.

    Building a statement of some twenty figures takes longer than counting a ward, so each is
    built once per shape: functions that return one are cached.
    """

    reach: Reach
    knows_now: bool

    start: ClassVar[BindParameter[date]] = bindparam("first_day", type_=Date)
    last_day: ClassVar[BindParameter[date]] = bindparam("last_day", type_=Date)
    known_at: ClassVar[BindParameter[datetime]] = bindparam(
        "known_at", type_=DateTime(timezone=True)
    )

    def sees(self, column: KeyedColumnElement[int]) -> ColumnElement[bool]:
        """Return `in_sight` with the agencies as parameters."""
        return reached(column, self.reach)


def place_values(place: Sequence[object]) -> dict[str, object]:
    """Return the parameters of a place in a list, in the order of its columns."""
    return {f"after_{number}": part for number, part in enumerate(place)}


def after_place(columns: Sequence[ColumnElement[Any]]) -> list[BindParameter[Any]]:
    """Return the parameters that `place_values` fills, each of its column's type."""
    return [
        bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(columns)
    ]

"""What somebody typed into a report: figures and dated events, as printed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.periods import ReportingPeriod

from reporting.domain.calendar import PeriodKind, PeriodName, numbers
from reporting.domain.errors import NoSuchPeriod
from reporting.domain.figures import ReportFigure

_NUMBER = re.compile(r"(\d{1,10}(?:[.,]\d{1,6})?)\s*%?", re.ASCII)
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:\.\d{3}){1,3}(?:,\d{1,6})?)\s*%?", re.ASCII)
"""A dot before each three digits parts thousands: `1.389` is how Vietnamese texts print 1389."""


@dataclass(frozen=True, slots=True)
class QuotedPeriod:
    """The period that the text speaks of, such as `quý II`; year None when it names none."""

    kind: PeriodKind
    number: int
    year: int | None = None

    def __post_init__(self) -> None:
        if self.number not in numbers(self.kind):
            raise NoSuchPeriod(kind=self.kind.value, year=self.year, number=self.number)


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """One figure as printed, under the key of the figure it claims to be."""

    key: str
    value: int | Decimal | str
    section: str = ""
    numerator: int | None = None
    denominator: int | None = None
    unit: str | None = None
    period: QuotedPeriod | None = None
    entity: str | None = None

    @property
    def number(self) -> Decimal | None:
        """Return the value as a number; `11,4`, `1.389` and `18,4 %` are too; None for a word."""
        if not isinstance(self.value, str):
            return Decimal(self.value)
        text = self.value.strip()
        if grouped := _GROUPED.fullmatch(text):
            return Decimal(grouped[1].replace(".", "").replace(",", "."))
        plain = _NUMBER.fullmatch(text)
        return Decimal(plain[1].replace(",", ".")) if plain else None


@dataclass(frozen=True, slots=True)
class StatedEvent:
    """Something the report says was done, with its day."""

    day: date
    text: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """All that is stated, about which agency and period; `records` is None when not compared."""

    agency_code: str
    agency_name: str
    name: PeriodName
    window: ReportingPeriod
    figures: tuple[StatedFigure, ...]
    events: tuple[StatedEvent, ...] = ()
    records: Mapping[str, ReportFigure] | None = None

    def of(self, key: str) -> tuple[StatedFigure, ...]:
        """Return the figures stated under `key`, in the order of the text."""
        return tuple(figure for figure in self.figures if figure.key == key)

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        """Return the distinct numbers stated under `key`."""
        stated = (figure.number for figure in self.of(key))
        return tuple(dict.fromkeys(number for number in stated if number is not None))

    def sections(self, *keys: str) -> tuple[str, ...]:
        """Return the sections in which any of `keys` is stated."""
        found = (figure.section for figure in self.figures if figure.key in keys)
        return tuple(dict.fromkeys(section for section in found if section))

    def by_key(self) -> Iterator[tuple[str, tuple[StatedFigure, ...]]]:
        """Yield each stated key once, with its figures."""
        for key in dict.fromkeys(figure.key for figure in self.figures):
            yield key, self.of(key)


def places(number: Decimal) -> int:
    """Return how many decimals a number is printed with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

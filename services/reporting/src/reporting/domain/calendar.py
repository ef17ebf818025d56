"""Which days a reporting period covers, by the rule in force, and when it is due."""

import calendar as gregorian
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from kernel.periods import ReportingPeriod

from reporting.domain.errors import MalformedRule, NoPeriodRule, NoSuchPeriod, UnknownScheme


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
}
FIRST_YEAR, LAST_YEAR = 1946, 2198
"""Windows of these years stay inside the days that the product accepts."""
_LAST_SAFE_DAY = 28
_EARLIEST_OFFSET, _LATEST_OFFSET = -12, 12
_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day relative to a month: `day` of the month `month_offset` months away; 0 = the last."""

    day: int
    month_offset: int

    def __post_init__(self) -> None:
        if not 0 <= self.day <= _LAST_SAFE_DAY:
            raise MalformedRule(reason="day", value=self.day)
        if not _EARLIEST_OFFSET <= self.month_offset <= _LATEST_OFFSET:
            raise MalformedRule(reason="month_offset", value=self.month_offset)

    def on(self, year: int, month: int) -> date:
        """Return the day that the rule names, seen from `month` of `year`."""
        years, months = divmod(year * 12 + month - 1 + self.month_offset, 12)
        last = gregorian.monthrange(years, months + 1)[1]
        return date(years, months + 1, self.day or last)


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """One dated row of a scheme: how windows of one kind begin and end.

    `from_rule` counts from the first nominal month of the period, `to_rule` from its last; the
    day of `to_rule` belongs to the window. Consecutive windows must tile the year. Valid from
    `valid_from` up to, but without, `valid_to`.

    Law: NĐ 09/2019/NĐ-CP art. 12
    """

    scheme: str
    kind: PeriodKind
    from_rule: DayRule
    to_rule: DayRule
    valid_from: date
    valid_to: date | None
    legal_basis: str

    def __post_init__(self) -> None:
        windows = [self.window(year, n) for year in (2023, 2024) for n in numbers(self.kind)]
        if any(earlier.end != later.start for earlier, later in pairwise(windows)):
            raise MalformedRule(reason="windows_do_not_tile", scheme=self.scheme)

    def window(self, year: int, number: int) -> ReportingPeriod:
        """Return the days of period `number` of `year`."""
        first, last = nominal_months(self.kind, number)
        start, last_day = self.from_rule.on(year, first), self.to_rule.on(year, last)
        if last_day < start:
            raise MalformedRule(reason="window_is_empty", scheme=self.scheme)
        return ReportingPeriod.between(start, last_day)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """By which day an agency of `level` sends its report: counted from the last nominal month.

    A report sent after 24:00 of that day is late. Only the province's own deadline is set by the
    state; the inner ones are each province's decision, so they are rows.

    Law: NĐ 09/2019/NĐ-CP art. 13
    """

    level: str
    kind: PeriodKind
    due: DayRule
    valid_from: date
    valid_to: date | None
    legal_basis: str


@dataclass(frozen=True, slots=True)
class PeriodName:
    """The period as people name it: `legal`, `quarter`, 2022, 3."""

    scheme: str
    kind: PeriodKind
    year: int
    number: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR or self.number not in numbers(self.kind):
            raise NoSuchPeriod(kind=self.kind.value, year=self.year, number=self.number)

    @property
    def label(self) -> str:
        """Return the Vietnamese name as reports print it."""
        if self.kind is PeriodKind.YEAR:
            return f"năm {self.year}"
        if self.kind is PeriodKind.HALF_YEAR:
            return f"6 tháng {'đầu' if self.number == 1 else 'cuối'} năm {self.year}"
        if self.kind is PeriodKind.MONTH:
            return f"tháng {self.number:02d} năm {self.year}"
        return f"quý {_ROMAN[self.number]} năm {self.year}"

    @property
    def previous(self) -> "PeriodName | None":
        """Return the period of the same kind just before, or None before all years."""
        if self.number > 1:
            return PeriodName(self.scheme, self.kind, self.year, self.number - 1)
        if self.year == FIRST_YEAR:
            return None
        return PeriodName(self.scheme, self.kind, self.year - 1, len(numbers(self.kind)))

    @property
    def following(self) -> "PeriodName | None":
        """Return the period of the same kind just after, or None after all years."""
        if self.number < len(numbers(self.kind)):
            return PeriodName(self.scheme, self.kind, self.year, self.number + 1)
        if self.year == LAST_YEAR:
            return None
        return PeriodName(self.scheme, self.kind, self.year + 1, 1)

    @property
    def nominal_last_day(self) -> date:
        """Return the last day of the last month that gives the period its name."""
        return DayRule(0, 0).on(self.year, nominal_months(self.kind, self.number)[1])


def numbers(kind: PeriodKind) -> range:
    """Return the numbers that periods of `kind` have within a year."""
    return range(1, 12 // MONTHS[kind] + 1)


def nominal_months(kind: PeriodKind, number: int) -> tuple[int, int]:
    """Return the first and the last month that give the period its name."""
    length = MONTHS[kind]
    return (number - 1) * length + 1, number * length


def rule_in_force(rules: Iterable[PeriodRule], name: PeriodName) -> PeriodRule:
    """Return the scheme's rule in force at the end of the period's last nominal month.

    Raises:
        UnknownScheme: rules are loaded, but none of this scheme.
        NoPeriodRule: none of the scheme's rules covers the period.
    """
    loaded = list(rules)
    if loaded and all(rule.scheme != name.scheme for rule in loaded):
        raise UnknownScheme(scheme=name.scheme)
    fitting = [
        rule
        for rule in loaded
        if (rule.scheme, rule.kind) == (name.scheme, name.kind)
        and _covers(rule.valid_from, rule.valid_to, name.nominal_last_day)
    ]
    if not fitting:
        raise NoPeriodRule(scheme=name.scheme, kind=name.kind.value, year=name.year)
    return max(fitting, key=lambda rule: rule.valid_from)


def window(rules: Iterable[PeriodRule], name: PeriodName) -> ReportingPeriod:
    """Return the days that the named period covers under the rule in force."""
    return rule_in_force(rules, name).window(name.year, name.number)


def due_on(rules: Sequence[DeadlineRule], name: PeriodName, level: str) -> date | None:
    """Return the last day on which an agency of `level` is on time; None when nobody set one."""
    fitting = [
        rule
        for rule in rules
        if (rule.level, rule.kind) == (level, name.kind)
        and _covers(rule.valid_from, rule.valid_to, name.nominal_last_day)
    ]
    if not fitting:
        return None
    rule = max(fitting, key=lambda one: one.valid_from)
    return rule.due.on(name.year, nominal_months(name.kind, name.number)[1])


def _covers(valid_from: date, valid_to: date | None, day: date) -> bool:
    return valid_from <= day and (valid_to is None or day < valid_to)

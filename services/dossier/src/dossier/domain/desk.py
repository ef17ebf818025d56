"""When a one-stop desk receives: dated opening hours laid on the working calendar."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from kernel.time_zone import local_day, local_time
from kernel.working_days import WorkingCalendar

from dossier.domain.errors import (
    DeskHoursOverlap,
    DeskHoursReversed,
    DeskHoursTooShort,
    DeskHoursUnreadable,
)

ONE_DAY = timedelta(days=1)
_MONDAY, _FRIDAY, _SUNDAY = 1, 5, 7
_SHORTEST_WEEK = 3_600
_SESSION = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)", re.ASCII)


def seconds_of(hour: time) -> int:
    """Return the second of the day, fractions dropped."""
    return (hour.hour * 60 + hour.minute) * 60 + hour.second


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """A stretch of one weekday (1 is Monday, 7 is Sunday) in which the desk is open."""

    weekday: int
    opens: time
    closes: time

    def __str__(self) -> str:
        """Return the hours as they are written: `07:30-11:30`."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"

    @property
    def seconds(self) -> int:
        """Return how long the session lasts."""
        return seconds_of(self.closes) - seconds_of(self.opens)


@dataclass(frozen=True, slots=True)
class Hours:
    """The sessions of a week, by weekday from Monday; `week` makes and checks them."""

    by_weekday: tuple[tuple[Session, ...], ...]

    def of(self, weekday: int) -> tuple[Session, ...]:
        """Return the sessions of a weekday, 1 to 7."""
        return self.by_weekday[weekday - 1]

    @property
    def of_make_up_day(self) -> tuple[Session, ...]:
        """Return the sessions of a worked Saturday or Sunday: those of the week's last weekday.

        Law: our reading (a make-up day has the hours of a weekday)
        """
        return next(filter(None, reversed(self.by_weekday[:_FRIDAY])))

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Return all sessions in the order of the week."""
        return tuple(session for day in self.by_weekday for session in day)


def week(sessions: Iterable[Session]) -> Hours:
    """Group sessions by weekday.

    Raises:
        DeskHoursUnreadable: there is no such weekday.
        DeskHoursReversed: a session ends before it begins.
        DeskHoursOverlap: two sessions of a day share a moment.
        DeskHoursTooShort: Monday to Friday have less than an hour together.
    """
    ordered = sorted(sessions)
    for session in ordered:
        if not _MONDAY <= session.weekday <= _SUNDAY:
            raise DeskHoursUnreadable
        if session.opens >= session.closes:
            raise DeskHoursReversed(weekday=session.weekday, session=str(session))
    for one, following in itertools.pairwise(ordered):
        if one.weekday == following.weekday and following.opens < one.closes:
            raise DeskHoursOverlap(weekday=one.weekday, session=str(one), following=str(following))
    if sum(s.seconds for s in ordered if s.weekday <= _FRIDAY) < _SHORTEST_WEEK:
        raise DeskHoursTooShort
    days = range(_MONDAY, _SUNDAY + 1)
    return Hours(tuple(tuple(s for s in ordered if s.weekday == day) for day in days))


def weekday_hours(text: str) -> Hours:
    """Read `07:30-11:30,13:30-17:00`, the same sessions from Monday to Friday.

    Raises:
        DeskHoursUnreadable: the text has another shape.
        DeskHoursImpossible: such hours cannot be.
    """
    matches = [_SESSION.fullmatch(part.strip()) for part in text.split(",")]
    try:
        pairs = [
            (time.fromisoformat(m[1]), time.fromisoformat(m[2])) for m in matches if m is not None
        ]
    except ValueError as error:
        raise DeskHoursUnreadable from error
    if len(pairs) != len(matches):
        raise DeskHoursUnreadable
    weekdays = range(_MONDAY, _FRIDAY + 1)
    return week(Session(day, opens, closes) for day in weekdays for opens, closes in pairs)


OFFICE_HOURS = weekday_hours("07:30-11:30,13:30-17:00")


@dataclass(frozen=True, slots=True)
class DatedHours:
    """Hours that hold from `valid_from` until the next ones."""

    valid_from: date
    hours: Hours


@dataclass(frozen=True, slots=True)
class Notice:
    """The official notice that took a day out of the ordinary week."""

    note: str
    decided_by: str


class Closed(StrEnum):
    """Why a day is not worked, or why a receipt counts later or is due later."""

    WEEKEND = "weekend"
    DAY_OFF = "day_off"
    NO_RECEPTION = "no_reception"
    AFTER_CLOSING = "after_closing"
    AFTER_CUTOFF = "after_cutoff"


@dataclass(frozen=True, slots=True)
class Desk:
    """When a one-stop desk works: the calendar of all, and the hours of its own, dated.

    A reception day need not be a working day: a desk that opens on Saturday mornings receives
    then, but Saturday is not counted and nothing is due on it.
    """

    calendar: WorkingCalendar
    usual: Hours = OFFICE_HOURS
    dated: tuple[DatedHours, ...] = ()
    notices: Mapping[date, Notice] = field(default_factory=dict, compare=False)

    def hours_on(self, day: date) -> Hours:
        """Return the hours in force on `day`: the latest begun, else the usual ones."""
        begun = [dated for dated in self.dated if dated.valid_from <= day]
        return max(begun, key=lambda dated: dated.valid_from).hours if begun else self.usual

    def sessions(self, day: date) -> tuple[Session, ...]:
        """Return when the desk is open on `day`; nothing on a day off."""
        hours, weekday = self.hours_on(day), day.isoweekday()
        if day in self.calendar.make_up_days:
            return hours.of(weekday) if weekday <= _FRIDAY else hours.of_make_up_day
        return () if day in self.calendar.days_off else hours.of(weekday)

    def counts_from(self, instant: datetime) -> date:
        """Return the day on which `instant` counts: after closing or on a day off, the next one.

        Law: our reading (received after closing counts from the next opening)
        """
        day = local_day(instant)
        if self._is_over(day, local_time(instant)):
            day += ONE_DAY
            while not self.sessions(day):
                day += ONE_DAY
        return day

    def seconds_worked(self, day: date, *, after: int = 0) -> int:
        """Return how long the desk is open on a working day, from the `after`-th second on.

        Reception outside the working calendar is no working time.
        """
        if not self.calendar.is_working(day):
            return 0
        return sum(
            max(0, seconds_of(session.closes) - max(after, seconds_of(session.opens)))
            for session in self.sessions(day)
        )

    def closed_because(self, day: date) -> Closed | None:
        """Return why `day` is not worked, None when it is."""
        if self.calendar.is_working(day):
            return None
        return Closed.DAY_OFF if day in self.calendar.days_off else Closed.WEEKEND

    def uncounted_because(self, day: date) -> Closed:
        """Return why nothing counts on `day`: it is not worked, or the desk does not receive."""
        return self.closed_because(day) or Closed.NO_RECEPTION

    def postponed_because(self, instant: datetime) -> Closed | None:
        """Return why `instant` counts on a later day, None when it counts on its own."""
        day = local_day(instant)
        if not self._is_over(day, local_time(instant)):
            return None
        if self.sessions(day):
            return Closed.AFTER_CLOSING
        return self.uncounted_because(day)

    def waited(self, instant: datetime) -> Iterator[tuple[date, Closed]]:
        """Give each day that does not count before the one on which `instant` does, and why."""
        day, why = local_day(instant), self.postponed_because(instant)
        while why is not None:
            yield day, why
            day += ONE_DAY
            why = None if self.sessions(day) else self.uncounted_because(day)

    def _is_over(self, day: date, hour: time) -> bool:
        sessions = self.sessions(day)
        return not sessions or hour > sessions[-1].closes


@dataclass(frozen=True, slots=True)
class Desks:
    """All desks: one calendar, and for each agency that set any its own hours."""

    calendar: WorkingCalendar
    notices: Mapping[date, Notice]
    usual: Hours
    dated: Mapping[str, tuple[DatedHours, ...]]

    def of(self, agency_code: str) -> Desk:
        """Return the desk of an agency."""
        return Desk(self.calendar, self.usual, self.dated.get(agency_code, ()), self.notices)

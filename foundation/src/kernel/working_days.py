"""Working days as the state decrees them: weekdays, less days off, plus make-up days."""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days count.

    `days_off` and `make_up_days` are the rows of official notices. A make-up day is worked even
    when it is a Saturday or listed as off, because the notice that decrees it is the later one.
    """

    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Tell whether one-stop desks work on `day`."""
        return day in self.make_up_days or (day.weekday() < _SATURDAY and day not in self.days_off)

    def on_or_after(self, day: date) -> date:
        """Return `day` itself when it is worked, else the next day that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add(self, start: date, working_days: int) -> date:
        """Return the `working_days`-th working day strictly after `start` (at least 1)."""
        if working_days < 1:
            raise ValueError(f"working_days must be at least 1, got {working_days}")
        day = start
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie strictly after `start` and up to `end` inclusive."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in days)

"""A reporting period as a half-open range of local days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel.time_zone import start_of_day


@dataclass(frozen=True, slots=True, order=True)
class ReportingPeriod:
    """Local days from `start` up to, but without, `end`; never empty."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"a period must not be empty: {self.start} to {self.end}")

    @classmethod
    def between(cls, first_day: date, last_day: date) -> "ReportingPeriod":
        """Build the period whose first and last days are given, both included."""
        return cls(first_day, last_day + timedelta(days=1))

    @property
    def last_day(self) -> date:
        """Return the last day that belongs to the period."""
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def starts_at(self) -> datetime:
        """Return the UTC instant at which the period begins."""
        return start_of_day(self.start)

    @property
    def ends_at(self) -> datetime:
        """Return the UTC instant at which the period is over (exclusive)."""
        return start_of_day(self.end)

"""When a dossier is due: the length of a time limit laid on the working calendar."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from kernel.time_zone import local_day, local_time
from kernel.working_days import WorkingCalendar

from dossier.domain.errors import TimeLimitTooLong

HOURS_A_DAY = 8
DEFAULT_CUTOFF = time(15)
LONGEST_DAYS = 3_650
LONGEST_MONTHS = 600


class TimeUnit(StrEnum):
    """In what the law measures the limit."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    WORKING_HOUR = "working_hour"
    MONTH = "month"
    NONE = "none"


class SupplementPolicy(StrEnum):
    """What a completed supplement does to the limit."""

    RESTART = "restart"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A length; `value` is None exactly when the unit is `none`: settled on the spot or no limit.

    `cutoff` is the hour after which a same-day procedure is due the next working day.
    """

    value: int | None
    unit: TimeUnit
    cutoff: time | None = None

    def __post_init__(self) -> None:
        longest = LONGEST_MONTHS if self.unit is TimeUnit.MONTH else LONGEST_DAYS
        if self.value is not None and not 0 <= self.value <= longest:
            raise TimeLimitTooLong(value=self.value, unit=str(self.unit))

    @property
    def days(self) -> int:
        """Return the limit in days of its own kind; hours round up to whole working days.

        Law: our reading (8 working hours are a working day; hours round up)
        """
        value = self.value or 0
        return -(-value // HOURS_A_DAY) if self.unit is TimeUnit.WORKING_HOUR else value

    @property
    def is_same_day(self) -> bool:
        """Tell whether the result is due on the day of receipt.

        A limit of 0 is; so is one of at most a day whose procedure names a cut-off hour.
        """
        if self.unit is TimeUnit.MONTH:
            return self.value == 0
        return self.days == 0 or (self.days == 1 and self.cutoff is not None)


@dataclass(frozen=True, slots=True)
class Desk:
    """When the one-stop desk works: its calendar and the hour at which it closes."""

    calendar: WorkingCalendar
    closes_at: time = time(17)

    def counts_from(self, instant: datetime) -> date:
        """Return the day on which `instant` counts: after closing or on a day off, the next one.

        Law: our reading (received after closing counts from the next opening)
        """
        day = local_day(instant)
        if local_time(instant) > self.closes_at:
            day += timedelta(days=1)
        return self.calendar.on_or_after(day)


def due_date(received_at: datetime, limit: TimeLimit, desk: Desk) -> date | None:
    """Return the last day on which the result is still on time; None when there is no limit.

    The day of receipt is day 0 and counting starts on the next day. A due date never lands on a
    day off: it moves to the next working day.

    Law: our reading (the day of receipt is day 0; a due date is never a day off)
    """
    if limit.unit is TimeUnit.NONE or limit.value is None:
        return None
    start = desk.counts_from(received_at)
    if limit.is_same_day:
        return _same_day(received_at, start, limit, desk)
    return _days_after(start, limit, limit.days, desk.calendar)


def due_after_supplement(
    due_on: date | None,
    *,
    stopped_at: datetime,
    resumed_at: datetime,
    limit: TimeLimit,
    policy: SupplementPolicy,
    desk: Desk,
) -> date | None:
    """Return the due date once the supplement is complete: counted anew, or pushed on.

    A stop that begins after the due date heals nothing: the due date stays.

    Law: NĐ 61/2018/NĐ-CP art. 19.4
    """
    if due_on is None or local_day(stopped_at) > due_on:
        return due_on
    if policy is SupplementPolicy.RESTART:
        return due_date(resumed_at, limit, desk)
    return due_after_pause(
        due_on, stopped_at=stopped_at, resumed_at=resumed_at, limit=limit, desk=desk
    )


def due_after_pause(
    due_on: date | None,
    *,
    stopped_at: datetime,
    resumed_at: datetime,
    limit: TimeLimit,
    desk: Desk,
) -> date | None:
    """Return the due date after a pause: what was left of the limit is counted from its end.

    Law: our reading (a financial obligation pauses the limit)
    """
    stopped_on = local_day(stopped_at)
    if due_on is None or stopped_on > due_on:
        return due_on
    resumed_on = desk.counts_from(resumed_at)
    if limit.unit in (TimeUnit.WORKING_DAY, TimeUnit.WORKING_HOUR):
        left = desk.calendar.count(stopped_on, due_on)
        resumed = desk.calendar.add(resumed_on, left) if left else resumed_on
    else:
        resumed = desk.calendar.on_or_after(resumed_on + (due_on - stopped_on))
    return max(due_on, resumed)


def _same_day(received_at: datetime, start: date, limit: TimeLimit, desk: Desk) -> date:
    came_on_start = local_day(received_at) == start
    if came_on_start and local_time(received_at) > (limit.cutoff or DEFAULT_CUTOFF):
        return desk.calendar.add(start, 1)
    return start


def _days_after(start: date, limit: TimeLimit, days: int, calendar: WorkingCalendar) -> date:
    if limit.unit is TimeUnit.MONTH:
        return calendar.on_or_after(_months_after(start, days))
    if limit.unit is TimeUnit.CALENDAR_DAY:
        return calendar.on_or_after(start + timedelta(days=days))
    return calendar.add(start, days)


def _months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))

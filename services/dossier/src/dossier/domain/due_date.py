"""When a dossier is due: the length of a time limit laid on the working calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache

from kernel.time_zone import local_time
from kernel.working_days import WorkingCalendar

from dossier.domain import counting
from dossier.domain.counting import Step
from dossier.domain.desk import Desk
from dossier.domain.errors import TimeLimitTooLong

DEFAULT_CUTOFF = time(15)
LONGEST_DAYS = 3_650
LONGEST_MONTHS = 600
_HOURS_OF_A_SHORT_LIMIT = 8
_SECONDS_AN_HOUR = 3_600


class TimeUnit(StrEnum):
    """In what the law measures the limit."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    WORKING_HOUR = "working_hour"
    MONTH = "month"
    NONE = "none"


_IN_DAYS = {
    TimeUnit.WORKING_DAY: counting.working_days,
    TimeUnit.CALENDAR_DAY: counting.calendar_days,
    TimeUnit.MONTH: counting.months,
}


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
    def is_none(self) -> bool:
        """Tell whether there is no limit."""
        return self.unit is TimeUnit.NONE or self.value is None

    @property
    def is_same_day(self) -> bool:
        """Tell whether the result is due on the day of receipt.

        A limit of 0 is; so is one of at most a day (8 hours) whose procedure names a cut-off.
        """
        shortest = {TimeUnit.MONTH: 0, TimeUnit.WORKING_HOUR: _HOURS_OF_A_SHORT_LIMIT}
        at_most = shortest.get(self.unit, 1) if self.cutoff is not None else 0
        return not self.is_none and (self.value or 0) <= at_most

    @property
    def cutoff_that_holds(self) -> time | None:
        """Return the cut-off: the procedure's own, else the usual one if due the same day."""
        return self.cutoff or (DEFAULT_CUTOFF if self.is_same_day else None)


def due_date(received_at: datetime, limit: TimeLimit, desk: Desk) -> date | None:
    """Return the last day on which the result is still on time; None when there is no limit.

    The day of receipt is day 0 and counting starts on the next day. A due date never lands on a
    day off: it moves to the next working day.

    Law: our reading (the day of receipt is day 0; a due date is never a day off)
    """
    if limit.is_none:
        return None
    if limit.is_same_day or limit.unit is TimeUnit.WORKING_HOUR:
        return counting.end(counted_from_receipt(received_at, limit, desk))
    return _last_day(limit.unit, desk.calendar, desk.counts_from(received_at), limit.value or 0)


@lru_cache(maxsize=16_384)
def _last_day(unit: TimeUnit, calendar: WorkingCalendar, start: date, value: int) -> date:
    """Return the end of a limit in days: whole mornings of intakes share a few."""
    return counting.end(_IN_DAYS[unit](calendar, start, value))


def counted_from_receipt(received_at: datetime, limit: TimeLimit, desk: Desk) -> Iterator[Step]:
    """Count a limit (not `none`) from a receipt; the last step is the due date."""
    start, value = desk.counts_from(received_at), limit.value or 0
    if limit.is_same_day:
        too_late = came_after_cutoff(received_at, limit, desk)
        return counting.same_day(desk.calendar, start, is_too_late=too_late)
    if limit.unit is TimeUnit.WORKING_HOUR:
        return _hours(received_at, value * _SECONDS_AN_HOUR, desk)
    return _IN_DAYS[limit.unit](desk.calendar, start, value)


def came_after_cutoff(received_at: datetime, limit: TimeLimit, desk: Desk) -> bool:
    """Tell whether what is due the same day came too late for it; it is due a working day later.

    What waits for the next opening comes first thing on that day.

    Law: our reading (due the same day until the cut-off, later the next working day)
    """
    if not limit.is_same_day or desk.postponed_because(received_at) is not None:
        return False
    return local_time(received_at) > (limit.cutoff or DEFAULT_CUTOFF)


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
    if is_idle(due_on, stopped_at, desk):
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
    if due_on is None or is_idle(due_on, stopped_at, desk):
        return due_on
    return counting.end(
        counted_after_pause(
            due_on, stopped_at=stopped_at, resumed_at=resumed_at, limit=limit, desk=desk
        )
    )


def is_idle(due_on: date | None, stopped_at: datetime, desk: Desk) -> bool:
    """Tell whether a stop changes nothing: there is no limit, or it had run out before.

    It had when the desk closed on the due day: a stop counts from the next opening.
    """
    return due_on is None or desk.counts_from(stopped_at) > due_on


def counted_after_pause(
    due_on: date,
    *,
    stopped_at: datetime,
    resumed_at: datetime,
    limit: TimeLimit,
    desk: Desk,
) -> Iterator[Step]:
    """Count what was left between a stop and the due date, from the day the clock runs again.

    The bound is the whole due day: what was left of a limit in hours reaches to its closing.
    A stop counts from the next opening, as a receipt does, so that a moment's stop moves nothing.
    """
    stopped_on, resumed_on = desk.counts_from(stopped_at), desk.counts_from(resumed_at)
    if limit.unit is TimeUnit.WORKING_HOUR:
        left = counting.working_seconds(desk, stopped_at, due_on)
        steps = _hours(resumed_at, left, desk)
    elif limit.unit is TimeUnit.WORKING_DAY:
        left = desk.calendar.count(stopped_on, due_on)
        steps = counting.working_days(desk.calendar, resumed_on, left)
    else:
        left = max(0, (due_on - stopped_on).days)
        steps = counting.calendar_days(desk.calendar, resumed_on, left)
    return counting.at_least(steps, due_on)


def _hours(start_at: datetime, seconds: int, desk: Desk) -> Iterator[Step]:
    """Count a limit in hours.

    Law: our reading (working hours are those of the desk on working days; the bound is the day)
    """
    return counting.working_time(desk, start_at, seconds)

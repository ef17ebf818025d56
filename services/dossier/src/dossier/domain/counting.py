"""Counting a time limit day by day; what is counted is also what can be shown."""

from calendar import monthrange
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from kernel.time_zone import local_day, local_time
from kernel.working_days import WorkingCalendar

from dossier.domain.desk import ONE_DAY, Desk, seconds_of


class Outcome(StrEnum):
    """What became of a day."""

    START = "start"
    COUNTED = "counted"
    SKIPPED = "skipped"
    MOVED_TO = "moved_to"
    KEPT = "kept"


class Step(NamedTuple):
    """One day, or for limits in months the end of one month.

    `ordinal` is which of the limit's units it completes, `seconds` the working time taken from it
    when the limit is in hours. A tuple, because every intake makes some.
    """

    day: date
    outcome: Outcome
    ordinal: int = 0
    seconds: int = 0


def end(steps: Iterable[Step]) -> date:
    """Return the day on which the counting ends."""
    (last,) = deque(steps, maxlen=1)
    return last.day


def working_days(calendar: WorkingCalendar, start: date, count: int) -> Iterator[Step]:
    """Count working days strictly after `start`."""
    yield Step(start, Outcome.START)
    day, ordinal = start, 0
    while ordinal < count:
        day += ONE_DAY
        if calendar.is_working(day):
            ordinal += 1
            yield Step(day, Outcome.COUNTED, ordinal)
        else:
            yield Step(day, Outcome.SKIPPED)
    yield from _landing(calendar, day)


def calendar_days(calendar: WorkingCalendar, start: date, count: int) -> Iterator[Step]:
    """Count every day strictly after `start`; the end moves off a day off."""
    yield Step(start, Outcome.START)
    for ordinal in range(1, count + 1):
        yield Step(start + timedelta(days=ordinal), Outcome.COUNTED, ordinal)
    yield from _landing(calendar, start + timedelta(days=count))


def months(calendar: WorkingCalendar, start: date, count: int) -> Iterator[Step]:
    """Count months by the day of `start`; the end moves off a day off."""
    yield Step(start, Outcome.START)
    for ordinal in range(1, count + 1):
        yield Step(_months_after(start, ordinal), Outcome.COUNTED, ordinal)
    yield from _landing(calendar, _months_after(start, count))


def working_time(desk: Desk, start_at: datetime, seconds: int) -> Iterator[Step]:
    """Count the time in which the desk is open on working days, from `start_at` on."""
    start = desk.counts_from(start_at)
    arrived = seconds_of(local_time(start_at)) if local_day(start_at) == start else 0
    used = min(seconds, desk.seconds_worked(start, after=arrived))
    yield Step(start, Outcome.START, seconds=used)
    day, left, ordinal = start, seconds - used, 0
    while left:
        day += ONE_DAY
        used = min(left, desk.seconds_worked(day))
        left -= used
        ordinal += used > 0
        yield Step(day, Outcome.COUNTED, ordinal, used) if used else Step(day, Outcome.SKIPPED)
    yield from _landing(desk.calendar, day)


def working_seconds(desk: Desk, start_at: datetime, last_day: date) -> int:
    """Return the working time from `start_at` to the closing of `last_day`."""
    day = local_day(start_at)
    seconds = desk.seconds_worked(day, after=seconds_of(local_time(start_at)))
    seconds *= day <= last_day
    while day < last_day:
        day += ONE_DAY
        seconds += desk.seconds_worked(day)
    return seconds


def same_day(calendar: WorkingCalendar, start: date, *, is_too_late: bool) -> Iterator[Step]:
    """End on `start` itself, or on the next working day for what came after the cut-off."""
    return working_days(calendar, start, 1 if is_too_late else 0)


def at_least(steps: Iterable[Step], day: date) -> Iterator[Step]:
    """Follow `steps`, and keep `day` when they end before it."""
    last = day
    for step in steps:
        last = step.day
        yield step
    if last < day:
        yield Step(day, Outcome.KEPT)


def _landing(calendar: WorkingCalendar, day: date) -> Iterator[Step]:
    """Move from a day off to the next working day; a working day stays."""
    if calendar.is_working(day):
        return
    landed = calendar.on_or_after(day)
    while (day := day + ONE_DAY) < landed:
        yield Step(day, Outcome.SKIPPED)
    yield Step(landed, Outcome.MOVED_TO)


def _months_after(day: date, count: int) -> date:
    """Return the same day of a later month, or that month's last day when it is shorter."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))

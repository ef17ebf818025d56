"""The one place where an instant becomes a Vietnamese day, and back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_OFFSET_SINCE = datetime(1975, 6, 13, tzinfo=UTC)
_OFFSET = timedelta(hours=7)
"""How far the zone has been ahead ever since; asking the zone costs four times the addition."""

EARLIEST_DAY = date(1945, 9, 2)
"""Nothing recorded here happened before the state did; earlier days are typing errors."""
LATEST_DAY = date(2199, 12, 31)
"""Far enough for any due date, near enough that adding time limits never overflows."""


def local_day(instant: datetime) -> date:
    """Return the day in Asia/Ho_Chi_Minh on which an aware `instant` falls."""
    return _local(instant).date()


def local_time(instant: datetime) -> time:
    """Return the wall-clock time in Asia/Ho_Chi_Minh of an aware `instant`."""
    return _local(instant).time()


def start_of_day(day: date) -> datetime:
    """Return the UTC instant at which the local `day` begins."""
    return datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the UTC instant at which the local `day` is over (exclusive)."""
    return start_of_day(day + timedelta(days=1))


def _local(instant: datetime) -> datetime:
    """Return a moment whose day and hour are the local ones; its zone means nothing."""
    if instant.tzinfo is UTC and instant >= _OFFSET_SINCE:
        return instant + _OFFSET
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(LOCAL_ZONE)

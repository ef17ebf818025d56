from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE, local_day, local_time

_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
FIRST, LAST = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-12-31")
ZONES = st.just(UTC) | st.just(LOCAL_ZONE) | _OFFSETS
INSTANTS = st.datetimes(FIRST, LAST, timezones=ZONES)
LAST_CHANGE = datetime(1975, 6, 12, 16, tzinfo=UTC)


@given(INSTANTS)
@example(LAST_CHANGE)
@example(LAST_CHANGE - timedelta(microseconds=1))
@example(LAST_CHANGE + timedelta(hours=1))
@example(datetime(1975, 6, 13, tzinfo=UTC))
@example(datetime(1975, 6, 12, 23, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(2199, 12, 31, 16, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(2199, 12, 31, 17, tzinfo=UTC))
def test_the_local_day_and_hour_are_those_of_the_zone(instant):
    expected = instant.astimezone(LOCAL_ZONE)
    assert local_day(instant) == expected.date()
    assert local_time(instant) == expected.time()


@given(st.datetimes(LAST_CHANGE.replace(tzinfo=None), LAST))
def test_the_zone_has_kept_its_offset_since(instant):
    assert instant.replace(tzinfo=LOCAL_ZONE).utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize("ask", [local_day, local_time])
def test_an_instant_needs_a_time_zone(ask):
    with pytest.raises(ValueError, match="time zone"):
        ask(FIRST)

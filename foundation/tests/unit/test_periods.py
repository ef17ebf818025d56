from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from kernel.time_zone import end_of_day, local_day, local_time, start_of_day

Q3_2022 = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))


def test_the_last_second_of_the_fourteenth_belongs_to_the_quarter():
    assert local_day(datetime(2022, 9, 14, 16, 59, 59, tzinfo=UTC)) in Q3_2022
    assert local_day(datetime(2022, 9, 14, 17, 0, 0, tzinfo=UTC)) not in Q3_2022


def test_its_first_instant_is_midnight_in_vietnam():
    assert Q3_2022.starts_at == datetime(2022, 6, 14, 17, tzinfo=UTC)
    assert Q3_2022.ends_at == datetime(2022, 9, 14, 17, tzinfo=UTC)
    assert Q3_2022.last_day == date(2022, 9, 14)


def test_a_period_is_never_empty():
    with pytest.raises(ValueError, match="empty"):
        ReportingPeriod(date(2022, 6, 15), date(2022, 6, 15))


def test_a_naive_instant_has_no_day():
    naive = datetime(2022, 9, 14, 17)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="time zone"):
        local_day(naive)
    with pytest.raises(ValueError, match="time zone"):
        local_time(naive)


def test_the_wall_clock_is_seven_hours_ahead():
    assert local_time(datetime(2022, 9, 14, 8, 30, tzinfo=UTC)).hour == 15


@given(st.dates(date(1980, 1, 1), date(2199, 12, 30)))
def test_a_day_reaches_from_its_start_to_the_start_of_the_next(day):
    assert local_day(start_of_day(day)) == day
    assert local_day(end_of_day(day) - timedelta(microseconds=1)) == day
    assert local_day(end_of_day(day)) == day + timedelta(days=1)

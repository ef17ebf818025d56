from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.working_days import WorkingCalendar

NATIONAL_DAY_2022 = WorkingCalendar(days_off=frozenset({date(2022, 9, 1), date(2022, 9, 2)}))

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
calendars = st.builds(
    WorkingCalendar,
    days_off=st.frozensets(days, max_size=40),
    make_up_days=st.frozensets(days, max_size=10),
)


def test_three_working_days_over_national_day_2022_end_on_the_seventh():
    assert NATIONAL_DAY_2022.add(date(2022, 8, 31), 3) == date(2022, 9, 7)


def test_a_make_up_saturday_is_worked():
    saturday = date(2026, 1, 10)
    calendar = WorkingCalendar(
        days_off=frozenset({date(2026, 1, 2)}), make_up_days=frozenset({saturday})
    )
    assert calendar.is_working(saturday)
    assert not calendar.is_working(date(2026, 1, 2))
    assert calendar.add(date(2026, 1, 9), 1) == saturday


def test_a_weekend_is_not_worked():
    assert WorkingCalendar().on_or_after(date(2022, 6, 18)) == date(2022, 6, 20)


def test_a_worked_day_stays_where_it_is():
    assert WorkingCalendar().on_or_after(date(2022, 6, 20)) == date(2022, 6, 20)


@pytest.mark.parametrize("working_days", [0, -1])
def test_nothing_is_due_before_it_began(working_days):
    with pytest.raises(ValueError, match="at least 1"):
        WorkingCalendar().add(date(2022, 6, 20), working_days)


@given(calendar=calendars, start=days, working_days=st.integers(1, 60))
def test_the_due_day_is_a_working_day_and_counts_back(calendar, start, working_days):
    due = calendar.add(start, working_days)
    assert calendar.is_working(due)
    assert due > start
    assert calendar.count(start, due) == working_days
    assert calendar.count(start, due - timedelta(days=1)) == working_days - 1


@given(calendar=calendars, start=days, first=st.integers(1, 30), second=st.integers(1, 30))
def test_limits_add_up(calendar, start, first, second):
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)

"""Limits of NĐ 20/2008 in working days, and when feedback is judged."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.working_days import WorkingCalendar
from rating.domain.feedback import is_on_time, judged_on, limits, publish_by

INDEPENDENCE_DAY_2022 = WorkingCalendar(frozenset({date(2022, 9, 1), date(2022, 9, 2)}))


def test_received_on_a_holiday_1_9_2022_transfer_by_9_9_2022():
    assert limits(date(2022, 9, 1), INDEPENDENCE_DAY_2022).transfer_by == date(2022, 9, 9)


def test_every_limit_of_feedback_received_on_monday_4_7_2022():
    found = limits(date(2022, 7, 4), WorkingCalendar())
    assert found.refuse_by == date(2022, 7, 6)
    assert found.transfer_by == found.ask_more_by == date(2022, 7, 11)
    assert found.due_on == date(2022, 7, 25)


def test_an_answer_of_friday_is_published_by_tuesday():
    published = publish_by(date(2022, 7, 4), date(2022, 7, 8), WorkingCalendar())
    assert published == date(2022, 7, 12)


DUE = date(2022, 7, 25)


@pytest.mark.parametrize(
    ("answered_on", "judged", "on_time"),
    [
        (date(2022, 7, 24), date(2022, 7, 24), True),
        (DUE, DUE, True),
        (date(2022, 7, 26), date(2022, 7, 26), False),
        (date(2022, 9, 30), date(2022, 7, 26), False),
        (None, date(2022, 7, 26), False),
    ],
)
def test_judged_by_its_answer_or_by_the_first_day_without_one(answered_on, judged, on_time):
    assert judged_on(DUE, answered_on) == judged
    assert is_on_time(DUE, answered_on) is on_time


@given(st.dates(date(2000, 1, 1), date(2150, 1, 1)), st.integers(0, 60))
def test_the_verdict_never_changes_once_given(due_on, wait):
    answered_on = due_on + timedelta(days=wait + 1)
    assert judged_on(due_on, answered_on) == judged_on(due_on, None)
    assert is_on_time(due_on, answered_on) is is_on_time(due_on, None) is False

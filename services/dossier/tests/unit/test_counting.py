"""Edges of counting that no dated example of the law reaches: single seconds, midnight."""

from datetime import UTC, date, datetime

import pytest
from dossier.domain import counting
from dossier.domain.counting import Outcome, Step
from dossier.domain.desk import Desk, weekday_hours
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

CALENDAR = WorkingCalendar(frozenset(), frozenset())
MONDAY, TUESDAY = date(2022, 7, 4), date(2022, 7, 5)
HOUR = 3_600


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def test_a_day_of_which_one_second_is_used_is_a_counted_day():
    steps = list(counting.working_time(Desk(CALENDAR), at("2022-07-04 16:59:59"), 2))
    assert steps == [
        Step(MONDAY, Outcome.START, seconds=1),
        Step(TUESDAY, Outcome.COUNTED, 1, 1),
    ]


@pytest.mark.parametrize(("hours", "due_on"), [(8, MONDAY), (9, TUESDAY)])
def test_what_waits_for_the_next_opening_has_that_whole_day(hours, due_on):
    """Also where the desk opens at midnight: no second of it is lost."""
    desk = Desk(CALENDAR, weekday_hours("00:00-08:00"))
    steps = counting.working_time(desk, at("2022-07-02 10:00"), hours * HOUR)
    assert counting.end(steps) == due_on


@pytest.mark.parametrize(
    ("from_at", "last_day", "seconds"),
    [
        ("2022-07-04 16:59:59", MONDAY, 1),
        ("2022-07-04 17:00:00", MONDAY, 0),
        ("2022-07-04 16:59:59", TUESDAY, 1 + 27_000),
        ("2022-07-05 08:00:00", MONDAY, 0),
        ("2022-07-02 08:00:00", MONDAY, 27_000),
    ],
)
def test_what_is_left_of_a_limit_in_hours_reaches_to_the_closing(from_at, last_day, seconds):
    assert counting.working_seconds(Desk(CALENDAR), at(from_at), last_day) == seconds


@pytest.mark.parametrize(("day", "kept"), [(MONDAY, False), (TUESDAY, True)])
def test_counting_never_ends_before_the_day_that_is_kept(day, kept):
    steps = list(counting.at_least([Step(MONDAY, Outcome.START)], day))
    assert (steps[-1] == Step(day, Outcome.KEPT)) == kept
    assert counting.end(steps) == day

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dossier.domain.desk import (
    OFFICE_HOURS,
    Closed,
    DatedHours,
    Desk,
    Desks,
    Notice,
    Session,
    week,
    weekday_hours,
)
from dossier.domain.due_date import TimeLimit, TimeUnit, due_date
from dossier.domain.errors import (
    DeskHoursImpossible,
    DeskHoursOverlap,
    DeskHoursReversed,
    DeskHoursTooShort,
    DeskHoursUnreadable,
)
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

MORNING, AFTERNOON = (time(7), time(11)), (time(13), time(16))
SATURDAY_MORNINGS = week(
    [*(Session(d, *s) for d in range(1, 6) for s in (MORNING, AFTERNOON)), Session(6, *MORNING)]
)
THREE_DAYS = week(Session(day, *MORNING) for day in (1, 3, 5))
MAKE_UP = date(2026, 1, 10)
CALENDAR = WorkingCalendar(frozenset({date(2026, 1, 2)}), frozenset({MAKE_UP}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "received_at", "counts_from"),
    [
        pytest.param(OFFICE_HOURS, "2022-07-04 06:00", "2022-07-04", id="before opening"),
        pytest.param(OFFICE_HOURS, "2022-07-04 12:00", "2022-07-04", id="in the noon break"),
        pytest.param(OFFICE_HOURS, "2022-07-04 17:00", "2022-07-04", id="at closing"),
        pytest.param(OFFICE_HOURS, "2022-07-04 17:01", "2022-07-05", id="after closing"),
        pytest.param(OFFICE_HOURS, "2022-07-09 09:00", "2022-07-11", id="Saturday"),
        pytest.param(OFFICE_HOURS, "2026-01-02 09:00", "2026-01-05", id="day off"),
        pytest.param(OFFICE_HOURS, "2026-01-10 16:00", "2026-01-10", id="make-up Saturday"),
        pytest.param(SATURDAY_MORNINGS, "2022-07-09 09:00", "2022-07-09", id="reception Saturday"),
        pytest.param(SATURDAY_MORNINGS, "2022-07-09 12:00", "2022-07-11", id="Saturday afternoon"),
        pytest.param(SATURDAY_MORNINGS, "2022-07-04 16:30", "2022-07-05", id="own closing time"),
        pytest.param(SATURDAY_MORNINGS, "2026-01-10 15:00", "2026-01-10", id="worked like Friday"),
        pytest.param(THREE_DAYS, "2022-07-05 09:00", "2022-07-06", id="no reception on Tuesday"),
        pytest.param(THREE_DAYS, "2026-01-09 12:00", "2026-01-10", id="make-up after Friday"),
    ],
)
def test_a_receipt_counts_from_the_next_opening(hours, received_at, counts_from):
    desk = Desk(CALENDAR, hours)
    assert desk.counts_from(at(received_at)) == date.fromisoformat(counts_from)


def test_a_reception_saturday_is_day_0_but_never_counted_nor_due():
    desk = Desk(CALENDAR, SATURDAY_MORNINGS)
    saturday = at("2022-07-09 09:00")
    assert due_date(saturday, TimeLimit(1, TimeUnit.WORKING_DAY), desk) == date(2022, 7, 11)
    assert due_date(saturday, TimeLimit(0, TimeUnit.WORKING_DAY), desk) == date(2022, 7, 11)
    assert due_date(saturday, TimeLimit(7, TimeUnit.WORKING_HOUR), desk) == date(2022, 7, 11)


def test_hours_change_on_a_day_and_earlier_days_keep_theirs():
    desk = Desk(
        CALENDAR,
        dated=(
            DatedHours(date(2022, 8, 1), THREE_DAYS),
            DatedHours(date(2022, 7, 1), SATURDAY_MORNINGS),
        ),
    )
    assert desk.hours_on(date(2022, 6, 30)) == OFFICE_HOURS
    assert desk.hours_on(date(2022, 7, 31)) == SATURDAY_MORNINGS
    assert desk.hours_on(date(2022, 8, 1)) == THREE_DAYS
    assert desk.counts_from(at("2022-06-30 16:30")) == date(2022, 6, 30)
    assert desk.counts_from(at("2022-07-01 16:30")) == date(2022, 7, 2)


@pytest.mark.parametrize(
    ("received_at", "because"),
    [
        ("2022-07-04 09:00", None),
        ("2022-07-04 11:01", Closed.AFTER_CLOSING),
        ("2022-07-05 09:00", Closed.NO_RECEPTION),
        ("2022-07-09 09:00", Closed.WEEKEND),
        ("2026-01-02 09:00", Closed.DAY_OFF),
    ],
)
def test_why_a_receipt_counts_later(received_at, because):
    assert Desk(CALENDAR, THREE_DAYS).postponed_because(at(received_at)) == because


def test_the_days_waited_for_the_next_opening_are_told():
    desk = Desk(CALENDAR, THREE_DAYS)
    assert list(desk.waited(at("2022-07-04 09:00"))) == []
    assert list(desk.waited(at("2022-07-08 16:31"))) == [
        (date(2022, 7, 8), Closed.AFTER_CLOSING),
        (date(2022, 7, 9), Closed.WEEKEND),
        (date(2022, 7, 10), Closed.WEEKEND),
    ]
    assert list(desk.waited(at("2022-07-05 09:00"))) == [(date(2022, 7, 5), Closed.NO_RECEPTION)]


@given(st.dates(date(2022, 1, 1), date(2022, 12, 31)), st.times())
def test_the_days_waited_reach_to_the_day_that_counts(start, hour):
    desk = Desk(CALENDAR, THREE_DAYS)
    instant = datetime.combine(start, hour, LOCAL_ZONE)
    waited = [day for day, _ in desk.waited(instant)]
    assert waited == [start + timedelta(days=n) for n in range(len(waited))]
    assert start + timedelta(days=len(waited)) == desk.counts_from(instant)


def test_every_agency_has_a_desk_and_some_their_own_hours():
    own = (DatedHours(date(2022, 1, 1), THREE_DAYS),)
    desks = Desks(CALENDAR, {MAKE_UP: Notice("Làm bù", "Thủ tướng")}, OFFICE_HOURS, {"H56": own})
    assert desks.of("H56").hours_on(date(2022, 7, 4)) == THREE_DAYS
    assert desks.of("H57").hours_on(date(2022, 7, 4)) == OFFICE_HOURS
    assert desks.of("H57").notices[MAKE_UP].note == "Làm bù"


def test_a_weekday_decreed_worked_keeps_its_own_hours():
    desk = Desk(WorkingCalendar(frozenset(), frozenset({date(2022, 7, 5)})), THREE_DAYS)
    assert desk.sessions(date(2022, 7, 5)) == ()


def test_why_a_day_is_not_worked():
    desk = Desk(CALENDAR)
    assert desk.closed_because(date(2026, 1, 2)) is Closed.DAY_OFF
    assert desk.closed_because(date(2026, 1, 3)) is Closed.WEEKEND
    assert desk.closed_because(MAKE_UP) is None


@pytest.mark.parametrize(
    ("sessions", "why"),
    [
        ([], DeskHoursTooShort()),
        ([Session(6, *MORNING)], DeskHoursTooShort()),
        ([Session(1, time(7), time(7, 59))], DeskHoursTooShort()),
        ([Session(1, time(11), time(7))], DeskHoursReversed(weekday=1, session="11:00-07:00")),
        ([Session(2, time(7), time(7))], DeskHoursReversed(weekday=2, session="07:00-07:00")),
        ([Session(8, *MORNING)], DeskHoursUnreadable()),
        ([Session(0, *MORNING)], DeskHoursUnreadable()),
        (
            [Session(1, *MORNING), Session(1, time(10), time(12))],
            DeskHoursOverlap(weekday=1, session="07:00-11:00", following="10:00-12:00"),
        ),
    ],
    ids=str,
)
def test_hours_that_cannot_be_are_refused(sessions, why):
    with pytest.raises(DeskHoursImpossible) as refused:
        week(sessions)
    assert (type(refused.value), refused.value.details) == (type(why), why.details)


def test_hours_are_read_from_a_setting_and_told_in_order():
    hours = weekday_hours("13:00-16:00, 07:00-11:00")
    assert [(s.opens, s.closes) for s in hours.of(5)] == [MORNING, AFTERNOON]
    assert len(hours.sessions) == 10
    assert hours.of(6) == ()


@pytest.mark.parametrize("text", ["", "7-11", "07:00-11:00;", "25:00-26:00"])
def test_hours_of_another_shape_are_refused(text):
    with pytest.raises(DeskHoursUnreadable):
        weekday_hours(text)

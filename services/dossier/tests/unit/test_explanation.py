from datetime import UTC, date, datetime, time, timedelta

import pytest
from dossier.domain import counting
from dossier.domain.counting import Outcome
from dossier.domain.desk import Closed, DatedHours, Desk, Session, week
from dossier.domain.dossier import Terms
from dossier.domain.due_date import (
    SupplementPolicy,
    TimeLimit,
    TimeUnit,
    due_after_pause,
    due_after_supplement,
    due_date,
)
from dossier.domain.explanation import HOURS_LAW, SAME_DAY_LAW, LegKind, explained
from dossier.domain.lifecycle import Status
from dossier.domain.stops import Stop, StopKind, Turn, stops_of
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

WEEKDAYS = [Session(day, time(7, 30), time(11, 30)) for day in range(1, 6)]
DESK = Desk(
    WorkingCalendar(
        frozenset({date(2022, 9, 1), date(2022, 9, 2)}), frozenset({date(2022, 9, 10)})
    ),
    dated=(DatedHours(date(2022, 10, 1), week([*WEEKDAYS, Session(6, time(8), time(10))])),),
)
RESTART, PAUSE = SupplementPolicy
THREE_DAYS = TimeLimit(3, TimeUnit.WORKING_DAY)
SUPPLEMENT, PAYMENT = StopKind


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def told(steps):
    return [(step.day.isoformat(), str(step.outcome), step.ordinal) for step in steps]


def test_each_day_is_counted_or_skipped():
    trace = explained(at("2022-08-31 10:00"), Terms(THREE_DAYS, RESTART), (), DESK)
    assert trace.due_on == date(2022, 9, 7)  # domain.md 10, vector 5
    assert told(trace.legs[0].steps) == [
        ("2022-08-31", "start", 0),
        ("2022-09-01", "skipped", 0),
        ("2022-09-02", "skipped", 0),
        ("2022-09-03", "skipped", 0),
        ("2022-09-04", "skipped", 0),
        ("2022-09-05", "counted", 1),
        ("2022-09-06", "counted", 2),
        ("2022-09-07", "counted", 3),
    ]


def test_calendar_days_are_all_counted_and_the_end_moves_off_days_off():
    terms = Terms(TimeLimit(2, TimeUnit.CALENDAR_DAY), RESTART)
    trace = explained(at("2022-08-30 10:00"), terms, (), DESK)
    assert told(trace.legs[0].steps) == [
        ("2022-08-30", "start", 0),
        ("2022-08-31", "counted", 1),
        ("2022-09-01", "counted", 2),
        ("2022-09-02", "skipped", 0),
        ("2022-09-03", "skipped", 0),
        ("2022-09-04", "skipped", 0),
        ("2022-09-05", "moved_to", 0),
    ]


def test_months_are_counted_by_their_ends():
    terms = Terms(TimeLimit(2, TimeUnit.MONTH), RESTART)
    trace = explained(at("2022-07-31 10:00"), terms, (), DESK)
    assert told(trace.legs[0].steps) == [
        ("2022-08-01", "start", 0),
        ("2022-09-01", "counted", 1),
        ("2022-10-01", "counted", 2),
        ("2022-10-02", "skipped", 0),
        ("2022-10-03", "moved_to", 0),
    ]


def test_hours_say_how_much_each_day_gave():
    terms = Terms(TimeLimit(8, TimeUnit.WORKING_HOUR), RESTART)
    trace = explained(at("2022-08-31 16:00"), terms, (), DESK)
    worked = {s.day: s.seconds // 60 for s in trace.legs[0].steps if s.seconds}
    assert worked == {date(2022, 8, 31): 60, date(2022, 9, 5): 420}


def reasons(leg, desk=DESK):
    return {step.day.isoformat(): why for step, why in leg.days(desk) if why is not None}


@pytest.mark.parametrize(
    ("received_at", "limit", "why"),
    [
        (
            "2022-08-30 10:00",
            TimeLimit(3, TimeUnit.CALENDAR_DAY),
            {
                "2022-09-02": Closed.DAY_OFF,  # the count ended here
                "2022-09-03": Closed.WEEKEND,
                "2022-09-04": Closed.WEEKEND,
            },
        ),
        (
            "2022-07-29 10:00",
            TimeLimit(2, TimeUnit.CALENDAR_DAY),
            {"2022-07-31": Closed.WEEKEND},  # Saturday is counted as any other day
        ),
        (
            "2022-08-03 10:00",
            TimeLimit(1, TimeUnit.MONTH),
            {"2022-09-03": Closed.WEEKEND, "2022-09-04": Closed.WEEKEND},
        ),
        ("2022-08-08 10:00", TimeLimit(1, TimeUnit.MONTH), {}),
        (
            "2022-10-08 09:00",  # the desk receives on Saturdays, which are not worked
            TimeLimit(0, TimeUnit.WORKING_DAY),
            {"2022-10-08": Closed.WEEKEND, "2022-10-09": Closed.WEEKEND},
        ),
        (
            "2022-08-31 17:01",
            THREE_DAYS,
            {
                "2022-08-31": Closed.AFTER_CLOSING,
                "2022-09-01": Closed.DAY_OFF,
                "2022-09-02": Closed.DAY_OFF,
                "2022-09-03": Closed.WEEKEND,
                "2022-09-04": Closed.WEEKEND,
            },
        ),
    ],
)
def test_a_day_on_which_the_count_may_not_end_says_why(received_at, limit, why):
    (leg,) = explained(at(received_at), Terms(limit, RESTART), (), DESK).legs
    assert reasons(leg) == why


def test_hours_pass_over_the_days_without_reception_and_say_so():
    sessions = [Session(day, time(8), time(10)) for day in (1, 3, 5)]
    desk = Desk(DESK.calendar, week(sessions))
    terms = Terms(TimeLimit(3, TimeUnit.WORKING_HOUR), RESTART)
    (leg,) = explained(at("2022-07-04 09:00"), terms, (), desk).legs
    assert (leg.due_on, leg.law) == (date(2022, 7, 6), HOURS_LAW)
    assert reasons(leg, desk) == {"2022-07-05": Closed.NO_RECEPTION}


@pytest.mark.parametrize(
    ("received_at", "limit", "due_on", "why"),
    [
        ("2022-07-04 15:00", TimeLimit(0, TimeUnit.WORKING_DAY), "2022-07-04", None),
        ("2022-07-04 15:30", TimeLimit(0, TimeUnit.WORKING_DAY), "2022-07-05", "after_cutoff"),
        (
            "2022-07-04 09:01",
            TimeLimit(1, TimeUnit.WORKING_DAY, time(9)),
            "2022-07-05",
            "after_cutoff",
        ),
        ("2022-07-04 17:01", TimeLimit(0, TimeUnit.WORKING_DAY), "2022-07-05", "after_closing"),
        (
            "2022-07-04 15:30",
            TimeLimit(8, TimeUnit.WORKING_HOUR, time(15)),
            "2022-07-05",
            "after_cutoff",
        ),
    ],
)
def test_what_is_due_the_same_day_names_its_cut_off(received_at, limit, due_on, why):
    (leg,) = explained(at(received_at), Terms(limit, RESTART), (), DESK).legs
    assert (leg.due_on, leg.postponed_because) == (date.fromisoformat(due_on), why)
    assert leg.law == SAME_DAY_LAW
    assert reasons(leg) == ({"2022-07-04": why} if why else {})


@pytest.mark.parametrize(
    ("limit", "cutoff"),
    [
        (TimeLimit(0, TimeUnit.WORKING_DAY), time(15)),
        (TimeLimit(0, TimeUnit.WORKING_DAY, time(9)), time(9)),
        (TimeLimit(1, TimeUnit.WORKING_DAY), None),
        (TimeLimit(None, TimeUnit.NONE), None),
    ],
)
def test_the_cut_off_that_holds(limit, cutoff):
    assert limit.cutoff_that_holds == cutoff


@pytest.mark.parametrize(
    ("kind", "policy", "because"),
    [
        (SUPPLEMENT, RESTART, Closed.AFTER_CUTOFF),
        (SUPPLEMENT, PAUSE, None),
        (PAYMENT, RESTART, None),
    ],
)
def test_only_what_is_counted_anew_meets_the_cut_off_again(kind, policy, because):
    stop = Stop(kind, at("2022-07-04 10:00"), at("2022-07-06 15:30"))
    terms = Terms(TimeLimit(0, TimeUnit.WORKING_DAY), policy)
    leg = explained(at("2022-07-04 09:00"), terms, [stop], DESK).legs[1]
    assert leg.postponed_because is because


def test_each_stop_tells_the_due_dates_before_and_after_and_the_law():
    stops = (
        Stop(SUPPLEMENT, at("2022-07-05 09:00"), at("2022-07-11 09:00")),
        Stop(PAYMENT, at("2022-07-12 09:00"), at("2022-07-18 09:00")),
        Stop(SUPPLEMENT, at("2022-07-19 09:00")),
    )
    trace = explained(at("2022-07-04 10:00"), Terms(THREE_DAYS, RESTART), stops, DESK)
    assert [(leg.kind, leg.due_on_before, leg.due_on) for leg in trace.legs] == [
        (LegKind.RECEIPT, None, date(2022, 7, 7)),
        (LegKind.RESTARTED, date(2022, 7, 7), date(2022, 7, 14)),
        (LegKind.PAUSED, date(2022, 7, 14), date(2022, 7, 20)),
        (LegKind.STANDING, date(2022, 7, 20), date(2022, 7, 20)),
    ]
    laws = [leg.law.split(" (")[0] for leg in trace.legs]
    assert laws == ["our reading", "NĐ 61/2018/NĐ-CP art. 19.4", "our reading", *laws[1:2]]


def test_a_stop_after_the_due_date_heals_nothing_and_says_so():
    late = Stop(SUPPLEMENT, at("2022-07-08 09:00"), at("2022-07-11 09:00"))
    trace = explained(at("2022-07-04 10:00"), Terms(THREE_DAYS, PAUSE), [late], DESK)
    assert trace.legs[1].kind is LegKind.UNMOVED
    assert trace.due_on == date(2022, 7, 7)


def test_without_a_limit_nothing_is_counted():
    terms = Terms(TimeLimit(None, TimeUnit.NONE), RESTART)
    stop = Stop(PAYMENT, at("2022-07-08 09:00"), at("2022-07-11 09:00"))
    trace = explained(at("2022-07-04 10:00"), terms, [stop], DESK)
    assert trace.due_on is None
    assert [leg.kind for leg in trace.legs] == [LegKind.RECEIPT, LegKind.UNMOVED]
    assert [list(leg.days(DESK)) for leg in trace.legs] == [[], []]


minutes = st.integers(0, 3 * 60 * 24 * 30)
limits = st.builds(TimeLimit, st.integers(0, 40), st.sampled_from(TimeUnit), st.none() | st.times())
stops_drawn = st.lists(st.tuples(st.sampled_from(StopKind), minutes, minutes), max_size=4)


def stops_after(received_at, drawn):
    stops, last = [], received_at
    for kind, before, length in drawn:
        start = last + timedelta(minutes=before // 9)
        last = start + timedelta(minutes=length // 9)
        stops.append(Stop(kind, start, last))
    return stops


@given(minutes, limits, st.sampled_from(SupplementPolicy), stops_drawn)
def test_the_trace_ends_on_the_due_date_whatever_happened(start, limit, policy, drawn):
    received_at = at("2022-07-30 00:00") + timedelta(minutes=start)
    stops = stops_after(received_at, drawn)
    due_on = due_date(received_at, limit, DESK)
    for stop in stops:
        span = {"stopped_at": stop.from_at, "resumed_at": stop.to_at, "limit": limit, "desk": DESK}
        if stop.kind is SUPPLEMENT:
            due_on = due_after_supplement(due_on, **span, policy=policy)
        else:
            due_on = due_after_pause(due_on, **span)
    trace = explained(received_at, Terms(limit, policy), stops, DESK)
    assert trace.due_on == due_on
    for leg in trace.legs:
        if leg.steps:
            assert leg.steps[-1].day == leg.due_on
            assert leg.steps[0].outcome is Outcome.START
            assert [s.day for s in leg.steps] == sorted({s.day for s in leg.steps})


@given(minutes, st.integers(1, 60))
def test_the_counted_days_are_exactly_the_working_days(start, count):
    received_at = at("2022-07-30 00:00") + timedelta(minutes=start)
    limit = TimeLimit(count, TimeUnit.WORKING_DAY)
    steps = explained(received_at, Terms(limit, RESTART), (), DESK).legs[0].steps
    first, *rest = steps
    assert [s.day for s in rest] == [first.day + timedelta(days=n) for n in range(1, len(rest) + 1)]
    for step in rest:
        assert (step.outcome is Outcome.COUNTED) == DESK.calendar.is_working(step.day)
    counted = [s.ordinal for s in rest if s.outcome is Outcome.COUNTED]
    assert counted == list(range(1, count + 1))
    assert DESK.calendar.count(first.day, steps[-1].day) == count


@given(minutes, st.integers(1, 200))
def test_the_counted_hours_are_exactly_the_limit(start, hours):
    received_at = at("2022-07-30 00:00") + timedelta(minutes=start)
    limit = TimeLimit(hours, TimeUnit.WORKING_HOUR)
    steps = explained(received_at, Terms(limit, RESTART), (), DESK).legs[0].steps
    assert sum(step.seconds for step in steps) == hours * 3_600
    for step in steps:
        assert step.seconds <= DESK.seconds_worked(step.day)
    for step in steps[1:-1]:
        assert step.seconds == DESK.seconds_worked(step.day)


@given(minutes, st.integers(0, 30))
def test_the_time_left_is_counted_as_it_is_given(start, days):
    begun = at("2022-07-30 00:00") + timedelta(minutes=start)
    last_day = DESK.calendar.on_or_after(DESK.counts_from(begun) + timedelta(days=days))
    seconds = counting.working_seconds(DESK, begun, last_day)
    reached = counting.end(counting.working_time(DESK, begun, seconds))
    assert reached == last_day or not seconds


S = Status


def turns(*steps):
    statuses = [None, *(step[0] for step in steps)]
    return [
        Turn(before, step[0], at(f"2022-07-{step[1]:02d} 09:00"))
        for before, step in zip(statuses, steps, strict=False)
    ]


def stop(kind, first, last=None):
    ends = last and at(f"2022-07-{last:02d} 09:00")
    return Stop(kind, at(f"2022-07-{first:02d} 09:00"), ends)


@pytest.mark.parametrize(
    ("events", "stops"),
    [
        ([(S.ACCEPTED, 4), (S.IN_PROCESS, 5), (S.IN_PROCESS, 6)], []),
        ([(S.ACCEPTED, 4), (S(5), 5), (S.IN_PROCESS, 8)], [stop(SUPPLEMENT, 5, 8)]),
        ([(S.ACCEPTED, 4), (S(6), 5), (S(6), 6)], [stop(PAYMENT, 5)]),
        ([(S.ACCEPTED, 4), (S(5), 5), (S(7), 6), (S(5), 7), (S(4), 8)], [stop(SUPPLEMENT, 5, 8)]),
        ([(S.ACCEPTED, 4), (S(6), 5), (S(7), 6), (S(8), 8)], [stop(PAYMENT, 5, 8)]),
        ([(S.ACCEPTED, 4), (S(5), 5), (S(7), 6)], [stop(SUPPLEMENT, 5)]),
        ([(S.ACCEPTED, 4), (S(7), 5), (S(4), 6), (S(9), 7), (S(10), 8)], []),
        (
            [(S.ACCEPTED, 4), (S(5), 5), (S(4), 6), (S(6), 7), (S(4), 8)],
            [stop(SUPPLEMENT, 5, 6), stop(PAYMENT, 7, 8)],
        ),
    ],
)
def test_stops_are_read_from_the_events(events, stops):
    assert stops_of(turns(*events)) == tuple(stops)

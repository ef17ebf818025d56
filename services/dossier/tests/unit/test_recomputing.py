from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from dossier.domain import facts as days
from dossier.domain.classification import contribution
from dossier.domain.corrections import Correction, Recorded, Story, replay
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms, moved
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.errors import DaysReversed, NotTheProvince
from dossier.domain.explanation import told
from dossier.domain.facts import FOREVER, Channel, Stretch
from dossier.domain.lifecycle import Status
from dossier.domain.recomputing import (
    RECOMPUTED,
    RECOUNTED,
    ChangedDays,
    RunState,
    may_touch,
    next_state,
    notice,
    recomputed,
    reopened,
    require_province,
)
from kernel.periods import ReportingPeriod
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

BEFORE = Desk(WorkingCalendar())
AFTER = Desk(WorkingCalendar(frozenset({date(2022, 7, 7)})))
TERMS = Terms(TimeLimit(3, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)


def at(day: int) -> datetime:
    return datetime(2022, 7, day, 9, tzinfo=LOCAL_ZONE).astimezone(UTC)


def a_course() -> Course:
    return Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=at(4),
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=days.received(Channel.DIRECT, date(2022, 7, 4), date(2022, 7, 7)),
    )


def test_the_new_due_date_holds_from_the_day_it_was_recomputed():
    course = recomputed(a_course(), date(2022, 7, 8), at=at(6))
    assert course.due_on == date(2022, 7, 8)
    assert course.facts.stretches == (
        Stretch(date(2022, 7, 4), date(2022, 7, 6), date(2022, 7, 7), is_waiting=False),
        Stretch(date(2022, 7, 6), FOREVER, date(2022, 7, 8), is_waiting=False),
    )


def test_a_clock_that_stands_goes_on_standing():
    waiting = moved(a_course(), Status(5), at=at(6), terms=TERMS, desk=BEFORE)
    course = recomputed(waiting, date(2022, 7, 8), at=at(5))
    last = course.facts.stretches[-1]
    assert (last.from_on, last.due_on, last.is_waiting) == (
        date(2022, 7, 6),
        date(2022, 7, 8),
        True,
    )


def test_a_limit_may_be_gone():
    assert recomputed(a_course(), None, at=at(6)).due_on is None


def test_an_end_before_the_recomputation_is_judged_by_the_new_due_date():
    course = recomputed(a_course(), date(2022, 7, 8), at=at(8))
    ended = moved(course, Status.SETTLED, at=at(6), terms=TERMS, desk=BEFORE)
    assert ended.facts.stretches == (
        Stretch(date(2022, 7, 4), date(2022, 7, 6), date(2022, 7, 7), is_waiting=False),
        Stretch(date(2022, 7, 6), date(2022, 7, 6), date(2022, 7, 8), is_waiting=False),
    )
    week = ReportingPeriod.between(date(2022, 7, 4), date(2022, 7, 7))
    counts = contribution(ended.facts, week)
    assert "dossiers.settled.early" in counts
    assert "dossiers.pending" not in counts


def test_a_stop_before_the_recomputation_stands_from_its_own_day():
    course = recomputed(a_course(), date(2022, 7, 8), at=at(8))
    waiting = moved(course, Status.AWAITING_SUPPLEMENT, at=at(6), terms=TERMS, desk=BEFORE)
    assert waiting.facts.stretches == (
        Stretch(date(2022, 7, 4), date(2022, 7, 6), date(2022, 7, 7), is_waiting=False),
        Stretch(date(2022, 7, 6), FOREVER, date(2022, 7, 8), is_waiting=True),
    )


def test_an_end_corrected_to_before_the_recomputation_leaves_nothing_pending():
    course = replay(a_story(), {3: Correction(3, at(5))}, BEFORE)
    assert [(s.from_on.day, s.until_on.day) for s in course.facts.stretches] == [(4, 5), (5, 5)]
    assert course.due_on == date(2022, 7, 8)


@pytest.mark.parametrize(
    ("received", "due", "is_touched"),
    [(4, 6, False), (4, 7, True), (7, 12, True), (8, 12, True), (9, 12, False), (4, None, False)],
)
def test_a_run_looks_at_those_whose_counting_passes_the_changed_days(received, due, is_touched):
    changed = ChangedDays(date(2022, 7, 7), date(2022, 7, 8))
    due_on = due and date(2022, 7, due)
    assert may_touch(date(2022, 7, received), due_on, changed) is is_touched


def test_changed_days_come_in_order():
    with pytest.raises(DaysReversed):
        ChangedDays(date(2022, 7, 8), date(2022, 7, 7))


@pytest.mark.parametrize("code", [None, "H56", "000.00.00.H56"])
def test_the_province_applies_the_calendar(code):
    require_province(code)


@pytest.mark.parametrize("code", ["H56.18", "000.00.18.H56"])
def test_nobody_below_the_province_does(code):
    with pytest.raises(NotTheProvince):
        require_province(code)


def test_a_run_walks_then_catches_up_then_is_done():
    walking, catching_up, done = RunState
    assert next_state(walking, is_short=False) is walking
    assert next_state(walking, is_short=True) is catching_up
    assert next_state(catching_up, is_short=False) is catching_up
    assert next_state(catching_up, is_short=True) is done


def an_event(number, before, after, day, kind="act", **details) -> Recorded:
    return Recorded(
        number=number,
        kind=kind,
        from_status=before and Status(before),
        to_status=Status(after),
        occurred_at=at(day),
        details=details,
    )


EVENTS = [
    an_event(1, None, 2, 4, due_on="2022-07-07"),
    an_event(
        2,
        *(2, 2, 6, RECOMPUTED),
        due_on_before="2022-07-07",
        due_on="2022-07-08",
        **notice(
            run_id="1",
            reason="Nghỉ bù",
            decided_by=None,
            changed=ChangedDays(date(2022, 7, 7), date(2022, 7, 7)),
        ),
    ),
    an_event(3, 2, 9, 8),
]


def a_story() -> Story:
    return Story(channel=Channel.DIRECT, terms=TERMS, return_method=None, events=EVENTS)


def test_a_life_told_again_keeps_the_recomputed_due_date():
    course = replay(a_story(), {3: Correction(3, at(7))}, BEFORE)
    assert [s.due_on for s in course.facts.stretches] == [date(2022, 7, 7), date(2022, 7, 8)]


def test_a_corrected_receipt_is_counted_on_the_calendar_of_today():
    course = replay(a_story(), {1: Correction(1, at(5))}, AFTER)
    assert course.due_on == date(2022, 7, 11)


@pytest.mark.parametrize(
    ("asked_on", "dues"),
    [(6, [7, 7, 8, 11]), (5, [7, 7, 8, 12])],
)
def test_a_corrected_stop_before_a_recomputation_loses_no_day_off(asked_on, dues):
    """The receipt keeps the due date of its day, and what moved it since goes on moving it."""
    moved_on = replace(EVENTS[1], number=3, from_status=Status(6), to_status=Status(6))
    paused = [EVENTS[0], an_event(2, 2, 6, 6), moved_on, an_event(4, 6, 4, 8)]
    paid = Story(channel=Channel.DIRECT, terms=TERMS, return_method=None, events=paused)
    course = replay(paid, {2: Correction(2, at(asked_on))}, AFTER)
    assert [s.due_on.day for s in course.facts.stretches] == dues
    assert course.due_on == told(paused, {2: Correction(2, at(asked_on))}, TERMS, AFTER).due_on


def test_the_trace_is_folded_from_the_events_as_they_really_happened():
    events = [*EVENTS[:2], an_event(3, 2, 5, 6), an_event(4, 5, 4, 12)]
    assert told(events, {}, TERMS, AFTER).due_on == date(2022, 7, 15)
    corrected = {4: Correction(4, at(11)), 1: Correction(1, at(5))}
    trace = told(events, corrected, TERMS, AFTER)
    assert [leg.due_on for leg in trace.legs] == [date(2022, 7, 11), date(2022, 7, 14)]
    assert told(events, {4: Correction(4, None)}, TERMS, AFTER).legs[-1].from_at is None


def test_a_dossier_open_again_is_due_as_counted_by_now():
    """Our reading (a dossier open again is due by the calendar of that day)."""
    was_open = a_course()
    ended = moved(was_open, Status.SETTLED, at=at(6), terms=TERMS, desk=BEFORE)
    course = reopened(ended, was_open, date(2022, 7, 8), at=at(12))
    assert course == recomputed(was_open, date(2022, 7, 8), at=at(12))
    assert reopened(ended, was_open, date(2022, 7, 7), at=at(12)) == was_open
    assert reopened(was_open, was_open, date(2022, 7, 8), at=at(12)) == was_open
    assert reopened(ended, ended, date(2022, 7, 8), at=at(12)) == ended


def test_a_dossier_open_again_stays_due_so_until_a_correction_counts_it_anew():
    again = replace(an_event(3, 9, 2, 12), kind="corrected", details={RECOUNTED: "2022-07-08"})
    events = [EVENTS[0], an_event(2, 2, 9, 6), again]
    told_again = Story(channel=Channel.DIRECT, terms=TERMS, return_method=None, events=events)
    course = replay(told_again, {2: Correction(2, None)}, BEFORE)
    assert [s.due_on for s in course.facts.stretches] == [date(2022, 7, 7), date(2022, 7, 8)]
    assert course.status is Status.ACCEPTED
    anew = {1: Correction(1, at(5)), 2: Correction(2, None)}
    assert replay(told_again, anew, AFTER).due_on == date(2022, 7, 11)

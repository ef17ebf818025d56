"""A wrong time is corrected by telling the events again; nothing recorded is overwritten."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dossier.domain import facts as days
from dossier.domain.correction_errors import HistoryMoveImpossible, HistoryOutOfOrder
from dossier.domain.corrections import (
    Correction,
    Corrects,
    Recorded,
    Story,
    changed_days,
    may_know,
    received_at,
    records,
    replay,
    require_correctable,
    require_not_author,
    require_own_record,
)
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.errors import (
    CorrectionUnclear,
    EventVoid,
    InTheFuture,
    NothingToCorrect,
    NotWhatWasRecorded,
    NotYourAct,
    OwnCorrection,
)
from dossier.domain.facts import Channel, EndKind, ReturnMethod
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Holders
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar())
TERMS = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)
NOW = datetime(2022, 10, 15, tzinfo=UTC)


def at(day: str, hour: int = 9) -> datetime:
    local = datetime.combine(date.fromisoformat(day), time(hour), LOCAL_ZONE)
    return local.astimezone(UTC)


def event(number, kind, statuses, occurred_at, **details) -> Recorded:
    from_status, to_status = statuses
    return Recorded(
        number=number,
        kind=kind,
        from_status=from_status and Status(from_status),
        to_status=Status(to_status),
        occurred_at=at(occurred_at),
        details=details,
    )


RECEIVED = event(1, "received", (None, 2), "2022-07-04", due_on="2022-07-11")
PROCESSED = event(2, "in_process", (2, 4), "2022-07-05")
ASKED = event(3, "awaiting_supplement", (4, 5), "2022-07-06")
SUPPLIED = event(4, "in_process", (5, 4), "2022-07-18", due_on="2022-07-25")
SETTLED = event(5, "settled", (4, 9), "2022-07-27")
RETURNED = event(6, "returned", (9, 10), "2022-07-28", method="postal")
APOLOGISED = event(7, "apologised", (4, 4), "2022-07-22")
ASSIGNED = event(8, "assigned", (4, 4), "2022-07-05", officer="officer-2")
HANDED_OVER = event(9, "handed_over", (4, 4), "2022-07-05", step_number=1)
TAKEN_OVER = event(10, "taken_over", (4, 4), "2022-07-05", step_number=1)
COMPLETED = event(11, "step_completed", (4, 4), "2022-07-05", step_number=1)
RECALLED = event(12, "hand_over_recalled", (4, 4), "2022-07-05", step_number=1)
ASKED_TOWN = event(13, "consulted", (4, 4), "2022-07-05", agency_code="H77.1")
ANSWER = event(14, "opinion_given", (4, 4), "2022-07-06", consultation_number=1)
LIFE = (RECEIVED, PROCESSED, ASKED, SUPPLIED, SETTLED, RETURNED)


def story(*events, terms=TERMS, return_method=None) -> Story:
    return Story(
        channel=Channel.DIRECT,
        terms=terms,
        return_method=return_method,
        events=events or LIFE,
    )


def told(*corrections, events=LIFE, desk=DESK) -> Course:
    held = {number: Correction(number, instant) for number, instant in corrections}
    return replay(story(*events), held, desk)


WARD, TOWN = "H56.18.26", "H77.1"


@pytest.mark.parametrize(
    ("event", "is_the_desks"),
    [
        (RECEIVED, True),
        (RETURNED, True),
        (APOLOGISED, True),
        (PROCESSED, False),
        (ASKED, False),
        (SUPPLIED, False),
        (SETTLED, False),
    ],
)
def test_the_desk_corrects_what_it_told_the_applicant_and_either_side_the_rest(event, is_the_desks):
    """Our reading (the desk that received meets the applicant, the resolver settles)."""
    handed = Holders(WARD, TOWN)
    for sight in (None, frozenset({WARD}), frozenset({WARD, TOWN})):
        require_own_record(event, sight, handed, told_by=TOWN)
        assert may_know(event, sight, handed, told_by=TOWN)
    assert not may_know(event, frozenset({"H56.9"}), handed, told_by="H56.9")
    if not is_the_desks:
        require_own_record(event, frozenset({TOWN}), handed, told_by=TOWN)
        return
    with pytest.raises(NotYourAct) as refused:
        require_own_record(event, frozenset({TOWN}), handed, told_by=TOWN)
    assert refused.value.details == {"act": "correct", "agencies": [WARD]}


@pytest.mark.parametrize(
    "event", [HANDED_OVER, TAKEN_OVER, COMPLETED, RECALLED, ASKED_TOWN, ANSWER]
)
def test_a_step_or_an_opinion_is_corrected_by_whoever_told_of_it(event):
    """Our reading (whoever told of a step or an opinion corrects it)."""
    elsewhere = Holders(WARD, "H56.9")
    require_own_record(event, frozenset({TOWN}), elsewhere, told_by=TOWN)
    assert may_know(event, frozenset({TOWN}), elsewhere, told_by=TOWN)
    with pytest.raises(NotYourAct) as refused:
        require_own_record(event, frozenset({WARD}), elsewhere, told_by=TOWN)
    assert refused.value.details == {"act": "correct", "agencies": [TOWN]}
    assert may_know(event, frozenset({WARD}), elsewhere, told_by=TOWN)
    assert not may_know(event, frozenset({"H56.18"}), elsewhere, told_by=TOWN)


def test_without_corrections_the_course_is_the_one_recorded():
    course = told()
    assert (course.status, course.came_from) == (Status.RETURNED, Status.SETTLED)
    assert course.facts.ended_on == date(2022, 7, 27)
    assert course.facts.return_method is ReturnMethod.POSTAL
    assert course.due_on == date(2022, 7, 25)


def test_a_settlement_recorded_late_was_in_time():
    course = told((5, at("2022-07-25")))
    assert course.ended_at == at("2022-07-25")
    assert days.timeliness(course.facts.ended_on, course.facts.due_on) is days.Timeliness.ON_TIME


def test_a_corrected_receipt_counts_the_limit_anew():
    course = told((1, at("2022-07-01")), events=(RECEIVED,))
    assert course.facts.received_on == date(2022, 7, 1)
    assert course.due_on == date(2022, 7, 8)
    assert received_at(story(), {1: Correction(1, at("2022-07-01"))}) == at("2022-07-01")
    assert received_at(story(), {}) == at("2022-07-04")


def test_a_corrected_resumption_restarts_the_limit_from_the_day_it_was():
    assert told((4, at("2022-07-19"))).due_on == date(2022, 7, 26)


def test_a_corrected_stop_moves_the_stretches_of_the_clock():
    stretches = told((3, at("2022-07-07"))).facts.stretches
    assert [stretch.from_on.day for stretch in stretches] == [4, 7, 18]


def test_a_corrected_return_leaves_the_end():
    course = told((6, at("2022-07-29")))
    assert course.facts.returned_on == date(2022, 7, 29)
    assert course.facts.ended_on == date(2022, 7, 27)


def test_a_corrected_apology_moves_the_day_it_was_sent_and_nothing_else():
    events = (*LIFE[:4], APOLOGISED)
    before, after = told(events=events), told((7, at("2022-07-21")), events=events)
    assert after.facts == days.apologised(before.facts, date(2022, 7, 21))


def test_an_end_that_never_was_reopens_the_dossier():
    course = told((5, None), events=LIFE[:5])
    assert course.status is Status.IN_PROCESS
    assert course.ended_at is None
    assert course.facts.end_kind is None


def test_an_end_may_be_recorded_again_after_it_was_found_void():
    corrected = event(6, "corrected", (9, 4), "2022-08-01", due_on="2030-01-01")
    again = event(7, "settled", (4, 9), "2022-08-02")
    course = told((5, None), events=(*LIFE[:5], corrected, again))
    assert (course.status, course.ended_at) == (Status.SETTLED, at("2022-08-02"))
    assert course.due_on == date(2022, 7, 25)


def test_a_stop_that_never_was_lets_the_clock_stand_as_it_stood():
    stopped = event(4, "stopped", (5, 8), "2022-07-20", due_on="2022-07-27")
    course = told((4, None), events=(RECEIVED, PROCESSED, ASKED, stopped))
    assert course.status is Status.AWAITING_SUPPLEMENT
    assert course.facts.stretches[-1].is_waiting
    assert told(events=(RECEIVED, PROCESSED, ASKED, stopped)).facts.end_kind is EndKind.STOPPED


def test_what_comes_before_the_correction_keeps_its_due_date_whatever_the_calendar_says_now():
    decreed_since = Desk(WorkingCalendar(days_off=frozenset({date(2022, 7, 7), date(2022, 7, 20)})))
    settled_later = told((5, at("2022-07-26")), desk=decreed_since)
    assert [stretch.due_on.day for stretch in settled_later.facts.stretches] == [11, 11, 25]
    supplied_later = told((4, at("2022-07-19")), desk=decreed_since)
    assert [stretch.due_on.day for stretch in supplied_later.facts.stretches] == [11, 11, 27]
    received_later = told((1, at("2022-07-05")), desk=decreed_since)
    assert [stretch.due_on.day for stretch in received_later.facts.stretches] == [13, 13, 26]


def test_a_dossier_without_limit_stays_without():
    received = event(1, "received", (None, 2), "2022-07-04", due_on=None)
    none = Terms(TimeLimit(None, TimeUnit.NONE), SupplementPolicy.RESTART)
    assert replay(story(received, terms=none), {}, DESK).due_on is None


def test_an_imported_return_keeps_the_method_its_event_does_not_name():
    events = (RECEIVED, event(2, "settled", (2, 9), "2022-07-05"))
    returned = event(3, "returned", (9, 10), "2022-07-06", imported=True)
    by_post = story(*events, returned, return_method=ReturnMethod.POSTAL)
    assert replay(by_post, {}, DESK).facts.return_method is ReturnMethod.POSTAL
    assert told(events=(*events, returned)).facts.return_method is ReturnMethod.DIRECT


@pytest.mark.parametrize(
    ("correction", "order"),
    [
        ((5, at("2022-07-17")), (5, 4)),
        ((3, at("2022-07-19")), (4, 3)),
        ((1, at("2022-07-06")), (2, 1)),
        ((5, at("2022-07-29")), (6, 5)),
    ],
)
def test_acts_cannot_come_before_those_they_follow(correction, order):
    with pytest.raises(HistoryOutOfOrder) as refused:
        told(correction)
    details = refused.value.details
    assert (details["event_number"], details["after_event_number"]) == order


def test_an_apology_cannot_come_before_the_receipt():
    with pytest.raises(HistoryOutOfOrder):
        told((7, at("2022-07-03")), events=(*LIFE[:4], APOLOGISED))


def test_another_agency_is_not_asked_before_the_receipt():
    consulted = event(7, "consulted", (4, 4), "2022-07-05", agency_code=TOWN)
    told((1, at("2022-07-05")), events=(RECEIVED, consulted))
    with pytest.raises(HistoryOutOfOrder) as refused:
        told((1, at("2022-07-06")), events=(RECEIVED, consulted))
    assert refused.value.details["after_kind"] == "received"


def test_nothing_is_received_before_it_was_filed():
    filed = replace(story(RECEIVED), filed_at=at("2022-07-01"))
    same_moment = replay(filed, {1: Correction(1, at("2022-07-01"))}, DESK)
    assert same_moment.facts.received_on == date(2022, 7, 1)
    with pytest.raises(HistoryOutOfOrder) as refused:
        replay(filed, {1: Correction(1, at("2022-07-01", 8))}, DESK)
    details = refused.value.details
    assert (details["after_kind"], details["after"]) == ("filed", at("2022-07-01"))


def test_a_result_was_not_returned_for_a_dossier_that_never_ended():
    with pytest.raises(HistoryMoveImpossible) as refused:
        told((5, None))
    assert refused.value.details["allowed"] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("recorded", "what"),
    [
        (RECEIVED, {Corrects.RECEIVED_AT}),
        (PROCESSED, {Corrects.MOVED_AT}),
        (ASKED, {Corrects.CLOCK_STOPPED_AT}),
        (SUPPLIED, {Corrects.CLOCK_RESUMED_AT}),
        (SETTLED, {Corrects.SETTLED_AT, Corrects.END}),
        (RETURNED, {Corrects.RETURNED_AT, Corrects.END}),
        (event(3, "stopped", (5, 8), "2022-07-08"), {Corrects.STOPPED_AT, Corrects.END}),
        (event(4, "withdrawal_asked", (5, 7), "2022-07-08"), {Corrects.MOVED_AT}),
        (event(5, "awaiting_supplement", (7, 5), "2022-07-08"), {Corrects.MOVED_AT}),
        (APOLOGISED, {Corrects.APOLOGY_SENT_AT}),
        (HANDED_OVER, {Corrects.HANDED_OVER_AT, Corrects.STEP}),
        (TAKEN_OVER, {Corrects.TAKEN_OVER_AT, Corrects.STEP}),
        (COMPLETED, {Corrects.STEP_COMPLETED_AT, Corrects.STEP}),
        (RECALLED, {Corrects.RECALLED_AT, Corrects.STEP}),
        (ASKED_TOWN, {Corrects.CONSULTED_AT}),
        (ANSWER, {Corrects.ANSWERED_AT}),
        (ASSIGNED, set()),
        (event(9, "corrected", (9, 4), "2022-07-08"), set()),
    ],
)
def test_each_event_has_its_own_time_to_correct(recorded, what):
    assert records(recorded) == what


def correctable(recorded, corrects, corrected_at, held=()):
    holding = {number: Correction(number, instant) for number, instant in held}
    require_correctable(
        recorded,
        recorded=records(recorded),
        corrects=corrects,
        corrected_at=corrected_at,
        holding=holding,
        now=NOW,
    )


def test_a_proposal_names_what_the_event_recorded():
    correctable(SETTLED, Corrects.SETTLED_AT, at("2022-07-25"))
    correctable(SETTLED, Corrects.END, None)
    with pytest.raises(NotWhatWasRecorded) as refused:
        correctable(SETTLED, Corrects.RETURNED_AT, at("2022-07-25"))
    assert refused.value.details["records"] == ["end", "settled_at"]


def test_a_step_that_never_was_has_no_time():
    correctable(TAKEN_OVER, Corrects.STEP, None)
    for corrects, instant in ((Corrects.STEP, at("2022-07-06")), (Corrects.TAKEN_OVER_AT, None)):
        with pytest.raises(CorrectionUnclear):
            correctable(TAKEN_OVER, corrects, instant)


@pytest.mark.parametrize(
    ("corrects", "corrected_at", "held", "refusal"),
    [
        (Corrects.SETTLED_AT, None, (), CorrectionUnclear),
        (Corrects.END, at("2022-07-25"), (), CorrectionUnclear),
        (Corrects.SETTLED_AT, NOW + timedelta(seconds=1), (), InTheFuture),
        (Corrects.SETTLED_AT, SETTLED.occurred_at, (), NothingToCorrect),
        (Corrects.SETTLED_AT, at("2022-07-25"), ((5, at("2022-07-25")),), NothingToCorrect),
        (Corrects.SETTLED_AT, at("2022-07-25"), ((5, None),), EventVoid),
        (Corrects.END, None, ((5, None),), EventVoid),
    ],
)
def test_a_proposal_that_says_nothing_new_is_refused(corrects, corrected_at, held, refusal):
    with pytest.raises(refusal):
        correctable(SETTLED, corrects, corrected_at, held)


def test_a_corrected_event_may_be_corrected_back():
    correctable(SETTLED, Corrects.SETTLED_AT, SETTLED.occurred_at, ((5, at("2022-07-25")),))


def test_nobody_decides_on_their_own_correction():
    require_not_author("officer-1", "officer-2")
    with pytest.raises(OwnCorrection):
        require_not_author("officer-1", "officer-1")


def test_a_correction_tells_each_day_before_and_after():
    assert changed_days(told().facts, told((5, None), events=LIFE[:5]).facts) == {
        "ended_on_before": "2022-07-27",
        "ended_on": None,
        "returned_on_before": "2022-07-28",
        "returned_on": None,
    }

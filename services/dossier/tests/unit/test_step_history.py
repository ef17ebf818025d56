"""Between which hands a dossier went: told from the log, corrected or not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from dossier.domain.correction_errors import HistoryOutOfOrder, HistoryStepMissing
from dossier.domain.corrections import Correction, Recorded
from dossier.domain.hand_overs import StepTimes, Undone
from dossier.domain.lifecycle import Status
from dossier.domain.questions import QuestionTimes, told_questions
from dossier.domain.step_history import told_by, told_way
from kernel.time_zone import LOCAL_ZONE

WARD, TOWN, LAND = "H56.18.26", "H77.1", "H56.9"


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2022, 8, day, hour, tzinfo=LOCAL_ZONE).astimezone(UTC)


def an_event(number, kind, day, *statuses: int | None, **details) -> Recorded:
    from_status, to_status = statuses or (2, 2)
    return Recorded(
        number=number,
        kind=kind,
        from_status=from_status and Status(from_status),
        to_status=Status(to_status),
        occurred_at=at(day),
        details=details,
    )


def handed(number, day, step=1, giver=WARD, taker=TOWN) -> Recorded:
    between = {"from_agency_code": giver, "to_agency_code": taker}
    return an_event(number, "handed_over", day, step_number=step, **between)


RECEIVED = an_event(1, "received", 1, None, 2)
HANDED = handed(2, 5)
TAKEN = an_event(3, "taken_over", 8, step_number=1)
SETTLED = an_event(4, "settled", 22, 2, 9)
RETURNED = an_event(5, "returned", 23, 9, 10)
STEP_LIFE = (HANDED, TAKEN, SETTLED, RETURNED)
STARTED = an_event(4, "in_process", 10, 2, 4)
CALLED_BACK = (
    RECEIVED,
    HANDED,
    an_event(3, "hand_over_recalled", 9, step_number=1, from_agency_code=WARD),
    STARTED,
)
BACK_IN_TOWN = an_event(5, "hand_over_recalled", 11, step_number=2, from_agency_code=TOWN)
DONE_THERE = an_event(6, "step_completed", 12, step_number=1)


def never(*numbers) -> dict[int, Correction]:
    return {number: Correction(number, None) for number in numbers}


def moved(number, day) -> dict[int, Correction]:
    return {number: Correction(number, at(day))}


def way(events, corrections=()):
    return told_way(events, dict(corrections), receiver=WARD)


def ends(events, corrections=()):
    return [step.completed_at for step in way(events, corrections).steps]


def test_a_step_has_the_times_that_were_told_of_it():
    completed = an_event(4, "step_completed", 9, step_number=1)
    (step,) = way((RECEIVED, HANDED, TAKEN, completed)).steps
    assert step == StepTimes(
        step_number=1,
        handed_over_at=at(5),
        taken_over_at=at(8),
        completed_at=at(9),
        undone=None,
    )


@pytest.mark.parametrize(
    ("number", "day", "name"),
    [(2, 4, "handed_over_at"), (3, 6, "taken_over_at"), (4, 10, "completed_at")],
)
def test_each_time_of_a_step_is_corrected_by_itself(number, day, name):
    events = (RECEIVED, HANDED, TAKEN, an_event(4, "step_completed", 9, step_number=1))
    (before,), (after,) = way(events).steps, way(events, moved(number, day)).steps
    assert after == replace(before, **{name: at(day)})


def test_a_step_that_the_end_closed_ends_when_the_dossier_ended_as_corrected():
    """Our reading (a step that the dossier's end closed follows its corrections)."""
    assert ends(STEP_LIFE) == [at(22)]
    assert ends(STEP_LIFE, moved(4, 9)) == [at(9)]


def test_a_step_is_open_again_once_the_end_that_closed_it_is_void():
    void = never(4, 5)
    assert ends(STEP_LIFE, void) == [None]
    assert way(STEP_LIFE, void).resolver == TOWN
    ended_again = an_event(6, "settled", 24, 2, 9)
    assert ends((*STEP_LIFE, ended_again), void) == [at(24)]


def test_a_step_that_was_completed_stays_so_whatever_becomes_of_the_end():
    completed = an_event(4, "step_completed", 22, step_number=1)
    settled = replace(SETTLED, number=5)
    events = (HANDED, TAKEN, completed, settled)
    for corrections in ({}, never(5), moved(5, 23)):
        assert ends(events, corrections) == [at(22)]


def test_of_several_steps_the_end_closes_the_last():
    onward = handed(4, 10, 2, TOWN, LAND)
    events = (HANDED, TAKEN, onward, an_event(5, "stopped", 22, 2, 8))
    assert ends(events) == [at(10), at(22)]
    assert ends(events, never(5)) == [at(10), None]


def test_handing_on_ends_the_step_when_it_really_happened():
    events = (HANDED, TAKEN, handed(4, 12, 2, TOWN, LAND))
    assert ends(events, moved(4, 10)) == [at(10), None]
    assert way(events).resolver == LAND


def test_a_dossier_that_nobody_handed_over_has_no_steps():
    assert way((RECEIVED, SETTLED, RETURNED)).steps == ()
    assert way((RECEIVED,)).resolver == WARD


def test_a_hand_over_that_was_called_back_leaves_everything_as_it_was():
    recalled = an_event(3, "hand_over_recalled", 9, step_number=1, from_agency_code=WARD)
    told = way((RECEIVED, HANDED, recalled))
    assert told.resolver == WARD
    (step,) = told.steps
    assert (step.undone, step.completed_at, step.taken_over_at) == (Undone.RECALLED, at(9), None)
    again = (RECEIVED, HANDED, recalled, handed(4, 10, 2, WARD, LAND))
    assert way(again).resolver == LAND
    assert ends(again) == [at(9), None]


def test_a_hand_over_called_back_in_the_course_of_a_step_opens_that_step_again():
    recalled = an_event(5, "hand_over_recalled", 11, step_number=2, from_agency_code=TOWN)
    events = (HANDED, TAKEN, handed(4, 10, 2, TOWN, LAND), recalled)
    assert way(events).resolver == TOWN
    assert ends(events) == [None, at(11)]
    completed = an_event(6, "step_completed", 12, step_number=1)
    assert ends((*events, completed)) == [at(12), at(11)]
    assert way((*events, completed)).resolver == WARD


def test_a_completion_that_never_was_leaves_the_step_open_and_the_dossier_with_it():
    completed = an_event(4, "step_completed", 12, step_number=1)
    told = way((HANDED, TAKEN, completed), never(4))
    assert (told.resolver, told.steps[0].completed_at) == (TOWN, None)


def test_a_taking_over_that_never_was_leaves_the_hand_over_to_be_called_back():
    (step,) = way((HANDED, TAKEN), never(3)).steps
    assert (step.taken_over_at, step.completed_at) == (None, None)


def test_a_hand_over_that_never_happened_keeps_its_number_and_no_more():
    told = way((RECEIVED, HANDED), never(2))
    assert told.resolver == WARD
    assert [(step.undone, step.completed_at) for step in told.steps] == [(Undone.VOID, at(5))]
    other = way((RECEIVED, HANDED, handed(3, 6, 2)), never(2))
    assert [step.step_number for step in other.steps] == [1, 2]
    assert other.resolver == TOWN


def test_a_recall_that_never_was_leaves_the_hand_over_waiting_to_be_taken_over():
    recalled = an_event(3, "hand_over_recalled", 9, step_number=1, from_agency_code=WARD)
    told = way((RECEIVED, HANDED, recalled), never(3))
    assert told == way((RECEIVED, HANDED))
    assert told.resolver == TOWN
    taken = an_event(5, "taken_over", 8, step_number=1)
    assert way((RECEIVED, HANDED, recalled, taken), never(3)) == way((RECEIVED, HANDED, taken))


def test_a_recall_that_never_was_closes_again_the_step_it_had_opened():
    recalled = an_event(5, "hand_over_recalled", 11, step_number=2, from_agency_code=TOWN)
    events = (HANDED, TAKEN, handed(4, 10, 2, TOWN, LAND), recalled)
    assert ends(events, never(5)) == [at(10), None]
    assert way(events, never(5)).resolver == LAND
    stopped = an_event(6, "stopped", 12, 2, 8)
    assert ends((*events, stopped), never(5)) == [at(10), at(12)]


def test_a_hand_over_that_was_called_back_never_was_once_its_recall_never_was():
    recalled = an_event(3, "hand_over_recalled", 9, step_number=1, from_agency_code=WARD)
    with pytest.raises(HistoryStepMissing) as refused:
        way((RECEIVED, HANDED, recalled), never(2))
    assert refused.value.details["event_number"] == 3
    (step,) = way((RECEIVED, HANDED, recalled), never(2, 3)).steps
    assert step.undone is Undone.VOID


@pytest.mark.parametrize(
    ("events", "corrections", "at_event"),
    [
        # Taken over what was never handed over, and completed what was never taken over.
        ((RECEIVED, HANDED, TAKEN), never(2), 3),
        ((HANDED, TAKEN, an_event(4, "step_completed", 9, step_number=1)), never(3), 4),
        # Handed on what nobody took over, or what somebody else had.
        ((HANDED, TAKEN, handed(4, 10, 2, TOWN, LAND)), never(3), 4),
        ((HANDED, TAKEN, handed(4, 10, 2, TOWN, LAND)), never(2, 3), 4),
        # Worked on what nobody took over; it may be stopped, though.
        ((RECEIVED, HANDED, TAKEN, an_event(4, "in_process", 10, 2, 4)), never(3), 4),
        # Worked on, handed on or completed what was not there: its recall never was.
        (CALLED_BACK, never(3), 4),
        ((*CALLED_BACK[:3], handed(4, 10, 2, WARD, LAND)), never(3), 4),
        ((*CALLED_BACK[:3], an_event(4, "settled", 10, 2, 9)), never(3), 4),
        ((HANDED, TAKEN, handed(4, 10, 2, TOWN, LAND), BACK_IN_TOWN, DONE_THERE), never(5), 6),
    ],
)
def test_what_followed_a_step_cannot_stand_without_it(events, corrections, at_event):
    with pytest.raises(HistoryStepMissing) as refused:
        way(events, corrections)
    assert refused.value.details["event_number"] == at_event


def test_a_dossier_that_nobody_took_over_may_be_stopped():
    stopped = an_event(4, "stopped", 12, 2, 8)
    assert ends((RECEIVED, HANDED, TAKEN, stopped), never(3)) == [at(12)]


ASKED_BACK = an_event(4, "withdrawal_asked", 10, 2, 7)
COMPLETED = an_event(5, "step_completed", 12, 4, 4, step_number=1)
ONWARD = handed(5, 12, 2, TOWN, LAND)
GIVEN_BACK = (RECEIVED, HANDED, TAKEN, STARTED, COMPLETED, an_event(6, "settled", 15, 4, 9))
HANDED_ON = (RECEIVED, HANDED, TAKEN, STARTED, ONWARD, an_event(6, "taken_over", 15, step_number=2))


@pytest.mark.parametrize(
    ("events", "number", "day", "order"),
    [
        ((RECEIVED, *STEP_LIFE), 4, 5, (4, 3)),
        ((RECEIVED, *STEP_LIFE), 1, 6, (2, 1)),
        ((RECEIVED, *STEP_LIFE), 3, 4, (3, 2)),
        ((RECEIVED, *STEP_LIFE), 2, 9, (3, 2)),
        (GIVEN_BACK, 1, 6, (2, 1)),
        (GIVEN_BACK, 4, 7, (4, 3)),
        (GIVEN_BACK, 4, 13, (5, 4)),
        (GIVEN_BACK, 5, 9, (5, 4)),
        (GIVEN_BACK, 5, 16, (6, 5)),
        (GIVEN_BACK, 6, 11, (6, 5)),
        (HANDED_ON, 4, 13, (5, 4)),
        (HANDED_ON, 5, 16, (6, 5)),
        (CALLED_BACK, 3, 4, (3, 2)),
        (CALLED_BACK, 3, 11, (4, 3)),
        ((RECEIVED, HANDED, ASKED_BACK, an_event(5, "stopped", 12, 7, 8)), 5, 4, (5, 2)),
        ((RECEIVED, HANDED, an_event(3, "taken_over", 4, step_number=1)), 9, 9, (3, 2)),
    ],
)
def test_no_correction_tells_a_step_out_of_the_order_of_the_other_acts(events, number, day, order):
    """Our reading (a step that the dossier's end closed follows its corrections)."""
    with pytest.raises(HistoryOutOfOrder) as refused:
        way(events, moved(number, day))
    details = refused.value.details
    assert (details["event_number"], details["after_event_number"]) == order


@pytest.mark.parametrize(
    ("events", "number", "day"),
    [
        (STEP_LIFE, 4, 8),
        (STEP_LIFE, 3, 5),
        (GIVEN_BACK, 1, 5),
        (GIVEN_BACK, 4, 8),
        (GIVEN_BACK, 4, 12),
        (GIVEN_BACK, 5, 15),
        (GIVEN_BACK, 6, 12),
        (HANDED_ON, 4, 12),
        (HANDED_ON, 5, 15),
        (CALLED_BACK, 3, 5),
        # A wish to withdraw is heard at the desk, wherever the dossier is.
        ((RECEIVED, HANDED, TAKEN, ASKED_BACK), 4, 2),
        ((RECEIVED, ASKED_BACK), 1, 2),
    ],
)
def test_a_correction_that_keeps_the_order_of_steps_holds(events, number, day):
    way(events, moved(number, day))


OPINION = an_event(9, "opinion_given", 20, agency_code="H56.3", consultation_number=1)
RECALL = an_event(6, "hand_over_recalled", 13, step_number=2, from_agency_code=TOWN)


@pytest.mark.parametrize(
    ("event", "before", "teller"),
    [
        (HANDED, (RECEIVED,), WARD),
        (TAKEN, (RECEIVED, HANDED), TOWN),
        (COMPLETED, (RECEIVED, HANDED, TAKEN), TOWN),
        (ONWARD, (RECEIVED, HANDED, TAKEN), TOWN),
        (RECALL, (RECEIVED, HANDED, TAKEN, ONWARD), TOWN),
        (an_event(7, "consulted", 14), (RECEIVED, HANDED, TAKEN, ONWARD, RECALL), TOWN),
        (an_event(7, "consulted", 14), (RECEIVED, HANDED, TAKEN, COMPLETED), WARD),
        (OPINION, (RECEIVED, HANDED), "H56.3"),
    ],
)
def test_the_word_is_that_of_whoever_had_the_dossier_or_was_asked(event, before, teller):
    """Our reading (whoever told of a step or an opinion corrects it)."""
    assert told_by(event, before, {}, receiver=WARD) == teller


def test_a_step_that_never_was_gave_nobody_a_word():
    asked = an_event(7, "consulted", 14)
    assert told_by(asked, (RECEIVED, HANDED), never(2), receiver=WARD) == WARD


ASKED = an_event(2, "consulted", 5, agency_code=TOWN)
ASKED_AGAIN = an_event(3, "consulted", 6, agency_code=LAND)
ANSWERED = an_event(4, "opinion_given", 8, agency_code=LAND, consultation_number=2)
QUESTIONS = (RECEIVED, ASKED, ASKED_AGAIN, ANSWERED)


def test_questions_are_asked_and_answered_when_they_really_were():
    first, second = QuestionTimes(1, at(5), None), QuestionTimes(2, at(6), at(8))
    assert told_questions(QUESTIONS, {}) == (first, second)
    corrected = {**moved(2, 4), **moved(4, 7)}
    assert told_questions(QUESTIONS, corrected) == (
        QuestionTimes(1, at(4), None),
        QuestionTimes(2, at(6), at(7)),
    )


def test_no_answer_comes_before_its_question():
    told_questions(QUESTIONS, moved(3, 8))
    with pytest.raises(HistoryOutOfOrder) as refused:
        told_questions(QUESTIONS, moved(3, 9))
    details = refused.value.details
    assert (details["event_number"], details["after_event_number"]) == (4, 3)

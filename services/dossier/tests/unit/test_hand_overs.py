from datetime import UTC, date, datetime

import pytest
from dossier.domain import facts as days
from dossier.domain.corrections import Correction, Recorded
from dossier.domain.desk import Desk
from dossier.domain.errors import (
    HandedToItself,
    HandOverOpen,
    ImpossibleHistory,
    OutOfOrder,
    StepNotOpen,
)
from dossier.domain.facts import Channel, EndKind
from dossier.domain.hand_overs import (
    Cause,
    LastStep,
    LatenessRule,
    Step,
    StepEnd,
    last_step_end,
    lateness,
    require_after,
    require_handed_on,
    require_in_hand,
    require_other_hands,
    require_step_open,
    require_steps_in_order,
    step_due_on,
)
from dossier.domain.lifecycle import LegalAct, Status
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar(frozenset({date(2022, 9, 1), date(2022, 9, 2)})))
WARD, TOWN, LAND = "H56.18.26", "H56.18", "H56.9"


def at(day: int, hour: int = 9, month: int = 8) -> datetime:
    return datetime(2022, month, day, hour, tzinfo=LOCAL_ZONE).astimezone(UTC)


def a_step(number: int = 1, to: str = TOWN, **changes) -> Step:
    return Step(
        **{
            "step_number": number,
            "step_name": "Thẩm định",
            "from_agency_code": WARD,
            "to_agency_code": to,
            "to_unit": None,
            "limit_working_days": 2,
            "due_on": None,
            "handed_over_at": at(8),
            "taken_over_at": at(8, 10),
            "completed_at": None,
            **changes,
        }
    )


def a_dossier(due: int | None = 12, ended: int | None = None):
    """Received on Monday 1 August 2022."""
    due_on = None if due is None else date(2022, 8, due)
    facts = days.received(Channel.DIRECT, date(2022, 8, 1), due_on)
    return facts if ended is None else days.ended(facts, date(2022, 8, ended), EndKind.SETTLED)


def judged(facts, *steps, as_of=date(2022, 8, 31)):
    return lateness(facts, steps, receiver=WARD, as_of=as_of, desk=DESK)


@pytest.mark.parametrize(
    ("handed_over_at", "limit", "due_on"),
    [
        (at(8), 2, date(2022, 8, 10)),
        (at(5), 1, date(2022, 8, 8)),
        (at(8, 18), 1, date(2022, 8, 10)),
        (at(31), 1, date(2022, 9, 5)),
        (at(8), None, None),
    ],
    ids=["working days", "a weekend", "after closing", "days off", "no limit"],
)
def test_a_step_has_working_days_of_its_own_from_the_day_after_the_hand_over(
    handed_over_at, limit, due_on
):
    assert step_due_on(handed_over_at, limit, DESK) == due_on


def test_a_dossier_in_time_has_no_causes_even_when_a_step_was_over_its_limit():
    found = judged(a_dossier(due=31, ended=22), a_step(completed_at=at(16)))
    assert (found.is_late, found.working_days_late, found.causes) == (False, 0, ())
    assert [(time.used, time.over) for time in found.steps] == [(6, 4)]


def test_every_step_over_its_limit_is_a_cause_with_its_own_days():
    found = judged(
        a_dossier(due=12, ended=22),
        a_step(1, TOWN, completed_at=at(12)),
        a_step(2, LAND, handed_over_at=at(12), completed_at=at(16)),
        a_step(3, WARD, handed_over_at=at(16), completed_at=at(22), limit_working_days=3),
    )
    assert (found.is_late, found.working_days_late) == (True, 6)
    assert found.rule is LatenessRule.LATE_STEPS
    assert found.causes == (Cause(TOWN, 1, 2), Cause(WARD, 3, 1))


def test_without_a_late_step_the_holder_at_the_due_date_answers():
    facts = a_dossier(due=12, ended=16)
    in_town = a_step(handed_over_at=at(11), completed_at=at(15))
    assert judged(facts, in_town).causes == (Cause(TOWN, 1, 2),)
    given_back = a_step(handed_over_at=at(9), completed_at=at(11))
    assert judged(facts, given_back).causes == (Cause(WARD, None, 2),)
    without_limit = a_step(limit_working_days=None)
    assert judged(facts, without_limit).causes == (Cause(TOWN, 1, 2),)
    later = a_step(handed_over_at=at(15), completed_at=at(16))
    assert judged(facts, later).rule is LatenessRule.HOLDER_AT_DUE_DATE
    assert judged(facts).causes == (Cause(WARD, None, 2),)


def test_an_open_dossier_is_as_late_as_the_day_it_is_asked_about():
    facts = a_dossier(due=12)
    assert not judged(facts, as_of=date(2022, 8, 12)).is_late
    over_the_weekend = judged(facts, as_of=date(2022, 8, 14))
    assert (over_the_weekend.is_late, over_the_weekend.working_days_late) == (True, 1)
    assert judged(facts, as_of=date(2022, 8, 16)).working_days_late == 2


def test_without_a_limit_nothing_is_late():
    found = judged(a_dossier(due=None), a_step())
    assert (found.is_late, found.due_on, found.ended_on) == (False, None, None)


def test_days_spent_waiting_for_the_applicant_are_nobodys():
    waiting = days.stopped(a_dossier(due=12), date(2022, 8, 9))
    facts = days.resumed(waiting, date(2022, 8, 16), date(2022, 8, 19))
    ended = days.ended(facts, date(2022, 8, 19), EndKind.SETTLED)
    (time,) = judged(ended, a_step(completed_at=at(18))).steps
    assert (time.used, time.over) == (3, 1)


def test_a_dossier_that_waits_past_its_due_date_is_not_late():
    waiting = days.stopped(a_dossier(due=12), date(2022, 8, 9))
    assert not judged(waiting, a_step()).is_late


def test_a_hand_over_needs_other_hands():
    require_other_hands(WARD, TOWN, None)
    require_other_hands(WARD, WARD, "Tổ địa chính")
    with pytest.raises(HandedToItself):
        require_other_hands(WARD, WARD, None)


def test_what_was_not_taken_over_is_not_handed_on():
    require_handed_on([], at=at(9))
    require_handed_on([a_step(completed_at=at(9)), a_step(2)], at=at(9))
    with pytest.raises(HandOverOpen):
        require_handed_on([a_step(taken_over_at=None)], at=at(9))
    with pytest.raises(OutOfOrder):
        require_handed_on([a_step(taken_over_at=at(10))], at=at(9))


def a_last_step(taken_over_at=None, completed_at=None) -> LastStep:
    return LastStep(
        step_number=1,
        agency_code=TOWN,
        handed_over_at=at(8),
        taken_over_at=taken_over_at,
        completed_at=completed_at,
    )


@pytest.mark.parametrize(
    ("act", "ends_step", "before_taken", "as_of_before"),
    [
        (LegalAct.START, False, HandOverOpen, OutOfOrder),
        (LegalAct.ASK_FOR_SUPPLEMENT, False, HandOverOpen, OutOfOrder),
        (LegalAct.ASK_FOR_PAYMENT, False, HandOverOpen, OutOfOrder),
        (LegalAct.SETTLE, True, HandOverOpen, OutOfOrder),
        (LegalAct.STOP, True, None, OutOfOrder),
        (LegalAct.GIVE_BACK, True, None, OutOfOrder),
        (LegalAct.RECEIVE_SUPPLEMENT, False, None, None),
        (LegalAct.ASK_TO_WITHDRAW, False, None, None),
    ],
)
def test_work_on_a_step_follows_its_taking_over(act, ends_step, before_taken, as_of_before):
    taken = a_last_step(at(8, 10))
    for step, instant, refusal in (
        (None, at(8, 8), None),
        (a_last_step(), at(9), before_taken),
        (taken, at(8), as_of_before),
        (taken, at(8, 10), None),
        (a_last_step(at(8, 10), at(9)), at(8, 11), as_of_before),
        (a_last_step(None, at(9)), at(9), None),
    ):
        if refusal is None:
            require_in_hand(step, act, at=instant, ends_step=ends_step)
        else:
            with pytest.raises(refusal):
                require_in_hand(step, act, at=instant, ends_step=ends_step)


def test_a_step_that_nobody_took_over_ends_after_it_was_handed_over():
    with pytest.raises(OutOfOrder):
        require_in_hand(a_last_step(), LegalAct.STOP, at=at(8, 8), ends_step=True)


def test_nothing_belongs_to_a_step_before_it_began():
    require_after(None, at=at(9))
    require_after(at(9), at=at(9))
    with pytest.raises(OutOfOrder):
        require_after(at(10), at=at(9))


@pytest.mark.parametrize(
    ("step", "taken_over", "is_open"),
    [
        (a_step(taken_over_at=None), False, True),
        (a_step(taken_over_at=None), True, False),
        (a_step(), True, True),
        (a_step(), False, False),
        (a_step(completed_at=at(9)), True, False),
    ],
)
def test_a_step_is_taken_over_and_completed_once_in_that_order(step, taken_over, is_open):
    if is_open:
        require_step_open(step, taken_over=taken_over)
    else:
        with pytest.raises(StepNotOpen):
            require_step_open(step, taken_over=taken_over)


def an_event(number, kind, day, *statuses: int, **details) -> Recorded:
    from_status, to_status = statuses or (2, 2)
    return Recorded(
        number=number,
        kind=kind,
        from_status=Status(from_status),
        to_status=Status(to_status),
        occurred_at=at(day),
        details=details,
    )


HANDED = an_event(2, "handed_over", 5, step_number=1)
TAKEN = an_event(3, "taken_over", 8, step_number=1)
SETTLED = an_event(4, "settled", 22, 2, 9)
RETURNED = an_event(5, "returned", 23, 9, 10)
STEP_LIFE = (HANDED, TAKEN, SETTLED, RETURNED)


def test_a_step_that_the_end_closed_ends_when_the_dossier_ended_as_corrected():
    assert last_step_end(STEP_LIFE, {}) == StepEnd(1, at(22))
    corrected = {4: Correction(4, at(9))}
    assert last_step_end(STEP_LIFE, corrected) == StepEnd(1, at(9))


def test_a_step_is_open_again_once_the_end_that_closed_it_is_void():
    void = {4: Correction(4, None), 5: Correction(5, None)}
    assert last_step_end(STEP_LIFE, void) == StepEnd(1, None)
    ended_again = an_event(6, "settled", 24, 2, 9)
    assert last_step_end((*STEP_LIFE, ended_again), void) == StepEnd(1, at(24))


def test_a_step_that_was_completed_stays_so_whatever_becomes_of_the_end():
    completed = an_event(6, "step_completed", 22, step_number=1)
    events = (HANDED, TAKEN, completed, SETTLED)
    for corrections in ({}, {4: Correction(4, None)}, {4: Correction(4, at(10))}):
        assert last_step_end(events, corrections) == StepEnd(1, at(22))


def test_of_several_steps_the_end_closes_the_last():
    onward = an_event(6, "handed_over", 10, step_number=2)
    events = (HANDED, TAKEN, onward, SETTLED)
    assert last_step_end(events, {4: Correction(4, None)}) == StepEnd(2, None)


def test_a_dossier_that_nobody_handed_over_has_no_step_to_end():
    assert last_step_end((SETTLED, RETURNED), {}) is None


RECEIVED = Recorded(
    number=1,
    kind="received",
    from_status=None,
    to_status=Status.ACCEPTED,
    occurred_at=at(1),
    details={},
)
STARTED = an_event(4, "in_process", 10, 2, 4)
ASKED_BACK = an_event(4, "withdrawal_asked", 10, 2, 7)
COMPLETED = an_event(5, "step_completed", 12, 4, 4, step_number=1)
ONWARD = an_event(5, "handed_over", 12, 4, 4, step_number=2)
GIVEN_BACK = (RECEIVED, HANDED, TAKEN, STARTED, COMPLETED, an_event(6, "settled", 15, 4, 9))
HANDED_ON = (RECEIVED, HANDED, TAKEN, STARTED, ONWARD, an_event(6, "taken_over", 15, step_number=2))


@pytest.mark.parametrize(
    ("events", "number", "day", "order"),
    [
        ((RECEIVED, *STEP_LIFE), 4, 5, (4, 3)),
        ((RECEIVED, *STEP_LIFE), 1, 6, (2, 1)),
        (GIVEN_BACK, 1, 6, (2, 1)),
        (GIVEN_BACK, 4, 7, (4, 3)),
        (GIVEN_BACK, 4, 13, (5, 4)),
        (GIVEN_BACK, 6, 11, (6, 5)),
        (HANDED_ON, 4, 13, (5, 4)),
        ((RECEIVED, HANDED, ASKED_BACK, an_event(5, "stopped", 12, 7, 8)), 5, 4, (5, 2)),
        ((RECEIVED, HANDED, an_event(3, "taken_over", 4, step_number=1)), 9, 9, (3, 2)),
    ],
)
def test_no_correction_tells_a_step_out_of_the_order_of_the_other_acts(events, number, day, order):
    """Our reading (a step that the dossier's end closed follows its corrections)."""
    with pytest.raises(ImpossibleHistory) as refused:
        require_steps_in_order(events, {number: Correction(number, at(day))})
    details = refused.value.details
    assert (details["event_number"], details["after_event_number"]) == order
    assert details["why"] == "order"


@pytest.mark.parametrize(
    ("events", "number", "day"),
    [
        (STEP_LIFE, 4, 8),
        (GIVEN_BACK, 1, 5),
        (GIVEN_BACK, 4, 8),
        (GIVEN_BACK, 4, 12),
        (GIVEN_BACK, 6, 12),
        (HANDED_ON, 4, 12),
        # A wish to withdraw is heard at the desk, wherever the dossier is.
        ((RECEIVED, HANDED, TAKEN, ASKED_BACK), 4, 2),
        ((RECEIVED, ASKED_BACK), 1, 2),
    ],
)
def test_a_correction_that_keeps_the_order_of_steps_holds(events, number, day):
    require_steps_in_order(events, {number: Correction(number, at(day))})

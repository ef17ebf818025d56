from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from dossier.domain import facts as days
from dossier.domain.desk import Desk
from dossier.domain.errors import (
    HandedToItself,
    HandOverOpen,
    OutOfOrder,
    StepNotOpen,
)
from dossier.domain.facts import Channel, EndKind
from dossier.domain.hand_overs import (
    Cause,
    LastStep,
    LatenessRule,
    Step,
    StepTimes,
    Undone,
    lateness,
    require_after,
    require_handed_on,
    require_in_hand,
    require_other_hands,
    require_step_open,
    step_due_on,
    with_times,
)
from dossier.domain.lifecycle import LegalAct
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


def test_a_hand_over_that_does_not_count_makes_nobody_late():
    """Our reading (lateness belongs to the step that caused it)."""
    facts = a_dossier(due=12, ended=16)
    gone = {"taken_over_at": None, "handed_over_at": at(9), "completed_at": at(15)}
    recalled = a_step(2, LAND, **gone, undone=Undone.RECALLED)
    found = judged(facts, recalled)
    assert (found.causes, found.steps) == ((Cause(WARD, None, 2),), ())
    assert judged(facts, a_step(2, LAND, **gone, undone=Undone.VOID)) == judged(facts)


def test_days_of_a_hand_over_that_was_called_back_are_nobodys():
    facts = a_dossier(due=12, ended=18)
    in_town = a_step(handed_over_at=at(8), completed_at=at(17))
    gone = {"taken_over_at": None, "handed_over_at": at(9), "completed_at": at(15)}
    recalled = a_step(2, LAND, **gone, undone=Undone.RECALLED)
    (time,) = judged(facts, in_town, recalled).steps
    assert (time.used, time.over) == (3, 1)
    never = a_step(2, LAND, **gone, undone=Undone.VOID)
    assert [t.used for t in judged(facts, in_town, never).steps] == [7]


def test_a_step_handed_over_at_another_time_has_its_limit_from_then():
    """Our reading (a step's limit counts from the hand-over)."""
    step = a_step(due_on=date(2022, 8, 31))
    times = StepTimes(
        step_number=1,
        handed_over_at=at(8),
        taken_over_at=at(9),
        completed_at=at(10),
        undone=None,
    )
    told = with_times(step, times, DESK)
    assert (told.taken_over_at, told.completed_at) == (at(9), at(10))
    assert told.due_on == date(2022, 8, 31)
    moved = with_times(step, replace(times, handed_over_at=at(5)), DESK)
    assert (moved.handed_over_at, moved.due_on) == (at(5), date(2022, 8, 9))


def test_lateness_says_how_many_corrections_it_reads():
    late = a_dossier(due=12, ended=16)
    asked = {"receiver": WARD, "as_of": date(2022, 8, 31), "desk": DESK}
    assert lateness(late, [], **asked).corrections == 0
    assert lateness(late, [], **asked, corrections=2).corrections == 2


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
    never = a_step(handed_over_at=at(12), completed_at=at(12), undone=Undone.VOID)
    require_handed_on([never], at=at(9))
    recalled = a_step(taken_over_at=None, completed_at=at(9), undone=Undone.RECALLED)
    with pytest.raises(OutOfOrder):
        require_handed_on([recalled], at=at(9, 8))
    with pytest.raises(HandOverOpen):
        require_handed_on([a_step(taken_over_at=None)], at=at(9))
    with pytest.raises(OutOfOrder):
        require_handed_on([a_step(taken_over_at=at(10))], at=at(9))


def a_last_step(taken_over_at=None, completed_at=None, back_at=None) -> LastStep:
    return LastStep(
        step_number=1,
        from_agency_code=WARD,
        agency_code=TOWN,
        handed_over_at=at(8),
        taken_over_at=taken_over_at,
        completed_at=completed_at,
        back_at=back_at,
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


def test_work_on_a_step_follows_what_was_called_back_in_its_course():
    back = a_last_step(at(8, 10), back_at=at(10))
    require_in_hand(back, LegalAct.SETTLE, at=at(10), ends_step=True)
    with pytest.raises(OutOfOrder):
        require_in_hand(back, LegalAct.SETTLE, at=at(10, 8), ends_step=True)
    assert a_last_step(at(11), back_at=at(10)).since == at(11)


def test_whoever_handed_over_is_the_sender_until_the_step_is_done():
    assert a_last_step().sender == a_last_step(at(8, 10)).sender == WARD
    assert a_last_step(at(8, 10), at(9)).sender is None


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

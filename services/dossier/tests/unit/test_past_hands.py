"""Hand-overs, questions and wishes to withdraw of histories that were moved here."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dossier.domain.corrections import Story, replay
from dossier.domain.desk import Desk
from dossier.domain.dossier import Terms
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.errors import InconsistentHistory, InTheFuture
from dossier.domain.facts import Channel
from dossier.domain.history import past_course
from dossier.domain.lifecycle import Status
from dossier.domain.past_hands import past_steps
from dossier.domain.questions import told_questions
from dossier.domain.step_history import told_way
from dossier.domain.stops import StopKind
from dossier.domain.told import Owed, PastPause, PastQuestion, PastStep, Told
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar())
TERMS = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)
NOW = datetime(2022, 10, 15, tzinfo=UTC)
WARD, TOWN, PROVINCE = "H56.18.26", "H56.18", "H56"
ITEM = {"component": "Tờ khai", "what_is_missing": "Chữ ký"}


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2022, 7, day, hour, tzinfo=LOCAL_ZONE).astimezone(UTC)


def step(handed, taken=None, back=None, to=TOWN, unit=None, limit=2) -> PastStep:
    when = [None if day is None else at(day) for day in (taken, back)]
    return PastStep("Thẩm định", to, unit, limit, at(handed), *when)


def asking(asked, answered=None, answer="Đồng ý") -> PastQuestion:
    if answered is None:
        return PastQuestion(PROVINCE, "Ý kiến?", None, at(asked), None, None)
    return PastQuestion(PROVINCE, "Ý kiến?", None, at(asked), at(answered), answer)


def pause(asked, received=None, kind=StopKind.SUPPLEMENT, **more) -> PastPause:
    return PastPause(kind, at(asked), None if received is None else at(received), "Thiếu", **more)


def told(**changes) -> Told:
    """Received by the ward on Monday 4 July."""
    given = {
        "channel": Channel.DIRECT,
        "received_at": at(4),
        "due_on": date(2022, 7, 11),
        "settled_at": None,
        "returned_at": None,
        "return_method": None,
        "status": None,
        "receiver": WARD,
    }
    return Told(**{**given, **changes})


def lived(**changes):
    return past_course(told(**changes), TERMS, DESK, now=NOW)


def kinds(**changes) -> list[str]:
    return [event.kind for event in lived(**changes)[1]]


LIVES = [
    {"hand_overs": (step(5),)},
    {"hand_overs": (step(5, 6),), "settled_at": at(8)},
    {"hand_overs": (step(5, 6, 7),), "settled_at": at(8), "returned_at": at(9)},
    {"hand_overs": (step(5, 6), step(7, 8, to=PROVINCE, limit=None)), "settled_at": at(12)},
    {"hand_overs": (step(5, 6, 7), step(8, to=PROVINCE)), "stopped_at": at(9), "end_reason": "x"},
    {"hand_overs": (step(4, 4, unit="Phòng Tư pháp", to=WARD),), "status": Status.IN_PROCESS},
    {"hand_overs": (step(5, 6), step(7, unit="Phòng Tư pháp")), "withdrawal_asked_at": at(8)},
    {"hand_overs": (step(6, 7),), "pauses": (pause(5, 6), pause(7, 8))},
    {"consultations": (asking(5, 8), asking(6, 7), asking(7)), "settled_at": at(7)},
    {"consultations": (asking(5),), "hand_overs": (step(6),), "pauses": (pause(5, 5),)},
]


@pytest.mark.parametrize("changes", LIVES)
def test_the_log_of_a_told_life_tells_its_steps_its_questions_and_its_course(recorded, changes):
    life = told(**changes)
    course, events = past_course(life, TERMS, DESK, now=NOW)
    log = recorded(events)
    way = told_way(log, {}, receiver=WARD)
    steps = past_steps(life, DESK)
    assert way.resolver == life.resolver
    assert [
        (s.step_number, s.handed_over_at, s.taken_over_at, s.completed_at) for s in way.steps
    ] == [(s.step_number, s.handed_over_at, s.taken_over_at, s.completed_at) for s in steps]
    questions = told_questions(log, {})
    assert [(q.asked_at, q.answered_at) for q in questions] == [
        (q.asked_at, q.answered_at) for q in life.consultations
    ]
    story = Story(channel=Channel.DIRECT, terms=TERMS, return_method=None, events=log)
    assert replay(story, {}, DESK) == course


def test_what_was_handed_over_counts_its_limit_from_then():
    first, second = past_steps(
        told(hand_overs=(step(5, 6), step(7, to=PROVINCE, limit=None))), DESK
    )
    assert (first.from_agency_code, first.due_on, first.completed_at) == (
        WARD,
        date(2022, 7, 7),
        at(7),
    )
    assert (second.from_agency_code, second.due_on, second.completed_at) == (TOWN, None, None)


@pytest.mark.parametrize(
    ("steps", "resolver"),
    [
        ((), WARD),
        ((step(5),), TOWN),
        ((step(5, 6, 7),), WARD),
        ((step(5, 6, 7), step(8, to=PROVINCE)), PROVINCE),
    ],
)
def test_whoever_was_handed_the_dossier_last_settles_it_unless_it_gave_it_back(steps, resolver):
    assert told(hand_overs=steps).resolver == resolver


def test_of_the_same_instant_comes_first_what_the_others_need():
    life = {
        "pauses": (pause(5, 6), pause(6, 7, StopKind.PAYMENT)),
        "hand_overs": (step(6, 6, 7),),
        "consultations": (asking(7, 7),),
        "settled_at": at(7),
    }
    assert kinds(**life) == [
        *("received", "awaiting_supplement", "accepted", "handed_over", "taken_over"),
        *("awaiting_payment", "in_process", "step_completed", "consulted", "opinion_given"),
        "settled",
    ]


def test_an_undecided_wish_to_withdraw_is_where_the_dossier_stands():
    course, events = lived(pauses=(pause(6),), withdrawal_asked_at=at(8), end_reason="Đổi ý")
    assert (course.status, course.came_from) == (
        Status.WITHDRAWAL_ASKED,
        Status.AWAITING_SUPPLEMENT,
    )
    assert course.facts.stretches[-1].is_waiting
    assert events[-1].details == {"reason": "Đổi ý"}
    assert lived(withdrawal_asked_at=at(8), status=Status.WITHDRAWAL_ASKED)[0].ended_at is None


def test_a_wish_to_withdraw_is_granted_when_it_was():
    _, events = lived(withdrawal_asked_at=at(8), withdrawn_at=at(11))
    assert [(event.to_status, event.occurred_at) for event in events[1:]] == [
        (7, at(8)),
        (8, at(11)),
    ]


def test_items_and_sums_are_told_as_far_as_the_old_system_knew_them():
    _, events = lived(pauses=(pause(5, 6, items=(ITEM, ITEM)), pause(6, 7)))
    assert events[1].details["items_count"] == 2
    assert "items_count" not in events[3].details
    payment = StopKind.PAYMENT
    _, events = lived(pauses=(pause(5, 6, payment, owed=Owed("fee", 8_000)), pause(6, 7, payment)))
    assert events[1].details == {"kind": "fee", "amount_vnd": 8_000}
    assert events[3].details == {"reason": "Thiếu"}


def test_facts_are_told_by_the_acts_that_change_them():
    _, events = lived(hand_overs=(step(5, 6),), consultations=(asking(6),), settled_at=at(8))
    assert [event.tells_facts for event in events] == [True, False, False, False, True]
    _, events = lived(status=Status.IN_PROCESS)
    assert [event.tells_facts for event in events] == [True, False]


@pytest.mark.parametrize(
    ("changes", "why", "pointer"),
    [
        ({"hand_overs": (step(3),)}, "order", "hand_overs/0/handed_over_at"),
        ({"hand_overs": (step(6, 5),)}, "order", "hand_overs/0/taken_over_at"),
        ({"hand_overs": (step(6, 8, 7),)}, "order", "hand_overs/0/given_back_at"),
        ({"hand_overs": (step(5, 7), step(6))}, "order", "hand_overs/1/handed_over_at"),
        (
            {"hand_overs": (step(5, 6, 9),), "settled_at": at(8)},
            "order",
            "hand_overs/0/given_back_at",
        ),
        ({"hand_overs": (step(5), step(6))}, "not_taken_over", "hand_overs/0/taken_over_at"),
        ({"hand_overs": (step(5, None, 6),)}, "not_taken_over", "hand_overs/0/taken_over_at"),
        ({"hand_overs": (step(5),), "settled_at": at(8)}, "not_taken_over", "settled_at"),
        (
            {"hand_overs": (step(5, 7),), "pauses": (pause(6, 8),)},
            "not_taken_over",
            "pauses/0/asked_at",
        ),
        (
            {"hand_overs": (step(6),), "pauses": (pause(5, 7),)},
            "handed_while_waiting",
            "hand_overs/0/handed_over_at",
        ),
        (
            {"hand_overs": (step(9),), "withdrawal_asked_at": at(8)},
            "handed_while_waiting",
            "hand_overs/0/handed_over_at",
        ),
        ({"hand_overs": (step(5, to=WARD),)}, "handed_to_itself", "hand_overs/0/to_agency_code"),
        (
            {"hand_overs": (step(5, 6), step(7))},
            "handed_to_itself",
            "hand_overs/1/to_agency_code",
        ),
        ({"consultations": (asking(3),)}, "order", "consultations/0/asked_at"),
        ({"consultations": (asking(6), asking(5))}, "order", "consultations/1/asked_at"),
        ({"consultations": (asking(6, 5),)}, "order", "consultations/0/answered_at"),
        ({"consultations": (asking(9),), "settled_at": at(8)}, "order", "consultations/0/asked_at"),
        (
            {"consultations": (asking(5, 6, None),)},
            "half_an_answer",
            "consultations/0/answer",
        ),
        (
            {"consultations": (asking(5)._replace(answer="Đồng ý"),)},
            "half_an_answer",
            "consultations/0/answered_at",
        ),
        ({"withdrawal_asked_at": at(3)}, "order", "withdrawal_asked_at"),
        ({"withdrawal_asked_at": at(9), "withdrawn_at": at(8)}, "order", "withdrawn_at"),
        (
            {"pauses": (pause(5, 7),), "withdrawal_asked_at": at(6)},
            "order",
            "withdrawal_asked_at",
        ),
        ({"withdrawal_asked_at": at(6), "settled_at": at(8)}, "asked_back", "withdrawal_asked_at"),
        (
            {"withdrawal_asked_at": at(6), "stopped_at": at(8), "end_reason": "x"},
            "asked_back",
            "withdrawal_asked_at",
        ),
        ({"withdrawal_asked_at": at(6), "status": Status.ACCEPTED}, "status", "status"),
        (
            {"pauses": (pause(5, 6, StopKind.PAYMENT, items=(ITEM,)),)},
            "not_of_this_stop",
            "pauses/0/items",
        ),
        (
            {"pauses": (pause(5, 6), pause(7, 8, owed=Owed("fee", 1)))},
            "not_of_this_stop",
            "pauses/1/owed",
        ),
    ],
)
def test_hands_and_questions_that_contradict_the_rest_are_refused_where_they_do(
    changes, why, pointer
):
    with pytest.raises(InconsistentHistory) as refused:
        lived(**changes)
    assert refused.value.details == {"why": why, "pointer": pointer}


@pytest.mark.parametrize(
    "changes",
    [
        {"hand_overs": (step(5)._replace(taken_over_at=NOW + timedelta(seconds=1)),)},
        {"consultations": (asking(5, 6)._replace(answered_at=NOW + timedelta(seconds=1)),)},
        {"withdrawal_asked_at": NOW + timedelta(seconds=1)},
    ],
)
def test_nothing_is_handed_over_asked_or_wished_in_the_future(changes):
    with pytest.raises(InTheFuture):
        lived(**changes)

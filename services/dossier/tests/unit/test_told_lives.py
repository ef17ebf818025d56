"""Histories with stops, a due date of the old system's, an apology or an early end."""

from datetime import UTC, date, datetime

import pytest
from dossier.domain.apologies import OverdueReason
from dossier.domain.corrections import Correction, Story, replay
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.errors import InconsistentHistory, InTheFuture
from dossier.domain.explanation import LegKind
from dossier.domain.explanation import told as explained
from dossier.domain.facts import Channel, EndKind, timeliness
from dossier.domain.history import past_course
from dossier.domain.lifecycle import Status
from dossier.domain.stops import StopKind
from dossier.domain.told import PastApology, PastDueDate, PastEvent, PastPause, Told
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar())
RESTART = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)
PAUSE = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.PAUSE)
NO_LIMIT = Terms(TimeLimit(None, TimeUnit.NONE), SupplementPolicy.RESTART)
NOW = datetime(2022, 10, 15, tzinfo=UTC)
DUE, MOVED_TO = date(2022, 7, 11), date(2022, 7, 20)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2022, 7, day, hour, tzinfo=LOCAL_ZONE).astimezone(UTC)


def asked(day: int, received: int | None, kind: StopKind = StopKind.SUPPLEMENT) -> PastPause:
    return PastPause(kind, at(day), None if received is None else at(received), "Thiếu bản sao")


def due(day: int, moved: int | None = None) -> PastDueDate:
    moved_at = None if moved is None else at(moved)
    return PastDueDate(date(2022, 7, day), moved_at, "Chờ ý kiến cơ quan khác")


def sorry(day: int, promised: int) -> PastApology:
    sent_on, promised_on = date(2022, 7, day), date(2022, 7, promised)
    return PastApology(sent_on, promised_on, OverdueReason.OTHER_AGENCY, "Chờ xác minh")


def told(**changes) -> Told:
    """Received on Monday 4 July, due on the 11th unless something moves it."""
    given = {
        "channel": Channel.DIRECT,
        "received_at": at(4),
        "due_on": DUE,
        "settled_at": None,
        "returned_at": None,
        "return_method": None,
        "status": None,
    }
    return Told(**{**given, **changes})


def lived(terms: Terms = RESTART, **changes) -> tuple[Course, tuple[PastEvent, ...]]:
    return past_course(told(**changes), terms, DESK, now=NOW)


def test_a_dossier_whose_due_date_was_moved_lawfully_is_judged_by_that():
    late, _ = lived(settled_at=at(18))
    assert timeliness(late.facts.ended_on, late.facts.due_on) == "late"
    course, events = lived(settled_at=at(18), due_date=due(20))
    assert (course.status, course.due_on) == (Status.SETTLED, MOVED_TO)
    assert timeliness(course.facts.ended_on, course.facts.due_on) == "early"
    assert [event.kind for event in events] == ["received", "due_date_told", "settled"]
    assert events[1].details == {
        "reason": "Chờ ý kiến cơ quan khác",
        "due_on_before": "2022-07-11",
        "due_on": "2022-07-20",
    }


def test_until_it_was_moved_the_due_date_was_the_one_counted():
    course, _ = lived(due_date=due(20, moved=8))
    before, after = course.facts.stretches
    assert (before.due_on, before.until_on) == (DUE, date(2022, 7, 8))
    assert (after.due_on, after.from_on) == (MOVED_TO, date(2022, 7, 8))


@pytest.mark.parametrize(
    ("terms", "due_on"), [(RESTART, date(2022, 7, 25)), (PAUSE, date(2022, 7, 21))]
)
def test_a_supplement_of_the_past_moves_the_due_date_as_one_of_today(terms, due_on):
    course, events = lived(terms, pauses=(asked(6, 18),))
    assert (course.status, course.due_on) == (Status.ACCEPTED, due_on)
    assert [event.to_status for event in events] == [2, 5, 2]
    assert events[1].details == {"reason": "Thiếu bản sao", "asked_in_time": True}
    assert events[2].details == {"due_on_before": "2022-07-11", "due_on": due_on.isoformat()}


def test_a_supplement_asked_for_too_late_is_kept_as_it_was_and_marked():
    _, events = lived(pauses=(asked(8, 11),))
    assert events[1].details == {"reason": "Thiếu bản sao", "asked_in_time": False}


def test_work_that_had_begun_goes_on_after_the_supplement_and_the_payment():
    pauses = (asked(6, 7), asked(8, 12, StopKind.PAYMENT))
    course, events = lived(status=Status.IN_PROCESS, pauses=pauses)
    assert course.status is Status.IN_PROCESS
    assert [event.to_status for event in events] == [2, 4, 5, 4, 6, 4]
    assert events[4].details == {"reason": "Thiếu bản sao"}


def test_a_dossier_that_waits_goes_on_waiting():
    course, _ = lived(status=Status.AWAITING_SUPPLEMENT, pauses=(asked(6, None),))
    assert (course.status, course.stopped_at) == (Status.AWAITING_SUPPLEMENT, at(6))
    assert course.facts.stretches[-1].is_waiting


def test_a_due_date_told_without_its_day_holds_after_the_last_turn_of_the_clock():
    course, events = lived(pauses=(asked(6, 18),), due_date=due(29))
    assert course.due_on == date(2022, 7, 29)
    assert [event.kind for event in events][-2:] == ["accepted", "due_date_told"]


def test_a_supplement_that_restarts_the_limit_restarts_it_after_a_due_date_told_before():
    course, _ = lived(pauses=(asked(6, 18),), due_date=due(29, moved=7))
    assert course.due_on == date(2022, 7, 25)


@pytest.mark.parametrize(("sent", "in_time"), [(8, True), (11, False)])
def test_an_apology_is_kept_however_late_it_left(sent, in_time):
    course, events = lived(settled_at=at(18), apology=sorry(sent, 20))
    assert course.facts.apologised_on == date(2022, 7, sent)
    assert course.due_on == DUE
    assert events[1].kind == "apologised"
    assert events[1].details == {
        "reason_code": "other_agency",
        "promised_on": "2022-07-20",
        "sent_in_time": in_time,
    }


def test_an_apology_for_a_due_date_that_was_moved_to_the_day_promised_is_one():
    course, events = lived(due_date=due(20), apology=sorry(8, 20))
    assert (course.due_on, course.facts.apologised_on) == (MOVED_TO, date(2022, 7, 8))
    assert events[-1].details["sent_in_time"]


def test_an_apology_on_the_day_of_receipt_follows_the_receipt():
    _, events = lived(apology=sorry(4, 20))
    assert [(event.kind, event.occurred_at) for event in events][-1] == ("apologised", at(4))


def test_a_dossier_may_have_been_stopped():
    course, events = lived(stopped_at=at(8), end_reason="Không đủ điều kiện")
    assert (course.status, course.facts.end_kind) == (Status.STOPPED, EndKind.STOPPED)
    assert events[-1].details == {"reason": "Không đủ điều kiện"}


def test_a_dossier_that_was_withdrawn_while_it_waited_was_not_late():
    course, events = lived(pauses=(asked(6, None),), withdrawn_at=at(25))
    assert (course.status, course.ended_at) == (Status.STOPPED, at(25))
    assert [event.to_status for event in events] == [2, 5, 7, 8]
    assert events[-1].details["withdrawn"] is True
    assert timeliness(course.facts.ended_on, course.facts.due_on) != "late"


def test_a_result_of_a_moved_history_is_returned_as_it_was():
    course, events = lived(settled_at=at(18), returned_at=at(19), due_date=due(20))
    assert (course.status, course.facts.return_method) == (Status.RETURNED, "direct")
    assert [event.kind for event in events][-2:] == ["settled", "returned"]


def test_a_limitless_dossier_may_have_a_due_date_and_an_apology_from_before():
    course, _ = lived(NO_LIMIT, due_date=due(20), apology=sorry(8, 25))
    assert course.due_on == MOVED_TO


@pytest.mark.parametrize(
    ("changes", "why", "pointer"),
    [
        ({"pauses": (asked(1, 6),)}, "order", "pauses/0/asked_at"),
        ({"pauses": (asked(6, 5),)}, "order", "pauses/0/received_at"),
        ({"pauses": (asked(6, 8), asked(7, 9))}, "order", "pauses/1/asked_at"),
        ({"pauses": (asked(6, 8),), "settled_at": at(7)}, "order", "settled_at"),
        ({"pauses": (asked(6, None), asked(7, 9))}, "pause_open", "pauses/0/received_at"),
        ({"pauses": (asked(6, None),), "settled_at": at(7)}, "pause_open", "pauses/0/received_at"),
        ({"stopped_at": at(1), "end_reason": "x"}, "order", "stopped_at"),
        ({"withdrawn_at": at(1)}, "order", "withdrawn_at"),
        ({"stopped_at": at(8)}, "reason_missing", "end_reason"),
        ({"settled_at": at(8), "end_reason": "x"}, "reason_without_end", "end_reason"),
        ({"settled_at": at(8), "withdrawn_at": at(9)}, "two_ends", "withdrawn_at"),
        ({"due_date": due(3)}, "due_before_receipt", "due_date/due_on"),
        ({"due_date": due(20, moved=3)}, "order", "due_date/moved_at"),
        ({"due_date": due(20, moved=9), "settled_at": at(8)}, "order", "due_date/moved_at"),
        ({"apology": sorry(3, 20)}, "order", "apology/apologised_on"),
        ({"apology": sorry(9, 20), "settled_at": at(8)}, "order", "apology/apologised_on"),
        ({"apology": sorry(8, 11)}, "promised_too_early", "apology/promised_on"),
        ({"apology": sorry(15, 14)}, "promised_too_early", "apology/promised_on"),
        ({"status": Status.SETTLED, "due_date": due(20)}, "status", "status"),
        ({"returned_at": at(8), "due_date": due(20)}, "returned_but_not_settled", "settled_at"),
        ({"settled_at": at(1)}, "order", "settled_at"),
        ({"settled_at": at(8), "returned_at": at(7)}, "order", "returned_at"),
    ],
)
def test_a_told_life_that_contradicts_itself_is_refused_where_it_does(changes, why, pointer):
    with pytest.raises(InconsistentHistory) as refused:
        lived(**changes)
    assert refused.value.details == {"why": why, "pointer": pointer}


def test_what_has_no_due_date_has_no_apology():
    with pytest.raises(InconsistentHistory, match="apology_not_due"):
        lived(NO_LIMIT, apology=sorry(8, 20))


@pytest.mark.parametrize(
    "changes",
    [
        {"pauses": (PastPause(StopKind.PAYMENT, at(6), datetime(2023, 1, 1, tzinfo=UTC), "x"),)},
        {"due_date": PastDueDate(MOVED_TO, datetime(2023, 1, 1, tzinfo=UTC), "x")},
        {"apology": sorry(8, 20)._replace(apologised_on=date(2023, 1, 1))},
    ],
)
def test_no_part_of_a_told_life_lies_in_the_future(changes):
    with pytest.raises(InTheFuture):
        lived(**changes)


LIVES = [
    {"due_date": due(20), "settled_at": at(18)},
    {"due_date": due(20, moved=8), "settled_at": at(18)},
    {"pauses": (asked(6, 18),), "due_date": due(29)},
    {"pauses": (asked(6, 18),), "due_date": due(29, moved=7), "status": Status.IN_PROCESS},
    {"pauses": (asked(6, None),), "due_date": due(29, moved=7)},
    {"pauses": (asked(6, 8), asked(12, 14)), "due_date": due(20, moved=9)},
    {"pauses": (asked(6, None),), "withdrawn_at": at(25)},
    {"settled_at": at(18), "returned_at": at(19), "apology": sorry(8, 20)},
]


@pytest.mark.parametrize("terms", [RESTART, PAUSE])
@pytest.mark.parametrize("changes", LIVES)
def test_the_log_of_a_told_life_tells_the_same_course_and_explains_it(recorded, changes, terms):
    course, events = lived(terms, **changes)
    log = recorded(events)
    story = Story(channel=Channel.DIRECT, terms=terms, return_method=None, events=log)
    assert replay(story, {}, DESK) == course
    if course.stopped_at is None and "withdrawn_at" not in changes:
        assert explained(log, {}, terms, DESK).due_on == course.due_on


def test_the_explanation_names_what_the_old_system_told_and_why(recorded):
    _, events = lived(settled_at=at(18), due_date=due(20, moved=8))
    trace = explained(recorded(events), {}, RESTART, DESK)
    assert [leg.kind for leg in trace.legs] == [LegKind.RECEIPT, LegKind.TOLD]
    leg = trace.legs[-1]
    assert (leg.due_on_before, leg.due_on, leg.from_at) == (DUE, MOVED_TO, at(8))
    assert leg.reason == "Chờ ý kiến cơ quan khác"


def test_a_due_date_told_stays_when_the_receipt_is_corrected(recorded):
    _, events = lived(settled_at=at(18), due_date=due(20, moved=8))
    story = Story(
        channel=Channel.DIRECT, terms=RESTART, return_method=None, events=recorded(events)
    )
    assert replay(story, {1: Correction(1, at(5))}, DESK).due_on == MOVED_TO

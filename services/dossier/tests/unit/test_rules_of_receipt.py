"""Smaller rules: versions in force, apologies, order of acts, sight, imported histories."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from dossier.domain import facts as days
from dossier.domain.apologies import require_apology_due, sent_in_time, standing_promise
from dossier.domain.chronology import act_instant, receipt_instant
from dossier.domain.desk import Desk
from dossier.domain.dossier import Terms
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.errors import (
    ApologyNotDue,
    ApologyTooLate,
    ChannelNotOffered,
    InconsistentHistory,
    InTheFuture,
    NotYourAgency,
    OutOfOrder,
    ProcedureNotInForce,
    PromisedTooEarly,
    TooLongAgo,
)
from dossier.domain.facts import Channel, EndKind, ReturnMethod
from dossier.domain.history import past_course
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import may_see, require_sight
from dossier.domain.procedures import ProcedureVersion, in_force, require_filable_online
from dossier.domain.told import Told
from kernel.working_days import WorkingCalendar

NOW = datetime(2022, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DESK = Desk(WorkingCalendar())
TERMS = Terms(TimeLimit(3, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)


def a_version(number: int, valid_from: date, valid_to: date | None = None) -> ProcedureVersion:
    return ProcedureVersion(
        procedure_code="1.001193",
        number=number,
        name="Đăng ký khai sinh",
        field_code="ho-tich",
        limits={Channel.DIRECT: TimeLimit(3, TimeUnit.WORKING_DAY)},
        supplement_policy=SupplementPolicy.RESTART,
        valid_from=valid_from,
        valid_to=valid_to,
    )


VERSIONS = [
    a_version(1, date(2020, 1, 1), date(2022, 7, 1)),
    a_version(2, date(2022, 7, 1), date(2022, 9, 1)),
]


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2022, 6, 30), 1), (date(2022, 7, 1), 2), (date(2022, 8, 31), 2)],
)
def test_a_dossier_keeps_the_version_in_force_on_its_day(day, number):
    assert in_force(VERSIONS, "1.001193", day).number == number


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2022, 9, 1)])
def test_a_procedure_out_of_force_takes_no_dossier(day):
    with pytest.raises(ProcedureNotInForce):
        in_force(VERSIONS, "1.001193", day)


def test_a_procedure_takes_dossiers_only_by_the_channels_it_offers():
    assert VERSIONS[0].limit(Channel.DIRECT).value == 3
    with pytest.raises(ChannelNotOffered):
        VERSIONS[0].limit(Channel.ONLINE)


ONLINE_FROM_AUGUST = [
    a_version(1, date(2022, 7, 1), date(2022, 8, 1)),
    replace(
        a_version(2, date(2022, 8, 1), date(2022, 9, 1)),
        limits={Channel.ONLINE: TimeLimit(3, TimeUnit.WORKING_DAY)},
    ),
]


def test_a_filing_is_of_a_day_in_vietnam_on_which_its_procedure_is_filed_online():
    begun = datetime(2022, 7, 31, 17, tzinfo=UTC)
    require_filable_online(ONLINE_FROM_AUGUST, "1.001193", begun)
    with pytest.raises(ChannelNotOffered):
        require_filable_online(ONLINE_FROM_AUGUST, "1.001193", begun - HOUR)
    require_filable_online(ONLINE_FROM_AUGUST, "1.001193", datetime(2022, 8, 31, 16, tzinfo=UTC))
    with pytest.raises(ProcedureNotInForce):
        require_filable_online(
            ONLINE_FROM_AUGUST, "1.001193", datetime(2022, 8, 31, 17, tzinfo=UTC)
        )


def pending(due_on: date | None = date(2022, 7, 8)) -> days.Facts:
    return days.received(Channel.DIRECT, date(2022, 7, 4), due_on)


@pytest.mark.parametrize(
    ("sent_on", "in_time"), [(7, True), (8, False)], ids=["a day before", "on the due date"]
)
def test_an_apology_leaves_at_the_latest_a_day_before_the_due_date(sent_on, in_time):
    sent_at = datetime(2022, 7, sent_on, 16, 59, tzinfo=UTC)
    assert sent_in_time(sent_at, date(2022, 7, 8)) == in_time


@pytest.mark.parametrize(
    "facts", [pending(None), days.ended(pending(), date(2022, 7, 5), EndKind.SETTLED)]
)
def test_there_is_nothing_to_apologise_for(facts):
    with pytest.raises(ApologyNotDue):
        require_apology_due(facts, sent_at=NOW, promised_on=date(2022, 12, 1))


IN_TIME = datetime(2022, 7, 7, 16, 59, tzinfo=UTC)


def test_an_apology_that_leaves_on_the_due_date_is_refused_by_the_rule():
    with pytest.raises(ApologyTooLate) as refused:
        require_apology_due(pending(), sent_at=IN_TIME + HOUR, promised_on=date(2022, 10, 1))
    assert refused.value.details == {
        "last_day": date(2022, 7, 7),
        "days": 1,
        "law": "NĐ 61/2018/NĐ-CP art. 19.9",
    }


def test_before_the_rule_was_in_force_a_late_apology_is_only_late():
    facts = days.received(Channel.DIRECT, date(2018, 6, 1), date(2018, 6, 11))
    sent_at = datetime(2018, 6, 20, 3, tzinfo=UTC)
    require_apology_due(facts, sent_at=sent_at, promised_on=date(2018, 6, 20))
    with pytest.raises(PromisedTooEarly):
        require_apology_due(facts, sent_at=sent_at, promised_on=date(2018, 6, 19))


def test_a_promise_lies_after_the_due_date():
    with pytest.raises(PromisedTooEarly):
        require_apology_due(pending(), sent_at=IN_TIME, promised_on=date(2022, 7, 8))


@pytest.mark.parametrize(
    ("promised_on", "due_on", "stands"),
    [
        ("2022-07-09", "2022-07-08", True),
        ("2022-07-09", "2022-07-09", False),
        ("2022-07-09", "2022-07-10", False),
        ("2022-07-09", None, False),
        (None, "2022-07-08", False),
        (None, None, False),
    ],
)
def test_a_promise_stands_while_it_lies_after_the_due_date(promised_on, due_on, stands):
    promised = promised_on and date.fromisoformat(promised_on)
    due = due_on and date.fromisoformat(due_on)
    assert standing_promise(promised, due) == (promised if stands else None)


def test_a_proper_promise_is_accepted():
    require_apology_due(pending(), sent_at=IN_TIME, promised_on=date(2022, 7, 9))


def test_an_act_happens_now_unless_said_otherwise():
    assert act_instant(None, now=NOW, after=None) == NOW
    assert act_instant(NOW - HOUR, now=NOW, after=NOW - HOUR) == NOW - HOUR


def test_an_act_is_neither_in_the_future_nor_before_the_one_it_follows():
    with pytest.raises(InTheFuture):
        act_instant(NOW + HOUR, now=NOW, after=None)
    with pytest.raises(OutOfOrder):
        act_instant(NOW - HOUR, now=NOW, after=NOW)


def test_codes_begin_with_the_year_2000():
    assert receipt_instant(datetime(1999, 12, 31, 17, tzinfo=UTC), now=NOW)
    with pytest.raises(TooLongAgo):
        receipt_instant(datetime(1999, 12, 31, 16, 59, tzinfo=UTC), now=NOW)


def test_an_actor_sees_its_own_part_of_the_tree():
    assert may_see(None, "H56")
    assert may_see(frozenset({"H56.18"}), "H56.18")
    require_sight(frozenset({"H56.18"}), "H56.18")
    with pytest.raises(NotYourAgency):
        require_sight(frozenset({"H56.18"}), "H56")


def told(**changes) -> Told:
    given = {
        "channel": Channel.DIRECT,
        "received_at": NOW - 9 * HOUR,
        "due_on": date(2022, 10, 4),
        "settled_at": None,
        "returned_at": None,
        "return_method": None,
        "status": None,
    }
    return Told(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "status", "kinds"),
    [
        ({}, 2, ["received"]),
        ({"status": Status.IN_PROCESS}, 4, ["received", "in_process"]),
        ({"settled_at": NOW}, 9, ["received", "settled"]),
        (
            {"settled_at": NOW - HOUR, "returned_at": NOW, "status": Status.RETURNED},
            10,
            ["received", "settled", "returned"],
        ),
    ],
)
def test_a_told_history_ends_where_its_instants_say(changes, status, kinds):
    course, events = past_course(told(**changes), TERMS, DESK, now=NOW)
    assert course.status == status
    assert [event.kind for event in events] == kinds


def test_a_result_told_as_returned_went_by_hand_unless_said_otherwise():
    course, _ = past_course(told(settled_at=NOW, returned_at=NOW), TERMS, DESK, now=NOW)
    assert course.facts.return_method is ReturnMethod.DIRECT
    by_post = told(settled_at=NOW, returned_at=NOW, return_method=ReturnMethod.POSTAL)
    assert past_course(by_post, TERMS, DESK, now=NOW)[0].facts.return_method is ReturnMethod.POSTAL


@pytest.mark.parametrize(
    "changes",
    [
        {"settled_at": NOW - 10 * HOUR},
        {"settled_at": NOW, "returned_at": NOW - HOUR},
        {"returned_at": NOW},
        {"return_method": ReturnMethod.POSTAL},
        {"status": Status.SETTLED},
        {"settled_at": NOW, "status": Status.ACCEPTED},
        {"settled_at": NOW, "returned_at": NOW, "status": Status.SETTLED},
    ],
)
def test_a_history_that_contradicts_itself_is_refused(changes):
    with pytest.raises(InconsistentHistory):
        past_course(told(**changes), TERMS, DESK, now=NOW)


def test_a_history_does_not_reach_into_the_future():
    with pytest.raises(InTheFuture):
        past_course(told(settled_at=NOW + HOUR), TERMS, DESK, now=NOW)

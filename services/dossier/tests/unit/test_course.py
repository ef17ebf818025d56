from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from dossier.domain import facts as days
from dossier.domain.desk import Desk
from dossier.domain.dossier import (
    Course,
    Dossier,
    MaskedApplicant,
    Terms,
    dossier_code,
    following,
    moved,
    numbered_code,
)
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.errors import IllegalMove
from dossier.domain.facts import Channel, EndKind, ReturnMethod
from dossier.domain.lifecycle import Status
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar())
RESTARTS = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)
PAUSES = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.PAUSE)


def at(day: str, hour: int = 9) -> datetime:
    local = datetime.fromisoformat(day).replace(hour=hour, tzinfo=LOCAL_ZONE)
    return local.astimezone(UTC)


def a_course(due_on=date(2022, 7, 11)) -> Course:
    return Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=at("2022-07-04"),
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=days.received(Channel.DIRECT, date(2022, 7, 4), due_on),
    )


def went(course: Course, *steps, terms=RESTARTS) -> Course:
    for to, day in steps:
        course = moved(course, Status(to), at=at(day), terms=terms, desk=DESK)
    return course


def test_processing_changes_no_fact():
    assert went(a_course(), (4, "2022-07-05")).facts == a_course().facts


def test_a_settled_dossier_has_ended_and_a_returned_one_keeps_its_end():
    settled = went(a_course(), (4, "2022-07-05"), (9, "2022-07-08"))
    returned = moved(
        settled,
        Status.RETURNED,
        at=at("2022-07-20"),
        terms=RESTARTS,
        desk=DESK,
        method=ReturnMethod.POSTAL,
    )
    assert settled.facts.end_kind is EndKind.SETTLED
    assert returned.facts.ended_on == date(2022, 7, 8)
    assert returned.facts.returned_on == date(2022, 7, 20)
    assert returned.ended_at == at("2022-07-08")
    assert returned.returned_at == at("2022-07-20")


@pytest.mark.parametrize(("terms", "due_on"), [(RESTARTS, "2022-07-25"), (PAUSES, "2022-07-21")])
def test_a_supplement_moves_the_due_date_by_its_policy(terms, due_on):
    course = went(a_course(), (5, "2022-07-06"), (4, "2022-07-18"), terms=terms)
    assert course.due_on == date.fromisoformat(due_on)
    assert course.stopped_at is None


def test_a_payment_pauses_whatever_the_policy():
    course = went(a_course(), (6, "2022-07-06"), (4, "2022-07-18"))
    assert course.due_on == date(2022, 7, 21)


def test_a_wish_to_withdraw_keeps_the_clock_standing_until_it_is_decided():
    course = went(a_course(), (5, "2022-07-06"), (7, "2022-07-08"))
    assert course.facts.stretches[-1].is_waiting
    course = went(course, (5, "2022-07-11"))
    assert len(course.facts.stretches) == 2
    assert course.stopped_at == at("2022-07-06")
    withdrawn = went(course, (7, "2022-07-12"), (8, "2022-07-18"))
    assert withdrawn.due_on == date(2022, 7, 25)
    assert withdrawn.facts.end_kind is EndKind.STOPPED


def test_waiting_never_makes_a_dossier_late():
    course = went(a_course(), (5, "2022-07-06"), (8, "2022-08-30"), terms=PAUSES)
    assert days.timeliness(course.facts.ended_on, course.facts.due_on) is days.Timeliness.EARLY


def test_without_a_limit_a_supplement_brings_none():
    terms = Terms(TimeLimit(None, TimeUnit.NONE), SupplementPolicy.RESTART)
    course = went(a_course(due_on=None), (5, "2022-07-06"), (4, "2022-07-18"), terms=terms)
    assert course.due_on is None


def test_an_ended_dossier_moves_no_more():
    with pytest.raises(IllegalMove):
        went(a_course(), (9, "2022-07-08"), (4, "2022-07-09"))


def a_dossier(**changes) -> Dossier:
    given = {
        "agency_id": 1,
        "agency_code": "H56.18.26",
        "issued_on": date(2022, 7, 15),
        "serial": 12,
        "version": 1,
        "status": Status.ACCEPTED,
        "came_from": None,
        "status_since": at("2022-07-15"),
        "stopped_at": None,
        "channel": Channel.DIRECT,
        "procedure_code": "1.001193",
        "procedure_name": "Đăng ký khai sinh",
        "version_number": 1,
        "field_code": "ho-tich",
        "time_limit_value": 3,
        "time_limit_unit": TimeUnit.WORKING_DAY,
        "cutoff_time": None,
        "supplement_policy": SupplementPolicy.PAUSE,
        "received_at": at("2022-07-15"),
        "due_on": date(2022, 7, 20),
        "promise": None,
        "ended_at": None,
        "end_kind": None,
        "returned_at": None,
        "return_method": None,
        "subject": None,
        "components_count": None,
        "external_id": None,
        "filing_id": None,
        "applicant_id": UUID(int=1),
        "applicant": MaskedApplicant("Người nộp mẫu 001", None, None),
        "resolver_agency_id": 1,
        "resolver_agency_code": "H56.18.26",
    }
    return Dossier(**{**given, **changes})


def test_a_dossier_reads_like_its_receipt():
    dossier = a_dossier()
    assert dossier.code == "H56.18.26-220715-0012"  # TT 01/2018/TT-VPCP art. 19
    assert dossier.received_on == date(2022, 7, 15)
    assert dossier.applicant_name == "Người nộp mẫu 001"
    assert dossier.status_label == "Được tiếp nhận"
    assert dossier.terms == Terms(TimeLimit(3, TimeUnit.WORKING_DAY), SupplementPolicy.PAUSE)
    assert dossier.ended_on is None


def test_a_dossier_ends_on_a_local_day():
    assert a_dossier(ended_at=at("2022-07-18", hour=0)).ended_on == date(2022, 7, 18)


def test_past_9999_the_serial_widens():
    assert a_dossier(serial=10_000).code == "H56.18.26-220715-10000"


@given(
    st.sampled_from(["H56", "H56.18.26", "H56.18.26.001", "000.18.26.H56"]),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 100_000),
)
def test_a_code_written_among_many_is_the_code_on_the_receipt(agency_code, issued_on, serial):
    # TT 01/2018/TT-VPCP art. 19
    quick = numbered_code(agency_code, issued_on, serial)
    assert quick == dossier_code(agency_code, issued_on, serial)


def test_the_next_version_of_a_dossier_stands_where_its_course_does():
    course = went(a_course(), (4, "2022-07-05"), (9, "2022-07-08"))
    settled = following(a_dossier(), course)
    assert (settled.version, settled.status, settled.came_from) == (2, 9, 4)
    assert (settled.ended_at, settled.end_kind) == (at("2022-07-08"), EndKind.SETTLED)
    assert settled.due_on == course.due_on
    assert settled.code == a_dossier().code


def test_a_dossier_knows_who_received_it_and_who_settles_it():
    handed = a_dossier(resolver_agency_id=2, resolver_agency_code="H56.18")
    assert (handed.holders.receiver, handed.holders.resolver) == ("H56.18.26", "H56.18")


def test_a_dossier_promises_what_its_due_date_has_not_reached():
    promised = a_dossier(promise=date(2022, 7, 22))
    assert promised.promised_on == date(2022, 7, 22)
    course = went(a_course(), (5, "2022-07-05"), (2, "2022-07-20"))
    assert following(promised, course).due_on > date(2022, 7, 22)
    assert following(promised, course).promised_on is None

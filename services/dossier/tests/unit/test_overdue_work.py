"""Late work: what is overdue, what is owed, and how late it is in working days."""

from datetime import date, timedelta

import pytest
from dossier.domain import facts as days
from dossier.domain import overdue
from dossier.domain.apologies import OverdueReason
from dossier.domain.classification import contribution
from dossier.domain.errors import NotLate, UnknownBucket
from dossier.domain.facts import FOREVER, Channel, EndKind
from dossier.domain.overdue import WorkSide
from hypothesis import given
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from kernel.working_days import WorkingCalendar

FRIDAY = date(2022, 9, 9)
SATURDAY = date(2022, 9, 10)
MONDAY = date(2022, 9, 12)
CALENDAR = WorkingCalendar(days_off=frozenset({date(2022, 9, 1), date(2022, 9, 2)}))
YEAR = [date(2022, 1, 1) + timedelta(days=n) for n in range(365)]


def pending(due_on=FRIDAY):
    return days.received(Channel.DIRECT, date(2022, 9, 5), due_on)


def settled(on, due_on=FRIDAY):
    return days.ended(pending(due_on), on, EndKind.SETTLED)


def test_a_dossier_is_overdue_from_the_day_after_its_due_date_until_it_ends():
    assert not overdue.is_overdue(pending(), FRIDAY)
    assert overdue.is_overdue(pending(), SATURDAY)
    assert overdue.is_overdue(settled(MONDAY), SATURDAY)
    assert not overdue.is_overdue(settled(MONDAY), MONDAY)


def test_a_dossier_that_waits_is_not_overdue_and_not_due_soon():
    waiting = days.stopped(pending(), FRIDAY)
    assert not overdue.is_overdue(waiting, MONDAY)
    assert not overdue.is_due_soon(waiting, FRIDAY, MONDAY)


def test_a_dossier_without_limit_is_never_overdue():
    assert not overdue.is_overdue(pending(None), MONDAY)


def test_a_dossier_is_due_soon_up_to_the_last_day_asked_about():
    assert overdue.is_due_soon(pending(), FRIDAY, FRIDAY)
    assert overdue.is_due_soon(pending(), date(2022, 9, 8), FRIDAY)
    assert not overdue.is_due_soon(pending(), date(2022, 9, 7), date(2022, 9, 8))
    assert not overdue.is_due_soon(pending(), SATURDAY, MONDAY)


@pytest.mark.parametrize(
    ("is_receiver", "is_holder", "on_lists"),
    [
        (True, True, {WorkSide.RECEIVED, WorkSide.HELD, WorkSide.EITHER}),
        (True, False, {WorkSide.RECEIVED, WorkSide.EITHER}),
        (False, True, {WorkSide.HELD, WorkSide.EITHER}),
        (False, False, set()),
    ],
)
def test_work_is_listed_for_who_received_it_and_for_who_holds_it(is_receiver, is_holder, on_lists):
    for side in WorkSide:
        listed = overdue.is_on_side(side, is_receiver=is_receiver, is_holder=is_holder)
        assert listed == (side in on_lists)


def test_soon_is_counted_in_working_days():
    assert overdue.due_soon_until(date(2022, 8, 31), 1, CALENDAR) == date(2022, 9, 5)
    assert overdue.due_soon_until(FRIDAY, 0, CALENDAR) == FRIDAY


def test_an_apology_is_owed_while_overdue_and_after_a_late_end():
    # NĐ 61/2018/NĐ-CP art. 19.9
    assert not overdue.owes_apology(pending(), FRIDAY)
    assert overdue.owes_apology(pending(), MONDAY)
    assert overdue.owes_apology(settled(MONDAY), MONDAY)
    assert not overdue.owes_apology(settled(FRIDAY), MONDAY)


def test_an_apology_is_owed_until_it_is_sent():
    apologised = days.apologised(settled(MONDAY), MONDAY)
    assert overdue.owes_apology(apologised, SATURDAY)
    assert not overdue.owes_apology(apologised, MONDAY)


def test_an_apology_sent_after_the_end_is_none():
    # The figures count it as none (dossiers.settled.late.without_apology): so do the lists.
    apologised = days.apologised(settled(MONDAY), MONDAY + timedelta(days=1))
    period = ReportingPeriod.between(FRIDAY, date(2022, 9, 30))
    assert "dossiers.settled.late.without_apology" in contribution(apologised, period)
    assert overdue.owes_apology(apologised, date(2022, 9, 30))


def test_only_a_delay_has_a_reason():
    overdue.require_late(pending(), MONDAY)
    overdue.require_late(settled(MONDAY), MONDAY)
    for in_time in (pending(), settled(FRIDAY)):
        with pytest.raises(NotLate):
            overdue.require_late(in_time, FRIDAY)


@pytest.mark.parametrize(
    ("due_on", "on", "late"),
    [
        (FRIDAY, FRIDAY, 0),
        (FRIDAY, SATURDAY, 0),
        (FRIDAY, MONDAY, 1),
        (date(2022, 8, 31), date(2022, 9, 5), 1),
        (FOREVER, MONDAY, 0),
    ],
)
def test_lateness_is_counted_in_working_days(due_on, on, late):
    assert overdue.working_days_late(due_on, on, CALENDAR) == late


def test_ageing_buckets_are_those_of_the_day():
    names = ["0", "1-2", "3-5", "6-10", ">10"]
    assert [bucket.name for bucket in overdue.buckets_on(MONDAY)] == names
    assert overdue.buckets_on(date(1999, 1, 1)) == overdue.buckets_on(MONDAY)
    assert overdue.bucket_named("3-5", MONDAY) == overdue.Bucket("3-5", 3, 5)
    with pytest.raises(UnknownBucket) as refused:
        overdue.bucket_named("3-4", MONDAY)
    assert refused.value.details["known"] == names


@given(st.sampled_from(YEAR), st.integers(1, 40), st.sets(st.sampled_from(YEAR), max_size=60))
def test_every_overdue_dossier_is_in_the_one_bucket_its_working_days_say(on, later, days_off):
    calendar = WorkingCalendar(days_off=frozenset(days_off))
    due_on = on - timedelta(days=later)
    late = overdue.working_days_late(due_on, on, calendar)
    for bucket in overdue.buckets_on(on):
        is_in = bucket.least <= late and (bucket.most is None or late <= bucket.most)
        assert (due_on in overdue.due_range(bucket, on, calendar)) == is_in


def test_the_reason_stated_last_holds_else_the_one_of_the_apology():
    agency, law = OverdueReason.AGENCY, OverdueReason.LAW
    assert overdue.stated_reason(agency, law) is agency
    assert overdue.stated_reason(None, law) is law
    assert overdue.stated_reason(None, None) is None


def test_each_reason_has_its_figure_and_so_has_none():
    keys = [definition.key for definition in overdue.LATE_REASONS]
    expected = [*OverdueReason, overdue.UNSTATED]
    assert keys == [overdue.reason_key(reason) for reason in expected]

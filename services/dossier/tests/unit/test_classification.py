from datetime import date, timedelta

import pytest
from dossier.domain import facts as days
from dossier.domain.classification import as_far_as_known, contribution
from dossier.domain.facts import FOREVER, Channel, EndKind, ReturnMethod, Timeliness, timeliness
from dossier.domain.figures import BROKEN_DOWN, COUNTED, DEFINITIONS
from hypothesis import given
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod

Q3 = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
Q4 = ReportingPeriod.between(date(2022, 9, 15), date(2022, 12, 14))
DAY = timedelta(days=1)


def a_dossier(received="2022-07-01", due="2022-07-08", ended=None, channel=Channel.DIRECT):
    facts = days.received(channel, date.fromisoformat(received), due and date.fromisoformat(due))
    if ended is None:
        return facts
    return days.ended(facts, date.fromisoformat(ended), EndKind.SETTLED)


def counted(facts, period=Q3):
    return {key.removeprefix("dossiers.") for key in contribution(facts, period)}


@pytest.mark.parametrize(
    ("day", "last_day"),
    [
        ("2022-06-14", "2022-09-14"),
        ("2022-06-15", "2022-06-15"),
        ("2022-08-01", "2022-08-01"),
        ("2022-09-13", "2022-09-13"),
        ("2022-09-14", "2022-09-14"),
        ("2022-09-15", "2022-09-14"),
    ],
)
def test_a_period_that_runs_is_counted_as_of_the_present_day(day, last_day):
    known = as_far_as_known(Q3, date.fromisoformat(day))
    assert (known.start, known.last_day) == (Q3.start, date.fromisoformat(last_day))


@given(st.integers(0, 91), st.integers(0, 91), st.none() | st.integers(0, 60))
def test_only_what_is_overdue_depends_on_days_to_come(received, due, ended):
    present = date(2022, 7, 20)
    received_on = present - timedelta(days=received)
    facts = days.received(Channel.DIRECT, received_on, received_on + timedelta(days=due))
    if ended is not None:
        facts = days.ended(
            facts, min(present, received_on + timedelta(days=ended)), EndKind.SETTLED
        )
    judged = {"pending.overdue", "pending.in_time"}
    assert counted(facts) - judged == counted(facts, as_far_as_known(Q3, present)) - judged


@pytest.mark.parametrize(
    ("received", "is_in_q3"),
    [("2022-06-14", False), ("2022-06-15", True), ("2022-09-14", True), ("2022-09-15", False)],
)
def test_a_dossier_is_received_in_the_period_of_its_local_day(received, is_in_q3):
    assert ("received" in counted(a_dossier(received))) == is_in_q3


def test_a_dossier_of_the_period_before_is_carried_over_unless_it_ended():
    assert {"carried_over", "total"} <= counted(a_dossier("2022-06-01", ended="2022-06-15"))
    assert counted(a_dossier("2022-06-01", ended="2022-06-14")) == set()


@pytest.mark.parametrize(
    ("due", "how"), [("07-08", "early"), ("07-07", "on_time"), ("07-06", "late")]
)
def test_what_ends_without_a_result_counts_by_its_end_and_beside_it(due, how):
    dossier = days.received(Channel.DIRECT, date(2022, 7, 4), date.fromisoformat(f"2022-{due}"))
    stopped = counted(days.ended(dossier, date(2022, 7, 7), EndKind.STOPPED))
    settled = counted(days.ended(dossier, date(2022, 7, 7), EndKind.SETTLED))
    assert {"settled", f"settled.{how}"} <= stopped & settled
    assert stopped - settled == {"settled.without_result"}
    assert settled - stopped == {f"settled.with_result.{how}"}


@pytest.mark.parametrize(
    ("ended", "due", "expected"),
    [
        ("2022-07-07", "2022-07-08", "early"),
        ("2022-07-08", "2022-07-08", "on_time"),
        ("2022-07-09", "2022-07-08", "late"),
        ("2022-07-09", None, "on_time"),
    ],
)
def test_a_settled_dossier_is_early_on_time_or_late_by_local_date(ended, due, expected):
    assert {"settled", f"settled.{expected}"} <= counted(a_dossier(due=due, ended=ended))


def test_a_stopped_dossier_counts_by_its_end_date_like_any_other():
    facts = days.ended(a_dossier(), date(2022, 7, 7), EndKind.STOPPED)
    assert {"settled", "settled.early"} <= counted(facts)


def test_a_dossier_settled_after_the_period_is_pending_in_it():
    facts = a_dossier("2022-09-10", due="2022-09-20", ended="2022-09-16")
    assert {"pending", "pending.in_time"} <= counted(facts)
    assert "settled" not in counted(facts)
    assert {"carried_over", "settled.early"} <= counted(facts, Q4)


@pytest.mark.parametrize(
    ("due", "expected"),
    [("2022-09-13", "overdue"), ("2022-09-14", "in_time"), (None, "in_time")],
)
def test_a_pending_dossier_is_overdue_when_due_before_the_last_day(due, expected):
    assert f"pending.{expected}" in counted(a_dossier("2022-09-01", due=due))


def test_waiting_for_a_supplement_is_in_time():
    facts = days.stopped(a_dossier(due="2022-07-08"), date(2022, 7, 5))
    assert "pending.in_time" in counted(facts)


def test_pending_looks_at_the_due_date_of_that_day_whatever_happened_afterwards():
    facts = days.stopped(a_dossier("2022-09-01", due="2022-09-08"), date(2022, 9, 20))
    facts = days.resumed(facts, date(2022, 9, 25), date(2022, 10, 5))
    assert "pending.overdue" in counted(facts)
    assert "pending.in_time" in counted(
        facts, ReportingPeriod.between(date(2022, 9, 15), date(2022, 9, 30))
    )


def test_a_late_online_dossier_is_its_own_figure():
    assert "online.settled.late" in counted(a_dossier(ended="2022-07-20", channel=Channel.ONLINE))
    assert "online.settled.late" not in counted(a_dossier(ended="2022-07-20"))


def test_an_apology_counts_on_its_day_and_does_not_make_the_dossier_timely():
    facts = days.apologised(a_dossier(ended=None), date(2022, 7, 7))
    facts = days.ended(facts, date(2022, 7, 20), EndKind.SETTLED)
    found = counted(facts)
    assert {"apologies", "settled.late"} <= found
    assert "settled.late.without_apology" not in found
    assert "apologies" not in counted(facts, Q4)


def test_a_late_dossier_without_apology_is_told():
    assert "settled.late.without_apology" in counted(a_dossier(ended="2022-07-20"))


def test_a_result_returned_by_post_counts_on_its_day():
    settled = a_dossier(ended="2022-07-08")
    by_post = days.returned(settled, date(2022, 9, 15), ReturnMethod.POSTAL)
    assert "returned.postal" in counted(by_post, Q4)
    assert "returned.postal" not in counted(by_post)
    by_hand = days.returned(settled, date(2022, 7, 8), ReturnMethod.DIRECT)
    assert "returned.postal" not in counted(by_hand)


def test_without_a_limit_nothing_is_late():
    assert timeliness(date(2022, 7, 8), FOREVER) is Timeliness.ON_TIME


def test_every_counted_figure_is_defined_once_and_the_form_has_thirteen_of_them():
    keys = [definition.key for definition in COUNTED]
    assert len(set(keys)) == len(keys)
    assert set(keys) <= set(DEFINITIONS)
    assert {definition.key for definition in COUNTED} < set(BROKEN_DOWN)


days_of_2022 = st.dates(date(2022, 1, 1), date(2022, 12, 31))


@st.composite
def histories(draw):
    received, *later = sorted(draw(st.lists(days_of_2022, min_size=1, max_size=4)))
    due = draw(st.none() | st.integers(0, 30).map(lambda n: received + n * DAY))
    facts = days.received(draw(st.sampled_from(Channel)), received, due)
    for turn, day in enumerate(later[:-1]):
        if turn % 2 == 0:
            facts = days.stopped(facts, day)
        else:
            facts = days.resumed(facts, day, due and day + 5 * DAY)
    if later and draw(st.booleans()):
        facts = days.ended(facts, later[-1], draw(st.sampled_from(EndKind)))
    return facts


@given(histories(), days_of_2022, st.integers(1, 120))
def test_the_identities_of_the_form_hold_for_every_dossier(facts, start, length):
    period = ReportingPeriod(start, start + length * DAY)
    following = ReportingPeriod(period.end, period.end + length * DAY)
    has = {key: key in contribution(facts, period) for key in DEFINITIONS}
    channels = sum(has[f"dossiers.received.{channel}"] for channel in Channel)
    assert has["dossiers.total"] == channels + has["dossiers.carried_over"]
    ends = [has[f"dossiers.settled.{how}"] for how in Timeliness]
    assert has["dossiers.settled"] == sum(ends)
    pending = has["dossiers.pending.in_time"] + has["dossiers.pending.overdue"]
    assert has["dossiers.pending"] == pending
    assert has["dossiers.total"] == has["dossiers.settled"] + has["dossiers.pending"]
    assert has["dossiers.pending"] == ("dossiers.carried_over" in contribution(facts, following))

"""A foreseen move is the one that would be decided on with the dossier in hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from dossier.domain import facts as days
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms, moved
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.facts import Channel
from dossier.domain.foreseen import Foreseen, foresee
from dossier.domain.lifecycle import Status
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import local_day
from kernel.working_days import WorkingCalendar

WARD, OTHER = "H56.18.26", "H56.18.27"
RECEIVED_AT = datetime(2022, 9, 14, 3, tzinfo=UTC)
TERMS = Terms(TimeLimit(5, TimeUnit.WORKING_DAY), SupplementPolicy.RESTART)
DESK = Desk(WorkingCalendar())
instants = st.integers(0, 40 * 24 * 3_600).map(lambda n: RECEIVED_AT + timedelta(seconds=n))


@given(
    st.sampled_from([Status.IN_PROCESS, Status.SETTLED]),
    instants,
    st.sampled_from(Channel),
    st.none() | st.dates(RECEIVED_AT.date()),
    st.none() | st.just(local_day(RECEIVED_AT) + timedelta(days=2)),
)
def test_it_changes_what_the_decided_move_changes(to, at, channel, due_on, apologised_on):
    move = foresee(to, at=at, agency_code=WARD, sight=None)
    facts = days.received(channel, local_day(RECEIVED_AT), due_on)
    if apologised_on is not None:
        facts = days.apologised(facts, apologised_on)
    before = Course(
        status=move.from_status,
        came_from=Status.FILED,
        status_since=RECEIVED_AT,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=facts,
    )
    after = moved(before, to, at=at, terms=TERMS, desk=DESK)
    changes = dict(move.facts)
    (stretch,) = facts.stretches
    stretch = replace(stretch, until_on=changes.pop("until_on", stretch.until_on))
    expected = replace(
        before,
        status=to,
        came_from=move.from_status,
        status_since=at,
        ended_at=move.ended_at,
        facts=replace(facts, stretches=(stretch,), **changes),
    )
    assert after == expected
    assert after.facts.end_kind == move.end_kind


@pytest.mark.parametrize("to", set(Status) - {Status.IN_PROCESS, Status.SETTLED})
def test_other_moves_are_decided_on_with_the_dossier_in_hand(to):
    assert foresee(to, at=RECEIVED_AT, agency_code=WARD, sight=None) is None


@pytest.mark.parametrize("to", [Status.IN_PROCESS, Status.SETTLED])
def test_nothing_is_foreseen_for_an_officer_elsewhere(to):
    assert foresee(to, at=RECEIVED_AT, agency_code=WARD, sight=frozenset({OTHER})) is None
    foreseen = foresee(to, at=RECEIVED_AT, agency_code=WARD, sight=frozenset({WARD}))
    assert isinstance(foreseen, Foreseen)

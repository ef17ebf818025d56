"""An online filing is told from its log, corrected or not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from dossier.domain.correction_errors import HistoryMoveImpossible, HistoryOutOfOrder
from dossier.domain.corrections import Correction, Corrects
from dossier.domain.filing_course import (
    FilingCourse,
    filing_log,
    filing_records,
    told_filing,
)
from dossier.domain.lifecycle import Status, filing_allowed_from
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2022, 8, day, hour, tzinfo=LOCAL_ZONE).astimezone(UTC)


def log(*kinds: str):
    """Each kind a day after the one before, from the first of August on."""
    return filing_log((day, kind, at(day)) for day, kind in enumerate(kinds, start=1))


def told(events, corrections=(), received_at=None) -> FilingCourse:
    held = {number: Correction(number, instant) for number, instant in corrections}
    return told_filing(events, held, received_at=received_at)


def course(status, came_from, since, filed=1) -> FilingCourse:
    return FilingCourse(
        status=Status(status),
        came_from=came_from and Status(came_from),
        status_since=at(since),
        filed_at=at(filed),
    )


@pytest.mark.parametrize(
    ("kinds", "stands"),
    [
        (("filed",), course(1, None, 1)),
        (("filed", "refused"), course(3, 1, 2)),
        (("filed", "awaiting_supplement"), course(5, 1, 2)),
        (("filed", "awaiting_supplement", "stopped"), course(8, 5, 3)),
        (("filed", "withdrawal_asked", "withdrawn"), course(8, 7, 3)),
        (("filed", "withdrawal_asked", "continued"), course(1, 7, 3)),
        (("filed", "awaiting_supplement", "withdrawal_asked", "continued"), course(5, 7, 4)),
        # An acceptance leaves when the filing last moved before.
        (("filed", "accepted"), course(2, None, 1)),
        (("filed", "awaiting_supplement", "accepted"), course(2, 1, 2)),
        # Decisions on corrections move nothing.
        (("filed", "correction_rejected", "corrected", "refused"), course(3, 1, 4)),
    ],
)
def test_a_filing_stands_where_its_log_says(kinds, stands):
    assert told(log(*kinds)) == stands


def test_a_log_says_where_each_event_led():
    moves = [(event.from_status, event.to_status) for event in log("filed", "corrected", "refused")]
    assert moves == [(None, 1), (1, 1), (1, 3)]
    back = log("filed", "awaiting_supplement", "withdrawal_asked", "corrected", "continued")
    assert (back[-1].from_status, back[-1].to_status) == (7, 5)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("filed", {Corrects.FILED_AT}),
        ("refused", {Corrects.REFUSED_AT, Corrects.END}),
        ("awaiting_supplement", {Corrects.SUPPLEMENT_ASKED_AT}),
        ("withdrawal_asked", {Corrects.MOVED_AT}),
        ("continued", {Corrects.MOVED_AT}),
        ("withdrawn", {Corrects.STOPPED_AT, Corrects.END}),
        ("stopped", {Corrects.STOPPED_AT, Corrects.END}),
        ("accepted", set()),
        ("corrected", set()),
    ],
)
def test_each_event_of_a_filing_has_its_own_time_to_correct(kind, what):
    (event,) = log(kind)
    assert filing_records(event) == what


def test_a_filing_is_corrected_in_each_of_its_times():
    events = log("filed", "awaiting_supplement", "stopped")
    corrected = told(events, [(1, at(1, 8)), (2, at(1, 10)), (3, at(4))])
    assert (corrected.filed_at, corrected.status_since) == (at(1, 8), at(4))


def test_a_refusal_that_never_was_leaves_the_filing_where_it_stood():
    """Our reading (a wrong time is corrected with evidence and a second pair of eyes)."""
    assert told(log("filed", "refused"), [(2, None)]) == course(1, None, 1)
    accepted_since = log("filed", "refused", "corrected", "accepted")
    assert told(accepted_since, [(2, None)]).status is Status.ACCEPTED
    stopped = log("filed", "awaiting_supplement", "stopped")
    assert told(stopped, [(3, None)]) == course(5, 1, 2)


@pytest.mark.parametrize(
    ("corrections", "order"),
    [
        ([(1, at(2, 10))], (2, 1)),
        ([(2, at(1, 8))], (2, 1)),
        ([(2, at(3, 10))], (3, 2)),
    ],
)
def test_acts_on_a_filing_keep_their_order(corrections, order):
    with pytest.raises(HistoryOutOfOrder) as refused:
        told(log("filed", "awaiting_supplement", "stopped"), corrections)
    details = refused.value.details
    assert (details["event_number"], details["after_event_number"]) == order


def test_a_filing_stays_before_the_receipt_of_its_dossier_as_corrected():
    events = log("filed", "accepted")
    assert told(events, [(1, at(3))], received_at=at(3)).filed_at == at(3)
    with pytest.raises(HistoryOutOfOrder) as refused:
        told(events, [(1, at(1, 10))], received_at=at(1))
    assert refused.value.details["kind"] == "accepted"


def test_what_followed_an_end_cannot_stand_without_it():
    with pytest.raises(HistoryMoveImpossible) as refused:
        told(log("filed", "withdrawal_asked", "withdrawn", "corrected", "refused"), [(3, None)])
    assert refused.value.details["event_number"] == 5


KINDS = {3: "refused", 5: "awaiting_supplement", 7: "withdrawal_asked", 2: "accepted"}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-2, 2)), max_size=6))
def test_corrections_tell_a_filing_as_if_it_had_been_recorded_right(steps):
    """The corrected reading of a wrong log is the plain reading of the right one."""
    status, came_from, kinds = Status.FILED, None, ["filed"]
    for choice, _ in steps:
        moves = sorted(filing_allowed_from(status, came_from=came_from))
        if not moves:
            break
        to = moves[choice % len(moves)]
        if status is Status.WITHDRAWAL_ASKED:
            kinds.append("withdrawn" if to is Status.STOPPED else "continued")
        else:
            kinds.append(KINDS.get(to, "stopped"))
        status, came_from = to, status
    events = log(*kinds)
    shifts = dict(zip(range(1, len(events) + 1), (shift for _, shift in steps), strict=False))
    right = [
        (event.number, event.kind, event.occurred_at + timedelta(days=shifts.get(event.number, 0)))
        for event in events
        if event.kind != "accepted"
    ]
    held = [(number, instant) for number, _, instant in right]
    untouched = [(e.number, e.kind, e.occurred_at) for e in events if e.kind == "accepted"]
    instants = [instant for _, _, instant in (*right, *untouched)]
    if any(later < earlier for earlier, later in pairwise(instants)):
        with pytest.raises(HistoryOutOfOrder):
            told(events, held)
    else:
        assert told(events, held) == told(filing_log([*right, *untouched]))

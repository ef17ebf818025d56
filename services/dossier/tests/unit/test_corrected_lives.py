"""Whatever life is corrected, it reads as if it had been recorded right."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from dossier.domain import facts as days
from dossier.domain.correction_errors import HistoryOutOfOrder
from dossier.domain.corrections import Correction, Recorded, Story, replay
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms, moved
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel, ReturnMethod
from dossier.domain.lifecycle import ENDED, Status, allowed_from
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE, local_day
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar())

choices = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 8)), max_size=7)


def lived(steps, policy) -> tuple[Story, Course]:
    """Live a life through the acts' own functions, writing the log as the acts do."""
    terms = Terms(TimeLimit(4, TimeUnit.WORKING_DAY), policy)
    instant = datetime(2022, 7, 4, 9, tzinfo=LOCAL_ZONE).astimezone(UTC)
    due_on = due_date(instant, terms.limit, DESK)
    log = [
        Recorded(
            number=1,
            kind="received",
            from_status=None,
            to_status=Status.ACCEPTED,
            occurred_at=instant,
            details={"due_on": due_on.isoformat()},
        )
    ]
    facts = days.received(Channel.DIRECT, local_day(instant), due_on)
    course = Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=instant,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=facts,
    )
    for choice, later in steps:
        moves = sorted(allowed_from(course.status, came_from=course.came_from))
        if not moves:
            break
        to = Status(moves[choice % len(moves)])
        instant += timedelta(days=later)
        after = moved(course, to, at=instant, terms=terms, desk=DESK, method=ReturnMethod.POSTAL)
        details = {"method": "postal"} if to is Status.RETURNED else {}
        if after.due_on != course.due_on:
            details["due_on"] = after.due_on.isoformat()
        number = len(log) + 1
        log.append(
            Recorded(
                number=number,
                kind=to.name.lower(),
                from_status=course.status,
                to_status=to,
                occurred_at=instant,
                details=details,
            )
        )
        course = after
    story = Story(channel=Channel.DIRECT, terms=terms, return_method=None, events=log)
    return story, course


@given(choices, st.sampled_from(SupplementPolicy))
def test_a_log_tells_the_course_it_was_written_for(steps, policy):
    written, course = lived(steps, policy)
    assert replay(written, {}, DESK) == course


@given(choices, st.sampled_from(SupplementPolicy), st.data())
def test_corrections_tell_a_life_as_if_it_had_been_recorded_right(steps, policy, data):
    """The corrected reading of a wrong log is the plain reading of the right one."""
    written, _ = lived(steps, policy)
    shifts = {e.number: data.draw(st.integers(-2, 2)) for e in written.events}
    held = {
        e.number: Correction(e.number, e.occurred_at + timedelta(days=shifts[e.number]))
        for e in written.events
        if shifts[e.number]
    }
    instants = [
        held[e.number].corrected_at if e.number in held else e.occurred_at for e in written.events
    ]
    if any(later < earlier for earlier, later in pairwise(instants)):
        with pytest.raises(HistoryOutOfOrder):
            replay(written, held, DESK)
        return
    right = Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=instants[0],
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=days.received(
            Channel.DIRECT,
            local_day(instants[0]),
            due_date(instants[0], written.terms.limit, DESK),
        ),
    )
    for e, instant in zip(written.events[1:], instants[1:], strict=True):
        method = ReturnMethod.POSTAL
        right = moved(right, e.to_status, at=instant, terms=written.terms, desk=DESK, method=method)
    assert replay(written, held, DESK) == right


@given(choices, st.data())
def test_the_order_of_approval_does_not_matter(steps, data):
    written, course = lived(steps, SupplementPolicy.PAUSE)
    last = written.events[-1]
    held = [
        Correction(e.number, e.occurred_at - timedelta(hours=data.draw(st.integers(1, 8))))
        for e in written.events[-3:]
    ]
    if course.status in ENDED and course.status is not Status.RETURNED:
        held[-1] = Correction(last.number, None)
    readings = {
        replay(written, {c.event_number: c for c in order}, DESK) for order in permutations(held)
    }
    assert len(readings) == 1

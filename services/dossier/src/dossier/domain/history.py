"""A history told afterwards: the course an imported dossier took, and the events of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from kernel.time_zone import local_day

from dossier.domain import facts as days
from dossier.domain.dossier import Course
from dossier.domain.errors import InconsistentHistory, InTheFuture
from dossier.domain.facts import Channel, EndKind, ReturnMethod
from dossier.domain.lifecycle import Status


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One act of an imported history."""

    kind: str
    from_status: Status | None
    to_status: Status
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a line tells: instants in order, and the status when it names one."""

    channel: Channel
    received_at: datetime
    due_on: date | None
    settled_at: datetime | None
    returned_at: datetime | None
    return_method: ReturnMethod | None
    status: Status | None


def past_course(told: Told, *, now: datetime) -> tuple[Course, tuple[PastEvent, ...]]:
    """Return where the dossier stands and how it got there.

    Raises:
        InTheFuture: an instant lies after now.
        InconsistentHistory: the instants are out of order, or the status contradicts them.
    """
    _require_order(told, now=now)
    facts = days.received(told.channel, local_day(told.received_at), told.due_on)
    course = Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=told.received_at,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=facts,
    )
    events = [PastEvent("received", None, Status.ACCEPTED, told.received_at)]
    if told.status is Status.IN_PROCESS:
        course = _went(course, events, Status.IN_PROCESS, told.received_at)
    if told.settled_at is not None:
        course = _went(course, events, Status.SETTLED, told.settled_at)
        facts = days.ended(course.facts, local_day(told.settled_at), EndKind.SETTLED)
        course = replace(course, ended_at=told.settled_at, facts=facts)
    if told.returned_at is not None:
        course = _went(course, events, Status.RETURNED, told.returned_at)
        method = told.return_method or ReturnMethod.DIRECT
        facts = days.returned(course.facts, local_day(told.returned_at), method)
        course = replace(course, returned_at=told.returned_at, facts=facts)
    return course, tuple(events)


def _went(course: Course, events: list[PastEvent], to: Status, at: datetime) -> Course:
    events.append(PastEvent(to.name.lower(), course.status, to, at))
    return replace(course, status=to, came_from=course.status, status_since=at)


def _require_order(told: Told, *, now: datetime) -> None:
    instants = [told.received_at, told.settled_at or told.received_at]
    instants.append(told.returned_at or instants[-1])
    if instants[-1] > now:
        raise InTheFuture(occurred_at=instants[-1])
    if instants != sorted(instants):
        raise InconsistentHistory(why="order")
    if told.returned_at is not None and told.settled_at is None:
        raise InconsistentHistory(why="returned_but_not_settled")
    if told.return_method is not None and told.returned_at is None:
        raise InconsistentHistory(why="method_without_return")
    if told.status is not None and told.status not in _possible(told):
        raise InconsistentHistory(why="status")


def _possible(told: Told) -> frozenset[Status]:
    if told.returned_at is not None:
        return frozenset({Status.RETURNED})
    if told.settled_at is not None:
        return frozenset({Status.SETTLED})
    return frozenset({Status.ACCEPTED, Status.IN_PROCESS})

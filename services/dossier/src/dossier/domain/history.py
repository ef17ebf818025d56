"""A history told afterwards: the course an imported dossier took, and the events of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from kernel.time_zone import local_day

from dossier.domain.dossier import Course
from dossier.domain.errors import InconsistentHistory, InTheFuture
from dossier.domain.facts import FOREVER, Channel, EndKind, Facts, ReturnMethod, Stretch
from dossier.domain.lifecycle import Status

_KINDS = {
    status: status.name.lower() for status in (Status.IN_PROCESS, Status.SETTLED, Status.RETURNED)
}


class PastEvent(NamedTuple):
    """One act of an imported history."""

    kind: str
    from_status: Status | None
    to_status: Status
    occurred_at: datetime


class Told(NamedTuple):
    """What a line tells: instants in order, and the status when it names one."""

    channel: Channel
    received_at: datetime
    due_on: date | None
    settled_at: datetime | None
    returned_at: datetime | None
    return_method: ReturnMethod | None
    status: Status | None


class Content(NamedTuple):
    """What tells one dossier from another that bears its external id."""

    procedure_code: str
    channel: str
    full_name: str
    instants: frozenset[datetime]

    def says(self, other: "Content") -> bool:
        """Tell whether all that `other` says is said here; what came after may be said too."""
        return self[:-1] == other[:-1] and self.instants >= other.instants


def past_course(told: Told, *, now: datetime) -> tuple[Course, tuple[PastEvent, ...]]:
    """Return where the dossier stands and how it got there.

    What stands here is what the acts would have made of it one by one; it is told at once, because
    histories come by the million.

    Raises:
        InTheFuture: an instant lies after now.
        InconsistentHistory: the instants are out of order, or the status contradicts them.
    """
    _require_order(told, now=now)
    events = _events(told)
    *_before, last = events
    return (
        Course(
            status=last.to_status,
            came_from=last.from_status,
            status_since=last.occurred_at,
            stopped_at=None,
            ended_at=told.settled_at,
            returned_at=told.returned_at,
            facts=_facts(told),
        ),
        events,
    )


def _events(told: Told) -> tuple[PastEvent, ...]:
    events = [PastEvent("received", None, Status.ACCEPTED, told.received_at)]
    if told.status is Status.IN_PROCESS:
        events.append(_following(events, Status.IN_PROCESS, told.received_at))
    if told.settled_at is not None:
        events.append(_following(events, Status.SETTLED, told.settled_at))
    if told.returned_at is not None:
        events.append(_following(events, Status.RETURNED, told.returned_at))
    return tuple(events)


def _following(events: Sequence[PastEvent], to: Status, at: datetime) -> PastEvent:
    return PastEvent(_KINDS[to], events[-1].to_status, to, at)


def _facts(told: Told) -> Facts:
    received_on = local_day(told.received_at)
    ended_on = FOREVER if told.settled_at is None else local_day(told.settled_at)
    returned_on = FOREVER if told.returned_at is None else local_day(told.returned_at)
    return Facts(
        channel=told.channel,
        received_on=received_on,
        stretches=(Stretch(received_on, ended_on, told.due_on or FOREVER, is_waiting=False),),
        ended_on=ended_on,
        end_kind=None if told.settled_at is None else EndKind.SETTLED,
        returned_on=returned_on,
        return_method=_method(told),
    )


def _method(told: Told) -> ReturnMethod | None:
    """Return how the result was handed over; at the desk when the history does not say."""
    return None if told.returned_at is None else told.return_method or ReturnMethod.DIRECT


def _require_order(told: Told, *, now: datetime) -> None:
    settled_at = told.settled_at or told.received_at
    last = told.returned_at or settled_at
    if last > now:
        raise InTheFuture(occurred_at=last)
    if not told.received_at <= settled_at <= last:
        raise InconsistentHistory(why="order")
    if told.returned_at is not None and told.settled_at is None:
        raise InconsistentHistory(why="returned_but_not_settled")
    if told.return_method is not None and told.returned_at is None:
        raise InconsistentHistory(why="method_without_return")
    if told.status is not None and told.status not in _possible(told):
        raise InconsistentHistory(why="status")


def _possible(told: Told) -> frozenset[Status]:
    if told.returned_at is not None:
        return _RETURNED
    return _OPEN if told.settled_at is None else _SETTLED


_RETURNED = frozenset({Status.RETURNED})
_SETTLED = frozenset({Status.SETTLED})
_OPEN = frozenset({Status.ACCEPTED, Status.IN_PROCESS})

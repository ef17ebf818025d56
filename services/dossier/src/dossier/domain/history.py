"""A history told afterwards: the course an imported dossier took, and the events of it."""

from collections.abc import Sequence
from datetime import datetime

from kernel.time_zone import local_day

from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms
from dossier.domain.errors import InconsistentHistory, InTheFuture
from dossier.domain.facts import FOREVER, EndKind, Facts, ReturnMethod, Stretch
from dossier.domain.lifecycle import Status
from dossier.domain.retelling import last_instant, replayed
from dossier.domain.told import PastEvent, Told

_KINDS = {
    status: status.name.lower() for status in (Status.IN_PROCESS, Status.SETTLED, Status.RETURNED)
}


def past_course(
    told: Told, terms: Terms, desk: Desk, *, now: datetime
) -> tuple[Course, tuple[PastEvent, ...]]:
    """Return where the dossier stands and how it got there.

    A plain history is told at once, because they come by the million; what stands then is what the
    acts would have made of it one by one. Any other is told act by act, by the functions of the
    acts themselves. What the law limits at the desk (a supplement is asked for within three days,
    an apology leaves before the due date) is kept as it was and marked, not refused: it was so.

    Raises:
        InTheFuture: an instant lies after now.
        InconsistentHistory: the instants are out of order, or what is told contradicts itself.
    """
    is_plain = told.is_plain
    _require_order(told, now=now, is_plain=is_plain)
    if not is_plain:
        return replayed(told, terms, desk)
    events = _events(told)
    last = events[-1]
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
    return PastEvent(_KINDS[to], events[-1].to_status, to, at, None, to is not Status.IN_PROCESS)


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


def _require_order(told: Told, *, now: datetime, is_plain: bool) -> None:
    settled_at = told.settled_at or told.received_at
    last = told.returned_at or settled_at
    if not is_plain:
        last = last_instant(told)
    if last > now:
        raise InTheFuture(occurred_at=last)
    if settled_at < told.received_at:
        raise InconsistentHistory(why="order", pointer="settled_at")
    if told.returned_at is not None and told.returned_at < settled_at:
        raise InconsistentHistory(why="order", pointer="returned_at")
    if told.returned_at is not None and told.settled_at is None:
        raise InconsistentHistory(why="returned_but_not_settled", pointer="settled_at")
    if told.return_method is not None and told.returned_at is None:
        raise InconsistentHistory(why="method_without_return", pointer="return_method")
    if is_plain and told.status is not None and told.status not in _possible(told):
        raise InconsistentHistory(why="status", pointer="status")


def _possible(told: Told) -> frozenset[Status]:
    if told.returned_at is not None:
        return _RETURNED
    return _OPEN if told.settled_at is None else _SETTLED


_RETURNED = frozenset({Status.RETURNED})
_SETTLED = frozenset({Status.SETTLED})
_OPEN = frozenset({Status.ACCEPTED, Status.IN_PROCESS})

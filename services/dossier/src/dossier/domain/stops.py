"""When the clock of a dossier stood still, read from its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dossier.domain import lifecycle
from dossier.domain.lifecycle import Status


class StopKind(StrEnum):
    """What was waited for."""

    SUPPLEMENT = "supplement"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stood still from one instant to another; `to_at` is None while it still does."""

    kind: StopKind
    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The part of an event that may stop or start the clock."""

    from_status: Status | None
    to_status: Status
    occurred_at: datetime


def stops_of(turns: Iterable[Turn]) -> tuple[Stop, ...]:
    """Return the stops of a dossier, in order, from its events in order.

    Somebody who asks to withdraw while something is awaited keeps the clock standing. What is
    waited for may change meanwhile; how the limit goes on is decided by the last of it.
    """
    found: list[Stop] = []
    came_from: Status | None = None
    since: datetime | None = None
    for turn in turns:
        before, after = turn.from_status, turn.to_status
        if before is None or before is after:
            continue
        waited = lifecycle.is_waiting(before, came_from=came_from)
        waits = lifecycle.is_waiting(after, came_from=before)
        if waits and not waited:
            since = turn.occurred_at
        elif waited and not waits and since is not None:
            found.append(Stop(awaited(before, came_from), since, turn.occurred_at))
            since = None
        came_from, last = before, after
    if since is not None:
        found.append(Stop(awaited(last, came_from), since))
    return tuple(found)


def awaited(status: Status, came_from: Status | None) -> StopKind:
    """Return what a waiting dossier waits for."""
    waits_in = came_from if status is Status.WITHDRAWAL_ASKED else status
    if waits_in is Status.AWAITING_SUPPLEMENT:
        return StopKind.SUPPLEMENT
    return StopKind.PAYMENT

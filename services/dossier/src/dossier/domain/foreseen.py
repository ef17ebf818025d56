"""Moves whose outcome is known before the dossier is read: most of a desk's day.

A dossier that nobody handed on, whose clock runs and never stood, and whose due date never moved,
is begun and settled like any other such dossier. The stored function keeps the move if it finds
the dossier so, in one round trip; else nothing is kept, and the dossier is read and decided on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kernel.time_zone import local_day

from dossier.domain import lifecycle
from dossier.domain.facts import EndKind
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Holders, Sight, may_act

_COMES_FROM = {Status.IN_PROCESS: Status.ACCEPTED, Status.SETTLED: Status.IN_PROCESS}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A move and what it changes; `dossier.moved` says the same of a dossier in hand."""

    from_status: Status
    to: Status
    at: datetime

    @property
    def ended_at(self) -> datetime | None:
        """Return when the clock ends."""
        return self.at if self.to in lifecycle.ENDED else None

    @property
    def end_kind(self) -> EndKind | None:
        """Return why the clock ends."""
        return EndKind.SETTLED if self.to is Status.SETTLED else None

    @property
    def facts(self) -> Mapping[str, date | EndKind | None]:
        """Return what changes of the facts, which have one stretch."""
        if self.to not in lifecycle.ENDED:
            return {}
        day = local_day(self.at)
        return {"until_on": day, "ended_on": day, "end_kind": self.end_kind}


def foresee(to: Status, *, at: datetime, agency_code: str, sight: Sight) -> Foreseen | None:
    """Return the move to `to` of a dossier that its receiver still has; None: read it first."""
    from_status = _COMES_FROM.get(to)
    if from_status is None:
        return None
    act = lifecycle.act_of(from_status, lifecycle.move(from_status, to))
    if not may_act(sight, act, Holders(agency_code, agency_code)):
        return None
    return Foreseen(from_status, to, at)

"""A dossier told anew from its log: what its course, its steps and its questions hang on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Corrections, Recorded, Story
from dossier.domain.desk import Desk
from dossier.domain.dossier import Dossier
from dossier.domain.hand_overs import Step, with_times
from dossier.domain.step_history import Way, told_way
from dossier.store import agencies, corrections, filings, hand_overs, proposals


@dataclass(frozen=True, slots=True)
class Log:
    """The events of a dossier, and the corrections that hold."""

    events: Sequence[Recorded]
    holding: Corrections


@dataclass(frozen=True, slots=True)
class ToldSteps:
    """The steps of a dossier as told, which of them are news, and who settles it (its number)."""

    steps: Sequence[Step]
    changed: Sequence[Step]
    resolver: tuple[int, str]


async def read_log(tx: AsyncSession, of: Dossier, *, known_at: datetime | None = None) -> Log:
    """Return the log of a dossier as it stands, or as it was known at an instant."""
    events = await corrections.log(tx, of, known_at=known_at)
    subject = corrections.subject(of)
    return Log(events, await proposals.holding(tx, subject, known_at=known_at))


async def story_of(tx: AsyncSession, of: Dossier, events: Sequence[Recorded]) -> Story:
    """Return what the course of a dossier is told from."""
    return Story(
        channel=of.channel,
        terms=of.terms,
        return_method=of.return_method,
        events=events,
        filed_at=await filings.last_moved_at(tx, of),
    )


async def told_steps(tx: AsyncSession, of: Dossier, log: Log, desk: Desk) -> ToldSteps:
    """Return the steps of a dossier as the log tells them.

    Raises:
        ImpossibleHistory: told like this they could not have followed each other.
    """
    way = told_way(log.events, log.holding, receiver=of.agency_code)
    stored = {step.step_number: step for step in await hand_overs.steps_of(tx, of)}
    told = [with_times(stored[times.step_number], times, desk) for times in way.steps]
    changed = [step for step in told if step != stored[step.step_number]]
    return ToldSteps(told, changed, await _resolver(tx, of, way))


async def _resolver(tx: AsyncSession, of: Dossier, way: Way) -> tuple[int, str]:
    if way.resolver == of.resolver_agency_code:
        return of.resolver_agency_id, of.resolver_agency_code
    number = await agencies.agency_id(tx, way.resolver)
    if number is None:
        raise LookupError(way.resolver)
    return number, way.resolver

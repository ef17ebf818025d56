"""Recomputing open due dates after a day off was decreed: batch by batch, as events."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from kit.auth import Actor
from kit.errors import VersionChanged
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.desk import Desks
from dossier.domain.dossier import Dossier
from dossier.domain.errors import UnknownRun
from dossier.domain.explanation import told
from dossier.domain.recomputing import (
    RECOMPUTED,
    ChangedDays,
    RunState,
    next_state,
    notice,
    recomputed,
    require_province,
)
from dossier.schemas.due_dates import BeginRecomputation
from dossier.store import course as courses
from dossier.store import recomputing as store
from dossier.store.course import Act
from dossier.store.recomputing import Life, Run
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions

_MARGIN = timedelta(seconds=5)
"""For requests that read the old calendar just before its copy expired."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who applies the calendar, and for which agency: None for the whole tree."""

    acting: Acting
    agency_code: str | None


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A recomputation ready to be begun, and the agencies it covers (None: all)."""

    run: Run
    agencies: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch ready to be worked on: the run, its agencies, and the calendar of this moment."""

    run_id: UUID
    agencies: frozenset[str] | None
    desks: Desks
    acting: Acting
    size: int


def keeper_of(who: Actor, acting: Acting) -> Keeper:
    """Return who applies the calendar; only the province and who sees all may."""
    require_province(who.agency_code)
    return Keeper(acting, who.agency_code)


async def plan_run(office: Office, paper: BeginRecomputation, *, keeper: Keeper) -> PlannedRun:
    """Read the calendar anew and say what is to be done, before a connection is taken."""
    changed = ChangedDays(paper.first_day, paper.last_day)
    await office.catalogue.desks_afresh()
    run = Run(
        run_id=uuid4(),
        agency_code=keeper.agency_code,
        reason=paper.reason,
        decided_by=paper.decided_by,
        first_day=changed.first_day,
        last_day=changed.last_day,
        created_at=keeper.acting.now,
        created_by=keeper.acting.by,
    )
    return PlannedRun(run, await _agencies(office, run))


async def begin_run(tx: AsyncSession, plan: PlannedRun) -> Run:
    """Store a recomputation; its batches do the work."""
    expected = await store.count_touched(tx, plan.run, plan.agencies)
    run = replace(plan.run, expected_count=expected)
    await store.add_run(tx, run)
    return run


async def read_run(tx: AsyncSession, run_id: UUID, *, keeper: Keeper) -> Run:
    """Return a recomputation that the keeper may know of."""
    run = await store.run(tx, run_id)
    if run is None or keeper.agency_code not in (None, run.agency_code):
        raise UnknownRun(run_id=run_id)
    return run


async def prepare_batch(
    reading: Sessions, office: Office, run_id: UUID, *, size: int, keeper: Keeper
) -> Batch:
    """Read the run and the calendar anew, before a connection is taken."""
    async with reading.begin() as tx:
        run = await read_run(tx, run_id, keeper=keeper)
    desks = await office.catalogue.desks_afresh()
    return Batch(run_id, await _agencies(office, run), desks, keeper.acting, size)


async def advance_run(tx: AsyncSession, office: Office, batch: Batch) -> Run:
    """Recompute the next dossiers and remember the place, all in one transaction.

    While another driver works on the run, this one changes nothing and tells how far it is.
    """
    run = await store.claimed(tx, batch.run_id)
    if run is None:
        run = await store.run(tx, batch.run_id)
        if run is None:
            raise UnknownRun(run_id=batch.run_id)
        return run
    settled_at = run.created_at + office.catalogue.fresh_for + _MARGIN
    is_early = run.state is RunState.CATCHING_UP and batch.acting.now < settled_at
    if run.state is RunState.DONE or is_early:
        return run
    keys = await store.touched(tx, run, batch.agencies, limit=batch.size)
    lives = await store.lives(tx, keys, office.sealer)
    changed = [await _moved(tx, life, run, batch) for life in lives]
    state = next_state(run.state, is_short=len(keys) < batch.size)
    run = replace(
        run,
        state=state,
        cursor=keys[-1] if len(keys) == batch.size else None,
        done_count=run.done_count + len(keys) * (run.state is RunState.WALKING),
        changed_count=run.changed_count + sum(changed),
        finished_at=batch.acting.now if state is RunState.DONE else None,
    )
    await store.keep_run(tx, run)
    return run


async def _moved(tx: AsyncSession, life: Life, run: Run, batch: Batch) -> bool:
    """Recompute one dossier, whose row is held; tell whether its due date moved."""
    dossier = life.dossier
    if dossier.ended_at is not None:
        return False
    desk = batch.desks.of(dossier.agency_code)
    due_on = told(life.events, life.corrections, dossier.terms, desk).due_on
    if due_on == dossier.due_on:
        return False
    before = await courses.course(tx, dossier)
    act = _act(dossier, due_on, run, batch.acting)
    after = recomputed(before, due_on, at=run.created_at)
    if not await courses.keep_course(tx, dossier, before, after, act):
        raise VersionChanged(expected=dossier.version, actual=dossier.version + 1)
    return True


def _act(dossier: Dossier, due_on: date | None, run: Run, acting: Acting) -> Act:
    because = notice(
        run_id=str(run.run_id),
        reason=run.reason,
        decided_by=run.decided_by,
        changed=ChangedDays(run.first_day, run.last_day),
    )
    moved = {"due_on_before": _iso(dossier.due_on), "due_on": _iso(due_on)}
    return Act(
        kind=RECOMPUTED,
        occurred_at=run.created_at,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details={**because, **moved},
    )


async def _agencies(office: Office, run: Run) -> frozenset[str] | None:
    """Return the agencies a run covers: what an ended one left open is still due."""
    if run.agency_code is None:
        return None
    return await office.catalogue.subtree_with_ended(run.agency_code)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

"""Recomputations: their place, the dossiers they touch, and all that tells a due date."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Correction, Corrections, CorrectionState, Recorded
from dossier.domain.dossier import Dossier
from dossier.domain.facts import FOREVER
from dossier.domain.lifecycle import Status
from dossier.domain.recomputing import RECOMPUTED, RunState
from dossier.store.dossiers import dossiers_at
from dossier.store.personal_data import Sealer
from dossier.tables.agencies import agencies, due_date_runs
from dossier.tables.corrections import corrections
from dossier.tables.dossiers import dossiers, events
from dossier.tables.facts import facts

Key = tuple[int, date, int]
"""Agency, day of the code, serial: the order in which a run walks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A recomputation; `cursor` is the last dossier of the batch before."""

    run_id: UUID
    agency_code: str | None
    reason: str
    decided_by: str | None
    first_day: date
    last_day: date
    created_at: datetime
    created_by: str
    state: RunState = RunState.WALKING
    cursor: Key | None = None
    expected_count: int = 0
    done_count: int = 0
    changed_count: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """A dossier, its events, and the corrections that hold."""

    dossier: Dossier
    events: Sequence[Recorded]
    corrections: Corrections


_LOOK_BACK = timedelta(hours=1)
"""An import may store what it counted and dated a while before."""
_CURSOR = ("cursor_agency_id", "cursor_issued_on", "cursor_serial")
_PLAIN = [f.name for f in fields(Run) if f.name != "cursor"]


async def add_run(tx: AsyncSession, of: Run) -> None:
    """Store a run."""
    await tx.execute(insert(due_date_runs).values(**_values(of)))


async def run(tx: AsyncSession, run_id: UUID) -> Run | None:
    """Return a run."""
    return await _run(tx, select(due_date_runs).where(due_date_runs.c.run_id == run_id))


async def claimed(tx: AsyncSession, run_id: UUID) -> Run | None:
    """Hold a run until the commit; None when another driver holds it, or there is none."""
    query = select(due_date_runs).where(due_date_runs.c.run_id == run_id)
    return await _run(tx, query.with_for_update(skip_locked=True))


async def keep_run(tx: AsyncSession, of: Run) -> None:
    """Store how far a run is."""
    await tx.execute(
        update(due_date_runs).where(due_date_runs.c.run_id == of.run_id).values(**_values(of))
    )


async def touched(
    tx: AsyncSession, of: Run, among: frozenset[str] | None, *, limit: int
) -> list[Key]:
    """Return the next open dossiers whose counting passes the changed days.

    Agency by agency, so that each is one range of the counting index; a catching-up run looks
    only at what was recorded since it began.
    """
    held = _touched(of).correlate(agencies).order_by(facts.c.issued_on, facts.c.serial)
    rows = held.limit(limit).lateral("touched")
    conditions: list[ColumnElement[bool]] = [_among(among)]
    if of.cursor is not None:
        conditions.append(agencies.c.agency_id >= of.cursor[0])
    found = await tx.execute(
        select(agencies.c.agency_id, rows.c.issued_on, rows.c.serial)
        .join(rows, true())
        .where(*conditions)
        .order_by(agencies.c.agency_id, rows.c.issued_on, rows.c.serial)
        .limit(limit)
    )
    return [(row.agency_id, row.issued_on, row.serial) for row in found]


async def count_touched(tx: AsyncSession, of: Run, among: frozenset[str] | None) -> int:
    """Return how many dossiers a run will look at, as far as can be said now."""
    rows = _touched(of).correlate(agencies).lateral("touched")
    query = select(func.count()).select_from(agencies).join(rows, true()).where(_among(among))
    return int((await tx.execute(query)).scalar_one())


async def lives(tx: AsyncSession, keys: Sequence[Key], sealer: Sealer) -> list[Life]:
    """Hold dossiers until the commit and return all that tells their due dates.

    An act that is under way is waited for and then seen; one that comes later finds another
    version than it read.
    """
    if not keys:
        return []
    await tx.execute(
        select(dossiers.c.version)
        .where(_at(dossiers, keys))
        .order_by(dossiers.c.agency_id, dossiers.c.issued_on, dossiers.c.serial)
        .with_for_update(key_share=True)
    )
    found = await dossiers_at(tx, keys, sealer)
    logs, holding = await _logs(tx, keys), await _holding(tx, keys)
    return [Life(dossier, logs[_key(dossier)], holding[_key(dossier)]) for dossier in found]


def _touched(of: Run) -> Select[Any]:
    place = tuple_(facts.c.agency_id, facts.c.issued_on, facts.c.serial)
    conditions = [
        facts.c.agency_id == agencies.c.agency_id,
        facts.c.ended_on == FOREVER,
        facts.c.is_last,
        facts.c.received_on <= of.last_day,
        facts.c.due_on >= of.first_day,
        facts.c.due_on < FOREVER,
    ]
    if of.cursor is not None:
        conditions.append(place > tuple_(*(literal(part) for part in of.cursor)))
    if of.state is RunState.CATCHING_UP:
        conditions.append(
            exists().where(
                *(events.c[name] == facts.c[name] for name in _KEY),
                events.c.recorded_at >= of.created_at - _LOOK_BACK,
                events.c.kind != RECOMPUTED,
            )
        )
    return select(facts.c.issued_on, facts.c.serial).where(*conditions)


_KEY = ("agency_id", "issued_on", "serial")


async def _logs(tx: AsyncSession, keys: Sequence[Key]) -> dict[Key, list[Recorded]]:
    rows = await tx.execute(select(events).where(_at(events, keys)).order_by(events.c.event_number))
    found: dict[Key, list[Recorded]] = defaultdict(list)
    for row in rows:
        found[row.agency_id, row.issued_on, row.serial].append(
            Recorded(
                number=row.event_number,
                kind=row.kind,
                from_status=None if row.from_status is None else Status(row.from_status),
                to_status=Status(row.to_status),
                occurred_at=row.occurred_at,
                details=row.details,
            )
        )
    return found


async def _holding(tx: AsyncSession, keys: Sequence[Key]) -> dict[Key, dict[int, Correction]]:
    rows = await tx.execute(
        select(corrections)
        .where(_at(corrections, keys), corrections.c.state == CorrectionState.APPROVED)
        .order_by(corrections.c.correction_number)
    )
    found: dict[Key, dict[int, Correction]] = defaultdict(dict)
    for row in rows:
        of_dossier = found[row.agency_id, row.issued_on, row.serial]
        of_dossier[row.event_number] = Correction(row.event_number, row.corrected_at)
    return found


async def _run(tx: AsyncSession, query: Select[Any]) -> Run | None:
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    parts = [row[name] for name in _CURSOR]
    cursor = None if parts[0] is None else (parts[0], parts[1], parts[2])
    return Run(**{**values, "state": RunState(row["state"])}, cursor=cursor)


def _values(of: Run) -> dict[str, Any]:
    place = of.cursor or (None, None, None)
    return {
        **{name: getattr(of, name) for name in _PLAIN},
        **dict(zip(_CURSOR, place, strict=True)),
    }


def _among(codes: frozenset[str] | None) -> ColumnElement[bool]:
    return true() if codes is None else agencies.c.code.in_(codes)


def _at(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    return tuple_(*(table.c[name] for name in _KEY)).in_(keys)


def _key(of: Dossier) -> Key:
    return of.agency_id, of.issued_on, of.serial

"""Answering figures from the counts kept ahead, where they say exactly what the facts say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.figures import FIELD, ONLINE_PROCEDURES
from dossier.domain.rollups import MEASURES, counted, running, tiles
from dossier.store import figures, rollups
from dossier.store.cells import KnownWindow
from dossier.store.event_log import MOST_UNFOLDED, Mark
from dossier.store.readings import Counts
from dossier.store.rollups import Cells, Situation
from dossier.store.scopes import Scope


async def count_figures(
    tx: AsyncSession, scope: Scope, keys: Sequence[str], *, by: str | None, today: date
) -> Counts:
    """Return the counts of a scope from the cells of its windows, else from the facts."""
    situation = await rollups.situation(tx, scope, most=MOST_UNFOLDED)
    if not situation.changed_since:
        scope = replace(scope, known_at=None)
    chain = chain_of(situation, scope, today) if by in (None, FIELD) else []
    if not chain:
        return await figures.counts(tx, scope, keys, by=by)
    return await _from_cells(tx, scope, situation, chain, by_field=by == FIELD)


def chain_of(situation: Situation, scope: Scope, today: date) -> list[KnownWindow]:
    """Return the windows to add up; none when they do not say what the facts say."""
    if situation.changed_since or situation.unfolded > MOST_UNFOLDED:
        return []
    if situation.mark == Mark(0, 0) or not situation.is_counted:
        return []
    numbered = {known.window: known for known in situation.windows}
    chain = [numbered[window] for window in tiles(scope.period, numbered)]
    is_over = bool(chain) and chain[-1].window.ends_on <= scope.period.last_day
    return chain if is_over or scope.period.last_day >= today else []


async def _from_cells(
    tx: AsyncSession,
    scope: Scope,
    situation: Situation,
    chain: Sequence[KnownWindow],
    *,
    by_field: bool,
) -> Counts:
    after = situation.mark if situation.own_unfolded else None
    cells = await rollups.cells(tx, scope, chain, by_field=by_field, unfolded_after=after)
    if chain[-1].window.ends_on > scope.period.last_day:
        cells = await _as_of_today(tx, scope, cells, by_field=by_field)
    if by_field:
        return summed(cells, await figures.online_procedures_by(tx, scope, FIELD))
    procedures = await rollups.online_procedures_count(tx, scope, chain, unfolded_after=after)
    return {None: summed(cells, {None: procedures})[None]}


def summed(cells: Cells, procedures: Mapping[str | None, int]) -> Counts:
    """Return the counts of each cell and, under None, of all of them, with those of procedures."""
    whole = {name: sum(cell[name] for cell in cells.values()) for name in MEASURES}
    found: Counts = {None: counted(whole)}
    found |= {value: counted(cell) for value, cell in cells.items()}
    for value, row in found.items():
        row[ONLINE_PROCEDURES] = procedures.get(value, 0)
    return found


async def _as_of_today(tx: AsyncSession, scope: Scope, cells: Cells, *, by_field: bool) -> Cells:
    """Return cells whose stock is today's: the last window ends after the period does."""
    overdue = await rollups.overdue_today(tx, scope, by_field=by_field)
    return {
        field: dict(running(cell, overdue=overdue.get(field, 0))) for field, cell in cells.items()
    }

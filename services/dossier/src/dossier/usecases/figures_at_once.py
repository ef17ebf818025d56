"""Answering the figures of one agency without closing the past: the present is what was known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg
from kernel.time_zone import local_day
from kit.hot import HotPool

from dossier.domain.figures import FIELD, ONLINE_PROCEDURES
from dossier.domain.rollups import MEASURES, counted
from dossier.store import at_once, figures, readings
from dossier.store.agencies import Reach
from dossier.store.at_once import Closed
from dossier.store.cells import KnownWindow
from dossier.store.event_log import MOST_UNFOLDED
from dossier.store.readings import Counts
from dossier.store.scopes import Scope
from dossier.usecases.ahead import chain_of, summed


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresAtOnce:
    """What figures are made of, and as of which instant: the one asked, or the last one closed."""

    counts: Counts
    readings: Counts
    copies: int
    watermark: datetime | None
    known_at: datetime


async def count_at_once(
    pool: HotPool, scope: Scope, *, by: str | None, today: date
) -> FiguresAtOnce | None:
    """Count one agency's figures in two short statements; None when they have to be told otherwise.

    Nothing needs to be closed for an instant that is closed; asked as of now, that is the last one
    that is, when nothing of the agency was recorded after it and the period was over by then.
    """
    if scope.shape.reach is not Reach.ONE:
        return None
    async with pool.connection() as hot:
        closed = await at_once.closed(hot, scope, most=MOST_UNFOLDED)
        if closed is None or not _is_told_whole(scope, closed.instant):
            return None
        chain = _chain(closed, scope, by, today)
        return await _count(hot, scope, closed.instant, chain=chain, by=by)


def _is_told_whole(scope: Scope, instant: datetime) -> bool:
    """Return whether days that came since could have changed nothing."""
    return scope.known_at is not None or local_day(instant) >= scope.period.last_day


def _chain(closed: Closed, scope: Scope, by: str | None, today: date) -> Sequence[KnownWindow]:
    """Return the windows that say it all, none when the facts have to: they are there anyway."""
    if by not in (None, FIELD) or closed.situation.own_unfolded:
        return []
    chain = chain_of(closed.situation, scope, today)
    return chain if chain and chain[-1].window.ends_on <= scope.period.last_day else []


async def _count(
    hot: "asyncpg.Connection[Any]",
    scope: Scope,
    instant: datetime,
    *,
    chain: Sequence[KnownWindow],
    by: str | None,
) -> FiguresAtOnce | None:
    told = await at_once.told(hot, scope, known_at=instant, chain=chain, by=by)
    if told is None:
        return None
    return FiguresAtOnce(
        counts=_from_cells(told.counted, told.procedures, by)
        if chain
        else _from_facts(told.counted),
        readings=readings.gathered(told.readings),
        copies=told.copies,
        watermark=told.watermark,
        known_at=instant,
    )


def _from_facts(rows: Sequence[tuple[str | None, Sequence[int]]]) -> Counts:
    found: Counts = {}
    for value, row in figures.gathered(rows, at_once.KEYS).items():
        cell = {name: row[key] for name, key in MEASURES.items()}
        found[value] = {**counted(cell), ONLINE_PROCEDURES: row[ONLINE_PROCEDURES]}
    return found


def _from_cells(
    rows: Sequence[tuple[str | None, Sequence[int]]],
    procedures: Mapping[str | None, int],
    by: str | None,
) -> Counts:
    cells = {value or "": dict(zip(MEASURES, row, strict=True)) for value, row in rows}
    found = summed(cells, procedures)
    return found if by is not None else {None: found[None]}

"""Cells of windows: what signed facts add to them, and windows that begin to be kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.rollups import MEASURES, Window
from dossier.store.agencies import in_sight
from dossier.store.alike import NEVER
from dossier.store.event_log import (
    TYPES,
    Batch,
    Mark,
    Signed,
    changes,
    counted_to,
    mark,
    move_counted_to,
    move_mark,
    settled_end,
)
from dossier.store.figures import RETURNED, in_window, predicates
from dossier.store.scopes import Scope
from dossier.tables.agencies import agencies
from dossier.tables.counts import stat_cells, stat_online_procedures, stat_periods
from dossier.tables.facts import facts

LONGEST_DAYS = 400
"""No window is longer: a check constraint of `stat_periods` says so."""
_PATIENCE = "600000"
"""Milliseconds a statement may take that counts all facts of an agency, or of a window."""
_ROOM = "64MB"
"""What it may keep in memory: the facts of a batch are put in order."""


@dataclass(frozen=True, slots=True)
class KnownWindow:
    """A window with its number."""

    period_id: int
    window: Window


class _Windows:
    """The days of many windows at once, as columns."""

    start = stat_periods.c.starts_on
    last_day = stat_periods.c.ends_on


async def fold(tx: AsyncSession, after: Mark, batch: Batch, *, at: datetime) -> None:
    """Add a batch of events to the cells and move the mark."""
    await _add(tx, changes(after, batch.until, most=batch.events), None)
    await move_mark(tx, batch.until, at=at)


async def begin_recount(tx: AsyncSession, *, at: datetime) -> None:
    """Trust no cell until every agency is counted anew; a recount under way goes on.

    The mark goes to the end of the log at once, so that a long log need not be folded.
    """
    if await counted_to(tx) is None:
        await move_mark(tx, await settled_end(tx), at=at)
        await move_counted_to(tx, 0)


async def recount_next(tx: AsyncSession, *, most_facts: int) -> int | None:
    """Count the next agencies anew from the facts; None when no recount is under way any more.

    As many agencies as have so many facts together, and the one after them: so a transaction is
    short, whatever the province, and nobody's work waits for it.
    """
    begun = await counted_to(tx)
    if begun is None:
        return None
    await unhurried(tx)
    beyond = select(facts.c.agency_id).where(facts.c.agency_id > begun)
    last = await tx.scalar(beyond.order_by(facts.c.agency_id).offset(most_facts).limit(1))
    for table in (stat_cells, stat_online_procedures):
        await tx.execute(delete(table).where(*_between(table, begun, last)))
    reached = await mark(tx)
    await _add(tx, _at_mark(present(date.min), reached, begun, last), None)
    if last is not None and not await tx.scalar(
        select(beyond.where(facts.c.agency_id > last).exists())
    ):
        last = None  # the last agency that has facts is a large one
    await move_counted_to(tx, last)
    return last


async def agencies_left(tx: AsyncSession) -> int:
    """Return how many agencies a recount under way has still to count; 0 when there is none."""
    begun = await counted_to(tx)
    if begun is None:
        return 0
    left = select(func.count()).select_from(agencies).where(agencies.c.agency_id > begun)
    return int(await tx.scalar(left) or 0)


async def unhurried(tx: AsyncSession) -> None:
    """Give the statements up to the commit the time and room that counting many facts takes."""
    given = (("statement_timeout", _PATIENCE), ("work_mem", _ROOM))
    await tx.execute(select(*(func.set_config(name, value, true()) for name, value in given)))


async def open_windows(tx: AsyncSession, windows: Iterable[Window]) -> int:
    """Keep windows from now on; what was folded before is counted into them from the facts.

    Facts as of now, less what is not yet folded, are the facts at the mark.
    """
    days = select(stat_periods.c.starts_on, stat_periods.c.ends_on)
    known = {(row.starts_on, row.ends_on) for row in await tx.execute(days)}
    new = [w for w in windows if (w.starts_on, w.ends_on) not in known]
    if not new:
        return 0
    rows = [{"period_code": w.code, "starts_on": w.starts_on, "ends_on": w.ends_on} for w in new]
    added = await tx.execute(
        insert(stat_periods).on_conflict_do_nothing().returning(stat_periods.c.period_id), rows
    )
    ids = list(added.scalars())
    reached = await mark(tx)
    if ids and reached != Mark(0, 0):
        await unhurried(tx)
        own = present(min(w.starts_on for w in new), max(w.ends_on for w in new))
        # Agencies that a recount under way has still to count are counted by it.
        await _add(tx, _at_mark(own, reached, 0, await counted_to(tx)), ids)
    return len(ids)


async def known_windows(
    tx: AsyncSession, *, first: date | None = None, last: date | None = None
) -> list[KnownWindow]:
    """Return the windows in which something can count, within some days when asked, in order."""
    received = select(func.min(facts.c.received_on)).scalar_subquery()
    query = (
        select(stat_periods)
        .where(
            or_(
                stat_periods.c.ends_on >= received,
                stat_periods.c.period_id.in_(select(stat_cells.c.period_id)),
            )
        )
        .order_by(stat_periods.c.starts_on, stat_periods.c.ends_on)
    )
    if first is not None:
        query = query.where(stat_periods.c.starts_on >= first)
    if last is not None:
        query = query.where(stat_periods.c.ends_on <= last)
    return [
        KnownWindow(row.period_id, Window(row.period_code, row.starts_on, row.ends_on))
        for row in await tx.execute(query)
    ]


def present(first: date, last: date = date.max) -> Signed:
    """Return the facts as of now of whatever lived or was returned in some days."""
    return select(literal(1, Integer).label("sign"), *(facts.c[name] for name in TYPES)).where(
        or_(
            and_(facts.c.ended_on >= first, facts.c.received_on <= last),
            and_(facts.c.returned_on.between(first, last), facts.c.return_method == "postal"),
        )
    )


def _at_mark(rows: Signed, reached: Mark, after: int, last: int | None) -> Signed:
    """Return rows of some agencies without what was recorded after the mark."""
    here, away = rows.subquery("here"), changes(reached).subquery("away")
    return union_all(
        select(here).where(*_between(here, after, last)),
        select(-away.c.sign, *(away.c[name] for name in TYPES)).where(*_between(away, after, last)),
    )


def _between(rows: FromClause, after: int, last: int | None) -> list[ColumnElement[bool]]:
    """Return which rows belong to agencies numbered after one and up to another, if any."""
    bounds = [rows.c.agency_id > after]
    return bounds if last is None else [*bounds, rows.c.agency_id <= last]


async def _add(tx: AsyncSession, signed: Signed, ids: Sequence[int] | None) -> None:
    """Add what counts in windows (all, or some) to their cells."""
    for table, query, names in (
        (stat_cells, cells_of(signed, ids, None), tuple(MEASURES)),
        (stat_online_procedures, online_of(signed, ids, None), ("received",)),
    ):
        key = [name.name for name in table.primary_key.columns]
        added = insert(table).from_select([*key, *names], query)
        await tx.execute(
            added.on_conflict_do_update(
                index_elements=key,
                set_={name: table.c[name] + added.excluded[name] for name in names},
            )
        )


def cells_of(signed: Signed, ids: Sequence[int] | None, scope: Scope | None) -> Select[Any]:
    """Count signed facts by agency, window and field, and by agency and window."""
    f = signed.subquery("f")
    conditions = predicates(f, _Windows)
    alive = in_window(f, _Windows)
    wanted = {
        name: conditions[key] if key == RETURNED else and_(conditions[key], alive)
        for name, key in MEASURES.items()
    }
    place = (f.c.agency_id, stat_periods.c.period_id)
    sums = [
        func.coalesce(func.sum(f.c.sign).filter(condition), 0).label(name)
        for name, condition in wanted.items()
    ]
    return (
        select(*place, func.coalesce(f.c.field_code, "").label("field_code"), *sums)
        .where(*_in_windows(f, ids, scope), or_(*wanted.values()))
        .group_by(func.grouping_sets(tuple_(*place), tuple_(*place, f.c.field_code)))
    )


def online_of(signed: Signed, ids: Sequence[int] | None, scope: Scope | None) -> Select[Any]:
    """Count signed facts of online dossiers received, by agency, window and procedure."""
    f = signed.subquery("f")
    place = (f.c.agency_id, stat_periods.c.period_id, f.c.procedure_code)
    received = predicates(f, _Windows)["dossiers.received.online"]
    return (
        select(*place, func.sum(f.c.sign).label("received"))
        .where(*_in_windows(f, ids, scope), received, in_window(f, _Windows))
        .group_by(*place)
    )


def _in_windows(
    f: FromClause, ids: Sequence[int] | None, scope: Scope | None
) -> list[ColumnElement[bool]]:
    """Return which windows a life can count in, as a range of their last days."""
    returned_on = func.nullif(f.c.returned_on, NEVER)
    until = func.greatest(f.c.ended_on, returned_on)
    conditions = [
        stat_periods.c.ends_on >= func.least(f.c.received_on, returned_on),
        stat_periods.c.ends_on < until + literal_column(str(LONGEST_DAYS), Integer),
        stat_periods.c.starts_on <= until,
    ]
    if ids is not None:
        conditions.append(stat_periods.c.period_id.in_(ids))
    if scope is not None:
        conditions.append(in_sight(f.c.agency_id, scope.sight, among=scope.agencies))
    return conditions

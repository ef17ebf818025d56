"""Counts ahead: how far they reach, what they say, and whether the facts say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.rollups import CLOSING, MEASURES, OPENING, Window
from dossier.store.agencies import in_sight
from dossier.store.cells import LONGEST_DAYS, KnownWindow, cells_of, online_of, present
from dossier.store.event_log import FOLD, Mark, changes
from dossier.store.figures import Scope
from dossier.tables.counts import fold_positions, stat_cells, stat_online_procedures, stat_periods
from dossier.tables.dossiers import events
from dossier.tables.facts import facts

Cells = dict[str, dict[str, int]]
"""Counts by measure, by field; '' is all fields together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How far the cells reach: the windows near a period, and what is not yet folded."""

    mark: Mark
    unfolded: int
    changed_since: bool
    windows: Sequence[KnownWindow]


async def situation(tx: AsyncSession, scope: Scope, *, most: int) -> Situation:
    """Return how far the cells reach, in one statement; more than `most` unfolded are not counted.

    `changed_since`: something was recorded after the instant as of which is asked.
    """
    at = select(fold_positions).where(fold_positions.c.fold == FOLD).subquery("at")
    late = (
        select(events.c.xid)
        .where(
            tuple_(events.c.xid, events.c.position)
            > tuple_(select(at.c.xid).scalar_subquery(), select(at.c.position).scalar_subquery())
        )
        .limit(most + 1)
        .subquery("late")
    )
    since: ColumnElement[bool] = literal(value=False)
    if scope.known_at is not None:
        since = (
            select(events.c.agency_id)
            .where(
                in_sight(events.c.agency_id, scope.sight, among=scope.agencies),
                events.c.recorded_at > scope.known_at,
            )
            .exists()
        )
    rows = (
        await tx.execute(
            select(
                at.c.xid,
                at.c.position,
                select(func.count()).select_from(late).scalar_subquery().label("unfolded"),
                since.label("changed_since"),
                stat_periods,
            )
            .select_from(at)
            .join(
                stat_periods,
                and_(
                    stat_periods.c.ends_on >= scope.period.start,
                    stat_periods.c.ends_on < scope.period.last_day + timedelta(days=LONGEST_DAYS),
                    stat_periods.c.starts_on >= scope.period.start,
                ),
                isouter=True,
            )
        )
    ).all()
    first = rows[0]
    return Situation(
        mark=Mark(first.xid, first.position),
        unfolded=first.unfolded,
        changed_since=first.changed_since,
        windows=[
            KnownWindow(row.period_id, Window(row.period_code, row.starts_on, row.ends_on))
            for row in rows
            if row.period_id is not None
        ],
    )


async def cells(
    tx: AsyncSession,
    scope: Scope,
    chain: Sequence[KnownWindow],
    *,
    by_field: bool,
    unfolded_after: Mark | None,
) -> Cells:
    """Return the counts of windows that follow each other, as if they were one.

    Flows add up; what was carried over is the first one's, what pends is the last one's.
    `unfolded_after` adds the events that are not yet folded.
    """
    ids = [known.period_id for known in chain]
    kept = select(
        stat_cells.c.period_id,
        stat_cells.c.field_code,
        *(stat_cells.c[name] for name in MEASURES),
    ).where(
        in_sight(stat_cells.c.agency_id, scope.sight, among=scope.agencies),
        stat_cells.c.period_id.in_(ids),
        stat_cells.c.field_code != "" if by_field else stat_cells.c.field_code == "",
    )
    rows: FromClause = kept.subquery("rows")
    if unfolded_after is not None:
        late = cells_of(changes(unfolded_after), ids, scope).subquery("late")
        more = select(
            late.c.period_id, late.c.field_code, *(late.c[name] for name in MEASURES)
        ).where(late.c.field_code != "" if by_field else late.c.field_code == "")
        rows = union_all(kept, more).subquery("rows")
    ends = {OPENING: ids[0], **dict.fromkeys(CLOSING, ids[-1])}
    sums = []
    for name in MEASURES:
        total = func.sum(rows.c[name])
        added = total.filter(rows.c.period_id == ends[name]) if name in ends else total
        # The sum of sums is a decimal for PostgreSQL; a count is a whole number.
        sums.append(cast(func.coalesce(added, 0), BigInteger).label(name))
    query = select(rows.c.field_code, *sums).group_by(rows.c.field_code)
    found = await tx.execute(query)
    return {row[0]: dict(zip(MEASURES, row[1:], strict=True)) for row in found}


async def online_procedures_count(
    tx: AsyncSession,
    scope: Scope,
    chain: Sequence[KnownWindow],
    *,
    unfolded_after: Mark | None,
) -> int:
    """Return of how many procedures online dossiers were received."""
    ids = [known.period_id for known in chain]
    kept = select(stat_online_procedures.c.procedure_code, stat_online_procedures.c.received).where(
        in_sight(stat_online_procedures.c.agency_id, scope.sight, among=scope.agencies),
        stat_online_procedures.c.period_id.in_(ids),
    )
    rows: FromClause = kept.subquery("rows")
    if unfolded_after is not None:
        late = online_of(changes(unfolded_after), ids, scope).subquery("late")
        more = select(late.c.procedure_code, late.c.received)
        rows = union_all(kept, more).subquery("rows")
    some = select(rows.c.procedure_code).group_by(rows.c.procedure_code)
    counted = some.having(func.sum(rows.c.received) > 0).subquery("counted")
    return (await tx.execute(select(func.count()).select_from(counted))).scalar_one()


async def overdue_today(tx: AsyncSession, scope: Scope, *, by_field: bool) -> dict[str, int]:
    """Return how many open dossiers are overdue on the period's last day, which is not over."""
    open_ones = facts.c.until_on == literal_column("'infinity'::date", Date)
    field = facts.c.field_code if by_field else literal("", Text)
    query = select(field.label("field"), func.count()).where(
        in_sight(facts.c.agency_id, scope.sight, among=scope.agencies),
        open_ones,
        facts.c.due_on < scope.period.last_day,
        ~facts.c.is_waiting,
    )
    rows = await tx.execute(query.group_by(facts.c.field_code) if by_field else query)
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cell that does not say what the facts say."""

    agency_id: int
    period_id: int
    part: str
    value: str
    counted_ahead: int
    counted_raw: int


async def differences(
    tx: AsyncSession, scope: Scope, of: KnownWindow, after: Mark
) -> list[Difference]:
    """Count a window from its facts and return every cell that says otherwise."""
    ids = [of.period_id]
    raw = present(of.window.starts_on, of.window.ends_on)
    late = changes(after)
    cells = _compared(
        tuple(MEASURES),
        "field_code",
        [_kept(stat_cells, scope, ids), cells_of(late, ids, scope)],
        cells_of(raw, ids, scope),
    )
    online = _compared(
        ("received",),
        "procedure_code",
        [_kept(stat_online_procedures, scope, ids), online_of(late, ids, scope)],
        online_of(raw, ids, scope),
    )
    return [
        Difference(
            agency_id=row["agency_id"],
            period_id=of.period_id,
            part=name,
            value=row[value],
            counted_ahead=row[f"{name}_ahead"],
            counted_raw=row[f"{name}_raw"],
        )
        for query, names, value in (
            (cells, tuple(MEASURES), "field_code"),
            (online, ("received",), "procedure_code"),
        )
        for row in (await tx.execute(query)).mappings()
        for name in names
        if row[f"{name}_ahead"] != row[f"{name}_raw"]
    ]


def _kept(table: Table, scope: Scope, ids: Sequence[int]) -> Select[Any]:
    return select(table).where(
        in_sight(table.c.agency_id, scope.sight, among=scope.agencies),
        table.c.period_id.in_(ids),
    )


def _compared(
    names: Sequence[str], value: str, ahead: Sequence[Select[Any]], raw: Select[Any]
) -> Select[Any]:
    """Put both counts of each cell side by side, where they differ."""
    sides = [(1, one.subquery()) for one in ahead] + [(0, raw.subquery())]
    rows = union_all(
        *(
            select(
                literal_column(str(side), Integer).label("side"),
                *(one.c[name] for name in ("agency_id", value, *names)),
            )
            for side, one in sides
        )
    ).subquery("rows")
    counted = {
        f"{name}_{told}": func.coalesce(func.sum(rows.c[name]).filter(rows.c.side == side), 0)
        for name in names
        for told, side in (("ahead", 1), ("raw", 0))
    }
    place = (rows.c.agency_id, rows.c[value])
    return (
        select(*place, *(number.label(name) for name, number in counted.items()))
        .group_by(*place)
        .having(or_(*(counted[f"{name}_ahead"] != counted[f"{name}_raw"] for name in names)))
        .order_by(*place)
    )

"""Counts ahead: how far they reach, what they say, and whether the facts say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    Executable,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.rollups import CLOSING, MEASURES, OPENING, Window
from dossier.store.agencies import Reach, in_sight, walked
from dossier.store.alike import NEVER
from dossier.store.cells import LONGEST_DAYS, KnownWindow, cells_of, online_of, present
from dossier.store.event_log import FOLD, MOST_UNFOLDED, Mark, changes
from dossier.store.scopes import Scope, Shape
from dossier.store.watermark import changed_since
from dossier.tables.counts import fold_positions, stat_cells, stat_online_procedures, stat_periods
from dossier.tables.dossiers import events
from dossier.tables.facts import facts

Cells = dict[str, dict[str, int]]
"""Counts by measure, by field; '' is all fields together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How far the cells reach: the windows near a period, and what is not yet folded."""

    mark: Mark
    is_counted: bool
    unfolded: int
    own_unfolded: int
    changed_since: bool
    windows: Sequence[KnownWindow]


async def situation(tx: AsyncSession, scope: Scope, *, most: int) -> Situation:
    """Return how far the cells reach, in one statement; more than `most` unfolded are not counted.

    `own_unfolded` of them are of the agencies asked about. `changed_since`: something was recorded
    after the instant as of which is asked.
    """
    before = scope.period.last_day + timedelta(days=LONGEST_DAYS)
    values = scope.values(most=most + 1, before=before)
    rows = (await tx.execute(situated(scope.shape), values)).mappings().all()
    return as_situation(rows, changed_since=rows[0]["changed_since"])


def as_situation(rows: Sequence[Mapping[str, Any]], *, changed_since: bool) -> Situation:
    """Return what the rows of `situated` say."""
    first = rows[0]
    return Situation(
        mark=Mark(first["xid"], first["position"]),
        is_counted=first["counted_to"] is None,
        unfolded=first["unfolded"],
        own_unfolded=first["own_unfolded"],
        changed_since=changed_since,
        windows=[
            KnownWindow(
                row["period_id"], Window(row["period_code"], row["starts_on"], row["ends_on"])
            )
            for row in rows
            if row["period_id"] is not None
        ],
    )


@cache
def situated(shape: Shape) -> Select[Any]:
    """Return the statement of `situation`: a row a window, the rest on each."""
    at = select(fold_positions).where(fold_positions.c.fold == FOLD).subquery("at")
    late = (
        select(events.c.agency_id)
        .where(
            tuple_(events.c.xid, events.c.position)
            > tuple_(
                # Before anything was folded there is nothing to add to, so nothing is counted.
                select(at.c.xid).where(at.c.xid > 0).scalar_subquery(),
                select(at.c.position).scalar_subquery(),
            )
        )
        # In the order of their index, which the planner would not use for so many otherwise.
        .order_by(events.c.xid, events.c.position)
        .limit(bindparam("most", type_=Integer))
        .subquery("late")
    )
    own = func.count().filter(shape.sees(late.c.agency_id))
    unfolded = select(func.count().label("every"), own.label("own")).subquery("unfolded")
    near = and_(
        stat_periods.c.ends_on >= shape.start,
        stat_periods.c.ends_on < bindparam("before", type_=Date),
        stat_periods.c.starts_on >= shape.start,
    )
    return select(
        at.c.xid,
        at.c.position,
        at.c.counted_to,
        unfolded.c.every.label("unfolded"),
        unfolded.c.own.label("own_unfolded"),
        changed_since(shape).label("changed_since"),
        stat_periods,
    ).select_from(at.join(unfolded, true()).outerjoin(stat_periods, near))


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
    `unfolded_after` adds the events that are not yet folded, `MOST_UNFOLDED` at most.
    """
    ids = [known.period_id for known in chain]
    if unfolded_after is None:
        query = adding_cells(scope.shape, by_field=by_field)
    else:
        late = cells_of(changes(unfolded_after, most=MOST_UNFOLDED), ids, scope)
        query = _summed(scope.shape, late, by_field=by_field)
    values = scope.values(period_ids=ids, first_id=ids[0], last_id=ids[-1])
    found = await tx.execute(query, values)
    return {row[0]: dict(zip(MEASURES, row[1:], strict=True)) for row in found}


@cache
def adding_cells(shape: Shape, *, by_field: bool) -> Executable:
    """Return the statement of `cells` when all is folded: a field, a number for each measure."""
    return _summed(shape, None, by_field=by_field)


def _summed(shape: Shape, late: Select[Any] | None, *, by_field: bool) -> Executable:
    """Add up cells, and `late` ones beside them."""
    names = ("period_id", "field_code", *MEASURES)
    parts: list[FromClause] = [_held(stat_cells, shape).subquery("kept")]
    parts += [] if late is None else [late.subquery("late")]
    rows = union_all(
        *(
            select(*(part.c[name] for name in names)).where(
                part.c.field_code != "" if by_field else part.c.field_code == ""
            )
            for part in parts
        )
    ).subquery("rows")
    first, last = (bindparam(name, type_=Integer) for name in ("first_id", "last_id"))
    ends = {OPENING: first, **dict.fromkeys(CLOSING, last)}
    sums = []
    for name in MEASURES:
        total = func.sum(rows.c[name])
        added = total.filter(rows.c.period_id == ends[name]) if name in ends else total
        # The sum of sums is a decimal for PostgreSQL; a count is a whole number.
        sums.append(cast(func.coalesce(added, 0), BigInteger).label(name))
    return select(rows.c.field_code, *sums).group_by(rows.c.field_code)


async def online_procedures_count(
    tx: AsyncSession,
    scope: Scope,
    chain: Sequence[KnownWindow],
    *,
    unfolded_after: Mark | None,
) -> int:
    """Return of how many procedures online dossiers were received."""
    ids = [known.period_id for known in chain]
    if unfolded_after is None:
        query = adding_procedures(scope.shape)
    else:
        late = online_of(changes(unfolded_after, most=MOST_UNFOLDED), ids, scope)
        query = _distinct(scope.shape, late)
    return int((await tx.execute(query, scope.values(period_ids=ids))).scalar_one())


@cache
def adding_procedures(shape: Shape) -> Executable:
    """Return the statement of `online_procedures_count` when all is folded."""
    return _distinct(shape, None) if shape.reach is Reach.ONE else _walked(shape)


def _walked(shape: Shape) -> Executable:
    """Step from each procedure of a window to the next, and look for one agency that has it.

    Several agencies have the same procedures over and over; this reads one row of each.
    """
    s = stat_online_procedures.c
    asked = func.unnest(bindparam("period_ids", type_=ARRAY(Integer))).column_valued("asked")
    # It sets out before the first procedure, and ends where none follows.
    walk = select(asked.label("period_id"), literal("", Text).label("procedure_code")).cte(
        "walk", recursive=True
    )
    beyond = s.period_id == walk.c.period_id, s.procedure_code > walk.c.procedure_code
    following = select(func.min(s.procedure_code)).where(*beyond).scalar_subquery()
    walk = walk.union_all(
        select(walk.c.period_id, following).where(walk.c.procedure_code.is_not(None))
    )
    # A look at a time: put as a condition of existence it is joined with all there is.
    one = (
        select(s.received)
        .where(
            s.period_id == walk.c.period_id,
            s.procedure_code == walk.c.procedure_code,
            s.received > 0,
            walked(s.agency_id, shape.reach, start=literal(0)),
        )
        .limit(1)
        .scalar_subquery()
    )
    return select(func.count(distinct(walk.c.procedure_code))).where(one > 0)


def _distinct(shape: Shape, late: Select[Any] | None) -> Executable:
    """Count the procedures of which something was received online, `late` ones beside them."""
    parts: list[FromClause] = [_held(stat_online_procedures, shape).subquery("kept")]
    parts += [] if late is None else [late.subquery("late")]
    rows = union_all(*(select(part.c.procedure_code, part.c.received) for part in parts)).subquery(
        "rows"
    )
    some = select(rows.c.procedure_code).group_by(rows.c.procedure_code)
    counted = some.having(func.sum(rows.c.received) > 0).subquery("counted")
    return select(func.count()).select_from(counted)


def _held(table: Table, shape: Shape) -> Select[Any]:
    ids = bindparam("period_ids", type_=ARRAY(Integer))
    return select(table).where(shape.sees(table.c.agency_id), table.c.period_id == any_(ids))


async def overdue_today(tx: AsyncSession, scope: Scope, *, by_field: bool) -> dict[str, int]:
    """Return how many open dossiers are overdue on the period's last day, which is not over."""
    rows = await tx.execute(_overdue_today(scope.shape, by_field=by_field), scope.values())
    return {row[0]: row[1] for row in rows}


@cache
def _overdue_today(shape: Shape, *, by_field: bool) -> Executable:
    field = facts.c.field_code if by_field else literal("", Text)
    query = select(field.label("field"), func.count()).where(
        shape.sees(facts.c.agency_id),
        facts.c.until_on == NEVER,
        facts.c.due_on < shape.last_day,
        ~facts.c.is_waiting,
    )
    return query.group_by(facts.c.field_code) if by_field else query


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

"""The log as the folder of roll-ups reads it: in commit order, and what each event changed.

An event adds the facts it brought and takes away those they replaced. That holds for each event
by itself, so it does not matter in which order or in how many batches events are folded, and what
is not yet folded can be added while reading.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    Text,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.tables.counts import fold_positions
from dossier.tables.dossiers import events

_LOCK = 7402
FOLD = "figures"
MOST_UNFOLDED = 5_000
"""With more events not yet folded, counting the facts is faster than adding them."""
_END = 2**63 - 1
_SETTLED = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger)
"""The oldest transaction still running: below it nothing is added to the log any more."""
TYPES: dict[str, Any] = {
    "agency_id": Integer,
    "stretch": SmallInteger,
    "is_last": Boolean,
    "channel": Text,
    "field_code": Text,
    "procedure_code": Text,
    "received_on": Date,
    "from_on": Date,
    "until_on": Date,
    "due_on": Date,
    "is_waiting": Boolean,
    "ended_on": Date,
    "end_kind": Text,
    "returned_on": Date,
    "return_method": Text,
    "apologised_on": Date,
}
_NAMES = ", ".join(f"f.{name}" for name in TYPES)
_SAME = "f.agency_id = e.agency_id and f.issued_on = e.issued_on and f.serial = e.serial"
_CHANGES = f"""
    with e as materialized (
        select agency_id, issued_on, serial, event_number from events
        where (xid, position) > (:low_xid, :low_position)
            and (xid, position) <= (:high_xid, :high_position)
        order by xid, position limit :most
    ), brought as (
        select {_NAMES}, e.issued_on, e.serial, e.event_number
        from e join facts f on {_SAME} and f.version = e.event_number
        union all
        select {_NAMES}, e.issued_on, e.serial, e.event_number
        from e join facts_history f on {_SAME} and f.version = e.event_number
    ), replaced as (
        select {_NAMES}
        from (select agency_id, issued_on, serial, event_number from brought
              where stretch = 1 and event_number > 1) e
        join facts_history f on {_SAME} and f.version = (
            select max(h.version) from facts_history h
            where h.agency_id = e.agency_id and h.issued_on = e.issued_on and h.serial = e.serial
                and h.version < e.event_number
        )
    )
    select 1 as sign, {_NAMES} from brought f
    union all
    select -1 as sign, {_NAMES} from replaced f
"""  # noqa: S608 - our own names only


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the log: everything up to it is told."""

    xid: int
    position: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The next events to fold: up to which place, and how many."""

    until: Mark
    events: int


Signed = Any
"""A statement of facts with a `sign`: what is added (1) and what is taken away (-1)."""


async def hold_fold(tx: AsyncSession) -> bool:
    """Take the folder's seat until the commit; False when another replica sits there."""
    return bool(await tx.scalar(select(func.pg_try_advisory_xact_lock(_LOCK, 0))))


async def mark(tx: AsyncSession) -> Mark:
    """Return up to which place of the log the cells reach."""
    row = (
        await tx.execute(
            select(fold_positions.c.xid, fold_positions.c.position).where(
                fold_positions.c.fold == FOLD
            )
        )
    ).one()
    return Mark(row.xid, row.position)


async def counted_to(tx: AsyncSession) -> int | None:
    """Return up to which agency a recount under way has come, None when all are counted."""
    at = select(fold_positions.c.counted_to).where(fold_positions.c.fold == FOLD)
    reached: int | None = await tx.scalar(at)
    return reached


async def move_counted_to(tx: AsyncSession, agency_id: int | None) -> None:
    """Say up to which agency the cells are counted anew."""
    at = update(fold_positions).where(fold_positions.c.fold == FOLD)
    await tx.execute(at.values(counted_to=agency_id))


async def next_batch(tx: AsyncSession, after: Mark, size: int) -> Batch | None:
    """Return the next events that are complete: no older transaction can still add one.

    A place in the log alone would lose events, because transactions commit in another order than
    they take their numbers.
    """
    log = (
        select(events.c.xid, events.c.position)
        .where(_after(after), events.c.xid < _SETTLED)
        .order_by(events.c.xid, events.c.position)
        .limit(size)
        .subquery("log")
    )
    numbered = select(log, func.count().over().label("events")).order_by(
        log.c.xid.desc(), log.c.position.desc()
    )
    row = (await tx.execute(numbered.limit(1))).one_or_none()
    return None if row is None else Batch(Mark(row.xid, row.position), row.events)


async def settled_end(tx: AsyncSession) -> Mark:
    """Return the last place of the log up to which it is complete."""
    query = (
        select(events.c.xid, events.c.position)
        .where(events.c.xid < _SETTLED)
        .order_by(events.c.xid.desc(), events.c.position.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return Mark(0, 0) if row is None else Mark(row.xid, row.position)


async def move_mark(tx: AsyncSession, until: Mark, *, at: datetime) -> None:
    """Say that everything up to a place is folded."""
    await tx.execute(
        update(fold_positions)
        .where(fold_positions.c.fold == FOLD)
        .values(xid=until.xid, position=until.position, folded_at=at)
    )


async def oldest_unfolded(tx: AsyncSession) -> datetime | None:
    """Return when the oldest event that is not folded was recorded."""
    query = (
        select(events.c.recorded_at)
        .where(_after(await mark(tx)))
        .order_by(events.c.xid, events.c.position)
        .limit(1)
    )
    found: datetime | None = await tx.scalar(query)
    return found


def changes(after: Mark, until: Mark | None = None, *, most: int = _END) -> Signed:
    """Return what the events after a place brought and replaced.

    Whoever knows how many they are says so (`most`): of places in the log the planner knows next
    to nothing, and where it expects millions it reads every fact instead of looking up a few.
    """
    high = until or Mark(_END, _END)
    bounds = {
        "most": most,
        "low_xid": after.xid,
        "low_position": after.position,
        "high_xid": high.xid,
        "high_position": high.position,
    }
    told = text(_CHANGES).bindparams(
        *(bindparam(name, value, BigInteger, unique=True) for name, value in bounds.items())
    )
    return told.columns(column("sign", Integer), *_columns())


def _columns() -> list[Any]:
    return [column(name, kind) for name, kind in TYPES.items()]


def _after(place: Mark) -> ColumnElement[bool]:
    return tuple_(events.c.xid, events.c.position) > tuple_(
        literal(place.xid, BigInteger), literal(place.position, BigInteger)
    )

"""Late work: lists that page by due date, ageing counts, stated reasons, assigned officers.

Work goes by the agency that received it and by the one that holds it now. Each has an index in the
order of the lists, so a list is a union of a branch for either, which no dossier is in twice; a
branch walks agency by agency and stops at the page's length in each.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    and_,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import KeyedColumnElement

from dossier.domain.apologies import OverdueReason
from dossier.domain.dossier import Dossier
from dossier.domain.overdue import DueRange, WorkKind, WorkSide
from dossier.domain.permissions import Sight
from dossier.store.agencies import Reach, in_sight, reaching
from dossier.store.course import last_recorded
from dossier.tables.agencies import agencies
from dossier.tables.corrections import overdue_reasons
from dossier.tables.dossiers import apologies, dossiers
from dossier.tables.facts import facts

Place = tuple[date, date, int, int]
"""Where a dossier stands in lists of work: due date, day of the code, serial, agency."""
_PLACE = ("due_on", "issued_on", "serial", "agency_id")
_SHOWN = ("channel", "received_on", "ended_on", "procedure_code", "officer")
_holders = agencies.alias("holders")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWork:
    """Which work a list asks for, as of a day; None means any agency, officer or due date.

    `is_today` says that the day is the present one, which an index of open dossiers knows.
    """

    kind: WorkKind
    on: date
    sight: Sight
    side: WorkSide = WorkSide.EITHER
    is_today: bool = False
    agencies: Collection[str] | None = None
    officer: str | None = None
    due: DueRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One dossier on a list of work."""

    agency_id: int
    agency_code: str
    resolver_agency_code: str
    issued_on: date
    serial: int
    procedure_code: str
    procedure_name: str
    channel: str
    status: int
    received_on: date
    due_on: date
    promised_on: date | None
    ended_on: date
    officer: str
    reason_code: str | None


async def work_page(
    tx: AsyncSession, asked: AskedWork, *, after: Place | None, limit: int
) -> list[Work]:
    """Return a page of a list of work, the longest due first."""
    found = _found(asked, *_SHOWN, after=after, limit=limit)
    query = (
        select(
            *(found.c[name] for name in (*_PLACE, *_SHOWN)),
            *(dossiers.c[name] for name in ("procedure_name", "status", "promised_on")),
            agencies.c.code.label("agency_code"),
            _holders.c.code.label("resolver_agency_code"),
            reason_of(found).label("reason_code"),
        )
        .join_from(found, dossiers, _same(found, dossiers))
        .join(agencies, agencies.c.agency_id == found.c.agency_id)
        .join(_holders, _holders.c.agency_id == dossiers.c.resolver_agency_id)
        .order_by(*_place(found))
        .limit(limit)
    )
    return [Work(**row) for row in (await tx.execute(query)).mappings()]


async def count_ranges(
    tx: AsyncSession, asked: AskedWork, ranges: Mapping[str, DueRange]
) -> dict[str, int]:
    """Return how many dossiers of a list are due in each range, in one pass."""
    found = _found(asked)
    counted = [
        func.count().filter(_due_in(found, due)).label(f"range_{number}")
        for number, due in enumerate(ranges.values())
    ]
    query = cast("Select[Any]", select(*counted)).select_from(found)
    row = (await tx.execute(query)).one()
    return dict(zip(ranges, row, strict=True))


async def add_reason(
    tx: AsyncSession,
    of: Dossier,
    reason: OverdueReason,
    *,
    note: str | None,
    event_number: int,
) -> None:
    """Store why a dossier is late, as its event says; the last reason stated holds."""
    await tx.execute(
        insert(overdue_reasons).values(
            agency_id=of.agency_id,
            issued_on=of.issued_on,
            serial=of.serial,
            event_number=event_number,
            reason_code=reason,
            note=note,
            recorded_at=last_recorded(of),
        )
    )


async def assign(tx: AsyncSession, of: Dossier, officer: str) -> None:
    """Store who handles a dossier."""
    await tx.execute(
        update(dossiers)
        .where(
            dossiers.c.agency_id == of.agency_id,
            dossiers.c.issued_on == of.issued_on,
            dossiers.c.serial == of.serial,
        )
        .values(case_officer=officer)
    )


def reason_of(known: FromClause) -> ColumnElement[str]:
    """Return why a dossier is late: as stated last, else as its apology said."""
    stated = select(overdue_reasons.c.reason_code).where(_same(known, overdue_reasons))
    apologised = select(apologies.c.reason_code).where(_same(known, apologies))
    last = stated.order_by(overdue_reasons.c.event_number.desc()).limit(1)
    return func.coalesce(last.scalar_subquery(), apologised.scalar_subquery())


def _found(
    asked: AskedWork, *shown: str, after: Place | None = None, limit: int | None = None
) -> Subquery:
    """Return the facts of a list: each branch in its order, and no longer than the page."""
    further: ColumnElement[bool] = true()
    if after is not None:
        further = tuple_(*_place(facts)) > tuple_(*(literal(value) for value in after))
    columns = [facts.c[name] for name in (*_PLACE, *shown)]
    branches: list[Select[Any]] = []
    for column, whose in _whose(asked):
        of_one = select(*columns).where(
            column == agencies.c.agency_id, whose, *_wanted(asked), further
        )
        if limit is not None:
            of_one = of_one.order_by(*_place(facts)).limit(limit)
        own = of_one.correlate(agencies).lateral()
        reached = in_sight(agencies.c.agency_id, asked.sight, among=asked.agencies)
        branch = select(own).select_from(agencies.join(own, true())).where(reached)
        branches.append(branch if limit is None else branch.order_by(*_place(own)).limit(limit))
    return union_all(*branches).subquery("found")


def _whose(asked: AskedWork) -> list[tuple[KeyedColumnElement[int], ColumnElement[bool]]]:
    """Return what `domain.overdue.is_on_side` says: whose index to walk, and which of it to take.

    They exclude one another, so that a dossier is there once.
    """
    receiver, holder = facts.c.agency_id, facts.c.handed_to_agency_id
    if reaching(asked.sight, asked.agencies)[0] is Reach.EVERYWHERE:
        return [(receiver, true())]
    received = in_sight(receiver, asked.sight, among=asked.agencies)
    handed = in_sight(holder, asked.sight, among=asked.agencies)
    from_elsewhere = (holder, not_(received))
    if asked.side is WorkSide.RECEIVED:
        return [(receiver, true())]
    if asked.side is WorkSide.EITHER:
        return [(receiver, true()), from_elsewhere]
    return [(receiver, or_(holder.is_(None), handed)), from_elsewhere]


def _wanted(asked: AskedWork) -> list[ColumnElement[bool]]:
    conditions = [_is_work(asked.kind, asked.on)]
    if asked.is_today and asked.kind is WorkKind.DUE_SOON:
        # What is open today has no end yet: said so that the index of late work serves as well.
        conditions.append(facts.c.ended_on > facts.c.due_on)
    if asked.due is not None:
        conditions.append(_due_in(facts, asked.due))
    if asked.officer is not None:
        conditions.append(facts.c.officer == asked.officer)
    return conditions


def _place(of: FromClause) -> list[ColumnElement[Any]]:
    return [of.c[name] for name in _PLACE]


def _is_work(kind: WorkKind, on: date) -> ColumnElement[bool]:
    """Return what `domain.overdue` says of a dossier's stretches; picks one of them or none.

    That it is due before it ends is implied for late work, and said so that its index serves.
    """
    f = facts.c
    works = and_(f.from_on <= on, f.until_on > on, ~f.is_waiting)
    if kind is WorkKind.DUE_SOON:
        return and_(works, f.due_on >= on)
    overdue = and_(works, f.due_on < on)
    if kind is WorkKind.OVERDUE:
        return and_(f.ended_on > f.due_on, overdue)
    ended_late = and_(f.is_last, f.ended_on <= on)
    is_unsent = or_(f.apologised_on > on, f.apologised_on > f.ended_on)
    return and_(f.ended_on > f.due_on, is_unsent, or_(overdue, ended_late))


def _due_in(of: FromClause, due: DueRange) -> ColumnElement[bool]:
    first = true() if due.first is None else of.c.due_on >= literal(due.first, Date)
    return and_(first, of.c.due_on <= literal(due.last, Date))


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in ("agency_id", "issued_on", "serial")))

"""Late work: lists that page by due date, ageing counts, stated reasons, assigned officers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.apologies import OverdueReason
from dossier.domain.dossier import Dossier
from dossier.domain.overdue import DueRange, WorkKind
from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight
from dossier.tables.agencies import agencies
from dossier.tables.corrections import overdue_reasons
from dossier.tables.dossiers import apologies, dossiers, events
from dossier.tables.facts import facts

Place = tuple[date, date, int, int]
"""Where a dossier stands in lists of work: due date, day of the code, serial, agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWork:
    """Which work a list asks for, as of a day; None means any agency, officer or due date."""

    kind: WorkKind
    on: date
    sight: Sight
    agencies: Collection[str] | None = None
    officer: str | None = None
    due: DueRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One dossier on a list of work."""

    agency_id: int
    agency_code: str
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
    place = tuple_(facts.c.due_on, facts.c.issued_on, facts.c.serial, facts.c.agency_id)
    further = true() if after is None else place > tuple_(*(literal(value) for value in after))
    officer = _officer()
    query = (
        select(
            *(facts.c[name] for name in ("agency_id", "issued_on", "serial", "channel")),
            *(facts.c[name] for name in ("received_on", "due_on", "ended_on", "procedure_code")),
            *(dossiers.c[name] for name in ("procedure_name", "status", "promised_on")),
            agencies.c.code.label("agency_code"),
            officer.label("officer"),
            reason_of(facts).label("reason_code"),
        )
        .join_from(facts, dossiers, _same(facts, dossiers))
        .join(agencies, agencies.c.agency_id == facts.c.agency_id)
        .where(*_wanted(asked), further)
        .order_by(facts.c.due_on, facts.c.issued_on, facts.c.serial, facts.c.agency_id)
        .limit(limit)
    )
    if asked.officer is not None:
        query = query.where(officer == asked.officer)
    return [Work(**row) for row in (await tx.execute(query)).mappings()]


async def count_ranges(
    tx: AsyncSession, asked: AskedWork, ranges: Mapping[str, DueRange]
) -> dict[str, int]:
    """Return how many dossiers of a list are due in each range, in one pass."""
    counted = [
        func.count().filter(_due_in(due)).label(f"range_{number}")
        for number, due in enumerate(ranges.values())
    ]
    query = cast("Select[Any]", select(*counted)).select_from(facts).where(*_wanted(asked))
    if asked.officer is not None:
        query = query.join(dossiers, _same(facts, dossiers)).where(_officer() == asked.officer)
    row = (await tx.execute(query)).one()
    return dict(zip(ranges, row, strict=True))


async def add_reason(
    tx: AsyncSession,
    of: Dossier,
    reason: OverdueReason,
    *,
    note: str | None,
    event_number: int,
    at: datetime,
) -> None:
    """Store why a dossier is late; the last reason stated holds."""
    await tx.execute(
        insert(overdue_reasons).values(
            agency_id=of.agency_id,
            issued_on=of.issued_on,
            serial=of.serial,
            event_number=event_number,
            reason_code=reason,
            note=note,
            recorded_at=at,
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


def _officer() -> ColumnElement[str]:
    """Return who handles a dossier: as assigned, else who took it in."""
    took_in = select(events.c.recorded_by).where(_same(facts, events), events.c.event_number == 1)
    return func.coalesce(dossiers.c.case_officer, took_in.scalar_subquery())


def _wanted(asked: AskedWork) -> list[ColumnElement[bool]]:
    conditions = [
        in_sight(facts.c.agency_id, asked.sight, among=asked.agencies),
        _is_work(asked.kind, asked.on),
    ]
    if asked.due is not None:
        conditions.append(_due_in(asked.due))
    return conditions


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


def _due_in(due: DueRange) -> ColumnElement[bool]:
    first = true() if due.first is None else facts.c.due_on >= literal(due.first, Date)
    return and_(first, facts.c.due_on <= literal(due.last, Date))


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in ("agency_id", "issued_on", "serial")))

"""Electronically certified copies, one row per agency and day."""

from dataclasses import dataclass
from datetime import date, datetime

from kit.db import refusing
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    column,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import CopiesAlreadyRecorded
from dossier.store.agencies import in_sight
from dossier.store.figures import Scope
from dossier.tables.agencies import agencies
from dossier.tables.copies import certified_copies, certified_copies_history


@dataclass(frozen=True, slots=True)
class CertifiedCopies:
    """What an agency certified on a day."""

    agency_code: str
    certified_on: date
    copy_count: int
    recorded_at: datetime


CopyPlace = tuple[date, int, int]
"""Where a copy stands in evidence: its day, its agency, its ordinal that day."""


@dataclass(frozen=True, slots=True)
class CertifiedCopy:
    """One copy: it is known by its day and its ordinal."""

    agency_id: int
    agency_code: str
    certified_on: date
    ordinal: int


async def add_copies(tx: AsyncSession, copies: CertifiedCopies, *, agency_id: int, by: str) -> None:
    """Store the count of a day.

    Raises:
        CopiesAlreadyRecorded: that day has one.
    """
    already = CopiesAlreadyRecorded(
        agency_code=copies.agency_code, certified_on=copies.certified_on
    )
    with refusing({"pk_certified_copies": already}):
        await tx.execute(
            insert(certified_copies).values(
                agency_id=agency_id,
                certified_on=copies.certified_on,
                copy_count=copies.copy_count,
                recorded_at=copies.recorded_at,
                recorded_by=by,
            )
        )


async def copies_total(tx: AsyncSession, scope: Scope) -> int:
    """Return how many copies were certified in the period."""
    known = _known(scope)
    query = select(func.coalesce(func.sum(known.c.copy_count), 0))
    return int((await tx.execute(query.where(*_counted(known, scope)))).scalar_one())


async def copies_evidence(
    tx: AsyncSession, scope: Scope, *, after: CopyPlace | None, limit: int
) -> list[CertifiedCopy]:
    """Return a page of the certified copies, one by one."""
    known = _known(scope)
    series = func.generate_series(1, known.c.copy_count)
    ordinals = series.table_valued(
        column("ordinal", Integer), name="copies", joins_implicitly=True
    ).render_derived()
    place = tuple_(known.c.certified_on, known.c.agency_id, ordinals.c.ordinal)
    further = true() if after is None else place > tuple_(*(literal(value) for value in after))
    rows = await tx.execute(
        select(
            known.c.agency_id,
            agencies.c.code.label("agency_code"),
            known.c.certified_on,
            ordinals.c.ordinal,
        )
        .join(agencies, agencies.c.agency_id == known.c.agency_id)
        .where(*_counted(known, scope), further)
        .order_by(known.c.certified_on, known.c.agency_id, ordinals.c.ordinal)
        .limit(limit)
    )
    return [CertifiedCopy(**row) for row in rows.mappings()]


def _known(scope: Scope) -> FromClause:
    """Return the counts as known then: the present ones, and those since corrected."""
    if scope.known_at is None:
        return certified_copies.alias("known")
    at, history = scope.known_at, certified_copies_history
    names = ("agency_id", "certified_on", "copy_count")
    present = select(*(certified_copies.c[name] for name in names)).where(
        certified_copies.c.recorded_at <= at
    )
    past = select(*(history.c[name] for name in names)).where(
        history.c.recorded_at <= at, history.c.recorded_to > at
    )
    return union_all(present, past).subquery("known")


def _counted(known: FromClause, scope: Scope) -> list[ColumnElement[bool]]:
    return [
        in_sight(known.c.agency_id, scope.sight, among=scope.agencies),
        known.c.certified_on.between(scope.period.start, scope.period.last_day),
    ]

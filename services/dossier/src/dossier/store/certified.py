"""Electronically certified copies, one row per agency and day."""

from dataclasses import dataclass
from datetime import date, datetime

from kit.db import refusing
from sqlalchemy import ColumnElement, Integer, column, func, insert, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import CopiesAlreadyRecorded
from dossier.store.agencies import in_sight
from dossier.store.figures import Scope
from dossier.tables import agencies, certified_copies


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
    query = select(func.coalesce(func.sum(certified_copies.c.copy_count), 0))
    return int((await tx.execute(query.where(*_counted(scope)))).scalar_one())


async def copies_evidence(
    tx: AsyncSession, scope: Scope, *, after: CopyPlace | None, limit: int
) -> list[CertifiedCopy]:
    """Return a page of the certified copies, one by one."""
    series = func.generate_series(1, certified_copies.c.copy_count)
    ordinals = series.table_valued(
        column("ordinal", Integer), name="copies", joins_implicitly=True
    ).render_derived()
    place = tuple_(
        certified_copies.c.certified_on, certified_copies.c.agency_id, ordinals.c.ordinal
    )
    further = true() if after is None else place > tuple_(*(literal(value) for value in after))
    rows = await tx.execute(
        select(
            certified_copies.c.agency_id,
            agencies.c.code.label("agency_code"),
            certified_copies.c.certified_on,
            ordinals.c.ordinal,
        )
        .join(agencies, agencies.c.agency_id == certified_copies.c.agency_id)
        .where(*_counted(scope), further)
        .order_by(certified_copies.c.certified_on, certified_copies.c.agency_id, ordinals.c.ordinal)
        .limit(limit)
    )
    return [CertifiedCopy(**row) for row in rows.mappings()]


def _counted(scope: Scope) -> list[ColumnElement[bool]]:
    conditions = [
        in_sight(certified_copies.c.agency_id, scope.sight, among=scope.agencies),
        certified_copies.c.certified_on.between(scope.period.start, scope.period.last_day),
    ]
    if scope.known_at is not None:
        conditions.append(certified_copies.c.recorded_at <= scope.known_at)
    return conditions

"""Electronically certified copies, one row per agency and day."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from kit.db import refusing
from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    bindparam,
    column,
    func,
    insert,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import CopiesAlreadyRecorded
from dossier.store.scopes import Scope, Shape, after_place, place_values
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
    return int((await tx.execute(totalling(scope.shape), scope.values())).scalar_one())


@cache
def totalling(shape: Shape) -> Executable:
    """Return the statement of `copies_total`."""
    known = _known(shape)
    query = select(func.coalesce(func.sum(known.c.copy_count), 0))
    return query.where(*_counted(known, shape))


async def copies_evidence(
    tx: AsyncSession, scope: Scope, *, after: CopyPlace | None, limit: int
) -> list[CertifiedCopy]:
    """Return a page of the certified copies, one by one."""
    query = _evidence(scope.shape, is_first=after is None)
    values = scope.values(most=limit, **place_values(after or ()))
    return [CertifiedCopy(**row) for row in (await tx.execute(query, values)).mappings()]


@cache
def _evidence(shape: Shape, *, is_first: bool) -> Executable:
    known = _known(shape)
    series = func.generate_series(1, known.c.copy_count)
    ordinals = series.table_valued(
        column("ordinal", Integer), name="copies", joins_implicitly=True
    ).render_derived()
    order = [known.c.certified_on, known.c.agency_id, ordinals.c.ordinal]
    return (
        select(
            known.c.agency_id,
            agencies.c.code.label("agency_code"),
            known.c.certified_on,
            ordinals.c.ordinal,
        )
        .join(agencies, agencies.c.agency_id == known.c.agency_id)
        .where(
            *_counted(known, shape),
            true() if is_first else tuple_(*order) > tuple_(*after_place(order)),
        )
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
    )


def _known(shape: Shape) -> FromClause:
    """Return the counts as known then: the present ones, and those since corrected."""
    if shape.knows_now:
        return certified_copies.alias("known")
    at, history = shape.known_at, certified_copies_history
    names = ("agency_id", "certified_on", "copy_count")
    present = select(*(certified_copies.c[name] for name in names)).where(
        certified_copies.c.recorded_at <= at
    )
    past = select(*(history.c[name] for name in names)).where(
        history.c.recorded_at <= at, history.c.recorded_to > at
    )
    return union_all(present, past).subquery("known")


def _counted(known: FromClause, shape: Shape) -> list[ColumnElement[bool]]:
    return [
        shape.sees(known.c.agency_id),
        known.c.certified_on.between(shape.start, shape.last_day),
    ]

"""Procedure fields and publication decisions with their effects."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import BigInteger, Date, func, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import DecisionExists, ProcedureFieldExists
from catalog.tables import ProcedureFieldRow, PublicationDecisionRow, PublicationEffectRow


async def add_field(tx: AsyncSession, *, code: str, name: str, at: datetime) -> None:
    """Record a procedure field."""
    with refusing({"pk_procedure_fields": ProcedureFieldExists(field_code=code)}):
        await tx.execute(insert(ProcedureFieldRow).values(code=code, name=name, recorded_at=at))


async def fields(tx: AsyncSession, *, after: str | None, limit: int) -> Sequence[ProcedureFieldRow]:
    """Return procedure fields in the order of their codes."""
    by_code = ProcedureFieldRow.code.collate("C")
    page = select(ProcedureFieldRow).order_by(by_code).limit(limit)
    if after is not None:
        page = page.where(by_code > after)
    return (await tx.scalars(page)).all()


async def known_fields(tx: AsyncSession, codes: Collection[str]) -> frozenset[str]:
    """Return those of `codes` that are recorded."""
    found = await tx.scalars(
        select(ProcedureFieldRow.code).where(ProcedureFieldRow.code.in_(codes))
    )
    return frozenset(found)


async def add_decision(
    tx: AsyncSession, *, number: str, decided_on: date, issued_by: str, title: str, at: datetime
) -> int:
    """Record a decision and return its id."""
    taken = DecisionExists(number=number, decided_on=decided_on)
    with refusing({"uq_publication_decisions_number_decided_on": taken}):
        added = await tx.execute(
            insert(PublicationDecisionRow)
            .values(
                number=number,
                decided_on=decided_on,
                issued_by=issued_by,
                title=title,
                recorded_at=at,
            )
            .returning(PublicationDecisionRow.decision_id)
        )
    return added.scalar_one()


async def add_effects(
    tx: AsyncSession, decision_id: int, effects: Sequence[Mapping[str, Any]], *, at: datetime
) -> None:
    """Record what the decision does, one row per procedure."""
    if effects:
        await tx.execute(
            insert(PublicationEffectRow),
            [{**effect, "decision_id": decision_id, "recorded_at": at} for effect in effects],
        )


async def decisions_numbered(
    tx: AsyncSession, numbers: Collection[str]
) -> Sequence[PublicationDecisionRow]:
    """Return the decisions of these numbers, of every year."""
    found = await tx.scalars(
        select(PublicationDecisionRow).where(PublicationDecisionRow.number.in_(numbers))
    )
    return found.all()


async def decisions(
    tx: AsyncSession, *, after: Sequence[str | int | date] | None, limit: int
) -> Sequence[PublicationDecisionRow]:
    """Return decisions, the oldest first."""
    key = tuple_(PublicationDecisionRow.decided_on, PublicationDecisionRow.decision_id)
    page = select(PublicationDecisionRow).order_by(*key.clauses).limit(limit)
    if after is not None:
        day, decision_id = after
        page = page.where(key > tuple_(literal(day, Date), literal(decision_id, BigInteger)))
    return (await tx.scalars(page)).all()


async def effects_of(
    tx: AsyncSession, decision_ids: Collection[int]
) -> Sequence[PublicationEffectRow]:
    """Return the effects of decisions in the order of their procedures."""
    found = await tx.scalars(
        select(PublicationEffectRow)
        .where(PublicationEffectRow.decision_id.in_(decision_ids))
        .order_by(PublicationEffectRow.procedure_code)
    )
    return found.all()


async def last_effects(tx: AsyncSession, codes: Collection[str]) -> dict[str, date]:
    """Return, per procedure code, the day of the last decision that publishes it."""
    found = await tx.execute(
        select(
            PublicationEffectRow.procedure_code,
            func.max(PublicationEffectRow.effective_on).label("effective_on"),
        )
        .where(
            PublicationEffectRow.procedure_code.in_(codes),
            PublicationEffectRow.kind != "abolished",
        )
        .group_by(PublicationEffectRow.procedure_code)
    )
    return {row.procedure_code: row.effective_on for row in found}

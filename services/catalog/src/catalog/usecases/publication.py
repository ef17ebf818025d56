"""Recording procedure fields and publication decisions."""

from collections.abc import Sequence
from datetime import date, datetime

from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import RepeatedInRequest
from catalog.domain.publication import PUBLISHING, Parts, missing_parts, require_complete
from catalog.domain.validity import latest_by
from catalog.schemas.publication import (
    NewPublicationDecision,
    ProcedureField,
    PublicationDecision,
    PublicationEffect,
    RecordedEffect,
)
from catalog.store import procedures as procedure_store
from catalog.store import publication as store
from catalog.store.changes import add_change
from catalog.tables import ProcedureFieldRow, PublicationDecisionRow
from catalog.usecases.authority import require_catalogue_wide


async def record_field(
    tx: AsyncSession, new: ProcedureField, *, by: Actor, at: datetime
) -> ProcedureField:
    """Record a procedure field."""
    await require_catalogue_wide(tx, by=by, at=at)
    await store.add_field(tx, code=new.code, name=new.name, at=at)
    await add_change(tx, at=at, subject=by.subject, action="record_field", resource=new.code)
    return new


async def fields(tx: AsyncSession, *, after: str | None, limit: int) -> Sequence[ProcedureFieldRow]:
    """Return procedure fields in the order of their codes."""
    return await store.fields(tx, after=after, limit=limit)


async def record_decision(
    tx: AsyncSession, new: NewPublicationDecision, *, by: Actor, at: datetime
) -> PublicationDecision:
    """Record a decision; what it publishes must be complete if it is in the catalogue already."""
    await require_catalogue_wide(tx, by=by, at=at)
    _refuse_repeated(new.effects)
    await _require_complete(tx, new.effects)
    decision_id = await store.add_decision(
        tx,
        number=new.number,
        decided_on=new.decided_on,
        issued_by=new.issued_by,
        title=new.title,
        at=at,
    )
    await store.add_effects(tx, decision_id, [e.model_dump() for e in new.effects], at=at)
    await add_change(tx, at=at, subject=by.subject, action="record_decision", resource=new.number)
    effects = sorted(new.effects, key=lambda effect: effect.procedure_code)
    return PublicationDecision(
        number=new.number,
        decided_on=new.decided_on,
        issued_by=new.issued_by,
        title=new.title,
        effects=[RecordedEffect.model_validate(effect) for effect in effects],
    )


async def decisions(
    tx: AsyncSession, *, after: Sequence[str | int | date] | None, limit: int
) -> Sequence[tuple[PublicationDecisionRow, PublicationDecision]]:
    """Return decisions with their effects, the oldest first."""
    rows = await store.decisions(tx, after=after, limit=limit)
    by_decision: dict[int, list[RecordedEffect]] = {row.decision_id: [] for row in rows}
    for effect in await store.effects_of(tx, list(by_decision)):
        by_decision[effect.decision_id].append(RecordedEffect.model_validate(effect))
    return [
        (
            row,
            PublicationDecision(
                number=row.number,
                decided_on=row.decided_on,
                issued_by=row.issued_by,
                title=row.title,
                effects=by_decision[row.decision_id],
            ),
        )
        for row in rows
    ]


def _refuse_repeated(effects: Sequence[PublicationEffect]) -> None:
    codes = [effect.procedure_code for effect in effects]
    if len(set(codes)) < len(codes):
        raise RepeatedInRequest(what="procedure_code")


async def _require_complete(tx: AsyncSession, effects: Sequence[PublicationEffect]) -> None:
    publishing = {e.procedure_code: e for e in effects if e.kind in PUBLISHING}
    versions = await procedure_store.parts_of(tx, publishing)
    for code, effect in publishing.items():
        own = [version for version in versions if version.code == code]
        version = latest_by(own, on=effect.effective_on)
        if version is not None:
            parts = Parts(
                steps=version.steps,
                filing_methods=version.filing_methods,
                components=version.components,
                sets_count=version.sets_count,
                applicants=version.applicants,
            )
            require_complete(code, missing_parts(parts))

"""What the content of a procedure refers to, looked up once for one version or for 500."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import UnknownProcedureField
from catalog.domain.publication import (
    Decision,
    Parts,
    find_decision,
    missing_parts,
    require_complete,
)
from catalog.schemas.procedures import VersionContent
from catalog.store import publication as store

_STORED_ELSEWHERE = {"code", "online_level", "decision_number", "decision_decided_on"}


@dataclass(frozen=True, slots=True)
class Known:
    """The fields and decisions that contents name, and the last effect on each procedure."""

    fields: frozenset[str]
    decisions: Sequence[Decision]
    last_effects: Mapping[str, date]


async def look_up(tx: AsyncSession, contents: Mapping[str, VersionContent]) -> Known:
    """Look up what these contents (by procedure code) name: three statements, however many."""
    numbers = {c.decision_number for c in contents.values() if c.decision_number is not None}
    decisions = await store.decisions_numbered(tx, numbers) if numbers else ()
    return Known(
        fields=await store.known_fields(tx, {each.field_code for each in contents.values()}),
        decisions=[Decision(d.decision_id, d.number, d.decided_on) for d in decisions],
        last_effects=await store.last_effects(tx, list(contents)),
    )


def version_values(
    code: str, content: VersionContent, known: Known, *, decision_id: int | None = None
) -> dict[str, Any]:
    """Return the columns of a version, or refuse what is unknown or must not be published.

    `decision_id` publishes a content that names no decision itself.
    """
    if content.field_code not in known.fields:
        raise UnknownProcedureField(field_code=content.field_code)
    if content.decision_number is not None:
        named = find_decision(known.decisions, content.decision_number, content.decision_decided_on)
        decision_id = named.decision_id
    effect_on = known.last_effects.get(code)
    if decision_id is not None or (effect_on is not None and effect_on >= content.valid_from):
        require_complete(code, missing_parts(_parts(content)))
    values = content.model_dump(mode="python", exclude=_STORED_ELSEWHERE)
    return {**values, "decision_id": decision_id}


def _parts(content: VersionContent) -> Parts:
    return Parts(
        steps=len(content.steps),
        filing_methods=len(content.filing_methods),
        components=len(content.components),
        sets_count=content.sets_count,
        applicants=len(content.applicants),
    )

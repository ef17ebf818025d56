"""Importing many procedures in one call, with an outcome for each line."""

from datetime import datetime
from typing import Any

from kernel.refusals import Refusal
from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import RepeatedInRequest
from catalog.domain.online_levels import require_level_of_the_day
from catalog.messages_vi import MESSAGES
from catalog.schemas.procedures import (
    ImportedProcedure,
    ImportLine,
    ImportOutcome,
    ImportProblem,
    ImportReport,
    ProcedureImport,
)
from catalog.schemas.publication import DecisionHead
from catalog.store import procedures as store
from catalog.store import publication as publication_store
from catalog.store.changes import add_change
from catalog.usecases.authority import require_catalogue_wide
from catalog.usecases.contents import Known, look_up, version_values


async def import_procedures(
    tx: AsyncSession, batch: ProcedureImport, *, by: Actor, at: datetime
) -> ImportReport:
    """Record what can be recorded and say of every line what became of it."""
    await require_catalogue_wide(tx, by=by, at=at)
    decision_id = await _decision_id(tx, batch.decision, at=at)
    known = await look_up(tx, {each.code: each for each in batch.procedures})
    values: dict[str, dict[str, Any]] = {}
    rejected: dict[int, Refusal] = {}
    for line, procedure in enumerate(batch.procedures, start=1):
        try:
            values[procedure.code] = _checked(procedure, known, decision_id, seen=values)
        except Refusal as refusal:
            rejected[line] = refusal
    stored = await _store(tx, batch, values, at=at)
    resource = f"{len(stored)} procedures"
    await add_change(tx, at=at, subject=by.subject, action="import_procedures", resource=resource)
    return _report(batch, stored=stored, rejected=rejected)


async def _decision_id(tx: AsyncSession, head: DecisionHead | None, *, at: datetime) -> int | None:
    if head is None:
        return None
    for recorded in await publication_store.decisions_numbered(tx, [head.number]):
        if recorded.decided_on == head.decided_on:
            return recorded.decision_id
    return await publication_store.add_decision(tx, **head.model_dump(), at=at)


def _checked(
    procedure: ImportedProcedure,
    known: Known,
    decision_id: int | None,
    *,
    seen: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    if procedure.code in seen:
        raise RepeatedInRequest(what=procedure.code)
    level = procedure.online_level
    if level is not None:
        require_level_of_the_day(level.vocabulary, level.level, level.valid_from)
    return version_values(procedure.code, procedure, known, decision_id=decision_id)


async def _store(
    tx: AsyncSession, batch: ProcedureImport, values: dict[str, dict[str, Any]], *, at: datetime
) -> frozenset[str]:
    """Store the checked lines whose codes are free, and return those codes."""
    if not values:
        return frozenset()
    ids = await store.add_procedures(tx, sorted(values), at=at)
    first = {"version_number": 1, "recorded_at": at}
    await store.add_versions(
        tx, [{**values[code], **first, "procedure_id": ids[code]} for code in ids]
    )
    levels = {
        each.code: each.online_level for each in batch.procedures if each.online_level is not None
    }
    await store.add_online_levels(
        tx,
        [
            {**level.model_dump(), "procedure_id": ids[code], "recorded_at": at}
            for code, level in levels.items()
            if code in ids
        ],
    )
    return frozenset(ids)


def _report(
    batch: ProcedureImport, *, stored: frozenset[str], rejected: dict[int, Refusal]
) -> ImportReport:
    lines = [
        _line(number, procedure.code, stored=stored, refusal=rejected.get(number))
        for number, procedure in enumerate(batch.procedures, start=1)
    ]
    outcomes = [line.outcome for line in lines]
    return ImportReport(
        stored=outcomes.count(ImportOutcome.STORED),
        duplicate=outcomes.count(ImportOutcome.DUPLICATE),
        rejected=outcomes.count(ImportOutcome.REJECTED),
        lines=lines,
    )


def _line(number: int, code: str, *, stored: frozenset[str], refusal: Refusal | None) -> ImportLine:
    if refusal is not None:
        detail = MESSAGES[refusal.code].format_map(refusal.details)
        problem = ImportProblem(code=refusal.code, detail=detail)
        return ImportLine(line=number, code=code, outcome=ImportOutcome.REJECTED, problem=problem)
    outcome = ImportOutcome.STORED if code in stored else ImportOutcome.DUPLICATE
    return ImportLine(line=number, code=code, outcome=outcome)

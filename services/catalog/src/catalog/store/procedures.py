"""Procedures, their versions and online levels; a version's end is computed, never stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import Select, and_, exists, func, insert, literal_column, or_, select, true
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from catalog.domain.errors import OnlineLevelExists, VersionNotLater
from catalog.tables import (
    AgencyProcedureRow,
    AgencyRow,
    Found,
    OnlineLevelRow,
    ProcedureFieldRow,
    ProcedureRow,
    ProcedureVersionRow,
    PublicationDecisionRow,
    PublicationEffectRow,
)

_later = aliased(ProcedureVersionRow)
_effect = aliased(PublicationEffectRow)
_effect_decision = aliased(PublicationDecisionRow)

_next_start = (
    select(func.min(_later.valid_from))
    .where(
        _later.procedure_id == ProcedureVersionRow.procedure_id,
        _later.valid_from > ProcedureVersionRow.valid_from,
    )
    .scalar_subquery()
)
_abolished_on = (
    select(func.min(_effect.effective_on))
    .where(
        _effect.procedure_code == ProcedureRow.code,
        _effect.kind == "abolished",
        _effect.effective_on > ProcedureVersionRow.valid_from,
    )
    .scalar_subquery()
)
_valid_to = func.least(_next_start, _abolished_on)  # least() passes over nulls

_VERSION = (
    ProcedureRow.code,
    ProcedureVersionRow.version_number,
    ProcedureVersionRow.name,
    ProcedureVersionRow.field_code,
    ProcedureFieldRow.name.label("field_name"),
    ProcedureVersionRow.level,
    ProcedureVersionRow.filing_methods,
    ProcedureVersionRow.steps,
    ProcedureVersionRow.components,
    ProcedureVersionRow.sets_count,
    ProcedureVersionRow.applicants,
    ProcedureVersionRow.result,
    ProcedureVersionRow.conditions,
    ProcedureVersionRow.legal_basis,
    ProcedureVersionRow.supplement_policy,
    ProcedureVersionRow.cutoff_time,
    ProcedureVersionRow.valid_from,
    _valid_to.label("valid_to"),
    PublicationDecisionRow.number.label("decision_number"),
    PublicationDecisionRow.decided_on.label("decision_decided_on"),
)
_LINE = (
    ProcedureRow.code,
    ProcedureVersionRow.version_number,
    ProcedureVersionRow.name,
    ProcedureVersionRow.field_code,
    ProcedureVersionRow.level,
    ProcedureVersionRow.valid_from,
    _valid_to.label("valid_to"),
)


def _versions(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(ProcedureRow)
        .join(ProcedureVersionRow, ProcedureVersionRow.procedure_id == ProcedureRow.procedure_id)
        .join(ProcedureFieldRow, ProcedureFieldRow.code == ProcedureVersionRow.field_code)
        .outerjoin(
            PublicationDecisionRow,
            PublicationDecisionRow.decision_id == ProcedureVersionRow.decision_id,
        )
    )


def _in_force(day: date, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Select the version in force on `day`, whether it is published, and the online level."""
    level = (
        select(OnlineLevelRow.vocabulary, OnlineLevelRow.level)
        .where(
            OnlineLevelRow.procedure_id == ProcedureRow.procedure_id,
            OnlineLevelRow.valid_from <= day,
        )
        .order_by(OnlineLevelRow.valid_from.desc())
        .limit(1)
        .lateral()
    )
    return (
        _versions(
            *columns,
            _published(day).label("published"),
            level.c.vocabulary.label("online_vocabulary"),
            level.c.level.label("online_level"),
        )
        .outerjoin(level, true())
        .where(
            ProcedureVersionRow.valid_from <= day,
            func.coalesce(_valid_to, literal_column("'infinity'::date")) > day,
        )
    )


def _published(day: date) -> Any:
    by_effect = exists().where(
        _effect.procedure_code == ProcedureRow.code,
        _effect.kind != "abolished",
        _effect.effective_on.between(ProcedureVersionRow.valid_from, day),
        _effect_decision.decision_id == _effect.decision_id,
        _effect_decision.decided_on <= day,
    )
    return or_(func.coalesce(PublicationDecisionRow.decided_on <= day, False), by_effect)


async def procedure_on(tx: AsyncSession, code: str, *, day: date) -> Found | None:
    """Return the procedure with the version in force on `day`."""
    found = await tx.execute(
        _in_force(day, *_VERSION, ProcedureRow.version).where(ProcedureRow.code == code)
    )
    return found.one_or_none()


async def procedures_on(
    tx: AsyncSession,
    *,
    day: date,
    field_code: str | None,
    level: str | None,
    agency_code: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Found]:
    """Return procedures in force on `day` in the order of their codes."""
    by_code = ProcedureRow.code.collate("C")
    page = _in_force(day, *_LINE).order_by(by_code).limit(limit)
    if field_code is not None:
        page = page.where(ProcedureVersionRow.field_code == field_code)
    if level is not None:
        page = page.where(ProcedureVersionRow.level == level)
    if agency_code is not None:
        page = page.where(_settled_by(agency_code, day))
    if after is not None:
        page = page.where(by_code > after)
    return (await tx.execute(page)).all()


def _settled_by(agency_code: str, day: date) -> Any:
    later = aliased(AgencyProcedureRow)
    row = AgencyProcedureRow
    superseded = exists().where(
        later.agency_id == row.agency_id,
        later.procedure_id == row.procedure_id,
        later.valid_from > row.valid_from,
        later.valid_from <= day,
    )
    return exists().where(
        and_(
            AgencyRow.code == agency_code,
            row.agency_id == AgencyRow.agency_id,
            row.procedure_id == ProcedureRow.procedure_id,
            row.valid_from <= day,
            or_(row.valid_to.is_(None), row.valid_to > day),
            ~superseded,
        )
    )


async def versions_of(tx: AsyncSession, code: str) -> Sequence[Found]:
    """Return all versions of a procedure, the oldest first."""
    found = await tx.execute(
        _versions(*_VERSION)
        .where(ProcedureRow.code == code)
        .order_by(ProcedureVersionRow.valid_from)
    )
    return found.all()


async def parts_of(tx: AsyncSession, codes: Collection[str]) -> Sequence[Found]:
    """Return, for every version of these procedures, how many entries each part has."""
    row = ProcedureVersionRow
    found = await tx.execute(
        select(
            ProcedureRow.code,
            row.valid_from,
            func.jsonb_array_length(row.steps).label("steps"),
            func.jsonb_array_length(row.filing_methods).label("filing_methods"),
            func.jsonb_array_length(row.components).label("components"),
            row.sets_count,
            func.jsonb_array_length(row.applicants).label("applicants"),
        )
        .join(row, row.procedure_id == ProcedureRow.procedure_id)
        .where(ProcedureRow.code.in_(codes))
    )
    return found.all()


async def procedure_ids(tx: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    """Return the ids of those of `codes` that are recorded."""
    found = await tx.execute(
        select(ProcedureRow.code, ProcedureRow.procedure_id).where(ProcedureRow.code.in_(codes))
    )
    return {row.code: row.procedure_id for row in found}


async def add_procedures(tx: AsyncSession, codes: Sequence[str], *, at: datetime) -> dict[str, int]:
    """Record new procedures and return their ids; codes already taken are left out."""
    added = await tx.execute(
        upsert(ProcedureRow)
        .values([{"code": code, "version": 1, "recorded_at": at} for code in codes])
        .on_conflict_do_nothing(constraint="uq_procedures_code")
        .returning(ProcedureRow.code, ProcedureRow.procedure_id)
    )
    return {row.code: row.procedure_id for row in added}


async def add_versions(tx: AsyncSession, versions: Sequence[Mapping[str, Any]]) -> None:
    """Record versions; each must begin on another day than the others of its procedure."""
    if not versions:
        return
    taken = VersionNotLater(valid_from=versions[0]["valid_from"])
    with refusing(
        {
            "uq_procedure_versions_procedure_id_valid_from": taken,
            "pk_procedure_versions": taken,
        }
    ):
        await tx.execute(insert(ProcedureVersionRow), list(versions))


async def last_version(tx: AsyncSession, code: str) -> Found | None:
    """Return id, entity version, and number and first day of the last version."""
    found = await tx.execute(
        select(
            ProcedureRow.procedure_id,
            ProcedureRow.version,
            func.max(ProcedureVersionRow.version_number).label("version_number"),
            func.max(ProcedureVersionRow.valid_from).label("valid_from"),
        )
        .join(ProcedureVersionRow, ProcedureVersionRow.procedure_id == ProcedureRow.procedure_id)
        .where(ProcedureRow.code == code)
        .group_by(ProcedureRow.procedure_id)
    )
    return found.one_or_none()


async def raise_version(tx: AsyncSession, procedure_id: int, *, expected_version: int) -> bool:
    """Count a change if the procedure is at `expected_version`; tell whether it was."""
    raised = await tx.scalar(
        sql_update(ProcedureRow)
        .where(ProcedureRow.procedure_id == procedure_id, ProcedureRow.version == expected_version)
        .values(version=ProcedureRow.version + 1)
        .returning(ProcedureRow.procedure_id)
    )
    return raised is not None


async def add_online_levels(tx: AsyncSession, levels: Sequence[Mapping[str, Any]]) -> None:
    """Record dated online levels."""
    if not levels:
        return
    taken = OnlineLevelExists(valid_from=levels[0]["valid_from"])
    with refusing({"pk_online_levels": taken}):
        await tx.execute(insert(OnlineLevelRow), list(levels))

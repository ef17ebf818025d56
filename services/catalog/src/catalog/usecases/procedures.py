"""Recording procedures, their versions and online levels, and reading them as of any day."""

from collections.abc import Sequence
from datetime import date, datetime

from kit.auth import Actor
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import CodeDiffers, ProcedureExists, ProcedureNotFound, VersionNotLater
from catalog.domain.online_levels import require_level_of_the_day
from catalog.schemas.procedures import (
    NewOnlineLevel,
    NewProcedure,
    NewVersion,
    ProcedureOnlineLevel,
)
from catalog.store import procedures as store
from catalog.store.changes import add_change
from catalog.tables import Found
from catalog.usecases.authority import require_catalogue_wide
from catalog.usecases.contents import look_up, version_values


async def record_procedure(
    tx: AsyncSession, new: NewProcedure, *, by: Actor, at: datetime
) -> Found:
    """Record a procedure with its first version."""
    await require_catalogue_wide(tx, by=by, at=at)
    known = await look_up(tx, {new.code: new})
    values = version_values(new.code, new, known)
    added = await store.add_procedures(tx, [new.code], at=at)
    if new.code not in added:
        raise ProcedureExists(procedure_code=new.code)
    numbered = {**values, "procedure_id": added[new.code], "version_number": 1, "recorded_at": at}
    await store.add_versions(tx, [numbered])
    await add_change(tx, at=at, subject=by.subject, action="record_procedure", resource=new.code)
    return await _as_recorded(tx, new.code, new.valid_from)


async def record_version(
    tx: AsyncSession,
    code: str,
    new: NewVersion,
    *,
    expected_version: int,
    by: Actor,
    at: datetime,
) -> Found:
    """Record the content that replaces the present one from a later day on.

    Law: NĐ 63/2010/NĐ-CP (publication of procedures)
    """
    await require_catalogue_wide(tx, by=by, at=at)
    if new.code not in (None, code):
        raise CodeDiffers(procedure_code=code)
    last = await store.last_version(tx, code)
    if last is None:
        raise ProcedureNotFound(procedure_code=code)
    require_version(expected_version, last.version)
    if new.valid_from <= last.valid_from:
        raise VersionNotLater(valid_from=last.valid_from)
    values = version_values(code, new, await look_up(tx, {code: new}))
    if not await store.raise_version(tx, last.procedure_id, expected_version=expected_version):
        require_version(expected_version, expected_version + 1)  # somebody was faster
    number = last.version_number + 1
    identity = {"procedure_id": last.procedure_id, "version_number": number, "recorded_at": at}
    await store.add_versions(tx, [{**values, **identity}])
    await add_change(tx, at=at, subject=by.subject, action="record_version", resource=code)
    return await _as_recorded(tx, code, new.valid_from)


async def record_online_level(
    tx: AsyncSession, code: str, new: NewOnlineLevel, *, by: Actor, at: datetime
) -> ProcedureOnlineLevel:
    """Record how far a procedure is online from a day on, in the words of that day."""
    await require_catalogue_wide(tx, by=by, at=at)
    require_level_of_the_day(new.vocabulary, new.level, new.valid_from)
    ids = await store.procedure_ids(tx, [code])
    if code not in ids:
        raise ProcedureNotFound(procedure_code=code)
    row = {**new.model_dump(), "procedure_id": ids[code], "recorded_at": at}
    await store.add_online_levels(tx, [row])
    await add_change(tx, at=at, subject=by.subject, action="record_online_level", resource=code)
    return ProcedureOnlineLevel(code=code, **new.model_dump())


async def procedure_on(tx: AsyncSession, code: str, *, day: date) -> Found:
    """Return the procedure with the version in force on a day."""
    procedure = await store.procedure_on(tx, code, day=day)
    if procedure is None:
        raise ProcedureNotFound(procedure_code=code, on=day)
    return procedure


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
    """Return procedures in force on a day in the order of their codes."""
    return await store.procedures_on(
        tx,
        day=day,
        field_code=field_code,
        level=level,
        agency_code=agency_code,
        after=after,
        limit=limit,
    )


async def versions_of(tx: AsyncSession, code: str) -> Sequence[Found]:
    """Return all versions of a procedure, the oldest first."""
    versions = await store.versions_of(tx, code)
    if not versions:
        raise ProcedureNotFound(procedure_code=code)
    return versions


async def _as_recorded(tx: AsyncSession, code: str, valid_from: date) -> Found:
    """Return the version that was just recorded: it is in force on its own first day."""
    return await procedure_on(tx, code, day=valid_from)

"""Procedures: their versions, their online levels, and many of them in one call."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from kit.auth import PUBLIC
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import VersionChanged, refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from kit.preconditions import IfMatch, set_etag
from kit.wire import AgencyCodeText, Slug

from catalog.deps import COPIED, CatalogKeeper, Fresh, OnDay, ProcedureCode
from catalog.domain.agencies import AgencyLevel
from catalog.domain.errors import (
    CatalogueWideWrite,
    CodeDiffers,
    DecisionExists,
    LevelOutsideVocabulary,
    OnlineLevelExists,
    ProcedureExists,
    ProcedureIncomplete,
    ProcedureNotFound,
    UnknownDecision,
    UnknownProcedureField,
    VersionNotLater,
    VocabularyNotInForce,
)
from catalog.schemas.procedures import (
    ImportReport,
    NewOnlineLevel,
    NewProcedure,
    NewVersion,
    Procedure,
    ProcedureImport,
    ProcedureLine,
    ProcedureOnlineLevel,
    ProcedureVersion,
    ProcedureVersions,
)
from catalog.usecases import imports, procedures

router = APIRouter(prefix="/v1", tags=["procedures"])


@router.get("/procedures", openapi_extra=PUBLIC)
async def list_procedures(
    tx: ReadTx,
    on: OnDay,
    field: Annotated[Slug | None, Query(description="Only this procedure field.")] = None,
    level: Annotated[AgencyLevel | None, Query(description="Only this level.")] = None,
    agency: Annotated[AgencyCodeText | None, Query(description="Only what it settles.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ProcedureLine]:
    """List procedures in force on a day in the order of their codes."""
    after = decode_cursor(cursor, str)
    rows = await procedures.procedures_on(
        tx,
        day=on,
        field_code=field,
        level=level,
        agency_code=agency,
        after=None if after is None else str(after[0]),
        limit=limit + 1,
    )
    items = [ProcedureLine.model_validate(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].code) if len(rows) > limit else None
    return Page[ProcedureLine](items=items, next_cursor=more)


@router.post(
    "/procedures",
    status_code=201,
    responses=refusals(
        ProcedureExists,
        CatalogueWideWrite,
        UnknownProcedureField,
        UnknownDecision,
        ProcedureIncomplete,
    ),
)
async def record_procedure(
    body: NewProcedure, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now, response: Response
) -> Procedure:
    """Record a procedure with its first version."""
    procedure = await once(
        lambda: procedures.record_procedure(tx, body, by=keeper, at=now), Procedure
    )
    set_etag(response, procedure.version)
    return procedure


@router.get("/procedures/{code}", openapi_extra=PUBLIC, responses=refusals(ProcedureNotFound))
async def read_procedure(
    code: ProcedureCode, tx: ReadTx, on: OnDay, response: Response
) -> Procedure:
    """Read a procedure with the version in force on a day."""
    procedure = Procedure.model_validate(await procedures.procedure_on(tx, code, day=on))
    set_etag(response, procedure.version)
    return procedure


@router.get(
    "/procedures/{code}/versions",
    openapi_extra=PUBLIC,
    response_model=ProcedureVersions,
    responses={**COPIED, **refusals(ProcedureNotFound)},
)
async def read_versions(code: ProcedureCode, tx: ReadTx, fresh: Fresh) -> object:
    """Read all versions of a procedure, the oldest first: what other services copy."""
    versions = await procedures.versions_of(tx, code)
    papers = [ProcedureVersion.model_validate(row) for row in versions]
    return fresh(ProcedureVersions(code=code, versions=papers))


@router.post(
    "/procedures/{code}/versions",
    status_code=201,
    responses=refusals(
        ProcedureNotFound,
        VersionNotLater,
        VersionChanged,
        CatalogueWideWrite,
        CodeDiffers,
        UnknownProcedureField,
        UnknownDecision,
        ProcedureIncomplete,
    ),
)
async def record_version(
    code: ProcedureCode,
    body: NewVersion,
    keeper: CatalogKeeper,
    expected_version: IfMatch,
    tx: Tx,
    once: Once,
    now: Now,
    response: Response,
) -> Procedure:
    """Record the content that replaces the present one from a later day on."""
    procedure = await once(
        lambda: procedures.record_version(
            tx, code, body, expected_version=expected_version, by=keeper, at=now
        ),
        Procedure,
    )
    set_etag(response, procedure.version)
    return procedure


@router.post(
    "/procedures/{code}/online-levels",
    status_code=201,
    responses=refusals(
        ProcedureNotFound,
        OnlineLevelExists,
        CatalogueWideWrite,
        LevelOutsideVocabulary,
        VocabularyNotInForce,
    ),
)
async def record_online_level(
    code: ProcedureCode, body: NewOnlineLevel, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> ProcedureOnlineLevel:
    """Record how far a procedure is online from a day on, in the words of that day."""
    return await once(
        lambda: procedures.record_online_level(tx, code, body, by=keeper, at=now),
        ProcedureOnlineLevel,
    )


@router.post("/procedure-imports", responses=refusals(CatalogueWideWrite, DecisionExists))
async def import_procedures(
    body: ProcedureImport, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> ImportReport:
    """Record up to 500 procedures with their publication, and say what became of each line."""
    return await once(lambda: imports.import_procedures(tx, body, by=keeper, at=now), ImportReport)

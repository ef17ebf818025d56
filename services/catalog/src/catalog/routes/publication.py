"""Procedure fields and publication decisions."""

from datetime import date

from fastapi import APIRouter
from kit.auth import PUBLIC
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor

from catalog.deps import CatalogKeeper
from catalog.domain.errors import (
    CatalogueWideWrite,
    DecisionExists,
    ProcedureFieldExists,
    ProcedureIncomplete,
    RepeatedInRequest,
)
from catalog.schemas.publication import (
    NewPublicationDecision,
    ProcedureField,
    PublicationDecision,
)
from catalog.usecases import publication

router = APIRouter(prefix="/v1", tags=["publication"])


@router.get("/procedure-fields", openapi_extra=PUBLIC)
async def list_procedure_fields(
    tx: ReadTx, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[ProcedureField]:
    """List procedure fields in the order of their codes."""
    after = decode_cursor(cursor, str)
    rows = await publication.fields(
        tx, after=None if after is None else str(after[0]), limit=limit + 1
    )
    items = [ProcedureField.model_validate(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].code) if len(rows) > limit else None
    return Page[ProcedureField](items=items, next_cursor=more)


@router.post(
    "/procedure-fields",
    status_code=201,
    responses=refusals(ProcedureFieldExists, CatalogueWideWrite),
)
async def record_procedure_field(
    body: ProcedureField, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> ProcedureField:
    """Record a procedure field."""
    return await once(lambda: publication.record_field(tx, body, by=keeper, at=now), ProcedureField)


@router.get("/publication-decisions", openapi_extra=PUBLIC)
async def list_publication_decisions(
    tx: ReadTx, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PublicationDecision]:
    """List publication decisions with their effects, the oldest first."""
    after = decode_cursor(cursor, date, int)
    found = await publication.decisions(tx, after=after, limit=limit + 1)
    items = [decision for _, decision in found[:limit]]
    last = found[limit - 1][0] if len(found) > limit else None
    more = None if last is None else encode_cursor(last.decided_on, last.decision_id)
    return Page[PublicationDecision](items=items, next_cursor=more)


@router.post(
    "/publication-decisions",
    status_code=201,
    responses=refusals(DecisionExists, CatalogueWideWrite, ProcedureIncomplete, RepeatedInRequest),
)
async def record_publication_decision(
    body: NewPublicationDecision, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> PublicationDecision:
    """Record a publication decision and what it does to procedures."""
    return await once(
        lambda: publication.record_decision(tx, body, by=keeper, at=now), PublicationDecision
    )

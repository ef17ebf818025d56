"""The back door for many dossiers at once, and the daily count of certified copies."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from kit.db import Tx
from kit.errors import KeyReused, refusals
from kit.idempotency import Once
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from dossier.deps import CaseOfficer
from dossier.domain.errors import CopiesAlreadyRecorded, InTheFuture, NotYourAgency, UnknownAgency
from dossier.intake_deps import ImportClient, Imports, NewCopies
from dossier.schemas.handling import CertifiedCopiesOut
from dossier.schemas.imports import ImportedDossier, LineOutcome
from dossier.usecases.certified import record_copies
from dossier.usecases.imports import import_dossiers

router = APIRouter(prefix="/v1", tags=["bulk"])

IMPORT_PATH = "/v1/dossier-imports"
NDJSON = "application/x-ndjson"


class NdjsonResponse(StreamingResponse):
    """Answers while the request is still being read.

    The framework's own class watches for a disconnect by reading the request's messages, which
    here are the lines still to come.
    """

    media_type = NDJSON

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the protocol's signature
        """Send the answer, leaving the request's messages alone."""
        await self.stream_response(send)


@router.post(
    "/dossier-imports",
    response_class=NdjsonResponse,
    responses={200: {"content": {NDJSON: {"schema": LineOutcome.model_json_schema()}}}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {NDJSON: {"schema": ImportedDossier.model_json_schema()}},
        }
    },
)
async def import_histories(
    request: Request, client: ImportClient, importer: Imports
) -> NdjsonResponse:
    """Store many histories, one JSON object a line, and answer each line in order.

    A line that cannot be stored is rejected by itself; lines whose external id the agency knows
    are duplicates, so a broken transfer is simply sent again. Read the answer while you write, or
    send at most 200,000 lines a request.
    """
    return NdjsonResponse(import_dossiers(importer, _chunks(request), client=client))


@router.post(
    "/certified-copies",
    status_code=201,
    responses=refusals(CopiesAlreadyRecorded, InTheFuture, NotYourAgency, UnknownAgency, KeyReused),
)
async def record_certified_copies(
    prepared: NewCopies, officer: CaseOfficer, tx: Tx, once: Once
) -> CertifiedCopiesOut:
    """State how many electronically certified copies an agency made on a day."""
    return await once(lambda: record_copies(tx, prepared, acting=officer), CertifiedCopiesOut)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """Give the body as it arrives; a client that leaves ends it."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        return

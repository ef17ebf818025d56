"""The queue of the intake desk: filings that wait, and what became of each."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from kit.db import ReadTx
from kit.errors import refusals
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import not_modified
from kit.wire import AgencyCodeText

from dossier.deps import DossierReader
from dossier.domain.errors import NotYourAgency, UnknownFiling
from dossier.domain.lifecycle import Status
from dossier.schemas.intake import StatusCode
from dossier.schemas.intake_queue import FilingEvent, FilingEvents, FilingSheet
from dossier.usecases import intake_queue

router = APIRouter(prefix="/v1/filings", tags=["intake"])

_FRESH: dict[int | str, dict[str, Any]] = {304: {"description": "The client's copy is fresh."}}


@router.get("", responses=refusals(NotYourAgency))
async def list_filings(
    agency: Annotated[AgencyCodeText, Query(description="The agency they were filed with.")],
    reader: DossierReader,
    tx: ReadTx,
    status: Annotated[StatusCode, Query(description="Where they stand.")] = int(Status.FILED),
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FilingSheet]:
    """List an agency's filings in one status, the oldest first."""
    page, following = await intake_queue.list_filings(
        tx, agency, status=status, cursor=cursor, limit=limit, acting=reader
    )
    items = [FilingSheet.model_validate(filing) for filing in page]
    return Page[FilingSheet](items=items, next_cursor=following)


@router.get(
    "/{filing_id}",
    response_model=FilingSheet,
    responses={**_FRESH, **refusals(UnknownFiling)},
)
async def read_filing(
    filing_id: UUID, reader: DossierReader, tx: ReadTx, request: Request, response: Response
) -> object:
    """Read one filing: where it stands, and the code of the dossier that it became."""
    found = await intake_queue.read_filing(tx, filing_id, acting=reader)
    fresh = not_modified(request, response, str(found.version))
    return fresh or FilingSheet.model_validate(found)


@router.get("/{filing_id}/events", responses=refusals(UnknownFiling))
async def list_events(filing_id: UUID, reader: DossierReader, tx: ReadTx) -> FilingEvents:
    """List what happened to a filing, in order: reasons and items asked for among it."""
    events = await intake_queue.list_events(tx, filing_id, acting=reader)
    return FilingEvents(items=[FilingEvent.model_validate(event) for event in events])

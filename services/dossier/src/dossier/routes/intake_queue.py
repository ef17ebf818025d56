"""The queue of the intake desk: filings that wait, and what became of each."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from kit.db import ReadTx
from kit.errors import refusals
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import BY_ACTOR, BY_VIEW, not_modified, version_tag
from kit.wire import AgencyCodeText

from dossier.deps import DossierReader
from dossier.domain.errors import NotYourAgency, UnknownFiling
from dossier.domain.lifecycle import Status
from dossier.schemas.intake import StatusCode
from dossier.schemas.intake_queue import FilingEvent, FilingEvents, FilingSheet
from dossier.usecases import intake_queue

router = APIRouter(prefix="/v1/filings", tags=["intake"])


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
    responses={**BY_VIEW, **refusals(UnknownFiling)},
)
async def read_filing(
    filing_id: UUID, reader: DossierReader, tx: ReadTx, request: Request, response: Response
) -> object:
    """Read one filing: where it stands, and the code of the dossier that it became.

    A copy that hides names has a tag of its own.
    """
    found = await intake_queue.read_filing(tx, filing_id, acting=reader)
    tag = version_tag(found.version, reader.view)
    fresh = not_modified(request, response, tag, vary=BY_ACTOR)
    return fresh or FilingSheet.model_validate(found)


@router.get("/{filing_id}/events", responses=refusals(UnknownFiling))
async def list_events(filing_id: UUID, reader: DossierReader, tx: ReadTx) -> FilingEvents:
    """List what happened to a filing, in order: reasons and items asked for among it."""
    events = await intake_queue.list_events(tx, filing_id, acting=reader)
    return FilingEvents(items=[FilingEvent.model_validate(event) for event in events])

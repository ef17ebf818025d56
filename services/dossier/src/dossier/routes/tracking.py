"""The look-up desk: lists, single dossiers, events, applicants, and the public's progress."""

from fastapi import APIRouter, Request, Response
from kit.auth import PUBLIC
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.hot import Hot
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import BY_ACTOR, BY_VIEW, not_modified, version_tag

from dossier.deps import AtOffice, CaseOfficer, DossierCode, DossierReader, TheHotCalls
from dossier.domain.errors import UnknownDossier
from dossier.schemas.look_up import ApplicantOut, DossierOut, EventOut, Progress
from dossier.usecases import reading

router = APIRouter(prefix="/v1", tags=["look-up"])


@router.get(
    "/dossiers/{code}",
    response_model=DossierOut,
    responses={**BY_VIEW, **refusals(UnknownDossier)},
)
async def read_dossier(
    code: DossierCode,
    reader: DossierReader,
    office: AtOffice,
    calls: TheHotCalls,
    request: Request,
) -> Response:
    """Read one dossier; a copy that hides names has a tag of its own."""
    found = await reading.read_sheet(calls, office, code, acting=reader)
    answer = Response(found.body, media_type="application/json")
    tag = version_tag(found.version, reader.view)
    return not_modified(request, answer, tag, vary=BY_ACTOR) or answer


@router.get("/dossiers/{code}/events", responses=refusals(UnknownDossier))
async def list_events(
    code: DossierCode,
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[EventOut]:
    """List what happened to a dossier, in order."""
    page, following = await reading.list_events(
        tx, office, code, cursor=cursor, limit=limit, acting=reader
    )
    items = [EventOut.model_validate(event) for event in page]
    return Page[EventOut](items=items, next_cursor=following)


@router.get("/dossiers/{code}/applicant", responses=refusals(UnknownDossier))
async def read_applicant(
    code: DossierCode, officer: CaseOfficer, office: AtOffice, tx: Tx, request: Request
) -> ApplicantOut:
    """Read the applicant's data in clear; who looked is recorded."""
    applicant = await reading.read_applicant(
        tx, office, code, request_id=request.scope["request_id"], acting=officer
    )
    return ApplicantOut.model_validate(applicant)


@router.get("/tracking/{code}", responses=refusals(UnknownDossier), openapi_extra=PUBLIC)
async def track_dossier(code: DossierCode, hot: Hot) -> Progress:
    """Tell anybody who holds the code how far the dossier is, and nothing else."""
    return Progress.model_validate(await reading.track_dossier(hot, code))

"""The supervisor's desk: late work, its reasons, its officers, and how late it is."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from kit.db import ReadTx, Tx
from kit.errors import VersionChanged, VersionRequired, refusals
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import IfMatch, set_etag
from kit.wire import AgencyCodeText, Day, ShortText

from dossier.deps import AtOffice, CaseOfficer, DossierCode, DossierReader
from dossier.domain.dossier import Dossier
from dossier.domain.errors import (
    InTheFuture,
    NotLate,
    NotYourAct,
    NotYourAgency,
    UnknownBucket,
    UnknownDossier,
)
from dossier.domain.overdue import WorkKind, WorkSide
from dossier.schemas.corrections import Ageing, AssignOfficer, StateOverdueReason, WorkItem
from dossier.schemas.look_up import DossierOut
from dossier.usecases import overdue
from dossier.usecases.overdue import Question

router = APIRouter(prefix="/v1", tags=["overdue work"])

_VERSIONED = (UnknownDossier, NotYourAct, VersionChanged, VersionRequired)
WorkingDays = Annotated[int, Query(ge=0, le=60, description="How soon is soon.")]
BucketName = Annotated[
    str | None, Query(max_length=20, description="Of overdue work: one ageing bucket.")
]
OnSide = Annotated[
    WorkSide, Query(description="What an agency received, what it holds now, or both together.")
]
AsOf = Annotated[Day | None, Query(description="As of this day; today when absent.")]


@router.post(
    "/dossiers/{code}/overdue-reasons", responses=refusals(*_VERSIONED, NotYourAct, NotLate)
)
async def state_reason(
    code: DossierCode,
    body: StateOverdueReason,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> DossierOut:
    """Say why a dossier is late, as its receiver or its holder; the reason stated last holds."""
    stated = await overdue.state_reason(
        tx,
        office,
        code,
        reason_code=body.reason_code,
        note=body.note,
        expected=if_match,
        acting=officer,
    )
    return _answer(stated, response)


@router.post("/dossiers/{code}/case-officer", responses=refusals(*_VERSIONED))
async def assign_officer(
    code: DossierCode,
    body: AssignOfficer,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> DossierOut:
    """Say who handles a dossier, as its holder; until then it is whoever took it in."""
    assigned = await overdue.assign_officer(
        tx, office, code, officer=body.officer, expected=if_match, acting=officer
    )
    return _answer(assigned, response)


@router.get("/overdue-work", responses=refusals(NotYourAgency, InTheFuture, UnknownBucket))
async def list_work(
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    kind: WorkKind,
    side: OnSide = WorkSide.EITHER,
    agency: AgencyCodeText | None = None,
    on: AsOf = None,
    within_working_days: WorkingDays = 3,
    officer: ShortText | None = None,
    bucket: BucketName = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[WorkItem]:
    """List what is due soon, overdue, or owes an apology, the longest due first."""
    question = Question(
        kind=kind,
        side=side,
        agency=agency,
        on=on,
        within_working_days=within_working_days,
        officer=officer,
        bucket=bucket,
    )
    page, following = await overdue.list_work(
        tx, office, question, cursor=cursor, limit=limit, acting=reader
    )
    items = [WorkItem.model_validate(item) for item in page]
    return Page[WorkItem](items=items, next_cursor=following)


@router.get("/overdue-work/ageing", responses=refusals(NotYourAgency, InTheFuture))
async def count_ageing(
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    side: OnSide = WorkSide.EITHER,
    agency: AgencyCodeText | None = None,
    on: AsOf = None,
    officer: ShortText | None = None,
) -> Ageing:
    """Count overdue dossiers by how many working days late they are; the lists show each."""
    counted = await overdue.count_ageing(
        tx, office, side=side, agency=agency, on=on, officer=officer, acting=reader
    )
    return Ageing.model_validate(counted)


def _answer(dossier: Dossier, response: Response) -> DossierOut:
    set_etag(response, dossier.version)
    return DossierOut.model_validate(dossier)

"""The second look: corrections proposed by one officer and decided by another."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from kit.db import ReadTx, Tx
from kit.errors import KeyReused, VersionChanged, VersionRequired, refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import IfMatch, set_etag

from dossier.deps import Approver, AtOffice, CaseOfficer, DossierCode, DossierReader
from dossier.domain.correction_errors import (
    HistoryMoveImpossible,
    HistoryOutOfOrder,
    HistoryStepMissing,
)
from dossier.domain.errors import (
    CorrectionDecided,
    CorrectionPending,
    CorrectionUnclear,
    EventVoid,
    InTheFuture,
    NothingToCorrect,
    NotWhatWasRecorded,
    NotYourAct,
    OwnCorrection,
    TooLongAgo,
    UnknownCorrection,
    UnknownDossier,
    UnknownEvent,
)
from dossier.schemas.corrections import CorrectionOut, ProposeCorrection, RejectCorrection
from dossier.usecases import correcting
from dossier.usecases.proposing import Claim, Decided

router = APIRouter(prefix="/v1/dossiers/{code}/corrections", tags=["corrections"])

CorrectionId = Annotated[int, Path(ge=1, le=1_000_000, description="Its number in the dossier.")]
_DECIDED = (
    UnknownDossier,
    UnknownCorrection,
    NotYourAct,
    OwnCorrection,
    CorrectionDecided,
    VersionChanged,
    VersionRequired,
)


@router.post(
    "",
    status_code=201,
    responses=refusals(
        UnknownDossier,
        UnknownEvent,
        NotYourAct,
        NotWhatWasRecorded,
        CorrectionUnclear,
        NothingToCorrect,
        EventVoid,
        CorrectionPending,
        InTheFuture,
        TooLongAgo,
        KeyReused,
    ),
)
async def propose_correction(
    code: DossierCode,
    body: ProposeCorrection,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    once: Once,
) -> CorrectionOut:
    """Propose to correct a recorded time, or an end that never came about; another approves it."""
    claim = Claim(**dict(body))
    return await once(
        lambda: correcting.propose_correction(tx, office, code, claim, acting=officer),
        CorrectionOut,
    )


@router.post(
    "/{correction_id}/approval",
    responses=refusals(*_DECIDED, HistoryOutOfOrder, HistoryMoveImpossible, HistoryStepMissing),
)
async def approve_correction(
    code: DossierCode,
    correction_id: CorrectionId,
    approver: Approver,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CorrectionOut:
    """Approve a correction: the dossier's course is told again with it."""
    decided = await correcting.approve_correction(
        tx, office, code, correction_id, expected=if_match, acting=approver
    )
    return _answer(decided, response)


@router.post("/{correction_id}/rejection", responses=refusals(*_DECIDED))
async def reject_correction(
    code: DossierCode,
    correction_id: CorrectionId,
    body: RejectCorrection,
    approver: Approver,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CorrectionOut:
    """Reject a correction, saying why."""
    decided = await correcting.reject_correction(
        tx, office, code, correction_id, reason=body.reason, expected=if_match, acting=approver
    )
    return _answer(decided, response)


@router.get("", responses=refusals(UnknownDossier))
async def list_corrections(
    code: DossierCode,
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[CorrectionOut]:
    """List the corrections of a dossier, in the order they were proposed."""
    page, following = await correcting.list_corrections(
        tx, office, code, cursor=cursor, limit=limit, acting=reader
    )
    items = [CorrectionOut.model_validate(proposal) for proposal in page]
    return Page[CorrectionOut](items=items, next_cursor=following)


def _answer(decided: Decided, response: Response) -> CorrectionOut:
    set_etag(response, decided.version)
    return CorrectionOut.model_validate(decided.proposal)

"""The second look at online filings: corrected by two officers, as dossiers are."""

from uuid import UUID

from fastapi import APIRouter, Response
from kit.db import ReadTx, Tx
from kit.errors import KeyReused, VersionChanged, VersionRequired, refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import IfMatch, set_etag

from dossier.deps import Approver, DossierReader, IntakeOfficer
from dossier.domain.correction_errors import HistoryMoveImpossible, HistoryOutOfOrder
from dossier.domain.errors import (
    ChannelNotOffered,
    CorrectionDecided,
    CorrectionPending,
    CorrectionUnclear,
    EventVoid,
    InTheFuture,
    NothingToCorrect,
    NotWhatWasRecorded,
    OwnCorrection,
    ProcedureNotInForce,
    TooLongAgo,
    UnknownCorrection,
    UnknownEvent,
    UnknownFiling,
    UnknownProcedure,
)
from dossier.intake_deps import FilingClaim, FilingCorrectionId, VersionsToApprove
from dossier.schemas.corrections import CorrectionOut, RejectCorrection
from dossier.usecases import correcting_filings
from dossier.usecases.proposing import Decided

router = APIRouter(prefix="/v1/filings/{filing_id}/corrections", tags=["corrections"])

_NO_SUCH_DAY = (UnknownProcedure, ProcedureNotInForce, ChannelNotOffered)
_DECIDED = (
    UnknownFiling,
    UnknownCorrection,
    OwnCorrection,
    CorrectionDecided,
    VersionChanged,
    VersionRequired,
)


@router.post(
    "",
    status_code=201,
    responses=refusals(
        UnknownFiling,
        UnknownEvent,
        NotWhatWasRecorded,
        CorrectionUnclear,
        NothingToCorrect,
        EventVoid,
        CorrectionPending,
        InTheFuture,
        TooLongAgo,
        *_NO_SUCH_DAY,
        KeyReused,
    ),
)
async def propose_correction(
    filing_id: UUID, claim: FilingClaim, officer: IntakeOfficer, tx: Tx, once: Once
) -> CorrectionOut:
    """Propose to correct when a filing was filed, asked for, refused; another approves it.

    A day of filing is one on which the procedure was in force and could be filed online.
    """
    return await once(
        lambda: correcting_filings.propose_correction(tx, filing_id, claim, acting=officer),
        CorrectionOut,
    )


@router.post(
    "/{correction_id}/approval",
    responses=refusals(*_DECIDED, HistoryOutOfOrder, HistoryMoveImpossible, *_NO_SUCH_DAY),
)
async def approve_correction(
    filing_id: UUID,
    correction_id: FilingCorrectionId,
    approver: Approver,
    versions: VersionsToApprove,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CorrectionOut:
    """Approve a correction: where the filing stands is told again with it."""
    decided = await correcting_filings.approve_correction(
        tx, filing_id, correction_id, versions, expected=if_match, acting=approver
    )
    return _answer(decided, response)


@router.post("/{correction_id}/rejection", responses=refusals(*_DECIDED))
async def reject_correction(
    filing_id: UUID,
    correction_id: FilingCorrectionId,
    body: RejectCorrection,
    approver: Approver,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CorrectionOut:
    """Reject a correction, saying why."""
    decided = await correcting_filings.reject_correction(
        tx, filing_id, correction_id, reason=body.reason, expected=if_match, acting=approver
    )
    return _answer(decided, response)


@router.get("", responses=refusals(UnknownFiling))
async def list_corrections(
    filing_id: UUID,
    reader: DossierReader,
    tx: ReadTx,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[CorrectionOut]:
    """List the corrections of a filing, in the order they were proposed."""
    page, following = await correcting_filings.list_corrections(
        tx, filing_id, cursor=cursor, limit=limit, acting=reader
    )
    items = [CorrectionOut.model_validate(proposal) for proposal in page]
    return Page[CorrectionOut](items=items, next_cursor=following)


def _answer(decided: Decided, response: Response) -> CorrectionOut:
    set_etag(response, decided.version)
    return CorrectionOut.model_validate(decided.proposal)

"""The second look at online filings: corrected by two officers, as dossiers are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from kit.db import ReadTx, Tx
from kit.errors import KeyReused, VersionChanged, VersionRequired, refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import IfMatch, set_etag

from dossier.deps import Approver, DossierReader, IntakeOfficer
from dossier.domain.errors import (
    CorrectionDecided,
    CorrectionPending,
    CorrectionUnclear,
    EventVoid,
    ImpossibleHistory,
    InTheFuture,
    NothingToCorrect,
    NotWhatWasRecorded,
    OwnCorrection,
    TooLongAgo,
    UnknownCorrection,
    UnknownEvent,
    UnknownFiling,
)
from dossier.schemas.corrections import CorrectionOut, ProposeCorrection, RejectCorrection
from dossier.usecases import correcting_filings
from dossier.usecases.proposing import Claim, Decided

router = APIRouter(prefix="/v1/filings/{filing_id}/corrections", tags=["corrections"])

CorrectionId = Annotated[int, Path(ge=1, le=1_000_000, description="Its number in the filing.")]
_DECIDED = refusals(
    UnknownFiling,
    UnknownCorrection,
    OwnCorrection,
    CorrectionDecided,
    ImpossibleHistory,
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
        KeyReused,
    ),
)
async def propose_correction(
    filing_id: UUID, body: ProposeCorrection, officer: IntakeOfficer, tx: Tx, once: Once
) -> CorrectionOut:
    """Propose to correct when a filing was filed, asked for, refused; another approves it."""
    claim = Claim(**dict(body))
    return await once(
        lambda: correcting_filings.propose_correction(tx, filing_id, claim, acting=officer),
        CorrectionOut,
    )


@router.post("/{correction_id}/approval", responses=_DECIDED)
async def approve_correction(
    filing_id: UUID,
    correction_id: CorrectionId,
    approver: Approver,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CorrectionOut:
    """Approve a correction: where the filing stands is told again with it."""
    decided = await correcting_filings.approve_correction(
        tx, filing_id, correction_id, expected=if_match, acting=approver
    )
    return _answer(decided, response)


@router.post("/{correction_id}/rejection", responses=_DECIDED)
async def reject_correction(
    filing_id: UUID,
    correction_id: CorrectionId,
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

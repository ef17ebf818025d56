"""The second look at certified copies: a day's count, corrected by two officers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from kit.db import ReadTx, Tx
from kit.errors import KeyReused, VersionChanged, VersionRequired, refusals
from kit.idempotency import Once
from kit.preconditions import IfMatch, not_modified, set_etag
from kit.wire import AgencyCodeText
from kit.wire import Day as DayText

from dossier.deps import Approver, CaseOfficer, DossierReader
from dossier.domain.errors import (
    CopyCorrectionPending,
    CorrectionDecided,
    OwnCorrection,
    SameCount,
    UnknownCopies,
    UnknownCopyCorrection,
)
from dossier.schemas.corrections import (
    CopyCorrectionOut,
    ProposeCount,
    RejectCorrection,
    StatedCopies,
)
from dossier.usecases import correcting_copies
from dossier.usecases.correcting_copies import Day, Decided

router = APIRouter(prefix="/v1/certified-copies/{agency_code}/{certified_on}", tags=["corrections"])


async def _day(agency_code: AgencyCodeText, certified_on: DayText) -> Day:
    return Day(agency_code, certified_on)


OfDay = Annotated[Day, Depends(_day)]
CorrectionId = Annotated[int, Path(ge=1, le=1_000_000, description="Its number in the day.")]
_DECIDED = refusals(
    UnknownCopies,
    UnknownCopyCorrection,
    OwnCorrection,
    CorrectionDecided,
    VersionChanged,
    VersionRequired,
)


@router.get("", response_model=StatedCopies, responses=refusals(UnknownCopies))
async def read_copies(
    day: OfDay, reader: DossierReader, tx: ReadTx, request: Request, response: Response
) -> StatedCopies | Response:
    """Read how many electronically certified copies an agency made on a day."""
    copies = await correcting_copies.read_copies(tx, day, acting=reader)
    unchanged = not_modified(request, response, str(copies.version))
    return unchanged or StatedCopies.model_validate(copies)


@router.post(
    "/corrections",
    status_code=201,
    responses=refusals(UnknownCopies, SameCount, CopyCorrectionPending, KeyReused),
)
async def propose_count(
    day: OfDay, body: ProposeCount, officer: CaseOfficer, tx: Tx, once: Once
) -> CopyCorrectionOut:
    """Propose to correct the count of a day; another officer approves it."""
    return await once(
        lambda: correcting_copies.propose_count(tx, day, **dict(body), acting=officer),
        CopyCorrectionOut,
    )


@router.post("/corrections/{correction_id}/approval", responses=_DECIDED)
async def approve_count(
    day: OfDay,
    correction_id: CorrectionId,
    approver: Approver,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CopyCorrectionOut:
    """Approve a corrected count; as known before, the old one holds."""
    decided = await correcting_copies.approve_count(
        tx, day, correction_id, expected=if_match, acting=approver
    )
    return _answer(decided, response)


@router.post("/corrections/{correction_id}/rejection", responses=_DECIDED)
async def reject_count(
    day: OfDay,
    correction_id: CorrectionId,
    body: RejectCorrection,
    approver: Approver,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> CopyCorrectionOut:
    """Reject a corrected count, saying why."""
    decided = await correcting_copies.reject_count(
        tx, day, correction_id, reason=body.reason, expected=if_match, acting=approver
    )
    return _answer(decided, response)


def _answer(decided: Decided, response: Response) -> CopyCorrectionOut:
    set_etag(response, decided.version)
    return CopyCorrectionOut.model_validate(decided.proposal)

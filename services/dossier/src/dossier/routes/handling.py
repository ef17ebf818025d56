"""The case officer's desk: moves, settlement, return, apologies."""

from typing import Any

from fastapi import APIRouter, Response
from kit.db import Tx
from kit.errors import VersionChanged, VersionRequired, refusals
from kit.preconditions import IfMatch, set_etag

from dossier.deps import AtOffice, CaseOfficer, DossierCode
from dossier.domain.dossier import Dossier
from dossier.domain.errors import (
    ApologyAlreadySent,
    ApologyNotDue,
    IllegalMove,
    InTheFuture,
    OutOfOrder,
    PromisedTooEarly,
    ReasonRequired,
    UnknownDossier,
)
from dossier.domain.lifecycle import Status
from dossier.schemas.handling import MoveDossier, ReturnResult, SendApology, SettleDossier
from dossier.schemas.look_up import DossierOut
from dossier.usecases import handling

router = APIRouter(prefix="/v1/dossiers/{code}", tags=["handling"])

_VERSIONED = (UnknownDossier, VersionChanged, VersionRequired, InTheFuture, OutOfOrder)
_MOVES: dict[int | str, dict[str, Any]] = refusals(*_VERSIONED, IllegalMove, ReasonRequired)


@router.post("/moves", responses=_MOVES)
async def move_dossier(
    code: DossierCode,
    body: MoveDossier,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> DossierOut:
    """Move a dossier to another status."""
    moved = await handling.move_dossier(
        tx,
        office,
        code,
        Status(body.to_status),
        expected=if_match,
        occurred_at=body.occurred_at,
        reason=body.reason,
        acting=officer,
    )
    return _answer(moved, response)


@router.post("/settlement", responses=_MOVES)
async def settle_dossier(
    code: DossierCode,
    body: SettleDossier,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> DossierOut:
    """Issue the result; the clock ends."""
    settled = await handling.settle_dossier(
        tx, office, code, expected=if_match, settled_at=body.settled_at, acting=officer
    )
    return _answer(settled, response)


@router.post("/return", responses=_MOVES)
async def return_result(
    code: DossierCode,
    body: ReturnResult,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> DossierOut:
    """Hand the result to the applicant."""
    returned = await handling.return_result(
        tx,
        office,
        code,
        expected=if_match,
        returned_at=body.returned_at,
        method=body.method,
        acting=officer,
    )
    return _answer(returned, response)


@router.post(
    "/apologies",
    responses=refusals(*_VERSIONED, ApologyAlreadySent, ApologyNotDue, PromisedTooEarly),
)
async def send_apology(
    code: DossierCode,
    body: SendApology,
    officer: CaseOfficer,
    office: AtOffice,
    tx: Tx,
    if_match: IfMatch,
    response: Response,
) -> DossierOut:
    """Apologise for a late result and promise another day; the lawful due date stays."""
    apologised = await handling.send_apology(
        tx,
        office,
        code,
        expected=if_match,
        **body.model_dump(),
        acting=officer,
    )
    return _answer(apologised, response)


def _answer(dossier: Dossier, response: Response) -> DossierOut:
    set_etag(response, dossier.version)
    return DossierOut.model_validate(dossier)

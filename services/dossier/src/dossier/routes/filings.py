"""The intake desk on filings that are not accepted: refused, supplemented, withdrawn."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from kit.db import Tx
from kit.errors import refusals

from dossier.deps import IntakeOfficer
from dossier.domain.errors import (
    ActNotPossible,
    FilingNotOpen,
    IllegalMove,
    InTheFuture,
    OutOfOrder,
    UnknownFiling,
)
from dossier.schemas.handling import AskToWithdraw, Continue, GiveBack, StopDossier
from dossier.schemas.intake import FilingOut, RefuseFiling
from dossier.schemas.papers import AskForSupplement
from dossier.usecases import filings

router = APIRouter(prefix="/v1/filings/{filing_id}", tags=["intake"])

_MOVES: dict[int | str, dict[str, Any]] = refusals(
    UnknownFiling, IllegalMove, FilingNotOpen, OutOfOrder, InTheFuture
)
_BACK: dict[int | str, dict[str, Any]] = {**_MOVES, **refusals(UnknownFiling, ActNotPossible)}


@router.post("/refusal", responses=_MOVES)
async def refuse_filing(
    filing_id: UUID, body: RefuseFiling, officer: IntakeOfficer, tx: Tx
) -> FilingOut:
    """Refuse an online filing at intake, saying why."""
    refused = await filings.refuse_filing(
        tx, filing_id, reason=body.reason, refused_at=body.refused_at, acting=officer
    )
    return FilingOut.model_validate(refused)


@router.post("/supplement-requests", responses=_MOVES)
async def ask_for_supplement(
    filing_id: UUID, body: AskForSupplement, officer: IntakeOfficer, tx: Tx
) -> FilingOut:
    """Ask for what a filing still lacks; accepting it receives the supplement."""
    asked = await filings.ask_for_supplement(
        tx,
        filing_id,
        items=[item.model_dump() for item in body.items],
        reason=body.reason,
        asked_at=body.asked_at,
        acting=officer,
    )
    return FilingOut.model_validate(asked)


@router.post("/withdrawal-requests", responses=_MOVES)
async def ask_to_withdraw(
    filing_id: UUID, body: AskToWithdraw, officer: IntakeOfficer, tx: Tx
) -> FilingOut:
    """Record that the applicant asks for a filing back before it is accepted."""
    asked = await filings.ask_to_withdraw(
        tx, filing_id, reason=body.reason, asked_at=body.asked_at, acting=officer
    )
    return FilingOut.model_validate(asked)


@router.post("/withdrawal", responses=_BACK)
async def give_back(filing_id: UUID, body: GiveBack, officer: IntakeOfficer, tx: Tx) -> FilingOut:
    """Give a filing back to the applicant who asked for it."""
    given = await filings.give_back(tx, filing_id, withdrawn_at=body.withdrawn_at, acting=officer)
    return FilingOut.model_validate(given)


@router.post("/continuation", responses=_BACK)
async def continue_filing(
    filing_id: UUID, body: Continue, officer: IntakeOfficer, tx: Tx
) -> FilingOut:
    """Go on with a filing whose applicant no longer wants it back."""
    continued = await filings.continue_filing(
        tx, filing_id, continued_at=body.continued_at, acting=officer
    )
    return FilingOut.model_validate(continued)


@router.post("/stop", responses=_MOVES)
async def stop_filing(
    filing_id: UUID, body: StopDossier, officer: IntakeOfficer, tx: Tx
) -> FilingOut:
    """Stop waiting for the supplement of a filing, saying why."""
    stopped = await filings.stop_filing(
        tx, filing_id, reason=body.reason, stopped_at=body.stopped_at, acting=officer
    )
    return FilingOut.model_validate(stopped)

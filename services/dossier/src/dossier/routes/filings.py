"""The intake desk on filings that are not accepted: refused, supplemented, withdrawn."""

from typing import Any

from fastapi import APIRouter
from kit.errors import VersionChanged, VersionRequired, refusals

from dossier.domain.errors import (
    ActNotPossible,
    FilingNotOpen,
    IllegalMove,
    InTheFuture,
    OutOfOrder,
    UnknownFiling,
)
from dossier.intake_deps import OpenFiling
from dossier.schemas.handling import AskToWithdraw, Continue, GiveBack, StopDossier
from dossier.schemas.intake import FilingOut, RefuseFiling
from dossier.schemas.papers import AskForSupplement
from dossier.usecases import filings

router = APIRouter(prefix="/v1/filings/{filing_id}", tags=["intake"])

_MOVES: dict[int | str, dict[str, Any]] = refusals(
    UnknownFiling,
    IllegalMove,
    FilingNotOpen,
    OutOfOrder,
    InTheFuture,
    VersionChanged,
    VersionRequired,
)
_BACK: dict[int | str, dict[str, Any]] = {**_MOVES, **refusals(UnknownFiling, ActNotPossible)}


@router.post("/refusal", responses=_MOVES)
async def refuse_filing(body: RefuseFiling, filing: OpenFiling) -> FilingOut:
    """Refuse an online filing at intake, saying why."""
    change = filing.change(body.refused_at)
    return filing.show(await filings.refuse_filing(filing.tx, change, reason=body.reason))


@router.post("/supplement-requests", responses=_MOVES)
async def ask_for_supplement(body: AskForSupplement, filing: OpenFiling) -> FilingOut:
    """Ask for what a filing still lacks; accepting it receives the supplement."""
    asked = await filings.ask_for_supplement(
        filing.tx,
        filing.change(body.asked_at),
        items=[item.model_dump() for item in body.items],
        reason=body.reason,
    )
    return filing.show(asked)


@router.post("/withdrawal-requests", responses=_MOVES)
async def ask_to_withdraw(body: AskToWithdraw, filing: OpenFiling) -> FilingOut:
    """Record that the applicant asks for a filing back before it is accepted."""
    change = filing.change(body.asked_at)
    return filing.show(await filings.ask_to_withdraw(filing.tx, change, reason=body.reason))


@router.post("/withdrawal", responses=_BACK)
async def give_back(body: GiveBack, filing: OpenFiling) -> FilingOut:
    """Give a filing back to the applicant who asked for it."""
    change = filing.change(body.withdrawn_at)
    return filing.show(await filings.give_back(filing.tx, change))


@router.post("/continuation", responses=_BACK)
async def continue_filing(body: Continue, filing: OpenFiling) -> FilingOut:
    """Go on with a filing whose applicant no longer wants it back."""
    change = filing.change(body.continued_at)
    return filing.show(await filings.continue_filing(filing.tx, change))


@router.post("/stop", responses=_MOVES)
async def stop_filing(body: StopDossier, filing: OpenFiling) -> FilingOut:
    """Stop waiting for the supplement of a filing, saying why."""
    change = filing.change(body.stopped_at)
    return filing.show(await filings.stop_filing(filing.tx, change, reason=body.reason))

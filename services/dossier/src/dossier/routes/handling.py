"""The case officer's desk: moves, settlement, return, withdrawal, apologies."""

from typing import Any

from fastapi import APIRouter
from kit.errors import VersionChanged, VersionRequired, refusals

from dossier.deps import Case, CaseAtOnce
from dossier.domain.errors import (
    ActNotPossible,
    ApologyAlreadySent,
    ApologyNotDue,
    ApologyTooLate,
    HandOverOpen,
    IllegalMove,
    InTheFuture,
    NeedsItsPaper,
    NotYourAct,
    OutOfOrder,
    PromisedTooEarly,
    ReasonRequired,
    UnknownDossier,
)
from dossier.domain.lifecycle import Status
from dossier.schemas.handling import (
    AskToWithdraw,
    Continue,
    GiveBack,
    MoveDossier,
    ReturnResult,
    SendApology,
    SettleDossier,
    StartProcessing,
    StopDossier,
)
from dossier.schemas.look_up import DossierOut
from dossier.usecases import handling

router = APIRouter(prefix="/v1/dossiers/{code}", tags=["handling"])

VERSIONED = (UnknownDossier, NotYourAct, VersionChanged, VersionRequired, InTheFuture, OutOfOrder)
MOVES: dict[int | str, dict[str, Any]] = refusals(*VERSIONED, IllegalMove)
WORK: dict[int | str, dict[str, Any]] = refusals(*VERSIONED, IllegalMove, HandOverOpen)
BACK: dict[int | str, dict[str, Any]] = refusals(*VERSIONED, IllegalMove, ActNotPossible)


@router.post(
    "/moves",
    responses=refusals(*VERSIONED, IllegalMove, HandOverOpen, NeedsItsPaper, ReasonRequired),
)
async def move_dossier(body: MoveDossier, case: CaseAtOnce) -> DossierOut:
    """Move a dossier to another status, as portals do; 5, 6 and 10 have desks of their own."""
    change = case.change(body.occurred_at)
    to = Status(body.to_status)
    return case.show(await handling.move_dossier(case.once, change, to, reason=body.reason))


@router.post("/processing", responses=WORK)
async def start_processing(body: StartProcessing, case: CaseAtOnce) -> DossierOut:
    """Begin the work on an accepted dossier."""
    change = case.change(body.started_at)
    return case.show(await handling.start_processing(case.once, change))


@router.post("/settlement", responses=WORK)
async def settle_dossier(body: SettleDossier, case: CaseAtOnce) -> DossierOut:
    """Issue the result; the clock ends."""
    change = case.change(body.settled_at)
    return case.show(await handling.settle_dossier(case.once, change))


@router.post("/return", responses=MOVES)
async def return_result(body: ReturnResult, case: CaseAtOnce) -> DossierOut:
    """Hand the result to the applicant."""
    change = case.change(body.returned_at)
    return case.show(await handling.return_result(case.once, change, method=body.method))


@router.post("/stop", responses=MOVES)
async def stop_dossier(body: StopDossier, case: CaseAtOnce) -> DossierOut:
    """Stop working on a dossier for good, saying why; the clock ends."""
    change = case.change(body.stopped_at)
    return case.show(await handling.stop_dossier(case.once, change, reason=body.reason))


@router.post("/withdrawal-requests", responses=MOVES)
async def ask_to_withdraw(body: AskToWithdraw, case: CaseAtOnce) -> DossierOut:
    """Record that the applicant asks for the dossier back."""
    change = case.change(body.asked_at)
    return case.show(await handling.ask_to_withdraw(case.once, change, reason=body.reason))


@router.post("/withdrawal", responses=BACK)
async def give_back(body: GiveBack, case: CaseAtOnce) -> DossierOut:
    """Give the dossier back to the applicant who asked for it; the clock ends."""
    change = case.change(body.withdrawn_at)
    return case.show(await handling.give_back(case.once, change))


@router.post("/continuation", responses=BACK)
async def continue_dossier(body: Continue, case: CaseAtOnce) -> DossierOut:
    """Go on with a dossier whose applicant no longer wants it back."""
    change = case.change(body.continued_at)
    return case.show(await handling.continue_dossier(case.once, change))


@router.post(
    "/apologies",
    responses=refusals(
        *VERSIONED, ApologyAlreadySent, ApologyNotDue, ApologyTooLate, PromisedTooEarly
    ),
)
async def send_apology(body: SendApology, case: Case) -> DossierOut:
    """Apologise for a late result and promise another day: once, a day before it is due."""
    apologised = await handling.send_apology(
        case.tx,
        case.office,
        case.change(body.sent_at),
        reason_code=body.reason_code,
        reason=body.reason,
        promised_on=body.promised_on,
    )
    return case.show(apologised)

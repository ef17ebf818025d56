"""Between agencies and units: hand-overs, what waits for an agency, and who was late."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from kit.db import ReadTx
from kit.errors import refusals
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.wire import AgencyCodeText, Instant

from dossier.deps import AtOffice, Case, DossierCode, DossierReader
from dossier.domain.errors import (
    ActNotPossible,
    AgencyEnded,
    HandedToItself,
    HandOverOpen,
    NotYourAgency,
    StepNotOpen,
    UnknownAgency,
    UnknownDossier,
    UnknownHandOver,
)
from dossier.routes.handling import VERSIONED
from dossier.schemas.hand_overs import (
    CompleteStep,
    HandOver,
    LatenessOut,
    Recall,
    StepOut,
    Steps,
    TakeOver,
    WaitingOut,
)
from dossier.schemas.look_up import DossierOut
from dossier.usecases import hand_overs

router = APIRouter(prefix="/v1", tags=["hand-overs"])

StepNumber = Annotated[int, Path(ge=1, le=100_000)]


@router.post(
    "/dossiers/{code}/hand-overs",  # noqa: FAST003 - `Case` takes it
    responses=refusals(
        *VERSIONED, ActNotPossible, HandOverOpen, HandedToItself, UnknownAgency, AgencyEnded
    ),
)
async def hand_over(body: HandOver, case: Case) -> DossierOut:
    """Hand a dossier to another agency or unit, which settles it from now on."""
    handed = await hand_overs.hand_over(
        case.tx,
        case.office,
        case.change(body.handed_over_at),
        **body.model_dump(exclude={"handed_over_at"}),
    )
    return case.show(handed)


@router.get("/dossiers/{code}/hand-overs", responses=refusals(UnknownDossier))
async def list_hand_overs(
    code: DossierCode, reader: DossierReader, office: AtOffice, tx: ReadTx
) -> Steps:
    """List the steps of a dossier, with both sides' time."""
    found = await hand_overs.list_hand_overs(tx, office, code, acting=reader)
    return Steps(items=[StepOut.model_validate(step) for step in found])


@router.post(
    "/dossiers/{code}/hand-overs/{number}/take-over",  # noqa: FAST003 - as above
    responses=refusals(*VERSIONED, ActNotPossible, UnknownHandOver, StepNotOpen),
)
async def take_over(number: StepNumber, body: TakeOver, case: Case) -> DossierOut:
    """Confirm that a dossier arrived: the taking side's time."""
    change = case.change(body.taken_over_at)
    return case.show(await hand_overs.take_over(case.tx, case.office, change, number))


@router.post(
    "/dossiers/{code}/hand-overs/{number}/completion",  # noqa: FAST003 - as above
    responses=refusals(*VERSIONED, ActNotPossible, UnknownHandOver, StepNotOpen),
)
async def complete_step(number: StepNumber, body: CompleteStep, case: Case) -> DossierOut:
    """Complete a step; the dossier goes back to the agency that received it."""
    change = case.change(body.completed_at)
    return case.show(await hand_overs.complete_step(case.tx, case.office, change, number))


@router.post(
    "/dossiers/{code}/hand-overs/{number}/recall",  # noqa: FAST003 - as above
    responses=refusals(*VERSIONED, ActNotPossible, UnknownHandOver, StepNotOpen),
)
async def recall(number: StepNumber, body: Recall, case: Case) -> DossierOut:
    """Call back a hand-over that nobody has taken over: the dossier is with its sender again."""
    change = case.change(body.recalled_at)
    called = await hand_overs.recall(case.tx, case.office, change, number, reason=body.reason)
    return case.show(called)


@router.get("/dossiers/{code}/lateness", responses=refusals(UnknownDossier))
async def explain_lateness(
    code: DossierCode,
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    known_at: Annotated[
        Instant | None, Query(description="As it was known then: the reading before corrections.")
    ] = None,
) -> LatenessOut:
    """Say how late a dossier is, which of its steps were, and whose doing it is.

    Whoever had a step of the dossier may ask, also after it ended.
    """
    found = await hand_overs.explain_lateness(tx, office, code, known_at=known_at, acting=reader)
    return LatenessOut.model_validate(found)


@router.get("/agencies/{agency}/waiting", responses=refusals(NotYourAgency, UnknownAgency))
async def list_waiting(
    agency: AgencyCodeText,
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[WaitingOut]:
    """List what waits for an agency: handed over to it and not completed, the oldest first."""
    page, following = await hand_overs.list_waiting(
        tx, office, agency, cursor=cursor, limit=limit, acting=reader
    )
    items = [WaitingOut.model_validate(one) for one in page]
    return Page[WaitingOut](items=items, next_cursor=following)

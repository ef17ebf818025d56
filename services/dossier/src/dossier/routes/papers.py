"""What is asked of applicants and of other agencies: supplements, payments, opinions."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.wire import AgencyCodeText

from dossier.deps import AtOffice, Case, CaseOfficer, DossierCode, DossierReader
from dossier.domain.errors import (
    ActNotPossible,
    AgencyEnded,
    AlreadyAnswered,
    HandOverOpen,
    IllegalMove,
    InTheFuture,
    NotYourAgency,
    OutOfOrder,
    SupplementsUsedUp,
    SupplementTooLate,
    UnknownAgency,
    UnknownConsultation,
    UnknownDossier,
)
from dossier.routes.handling import BACK, VERSIONED, WORK
from dossier.schemas.look_up import DossierOut
from dossier.schemas.papers import (
    AnswerConsultation,
    AskForPayment,
    AskForSupplement,
    ConfirmPayment,
    Consult,
    ConsultationOut,
    Consultations,
    PaymentRequestOut,
    PaymentRequests,
    ReceiveSupplement,
    SupplementRequestOut,
    SupplementRequests,
)
from dossier.usecases import consulting, payments, supplements

router = APIRouter(prefix="/v1", tags=["papers"])

_READ: dict[int | str, dict[str, Any]] = refusals(UnknownDossier)
ConsultationNumber = Annotated[int, Path(ge=1, le=100_000)]


@router.post(
    "/dossiers/{code}/supplement-requests",  # noqa: FAST003 - `Case` takes it
    responses=refusals(*VERSIONED, IllegalMove, HandOverOpen, SupplementTooLate, SupplementsUsedUp),
)
async def ask_for_supplement(body: AskForSupplement, case: Case) -> DossierOut:
    """Ask for what is missing, item by item; the clock stands still until it comes."""
    items = [item.model_dump() for item in body.items]
    asked = await supplements.ask_for_supplement(
        case.tx, case.office, case.change(body.asked_at), items=items, reason=body.reason
    )
    return case.show(asked)


@router.get("/dossiers/{code}/supplement-requests", responses=_READ)
async def list_supplement_requests(
    code: DossierCode, reader: DossierReader, office: AtOffice, tx: ReadTx
) -> SupplementRequests:
    """List what the applicant was asked to bring."""
    found = await supplements.list_supplement_requests(tx, office, code, acting=reader)
    return SupplementRequests(items=[SupplementRequestOut.model_validate(one) for one in found])


@router.post("/dossiers/{code}/supplements", responses=BACK)  # noqa: FAST003 - `Case` takes it
async def receive_supplement(body: ReceiveSupplement, case: Case) -> DossierOut:
    """Receive the whole supplement; the clock runs again, by the procedure's policy."""
    change = case.change(body.received_at)
    return case.show(await supplements.receive_supplement(case.tx, case.office, change))


@router.post("/dossiers/{code}/payment-requests", responses=WORK)  # noqa: FAST003 - as above
async def ask_for_payment(body: AskForPayment, case: Case) -> DossierOut:
    """Ask the applicant to pay; the clock stands still until it is confirmed."""
    asked = await payments.ask_for_payment(
        case.tx,
        case.office,
        case.change(body.asked_at),
        kind=body.kind,
        amount_vnd=body.amount_vnd,
        reason=body.reason,
    )
    return case.show(asked)


@router.get("/dossiers/{code}/payment-requests", responses=_READ)
async def list_payment_requests(
    code: DossierCode, reader: DossierReader, office: AtOffice, tx: ReadTx
) -> PaymentRequests:
    """List what the applicant was asked to pay."""
    found = await payments.list_payment_requests(tx, office, code, acting=reader)
    return PaymentRequests(items=[PaymentRequestOut.model_validate(one) for one in found])


@router.post("/dossiers/{code}/payments", responses=BACK)  # noqa: FAST003 - as above
async def confirm_payment(body: ConfirmPayment, case: Case) -> DossierOut:
    """Confirm that the applicant has paid; the clock runs again."""
    change = case.change(body.paid_at)
    return case.show(await payments.confirm_payment(case.tx, case.office, change))


@router.post(
    "/dossiers/{code}/consultations",  # noqa: FAST003 - as above
    responses=refusals(*VERSIONED, ActNotPossible, UnknownAgency, AgencyEnded),
)
async def consult(body: Consult, case: Case) -> DossierOut:
    """Ask another agency for its opinion; the clock runs on."""
    asked = await consulting.consult(
        case.tx,
        case.office,
        case.change(body.asked_at),
        agency_code=body.agency_code,
        question=body.question,
        answer_due_on=body.answer_due_on,
    )
    return case.show(asked)


@router.get("/dossiers/{code}/consultations", responses=_READ)
async def list_consultations(
    code: DossierCode, reader: DossierReader, office: AtOffice, tx: ReadTx
) -> Consultations:
    """List what other agencies were asked about a dossier."""
    found = await consulting.list_consultations(tx, office, code, acting=reader)
    return Consultations(items=[ConsultationOut.model_validate(one) for one in found])


@router.post(
    "/dossiers/{code}/consultations/{number}/answer",
    responses=refusals(UnknownConsultation, AlreadyAnswered, InTheFuture, OutOfOrder),
)
async def answer_consultation(
    code: DossierCode,
    number: ConsultationNumber,
    body: AnswerConsultation,
    officer: CaseOfficer,
    tx: Tx,
) -> ConsultationOut:
    """Give the opinion that was asked for; only the agency asked may, and once."""
    answered = await consulting.answer_consultation(
        tx, code, number, answer=body.answer, answered_at=body.answered_at, acting=officer
    )
    return ConsultationOut.model_validate(answered)


@router.get("/agencies/{agency}/consultations", responses=refusals(NotYourAgency, UnknownAgency))
async def list_questions(
    agency: AgencyCodeText,
    reader: DossierReader,
    office: AtOffice,
    tx: ReadTx,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ConsultationOut]:
    """List what an agency still has to answer, the oldest first."""
    page, following = await consulting.list_questions(
        tx, office, agency, cursor=cursor, limit=limit, acting=reader
    )
    items = [ConsultationOut.model_validate(one) for one in page]
    return Page[ConsultationOut](items=items, next_cursor=following)

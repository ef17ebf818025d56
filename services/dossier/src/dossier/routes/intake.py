"""The intake desk: dossiers handed in, filings taken in and accepted."""

from fastapi import APIRouter
from kit.db import Tx
from kit.errors import KeyReused, refusals
from kit.hot import Hot
from kit.idempotency import Once

from dossier.deps import IntakeOfficer, NewFiling, PreparedAcceptance, PreparedIntake
from dossier.domain.errors import (
    ChannelNotOffered,
    DuplicateDossier,
    FilingNotOpen,
    InTheFuture,
    NotYourAgency,
    OutOfOrder,
    ProcedureNotInForce,
    TooLongAgo,
    UnknownAgency,
    UnknownFiling,
    UnknownProcedure,
)
from dossier.schemas.intake import Acceptance, FilingOut, Receipt
from dossier.usecases import filings, intake

router = APIRouter(prefix="/v1", tags=["intake"])

_REFUSED_BY_CATALOGUE = (UnknownAgency, UnknownProcedure, ProcedureNotInForce, ChannelNotOffered)


@router.post(
    "/dossiers",
    status_code=201,
    responses=refusals(
        *_REFUSED_BY_CATALOGUE, DuplicateDossier, InTheFuture, TooLongAgo, NotYourAgency, KeyReused
    ),
)
async def receive_dossier(prepared: PreparedIntake, hot: Hot) -> Receipt:
    """Receive a dossier handed in at the desk or by post, and answer with its receipt."""
    return Receipt.model_validate(await intake.receive_dossier(hot, prepared))


@router.post(
    "/filings",
    status_code=201,
    responses=refusals(*_REFUSED_BY_CATALOGUE, InTheFuture, NotYourAgency, KeyReused),
)
async def file_dossier(
    prepared: NewFiling, officer: IntakeOfficer, tx: Tx, once: Once
) -> FilingOut:
    """Take in an online filing; it gets a code when it is accepted."""
    return await once(lambda: filings.file_dossier(tx, prepared, acting=officer), FilingOut)


@router.post(
    "/filings/{filing_id}/acceptance",  # noqa: FAST003 - `acceptance_to_store` takes it
    status_code=201,
    responses=refusals(
        *_REFUSED_BY_CATALOGUE,
        UnknownFiling,
        FilingNotOpen,
        DuplicateDossier,
        OutOfOrder,
        KeyReused,
    ),
)
async def accept_filing(prepared: PreparedAcceptance, tx: Tx, once: Once) -> Receipt:
    """Accept an online filing: it becomes a dossier, received when it is accepted."""
    accepted = await once(lambda: filings.accept_filing(tx, prepared), Acceptance)
    return Receipt(**dict(accepted), applicant_name=prepared.particulars.full_name)

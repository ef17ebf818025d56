"""The intake desk: dossiers handed in, filings taken in and accepted."""

from fastapi import APIRouter, Response
from kit.db import Tx
from kit.errors import KeyReused, VersionChanged, VersionRequired, refusals
from kit.idempotency import Once
from kit.preconditions import IfMatch, set_etag

from dossier.deps import IntakeOfficer, TheHotCalls
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
from dossier.intake_deps import NewFiling, PreparedAcceptance, PreparedIntake
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
async def receive_dossier(prepared: PreparedIntake, calls: TheHotCalls) -> Receipt:
    """Receive a dossier handed in at the desk or by post, and answer with its receipt."""
    return Receipt.model_validate(await intake.hand_in(calls, prepared))


@router.post(
    "/filings",
    status_code=201,
    responses=refusals(*_REFUSED_BY_CATALOGUE, InTheFuture, NotYourAgency, KeyReused),
)
async def file_dossier(
    prepared: NewFiling, officer: IntakeOfficer, tx: Tx, once: Once, response: Response
) -> FilingOut:
    """Take in an online filing; it gets a code when it is accepted."""
    filed = await once(lambda: filings.file_dossier(tx, prepared, acting=officer), FilingOut)
    set_etag(response, filed.version)
    return filed


@router.post(
    "/filings/{filing_id}/acceptance",  # noqa: FAST003 - `acceptance_to_store` takes it
    status_code=201,
    responses=refusals(
        *_REFUSED_BY_CATALOGUE,
        UnknownFiling,
        FilingNotOpen,
        DuplicateDossier,
        VersionChanged,
        VersionRequired,
        InTheFuture,
        OutOfOrder,
        KeyReused,
    ),
)
async def accept_filing(
    prepared: PreparedAcceptance, if_match: IfMatch, tx: Tx, once: Once, response: Response
) -> Receipt:
    """Accept an online filing: it becomes a dossier, whose version the answer's `ETag` names."""
    accepted = await once(
        lambda: filings.accept_filing(tx, prepared, expected=if_match), Acceptance
    )
    set_etag(response, accepted.version)
    return Receipt(**dict(accepted), applicant_name=prepared.particulars.full_name)

"""What requests to take dossiers in need: keys, filings in hand, imports, certified copies."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Request, Response, Security
from kernel.refusals import Refusal
from kit.auth import Actor, actor
from kit.db import Tx
from kit.errors import BadHeader, field_problems
from kit.preconditions import IfMatch, set_etag
from kit.wire import IDEMPOTENCY_KEY
from pydantic import ValidationError

from dossier.deps import Approver, AtOffice, CaseOfficer, IntakeOfficer
from dossier.domain.errors import InconsistentHistory
from dossier.messages_vi import WHY_INCONSISTENT
from dossier.schemas.corrections import ProposeCorrection
from dossier.schemas.handling import RecordCertifiedCopies
from dossier.schemas.imports import LineProblem
from dossier.schemas.intake import AcceptFiling, FileDossier, FilingOut, ReceiveDossier
from dossier.store.filings import Filing
from dossier.usecases.acting import Acting
from dossier.usecases.certified import PreparedCopies, prepare_copies
from dossier.usecases.correcting_filings import (
    PreparedClaim,
    Versions,
    prepare_approval,
    prepare_claim,
)
from dossier.usecases.filings import (
    FilingChange,
    PreparedFiling,
    prepare_acceptance,
    prepare_filing,
)
from dossier.usecases.imports import Client, Importer
from dossier.usecases.intake import Prepared, RequestKey, prepare_intake
from dossier.usecases.ndjson import LONGEST_LINE
from dossier.usecases.proposing import Claim


async def request_key(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(description="Same key and same request: same answer. 1 to 200 visible ASCII."),
    ] = None,
) -> RequestKey | None:
    """Read the Idempotency-Key header of an intake, whose key the stored function keeps."""
    return None if idempotency_key is None else key_of(idempotency_key, await request.body())


def key_of(idempotency_key: str, body: bytes) -> RequestKey:
    """Return the key of a request with this body.

    Raises:
        BadHeader: the header is no key.
    """
    if not IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise BadHeader(header="Idempotency-Key")
    return RequestKey(idempotency_key, hashlib.sha256(body).hexdigest())


IntakeKey = Annotated[RequestKey | None, Depends(request_key)]


async def prepared_intake(
    body: ReceiveDossier, officer: IntakeOfficer, at: AtOffice, key: IntakeKey
) -> Prepared:
    """Ask the catalogue and decide, before `Hot` takes a connection."""
    return await prepare_intake(at, body, acting=officer, request_key=key)


PreparedIntake = Annotated[Prepared, Depends(prepared_intake)]


async def filing_to_store(
    body: FileDossier, officer: IntakeOfficer, at: AtOffice
) -> PreparedFiling:
    """Ask the catalogue and decide, before `Tx` takes a connection."""
    return await prepare_filing(at, body, acting=officer)


NewFiling = Annotated[PreparedFiling, Depends(filing_to_store)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingInHand:
    """An online filing in an intake officer's hands, at the version the officer has read."""

    filing_id: UUID
    expected: int
    officer: Acting
    response: Response
    tx: Tx

    def change(self, at: datetime | None) -> FilingChange:
        """Return the change that an act of `at` (now when None) makes."""
        return FilingChange(
            filing_id=self.filing_id, expected=self.expected, at=at, acting=self.officer
        )

    def show(self, filing: Filing) -> FilingOut:
        """Return a filing as it now stands, with its version as entity tag."""
        set_etag(self.response, filing.version)
        return FilingOut.model_validate(filing)


async def filing_in_hand(
    filing_id: UUID, officer: IntakeOfficer, if_match: IfMatch, response: Response, tx: Tx
) -> FilingInHand:
    """Take a filing in hand for an act."""
    return FilingInHand(
        filing_id=filing_id, expected=if_match, officer=officer, response=response, tx=tx
    )


OpenFiling = Annotated[FilingInHand, Depends(filing_in_hand)]


async def acceptance_to_store(
    filing_id: UUID,
    body: AcceptFiling,
    officer: IntakeOfficer,
    at: AtOffice,
    if_match: IfMatch,
    request: Request,
) -> Prepared:
    """Read the filing and ask the catalogue, before `Tx` takes a connection."""
    reading = request.app.state.read_sessions
    change = FilingChange(
        filing_id=filing_id, expected=if_match, at=body.accepted_at, acting=officer
    )
    return await prepare_acceptance(reading, at, change)


PreparedAcceptance = Annotated[Prepared, Depends(acceptance_to_store)]


async def filing_claim(
    filing_id: UUID, body: ProposeCorrection, officer: IntakeOfficer, at: AtOffice, request: Request
) -> PreparedClaim:
    """Read the filing and ask the catalogue, before `Tx` takes a connection."""
    reading, claim = request.app.state.read_sessions, Claim(**dict(body))
    return await prepare_claim(reading, at, filing_id, claim, acting=officer)


FilingClaim = Annotated[PreparedClaim, Depends(filing_claim)]
FilingCorrectionId = Annotated[
    int, Path(ge=1, le=1_000_000, description="Its number in the filing.")
]


async def versions_to_approve(
    filing_id: UUID,
    correction_id: FilingCorrectionId,
    approver: Approver,
    at: AtOffice,
    request: Request,
) -> Versions:
    """Read the filing and ask the catalogue, before `Tx` takes a connection."""
    reading = request.app.state.read_sessions
    return await prepare_approval(reading, at, filing_id, correction_id, acting=approver)


VersionsToApprove = Annotated[Versions, Depends(versions_to_approve)]


async def copies_to_store(
    body: RecordCertifiedCopies, officer: CaseOfficer, at: AtOffice
) -> PreparedCopies:
    """Ask the catalogue, before `Tx` takes a connection."""
    return await prepare_copies(at, body, acting=officer)


NewCopies = Annotated[PreparedCopies, Depends(copies_to_store)]


async def importer(request: Request, at: AtOffice) -> Importer:
    """Return what a bulk import works with."""
    state = request.app.state
    english = request.headers.get("accept-language", "").lower().startswith("en")
    language = "en" if english else "vi"

    def worded(code: str, details: Mapping[str, object]) -> LineProblem:
        return LineProblem(code=code, detail=state.messages.text(code, language, details))

    def explain(refusal: Refusal) -> LineProblem:
        if not isinstance(refusal, InconsistentHistory):
            return worded(refusal.code, refusal.details)
        why, pointer = str(refusal.details["why"]), str(refusal.details["pointer"])
        words = {"pointer": pointer, "why": WHY_INCONSISTENT[language][why]}
        problem = worded(refusal.code, words)
        return problem.model_copy(update={"reason": why, "pointers": (pointer,)})

    def malformed(error: ValidationError) -> LineProblem:
        found = error.errors(include_url=False, include_input=False)
        if found[0]["type"] in _NO_OBJECT and not found[0]["loc"]:
            return worded("malformed_json", {})
        errors = field_problems(found[:_MOST_PROBLEMS], language=language)
        problem = worded("invalid_fields", {})
        said = "; ".join(f"{at.pointer}: {at.message}" for at in errors[:_MOST_SAID])
        return problem.model_copy(
            update={
                "detail": f"{problem.detail} {said}.",
                "pointers": tuple(at.pointer for at in errors),
                "errors": tuple(errors),
            }
        )

    return Importer(
        sessions=state.sessions,
        office=at,
        clock=state.clock,
        explain=explain,
        malformed=malformed,
        too_long=worded("line_too_long", {"longest": LONGEST_LINE}),
    )


async def _import_client(
    who: Annotated[Actor, Security(actor, scopes=["dossiers:import"])],
) -> Client:
    return Client(who.subject, who.agency_code)


ImportClient = Annotated[Client, Depends(_import_client)]
_NO_OBJECT = frozenset({"json_invalid", "model_type"})
_MOST_PROBLEMS = 20
_MOST_SAID = 3

Imports = Annotated[Importer, Depends(importer)]

"""The vocabulary of signatures: who acts, with what, when."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response, Security
from kernel.refusals import Refusal
from kit.auth import Actor, actor
from kit.clock import Now
from kit.db import Tx
from kit.errors import BadHeader, field_problems
from kit.figures import AskedEvidence, AskedFigures, EvidenceQuery
from kit.hot import Hot
from kit.preconditions import IfMatch, set_etag
from kit.wire import IDEMPOTENCY_KEY, AgencyCodeText, DossierCodeText
from pydantic import ValidationError

from dossier.domain.desk import Desk
from dossier.domain.dossier import Dossier
from dossier.domain.errors import InconsistentHistory
from dossier.domain.privacy import sees_people
from dossier.messages_vi import WHY_INCONSISTENT
from dossier.schemas.due_dates import BeginRecomputation, SetDeskHours
from dossier.schemas.handling import RecordCertifiedCopies
from dossier.schemas.imports import LineProblem
from dossier.schemas.intake import AcceptFiling, FileDossier, FilingOut, ReceiveDossier
from dossier.schemas.look_up import DossierOut
from dossier.store.filings import Filing
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.certified import PreparedCopies, prepare_copies
from dossier.usecases.changing import Change, agency_of
from dossier.usecases.closing import Closer, close_past, require_closed
from dossier.usecases.desk_hours import PreparedHours, prepare_hours
from dossier.usecases.filings import (
    FilingChange,
    PreparedFiling,
    prepare_acceptance,
    prepare_filing,
)
from dossier.usecases.folding import Folder
from dossier.usecases.handling import AtOnce
from dossier.usecases.imports import Client, Importer
from dossier.usecases.intake import Prepared, RequestKey, prepare_intake
from dossier.usecases.ndjson import LONGEST_LINE
from dossier.usecases.printing import Reader
from dossier.usecases.recomputing import (
    Batch,
    Keeper,
    PlannedRun,
    keeper_of,
    plan_run,
    prepare_batch,
)

DossierCode = Annotated[DossierCodeText, Path(alias="code", description="The dossier's code.")]


async def office(request: Request) -> Office:
    """Return the desk's copy of the catalogue and its seal."""
    opened: Office = request.app.state.office
    return opened


AtOffice = Annotated[Office, Depends(office)]


async def _acting(who: Actor, at: Office, now: Now) -> Acting:
    return Acting(
        by=who.subject,
        sight=await at.catalogue.sight(who),
        now=now,
        sees_people=sees_people(who.scopes),
    )


def _with(scope: str) -> Callable[..., Awaitable[Acting]]:
    """Return what admits whoever may do what `scope` says."""

    async def admit(
        who: Annotated[Actor, Security(actor, scopes=[scope])], at: AtOffice, now: Now
    ) -> Acting:
        return await _acting(who, at, now)

    return admit


IntakeOfficer = Annotated[Acting, Depends(_with("dossiers:receive"))]
CaseOfficer = Annotated[Acting, Depends(_with("dossiers:process"))]
Approver = Annotated[Acting, Depends(_with("dossiers:approve"))]
DossierReader = Annotated[Acting, Depends(_with("dossiers:read"))]
FiguresReader = Annotated[Acting, Depends(_with("figures:read"))]
FigureKeeper = Annotated[Acting, Depends(_with("figures:fold"))]


async def the_closer(request: Request) -> Closer:
    """Return what closing the past works with: transactions apart from the snapshot read."""
    state = request.app.state
    return Closer(state.sessions, state.clock)


TheCloser = Annotated[Closer, Depends(the_closer)]


async def known_at(asked: AskedFigures, _: FiguresReader, closer: TheCloser) -> datetime:
    """Close the past before `ReadTx` takes its snapshot, and return as of when figures are told."""
    return await close_past(closer, asked.known_at)


KnownAt = Annotated[datetime, Depends(known_at)]


async def closed_evidence(
    asked: AskedEvidence, _: FiguresReader, closer: TheCloser
) -> EvidenceQuery:
    """Close the past up to the instant that evidence is asked as of; without one it is the present.

    A page cannot say that it is as of another instant, so it is refused then.
    """
    if (instant := asked.figures.known_at) is not None:
        await require_closed(closer, instant)
    return asked


ClosedEvidence = Annotated[EvidenceQuery, Depends(closed_evidence)]


async def the_folder(request: Request) -> Folder:
    """Return what folding works with."""
    folder: Folder = request.app.state.folder
    return folder


TheFolder = Annotated[Folder, Depends(the_folder)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A dossier in a case officer's hands, at the version the officer has read."""

    code: str
    expected: int
    officer: Acting
    response: Response

    def change(self, at: datetime | None) -> Change:
        """Return the change that an act of `at` (now when None) makes."""
        return Change(code=self.code, expected=self.expected, at=at, acting=self.officer)

    def show(self, dossier: Dossier) -> DossierOut:
        """Return a dossier as it now stands, with its version as entity tag."""
        set_etag(self.response, dossier.version)
        return DossierOut.model_validate(dossier)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInHand(InHand):
    """A dossier for an act in a transaction."""

    tx: Tx
    office: Office


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInHandAtOnce(InHand):
    """A dossier for an act of one stored call."""

    once: AtOnce


async def case_in_hand(
    code: DossierCode,
    officer: CaseOfficer,
    at: AtOffice,
    if_match: IfMatch,
    response: Response,
    tx: Tx,
) -> CaseInHand:
    """Take a dossier in hand for an act in a transaction."""
    return CaseInHand(
        code=code, expected=if_match, officer=officer, response=response, tx=tx, office=at
    )


async def desk_of_case(code: DossierCode, at: AtOffice) -> Desk:
    """Ask when the desk works, before `Hot` takes a connection."""
    return await at.catalogue.desk(agency_of(code))


async def case_at_once(
    code: DossierCode,
    officer: CaseOfficer,
    at: AtOffice,
    if_match: IfMatch,
    response: Response,
    desk: Annotated[Desk, Depends(desk_of_case)],
    hot: Hot,
) -> CaseInHandAtOnce:
    """Take a dossier in hand for an act of one stored call."""
    return CaseInHandAtOnce(
        code=code,
        expected=if_match,
        officer=officer,
        response=response,
        once=AtOnce(hot, at, desk),
    )


Case = Annotated[CaseInHand, Depends(case_in_hand)]
CaseAtOnce = Annotated[CaseInHandAtOnce, Depends(case_at_once)]


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


HoursKeeper = Annotated[Acting, Depends(_with("calendar:apply"))]


async def calendar_keeper(
    who: Annotated[Actor, Security(actor, scopes=["calendar:apply"])], at: AtOffice, now: Now
) -> Keeper:
    """Return who applies the calendar: the province, or who sees the whole tree."""
    return keeper_of(who, await _acting(who, at, now))


CalendarKeeper = Annotated[Keeper, Depends(calendar_keeper)]


async def hours_to_set(
    agency: AgencyCodeText, body: SetDeskHours, keeper: HoursKeeper, at: AtOffice
) -> PreparedHours:
    """Check the hours and ask the catalogue, before `Tx` takes a connection."""
    return await prepare_hours(at, agency, body, acting=keeper)


NewHours = Annotated[PreparedHours, Depends(hours_to_set)]


async def run_to_begin(
    body: BeginRecomputation, keeper: CalendarKeeper, at: AtOffice
) -> PlannedRun:
    """Read the calendar anew, before `Tx` takes a connection."""
    return await plan_run(at, body, keeper=keeper)


NewRun = Annotated[PlannedRun, Depends(run_to_begin)]


async def batch_to_work_on(
    run_id: UUID,
    keeper: CalendarKeeper,
    at: AtOffice,
    request: Request,
    size: Annotated[int, Query(ge=1, le=1_000, description="How many dossiers.")] = 500,
) -> Batch:
    """Read the run and the calendar anew, before `Tx` takes a connection."""
    reading = request.app.state.read_sessions
    return await prepare_batch(reading, at, run_id, size=size, keeper=keeper)


NextBatch = Annotated[Batch, Depends(batch_to_work_on)]


async def _writing(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


Writing = Annotated[Sessions, Depends(_writing)]
"""Short transactions that a use case opens itself, with slow work between them and the answer."""


async def _printing(officer: CaseOfficer, request: Request) -> Reader:
    return Reader(officer, request.scope["request_id"])


PaperReader = Annotated[Reader, Depends(_printing)]
"""Papers show applicants in clear, so reading them is not for whoever may read lists."""

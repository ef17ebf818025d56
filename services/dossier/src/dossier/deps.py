"""The vocabulary of signatures: who acts, with what, when."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response, Security
from kit.auth import Actor, actor
from kit.clock import Now
from kit.db import Tx
from kit.figures import AskedEvidence, EvidenceQuery
from kit.hot import Hot
from kit.preconditions import IfMatch, set_etag
from kit.wire import AgencyCodeText, DossierCodeText

from dossier.domain.desk import Desk
from dossier.domain.dossier import Dossier
from dossier.domain.privacy import sees_people
from dossier.schemas.due_dates import BeginRecomputation, SetDeskHours
from dossier.schemas.look_up import DossierOut
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.changing import Change, agency_of
from dossier.usecases.closing import Closer, require_closed
from dossier.usecases.desk_hours import PreparedHours, prepare_hours
from dossier.usecases.folding import Folder
from dossier.usecases.handling import AtOnce
from dossier.usecases.hot_calls import HotCalls
from dossier.usecases.printing import Reader
from dossier.usecases.recomputing import (
    Batch,
    Keeper,
    PlannedRun,
    keeper_of,
    plan_run,
    prepare_batch,
)
from dossier.usecases.verifying import Verifier

DossierCode = Annotated[DossierCodeText, Path(alias="code", description="The dossier's code.")]


async def office(request: Request) -> Office:
    """Return the desk's copy of the catalogue and its seal."""
    opened: Office = request.app.state.office
    return opened


AtOffice = Annotated[Office, Depends(office)]


async def hot_calls(request: Request) -> HotCalls:
    """Return the stored calls that requests share."""
    calls: HotCalls = request.app.state.hot_calls
    return calls


TheHotCalls = Annotated[HotCalls, Depends(hot_calls)]


async def acting_of(who: Actor, at: Office, now: datetime) -> Acting:
    """Say who acts, with what in sight."""
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
        return await acting_of(who, at, now)

    return admit


IntakeOfficer = Annotated[Acting, Depends(_with("dossiers:receive"))]
CaseOfficer = Annotated[Acting, Depends(_with("dossiers:process"))]
Approver = Annotated[Acting, Depends(_with("dossiers:approve"))]
DossierReader = Annotated[Acting, Depends(_with("dossiers:read"))]
FiguresReader = Annotated[Acting, Depends(_with("figures:read"))]
FigureKeeper = Annotated[Acting, Depends(_with("figures:fold"))]


async def the_closer(request: Request) -> Closer:
    """Return what closing the past works with: calls of their own, before the snapshot is read."""
    state = request.app.state
    return Closer(state.hot, state.clock)


TheCloser = Annotated[Closer, Depends(the_closer)]


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


async def the_verifier(request: Request) -> Verifier:
    """Return what comparing counts with facts works with."""
    verifier: Verifier = request.app.state.figure_verifier
    return verifier


TheVerifier = Annotated[Verifier, Depends(the_verifier)]


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


HoursKeeper = Annotated[Acting, Depends(_with("calendar:apply"))]


async def calendar_keeper(
    who: Annotated[Actor, Security(actor, scopes=["calendar:apply"])], at: AtOffice, now: Now
) -> Keeper:
    """Return who applies the calendar: the province, or who sees the whole tree."""
    return keeper_of(who, await acting_of(who, at, now))


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

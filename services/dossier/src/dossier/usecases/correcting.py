"""Correcting the record: proposed with evidence, decided by somebody else, told from events."""

from datetime import datetime

from kernel.codes import DossierCode
from kit.errors import VersionChanged
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain import explanation
from dossier.domain.corrections import (
    CorrectionState,
    Details,
    Recorded,
    changed_days,
    may_know,
    received_at,
    records,
    replay,
    require_own_record,
)
from dossier.domain.dossier import Course, Dossier
from dossier.domain.errors import UnknownCorrection, UnknownDossier, UnknownEvent
from dossier.domain.event_kinds import CORRECTED
from dossier.domain.permissions import may_read
from dossier.domain.questions import told_questions
from dossier.domain.recomputing import RECOUNTED, reopened
from dossier.domain.step_history import told_by
from dossier.store import corrections as store
from dossier.store import course as courses
from dossier.store import dossiers, hand_overs, papers, proposals
from dossier.store.course import Act
from dossier.store.proposals import Proposal
from dossier.usecases.acting import Acting, Office
from dossier.usecases.proposing import (
    REJECTED,
    Claim,
    Decided,
    page_of,
    propose,
    proposed,
    require_decidable,
    told,
)
from dossier.usecases.reading import read_dossier
from dossier.usecases.telling import Log, read_log, story_of, told_steps


async def propose_correction(
    tx: AsyncSession, office: Office, code: str, claim: Claim, *, acting: Acting
) -> Proposal:
    """Say that an event happened at another time, or never; it waits for approval."""
    dossier = await _held(tx, office, code)
    log = await read_log(tx, dossier)
    event = _own_event(dossier, log, claim.event_number, acting)
    return await propose(
        tx,
        store.subject(dossier),
        event,
        claim,
        recorded=records(event),
        holding=log.holding,
        acting=acting,
    )


async def approve_correction(
    tx: AsyncSession,
    office: Office,
    code: str,
    correction_id: int,
    *,
    expected: int,
    acting: Acting,
) -> Decided:
    """Approve a correction: the course is told again, and the facts of before stay on record."""
    desk = await office.catalogue.desk(DossierCode.parse(code).agency.text)
    dossier = await _held(tx, office, code)
    log = await read_log(tx, dossier)
    proposal = await _open_proposal(
        tx, dossier, log, correction_id, expected=expected, acting=acting
    )
    holding = {**log.holding, proposal.event_number: proposal.correction}
    corrected = Log(log.events, holding)
    before = await courses.course(tx, dossier)
    story = await story_of(tx, dossier, log.events)
    replayed = replay(story, holding, desk)
    counted = explanation.told(log.events, holding, dossier.terms, desk).due_on
    after = reopened(before, replayed, counted, at=acting.now)
    way = await told_steps(tx, dossier, corrected, desk)
    questions = told_questions(log.events, holding)
    details = {
        **told(proposal),
        **changed_days(before.facts, after.facts),
        **_changed_hands(dossier, way.resolver),
    }
    if after != replayed and counted is not None:
        details[RECOUNTED] = counted.isoformat()
    at = await _keep(
        tx,
        dossier,
        before,
        after,
        kind=CORRECTED,
        details=details,
        resolver=way.resolver,
        acting=acting,
    )
    await store.keep_receipt(tx, dossier, received_at(story, holding))
    await hand_overs.keep_steps(tx, dossier, way.changed)
    await papers.keep_question_times(tx, dossier, questions)
    of, state = store.subject(dossier), CorrectionState.APPROVED
    await proposals.decide(tx, of, correction_id, state, by=acting.by, at=at)
    return Decided(await proposed(tx, of, correction_id), dossier.version + 1)


async def reject_correction(
    tx: AsyncSession,
    office: Office,
    code: str,
    correction_id: int,
    *,
    reason: str,
    expected: int,
    acting: Acting,
) -> Decided:
    """Reject a correction, saying why; the course stays."""
    dossier = await _held(tx, office, code)
    log = await read_log(tx, dossier)
    proposal = await _open_proposal(
        tx, dossier, log, correction_id, expected=expected, acting=acting
    )
    course = await courses.course(tx, dossier)
    at = await _keep(
        tx, dossier, course, course, kind=REJECTED, details=told(proposal), acting=acting
    )
    of, state = store.subject(dossier), CorrectionState.REJECTED
    await proposals.decide(tx, of, correction_id, state, by=acting.by, at=at, reason=reason)
    return Decided(await proposed(tx, of, correction_id), dossier.version + 1)


async def list_corrections(
    tx: AsyncSession, office: Office, code: str, *, cursor: str | None, limit: int, acting: Acting
) -> tuple[list[Proposal], str | None]:
    """Return a page of a dossier's corrections, in order, and the cursor of the next."""
    dossier = await read_dossier(tx, office, code, acting=acting)
    return await page_of(tx, store.subject(dossier), cursor=cursor, limit=limit)


async def _held(tx: AsyncSession, office: Office, code: str) -> Dossier:
    """Return the dossier as it is once nobody else can decide: who waited sees what was decided.

    Whether the actor may know of it hangs on the event that is corrected.
    """
    dossier = await _whoever_asks(tx, office, code)
    await store.hold(tx, dossier)
    return await _whoever_asks(tx, office, code)


async def _whoever_asks(tx: AsyncSession, office: Office, code: str) -> Dossier:
    found = await dossiers.dossier(tx, code, None, office.sealer)
    if found is None:
        raise UnknownDossier(code=code)
    return found


async def _open_proposal(
    tx: AsyncSession,
    dossier: Dossier,
    log: Log,
    correction_id: int,
    *,
    expected: int,
    acting: Acting,
) -> Proposal:
    try:
        proposal = await proposed(tx, store.subject(dossier), correction_id)
    except UnknownCorrection:
        if not may_read(acting.sight, dossier.holders):
            raise UnknownDossier(code=dossier.code) from None
        raise
    _own_event(dossier, log, proposal.event_number, acting)
    require_decidable(proposal, expected=expected, version=dossier.version, acting=acting)
    return proposal


async def _keep(
    tx: AsyncSession,
    dossier: Dossier,
    before: Course,
    after: Course,
    *,
    kind: str,
    details: Details,
    acting: Acting,
    resolver: tuple[int, str] | None = None,
) -> datetime:
    """Store the decision's event and what it changes; return when it was recorded."""
    act = Act(
        kind=kind,
        occurred_at=acting.now,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details=details,
    )
    resolver_id = None if resolver is None else resolver[0]
    if not await courses.keep_course(
        tx, dossier, before, after, act, resolver_agency_id=resolver_id
    ):
        raise VersionChanged(expected=dossier.version, actual=dossier.version + 1)
    return await store.recorded_at(tx, dossier)


def _changed_hands(
    dossier: Dossier, resolver: tuple[int, str]
) -> dict[str, str | bool | int | None]:
    """Return who settles the dossier, before and after, when a correction changes that."""
    if resolver[1] == dossier.resolver_agency_code:
        return {}
    return {
        "resolver_agency_code_before": dossier.resolver_agency_code,
        "resolver_agency_code": resolver[1],
    }


def _own_event(dossier: Dossier, log: Log, event_number: int, acting: Acting) -> Recorded:
    """Return the event that an actor corrects.

    Raises:
        UnknownDossier: the actor has no part in the dossier, nor told of the event.
        UnknownEvent: there is no such event.
        NotYourAct: it is another agency's to correct.
    """
    sight, holders = acting.sight, dossier.holders
    event = next((event for event in log.events if event.number == event_number), None)
    if event is None:
        if not may_read(sight, holders):
            raise UnknownDossier(code=dossier.code)
        raise UnknownEvent(event_number=event_number)
    before = [earlier for earlier in log.events if earlier.number < event_number]
    teller = told_by(event, before, log.holding, receiver=dossier.agency_code)
    if not may_know(event, sight, holders, told_by=teller):
        raise UnknownDossier(code=dossier.code)
    require_own_record(event, sight, holders, told_by=teller)
    return event

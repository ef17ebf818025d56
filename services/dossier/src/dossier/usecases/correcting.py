"""Correcting the record: proposed with evidence, decided by somebody else, told from events."""

from dataclasses import dataclass
from datetime import datetime

from kernel.codes import DossierCode
from kernel.time_zone import local_day
from kit.errors import VersionChanged
from kit.paging import encode_cursor
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.chronology import FIRST_CODE_DAY
from dossier.domain.corrections import (
    Corrections,
    CorrectionState,
    Corrects,
    Details,
    Recorded,
    changed_days,
    may_know,
    received_at,
    replay,
    require_correctable,
    require_not_author,
    require_own_record,
)
from dossier.domain.dossier import Course, Dossier
from dossier.domain.errors import (
    CorrectionDecided,
    TooLongAgo,
    UnknownCorrection,
    UnknownDossier,
    UnknownEvent,
)
from dossier.domain.event_kinds import CORRECTED
from dossier.domain.permissions import may_read
from dossier.domain.questions import told_questions
from dossier.domain.step_history import told_by
from dossier.store import corrections as store
from dossier.store import course as courses
from dossier.store import dossiers, hand_overs, papers
from dossier.store.corrections import Proposal
from dossier.store.course import Act
from dossier.usecases.acting import Acting, Office
from dossier.usecases.places import number
from dossier.usecases.reading import read_dossier
from dossier.usecases.telling import Log, read_log, story_of, told_steps

REJECTED = "correction_rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """A correction after its decision, and the version the dossier has then."""

    proposal: Proposal
    version: int


async def propose_correction(
    tx: AsyncSession,
    office: Office,
    code: str,
    *,
    corrects: Corrects,
    event_number: int,
    corrected_at: datetime | None,
    reason_code: str,
    reason: str,
    evidence: str,
    attachment: str | None,
    acting: Acting,
) -> Proposal:
    """Say that an event happened at another time, or never; it waits for approval."""
    dossier = await _held(tx, office, code)
    following = await store.next_number(tx, dossier)
    log = await read_log(tx, dossier)
    event = _own_event(dossier, log, event_number, acting)
    require_correctable(
        event, corrects=corrects, corrected_at=corrected_at, holding=log.holding, now=acting.now
    )
    if corrected_at is not None and local_day(corrected_at) < FIRST_CODE_DAY:
        raise TooLongAgo(earliest=FIRST_CODE_DAY)
    proposal = Proposal(
        correction_number=following,
        event_number=event_number,
        corrects=corrects,
        recorded_instant=_instant(event, log.holding),
        corrected_at=corrected_at,
        reason_code=reason_code,
        reason=reason,
        evidence=evidence,
        attachment=attachment,
        state=CorrectionState.PROPOSED,
        proposed_by=acting.by,
        proposed_at=acting.now,
    )
    await store.add_proposal(tx, dossier, proposal)
    return proposal


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
    after = replay(story, holding, desk)
    told = await told_steps(tx, dossier, corrected, desk)
    questions = told_questions(log.events, holding)
    details = {
        **_told(proposal),
        **changed_days(before.facts, after.facts),
        **_changed_hands(dossier, told.resolver),
    }
    at = await _keep(
        tx,
        dossier,
        before,
        after,
        kind=CORRECTED,
        details=details,
        resolver=told.resolver,
        acting=acting,
    )
    await store.keep_receipt(tx, dossier, received_at(story, holding))
    await hand_overs.keep_steps(tx, dossier, told.changed)
    await papers.keep_question_times(tx, dossier, questions)
    await store.decide(tx, dossier, correction_id, CorrectionState.APPROVED, by=acting.by, at=at)
    return await _decided(tx, dossier, correction_id)


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
    details = _told(proposal)
    at = await _keep(
        tx,
        dossier,
        course,
        course,
        kind=REJECTED,
        details=details,
        acting=acting,
    )
    await store.decide(
        tx, dossier, correction_id, CorrectionState.REJECTED, by=acting.by, at=at, reason=reason
    )
    return await _decided(tx, dossier, correction_id)


async def list_corrections(
    tx: AsyncSession, office: Office, code: str, *, cursor: str | None, limit: int, acting: Acting
) -> tuple[list[Proposal], str | None]:
    """Return a page of a dossier's corrections, in order, and the cursor of the next."""
    dossier = await read_dossier(tx, office, code, acting=acting)
    found = await store.proposals(tx, dossier, after=number(cursor), limit=limit + 1)
    page, more = found[:limit], len(found) > limit
    return page, encode_cursor(page[-1].correction_number) if more else None


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
    proposal = await store.proposal(tx, dossier, correction_id)
    if proposal is None:
        if not may_read(acting.sight, dossier.holders):
            raise UnknownDossier(code=dossier.code)
        raise UnknownCorrection(correction_id=correction_id)
    _own_event(dossier, log, proposal.event_number, acting)
    require_not_author(proposal.proposed_by, acting.by)
    require_version(expected, dossier.version)
    if proposal.state is not CorrectionState.PROPOSED:
        raise CorrectionDecided(correction_id=correction_id, state=str(proposal.state))
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


async def _decided(tx: AsyncSession, dossier: Dossier, correction_id: int) -> Decided:
    proposal = await store.proposal(tx, dossier, correction_id)
    if proposal is None:
        raise UnknownCorrection(correction_id=correction_id)
    return Decided(proposal, dossier.version + 1)


def _told(proposal: Proposal) -> dict[str, str | bool | int | None]:
    """Return what the event says of a correction; its free words stay in its paper."""
    corrected_at = proposal.corrected_at
    return {
        "correction_id": proposal.correction_id,
        "corrects": str(proposal.corrects),
        "event_number": proposal.event_number,
        "before": proposal.recorded_instant.isoformat(),
        "after": None if corrected_at is None else corrected_at.isoformat(),
        "reason_code": proposal.reason_code,
        "evidence": proposal.evidence,
        "proposed_by": proposal.proposed_by,
    }


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


def _instant(event: Recorded, holding: Corrections) -> datetime:
    """Return when the event is on record as having happened, as corrected so far."""
    held = holding.get(event.number)
    return event.occurred_at if held is None else held.corrected_at or event.occurred_at

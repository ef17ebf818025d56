"""Correcting the record: proposed with evidence, decided by somebody else, told from events."""

from collections.abc import Sequence
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
    CORRECTED,
    Corrections,
    CorrectionState,
    Corrects,
    Details,
    Recorded,
    Story,
    changed_days,
    received_at,
    replay,
    require_correctable,
    require_not_author,
    require_own_record,
)
from dossier.domain.dossier import Course, Dossier
from dossier.domain.errors import CorrectionDecided, TooLongAgo, UnknownCorrection, UnknownEvent
from dossier.domain.hand_overs import last_step_end, require_steps_in_order
from dossier.store import corrections as store
from dossier.store import course as courses
from dossier.store import filings, hand_overs
from dossier.store.corrections import Proposal
from dossier.store.course import Act
from dossier.usecases.acting import Acting, Office
from dossier.usecases.places import number
from dossier.usecases.reading import read_dossier

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
    """Say that an event happened at another time, or an end never; it waits for approval."""
    dossier = await read_dossier(tx, office, code, acting=acting)
    await store.hold(tx, dossier)
    following = await store.next_number(tx, dossier)
    event = _event(await store.log(tx, dossier), event_number)
    require_own_record(event, acting.sight, dossier.holders)
    holding = await store.holding(tx, dossier)
    require_correctable(
        event, corrects=corrects, corrected_at=corrected_at, holding=holding, now=acting.now
    )
    if corrected_at is not None and local_day(corrected_at) < FIRST_CODE_DAY:
        raise TooLongAgo(earliest=FIRST_CODE_DAY)
    proposal = Proposal(
        correction_number=following,
        event_number=event_number,
        corrects=corrects,
        recorded_instant=_instant(event, holding),
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
    dossier = await _held(tx, office, code, acting=acting)
    story = await _story(tx, dossier)
    proposal = await _open_proposal(
        tx, dossier, story.events, correction_id, expected=expected, acting=acting
    )
    holding = await store.holding(tx, dossier)
    corrected: Corrections = {**holding, proposal.event_number: proposal.correction}
    before = await courses.course(tx, dossier)
    after = replay(story, corrected, desk)
    require_steps_in_order(story.events, corrected)
    step_end = last_step_end(story.events, corrected)
    details = {**_told(proposal), **changed_days(before.facts, after.facts)}
    at = await _keep(
        tx,
        dossier,
        before,
        after,
        kind=CORRECTED,
        details=details,
        acting=acting,
    )
    await store.keep_receipt(tx, dossier, received_at(story, corrected))
    if step_end is not None:
        await hand_overs.keep_step_end(tx, dossier, step_end)
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
    dossier = await _held(tx, office, code, acting=acting)
    log = await store.log(tx, dossier)
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


async def _held(tx: AsyncSession, office: Office, code: str, *, acting: Acting) -> Dossier:
    """Return the dossier as it is once nobody else can decide: who waited sees what was decided."""
    await store.hold(tx, await read_dossier(tx, office, code, acting=acting))
    return await read_dossier(tx, office, code, acting=acting)


async def _open_proposal(
    tx: AsyncSession,
    dossier: Dossier,
    log: Sequence[Recorded],
    correction_id: int,
    *,
    expected: int,
    acting: Acting,
) -> Proposal:
    proposal = await store.proposal(tx, dossier, correction_id)
    if proposal is None:
        raise UnknownCorrection(correction_id=correction_id)
    event = _event(log, proposal.event_number)
    require_own_record(event, acting.sight, dossier.holders)
    require_not_author(proposal.proposed_by, acting.by)
    require_version(expected, dossier.version)
    if proposal.state is not CorrectionState.PROPOSED:
        raise CorrectionDecided(correction_id=correction_id, state=str(proposal.state))
    return proposal


async def _story(tx: AsyncSession, dossier: Dossier) -> Story:
    return Story(
        channel=dossier.channel,
        terms=dossier.terms,
        return_method=dossier.return_method,
        events=await store.log(tx, dossier),
        filed_at=await filings.last_moved_at(tx, dossier),
    )


async def _keep(
    tx: AsyncSession,
    dossier: Dossier,
    before: Course,
    after: Course,
    *,
    kind: str,
    details: Details,
    acting: Acting,
) -> datetime:
    """Store the decision's event and what it changes; return when it was recorded."""
    act = Act(
        kind=kind,
        occurred_at=acting.now,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details=details,
    )
    if not await courses.keep_course(tx, dossier, before, after, act):
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


def _event(log: Sequence[Recorded], event_number: int) -> Recorded:
    for event in log:
        if event.number == event_number:
            return event
    raise UnknownEvent(event_number=event_number)


def _instant(event: Recorded, holding: Corrections) -> datetime:
    """Return when the event is on record as having happened, as corrected so far."""
    held = holding.get(event.number)
    return event.occurred_at if held is None else held.corrected_at or event.occurred_at

"""The second look, whatever is corrected: proposed with evidence, decided once by another."""

from dataclasses import dataclass
from datetime import datetime

from kernel.time_zone import local_day
from kit.paging import encode_cursor
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.chronology import FIRST_CODE_DAY
from dossier.domain.corrections import (
    Corrections,
    CorrectionState,
    Corrects,
    Recorded,
    require_correctable,
    require_not_author,
)
from dossier.domain.errors import CorrectionDecided, TooLongAgo, UnknownCorrection
from dossier.store import proposals as store
from dossier.store.proposals import Proposal, Subject
from dossier.usecases.acting import Acting
from dossier.usecases.places import number

REJECTED = "correction_rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says an event should have said, why, and on what evidence."""

    corrects: Corrects
    event_number: int
    corrected_at: datetime | None
    reason_code: str
    reason: str
    evidence: str
    attachment: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A correction after its decision, and the version that what it corrects has then."""

    proposal: Proposal
    version: int


async def propose(
    tx: AsyncSession,
    of: Subject,
    event: Recorded,
    claim: Claim,
    *,
    recorded: frozenset[Corrects],
    holding: Corrections,
    acting: Acting,
) -> Proposal:
    """Store a correction of an event that records what is `recorded`; it waits for approval."""
    require_correctable(
        event,
        recorded=recorded,
        corrects=claim.corrects,
        corrected_at=claim.corrected_at,
        holding=holding,
        now=acting.now,
    )
    if claim.corrected_at is not None and local_day(claim.corrected_at) < FIRST_CODE_DAY:
        raise TooLongAgo(earliest=FIRST_CODE_DAY)
    proposal = Proposal(
        correction_number=await store.next_number(tx, of),
        event_number=event.number,
        corrects=claim.corrects,
        recorded_instant=_instant(event, holding),
        corrected_at=claim.corrected_at,
        reason_code=claim.reason_code,
        reason=claim.reason,
        evidence=claim.evidence,
        attachment=claim.attachment,
        state=CorrectionState.PROPOSED,
        proposed_by=acting.by,
        proposed_at=acting.now,
    )
    await store.add_proposal(tx, of, proposal)
    return proposal


async def proposed(tx: AsyncSession, of: Subject, correction_id: int) -> Proposal:
    """Return one correction.

    Raises:
        UnknownCorrection: there is none with this number.
    """
    proposal = await store.proposal(tx, of, correction_id)
    if proposal is None:
        raise UnknownCorrection(correction_id=correction_id)
    return proposal


def require_decidable(proposal: Proposal, *, expected: int, version: int, acting: Acting) -> None:
    """Refuse to decide on one's own correction, on another version, or once more."""
    require_not_author(proposal.proposed_by, acting.by)
    require_version(expected, version)
    if proposal.state is not CorrectionState.PROPOSED:
        raise CorrectionDecided(correction_id=proposal.correction_id, state=str(proposal.state))


async def page_of(
    tx: AsyncSession, of: Subject, *, cursor: str | None, limit: int
) -> tuple[list[Proposal], str | None]:
    """Return a page of corrections, in order, and the cursor of the next."""
    found = await store.proposals(tx, of, after=number(cursor), limit=limit + 1)
    page, more = found[:limit], len(found) > limit
    return page, encode_cursor(page[-1].correction_number) if more else None


def told(proposal: Proposal) -> dict[str, str | bool | int | None]:
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


def _instant(event: Recorded, holding: Corrections) -> datetime:
    """Return when the event is on record as having happened, as corrected so far."""
    held = holding.get(event.number)
    return event.occurred_at if held is None else held.corrected_at or event.occurred_at

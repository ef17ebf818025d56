"""Correcting the count of certified copies of a day: proposed, then decided by somebody else."""

from dataclasses import dataclass
from datetime import date

from kit.errors import VersionChanged
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import CorrectionState, require_not_author
from dossier.domain.errors import (
    CorrectionDecided,
    SameCount,
    UnknownCopies,
    UnknownCopyCorrection,
)
from dossier.store import copy_corrections as store
from dossier.store import proposals
from dossier.store.copy_corrections import CopyProposal, Stated
from dossier.store.record_floor import recorded_instant
from dossier.usecases.acting import Acting


@dataclass(frozen=True, slots=True)
class Day:
    """The day of an agency whose count is spoken about."""

    agency_code: str
    certified_on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """A correction after its decision, and the version the count has then."""

    proposal: CopyProposal
    version: int


async def read_copies(
    tx: AsyncSession, day: Day, *, acting: Acting, is_held: bool = False
) -> Stated:
    """Return the count of a day the actor may know of; any other does not exist."""
    found = await store.stated(tx, day.agency_code, day.certified_on, acting.sight, is_held=is_held)
    if found is None:
        raise UnknownCopies(agency_code=day.agency_code, certified_on=day.certified_on)
    return found


async def propose_count(
    tx: AsyncSession,
    day: Day,
    *,
    corrected_count: int,
    reason_code: str,
    reason: str,
    evidence: str,
    attachment: str | None,
    acting: Acting,
) -> CopyProposal:
    """Say that the count of a day was another; it waits for approval."""
    copies = await read_copies(tx, day, acting=acting, is_held=True)
    if corrected_count == copies.copy_count:
        raise SameCount(copy_count=corrected_count)
    proposal = CopyProposal(
        correction_number=await proposals.next_number(tx, store.subject(copies)),
        recorded_count=copies.copy_count,
        corrected_count=corrected_count,
        reason_code=reason_code,
        reason=reason,
        evidence=evidence,
        attachment=attachment,
        state=CorrectionState.PROPOSED,
        proposed_by=acting.by,
        proposed_at=acting.now,
    )
    await store.add_proposal(tx, copies, proposal)
    return proposal


async def approve_count(
    tx: AsyncSession, day: Day, correction_id: int, *, expected: int, acting: Acting
) -> Decided:
    """Approve a corrected count; the superseded one stays known as it was."""
    copies = await read_copies(tx, day, acting=acting, is_held=True)
    proposal = await _open_proposal(tx, copies, correction_id, expected=expected, acting=acting)
    at = await recorded_instant(tx, max(acting.now, copies.recorded_at))
    if not await store.supersede(tx, copies, proposal.corrected_count, by=acting.by, at=at):
        raise VersionChanged(expected=expected, actual=expected + 1)
    of, state = store.subject(copies), CorrectionState.APPROVED
    await proposals.decide(tx, of, correction_id, state, by=acting.by, at=at)
    return Decided(await _proposal(tx, copies, correction_id), copies.version + 1)


async def reject_count(
    tx: AsyncSession,
    day: Day,
    correction_id: int,
    *,
    reason: str,
    expected: int,
    acting: Acting,
) -> Decided:
    """Reject a corrected count, saying why; the count stays."""
    copies = await read_copies(tx, day, acting=acting, is_held=True)
    await _open_proposal(tx, copies, correction_id, expected=expected, acting=acting)
    of, state = store.subject(copies), CorrectionState.REJECTED
    await proposals.decide(tx, of, correction_id, state, by=acting.by, at=acting.now, reason=reason)
    return Decided(await _proposal(tx, copies, correction_id), copies.version)


async def _open_proposal(
    tx: AsyncSession, copies: Stated, correction_id: int, *, expected: int, acting: Acting
) -> CopyProposal:
    proposal = await _proposal(tx, copies, correction_id)
    require_not_author(proposal.proposed_by, acting.by)
    require_version(expected, copies.version)
    if proposal.state is not CorrectionState.PROPOSED:
        raise CorrectionDecided(correction_id=correction_id, state=str(proposal.state))
    return proposal


async def _proposal(tx: AsyncSession, copies: Stated, correction_id: int) -> CopyProposal:
    proposal = await store.proposal(tx, copies, correction_id)
    if proposal is None:
        raise UnknownCopyCorrection(correction_id=correction_id)
    return proposal

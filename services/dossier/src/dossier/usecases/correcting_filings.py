"""Correcting online filings: as dossiers are corrected, told from their own log."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Corrections, CorrectionState, Corrects, Recorded
from dossier.domain.errors import UnknownEvent, UnknownFiling
from dossier.domain.event_kinds import CORRECTED
from dossier.domain.filing_course import FilingCourse, filing_records, told_filing
from dossier.domain.procedures import ProcedureVersion, require_filable_online
from dossier.store import filings as store
from dossier.store import proposals
from dossier.store.filings import Filing
from dossier.store.proposals import Proposal
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
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

Versions = Sequence[ProcedureVersion] | None
"""Of the procedure of a filing whose day is corrected; None where its day stays."""


@dataclass(frozen=True, slots=True)
class PreparedClaim:
    """A correction ready to be proposed."""

    claim: Claim
    versions: Versions


async def prepare_claim(
    reading: Sessions, office: Office, filing_id: UUID, claim: Claim, *, acting: Acting
) -> PreparedClaim:
    """Ask the catalogue what a new day of a filing needs, before a connection is taken."""
    if claim.corrects is not Corrects.FILED_AT:
        return PreparedClaim(claim, None)
    async with reading.begin() as tx:
        filing = await _read(tx, filing_id, acting)
    return PreparedClaim(claim, await office.catalogue.versions(filing.procedure_code))


async def prepare_approval(
    reading: Sessions, office: Office, filing_id: UUID, correction_id: int, *, acting: Acting
) -> Versions:
    """Ask the catalogue what a proposed day of a filing needs, before a connection is taken.

    The catalogue may say otherwise by now than when the day was proposed.
    """
    async with reading.begin() as tx:
        filing = await _read(tx, filing_id, acting)
        proposal = await proposed(tx, store.subject(filing), correction_id)
    if proposal.corrects is not Corrects.FILED_AT:
        return None
    return await office.catalogue.versions(filing.procedure_code)


async def propose_correction(
    tx: AsyncSession, filing_id: UUID, prepared: PreparedClaim, *, acting: Acting
) -> Proposal:
    """Say that an act on a filing happened at another time, or an end never; another approves."""
    claim = prepared.claim
    filing = await _held(tx, filing_id, acting)
    event = _event(await store.log(tx, filing), claim.event_number)
    of = store.subject(filing)
    holding = await proposals.holding(tx, of)
    recorded = filing_records(event)
    proposal = await propose(
        tx, of, event, claim, recorded=recorded, holding=holding, acting=acting
    )
    _require_filable(filing, prepared.versions, proposal)
    return proposal


async def approve_correction(
    tx: AsyncSession,
    filing_id: UUID,
    correction_id: int,
    versions: Versions,
    *,
    expected: int,
    acting: Acting,
) -> Decided:
    """Approve a correction: the filing is told again, and stays before the dossier it became."""
    filing = await _held(tx, filing_id, acting)
    of = store.subject(filing)
    proposal = await proposed(tx, of, correction_id)
    require_decidable(proposal, expected=expected, version=filing.version, acting=acting)
    _require_filable(filing, versions, proposal)
    holding: Corrections = {
        **await proposals.holding(tx, of),
        proposal.event_number: proposal.correction,
    }
    log = await store.log(tx, filing)
    received_at = await store.received_at(tx, filing)
    course = told_filing(log, holding, received_at=received_at)
    await store.keep_course(
        tx, filing, course, kind=CORRECTED, details=told(proposal), by=acting.by, at=acting.now
    )
    state = CorrectionState.APPROVED
    await proposals.decide(tx, of, correction_id, state, by=acting.by, at=acting.now)
    return Decided(await proposed(tx, of, correction_id), filing.version + 1)


async def reject_correction(
    tx: AsyncSession,
    filing_id: UUID,
    correction_id: int,
    *,
    reason: str,
    expected: int,
    acting: Acting,
) -> Decided:
    """Reject a correction, saying why; the filing stays."""
    filing = await _held(tx, filing_id, acting)
    of = store.subject(filing)
    proposal = await proposed(tx, of, correction_id)
    require_decidable(proposal, expected=expected, version=filing.version, acting=acting)
    course = FilingCourse(
        status=filing.status,
        came_from=filing.came_from,
        status_since=filing.status_since,
        filed_at=filing.filed_at,
    )
    await store.keep_course(
        tx, filing, course, kind=REJECTED, details=told(proposal), by=acting.by, at=acting.now
    )
    state = CorrectionState.REJECTED
    await proposals.decide(tx, of, correction_id, state, by=acting.by, at=acting.now, reason=reason)
    return Decided(await proposed(tx, of, correction_id), filing.version + 1)


async def list_corrections(
    tx: AsyncSession, filing_id: UUID, *, cursor: str | None, limit: int, acting: Acting
) -> tuple[list[Proposal], str | None]:
    """Return a page of a filing's corrections, in order, and the cursor of the next."""
    filing = await _read(tx, filing_id, acting)
    return await page_of(tx, store.subject(filing), cursor=cursor, limit=limit)


async def _held(tx: AsyncSession, filing_id: UUID, acting: Acting) -> Filing:
    """Return the filing as it is once nobody else can decide, or correct its dossier's receipt."""
    filing = await _read(tx, filing_id, acting)
    await store.received_at(tx, filing, is_held=True)
    await store.hold(tx, filing.agency_id, filing.filing_id)
    return await _read(tx, filing_id, acting)


def _require_filable(filing: Filing, versions: Versions, proposal: Proposal) -> None:
    """Hold a corrected day to what the day of every filing is held to."""
    if versions is not None and proposal.corrected_at is not None:
        require_filable_online(versions, filing.procedure_code, proposal.corrected_at)


async def _read(tx: AsyncSession, filing_id: UUID, acting: Acting) -> Filing:
    filing = await store.filing(tx, filing_id, acting.sight)
    if filing is None:
        raise UnknownFiling(filing_id=filing_id)
    return filing


def _event(log: list[Recorded], event_number: int) -> Recorded:
    for event in log:
        if event.number == event_number:
            return event
    raise UnknownEvent(event_number=event_number)

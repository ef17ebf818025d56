"""Recording electronically certified copies."""

from dataclasses import dataclass, replace

from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import InTheFuture
from dossier.domain.permissions import require_sight
from dossier.schemas.handling import RecordCertifiedCopies
from dossier.store.certified import CertifiedCopies, add_copies
from dossier.store.record_floor import recorded_instant
from dossier.usecases.acting import Acting, Office


@dataclass(frozen=True, slots=True)
class PreparedCopies:
    """A day's count ready to be stored."""

    agency_id: int
    copies: CertifiedCopies


async def prepare_copies(
    office: Office, paper: RecordCertifiedCopies, *, acting: Acting
) -> PreparedCopies:
    """Check a day's count and find its agency, before a connection is taken."""
    require_sight(acting.sight, paper.agency_code)
    if paper.certified_on > local_day(acting.now):
        raise InTheFuture(occurred_at=paper.certified_on)
    agency_id = await office.catalogue.agency_id(paper.agency_code)
    copies = CertifiedCopies(paper.agency_code, paper.certified_on, paper.copy_count, acting.now)
    return PreparedCopies(agency_id, copies)


async def record_copies(
    tx: AsyncSession, prepared: PreparedCopies, *, acting: Acting
) -> CertifiedCopies:
    """State how many copies an agency certified on a day; said once per day."""
    at = await recorded_instant(tx, prepared.copies.recorded_at)
    copies = replace(prepared.copies, recorded_at=at)
    await add_copies(tx, copies, agency_id=prepared.agency_id, by=acting.by)
    return copies

"""Recording electronically certified copies."""

from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import InTheFuture
from dossier.domain.permissions import require_sight
from dossier.schemas import RecordCertifiedCopies
from dossier.store.certified import CertifiedCopies, add_copies
from dossier.usecases.acting import Acting, Office


async def record_copies(
    tx: AsyncSession, office: Office, paper: RecordCertifiedCopies, *, acting: Acting
) -> CertifiedCopies:
    """State how many copies an agency certified on a day; said once per day."""
    require_sight(acting.sight, paper.agency_code)
    if paper.certified_on > local_day(acting.now):
        raise InTheFuture(occurred_at=paper.certified_on)
    agency_id = await office.catalogue.agency_id(paper.agency_code)
    copies = CertifiedCopies(paper.agency_code, paper.certified_on, paper.copy_count, acting.now)
    await add_copies(tx, copies, agency_id=agency_id, by=acting.by)
    return copies

"""What an intake desk has to accept or refuse, and what became of a filing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from kit.paging import encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import UnknownFiling
from dossier.domain.permissions import require_sight
from dossier.domain.privacy import shown_name, shown_subject
from dossier.store import intake_queue as store
from dossier.store.intake_queue import QueuedFiling
from dossier.usecases.acting import Acting
from dossier.usecases.places import filing_place


async def list_filings(
    tx: AsyncSession,
    agency_code: str,
    *,
    status: int,
    cursor: str | None,
    limit: int,
    acting: Acting,
) -> tuple[Sequence[QueuedFiling], str | None]:
    """Return a page of an agency's filings in a status, the oldest first, and the next cursor."""
    require_sight(acting.sight, agency_code)
    after = filing_place(cursor)
    found = await store.queue(
        tx, agency_code, acting.sight, status=status, after=after, limit=limit + 1
    )
    page = [_shown(filing, acting) for filing in found[:limit]]
    if len(found) <= limit:
        return page, None
    return page, encode_cursor(page[-1].filed_at.isoformat(), str(page[-1].filing_id))


async def read_filing(tx: AsyncSession, filing_id: UUID, *, acting: Acting) -> QueuedFiling:
    """Return a filing the actor may know of; any other does not exist."""
    found = await store.queued(tx, filing_id, acting.sight)
    if found is None:
        raise UnknownFiling(filing_id=filing_id)
    return _shown(found, acting)


async def list_events(
    tx: AsyncSession, filing_id: UUID, *, acting: Acting
) -> Sequence[Mapping[str, Any]]:
    """Return what happened to a filing, in order."""
    await read_filing(tx, filing_id, acting=acting)
    return await store.events_of(tx, filing_id, acting.sight)


def _shown(filing: QueuedFiling, acting: Acting) -> QueuedFiling:
    """Return a filing with its applicant as the reader may know of people."""
    return replace(
        filing,
        applicant_name=shown_name(filing.applicant_name, in_clear=acting.sees_people),
        subject=shown_subject(filing.subject, in_clear=acting.sees_people),
    )

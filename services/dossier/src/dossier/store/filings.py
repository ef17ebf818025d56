"""Online filings before they have a code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight
from dossier.tables import agencies, applicants, filing_events, filings


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """An online filing."""

    agency_id: int
    agency_code: str
    filing_id: UUID
    version: int
    status: int
    procedure_code: str
    subject: str | None
    components_count: int | None
    external_id: str | None
    filed_at: datetime
    applicant_id: UUID
    full_name: str


async def add_filing(
    tx: AsyncSession, filing: Filing, *, sealed: bytes | None, key_id: str, by: str, at: datetime
) -> None:
    """Store a filing with its applicant and first event."""
    await tx.execute(
        insert(applicants).values(
            agency_id=filing.agency_id,
            applicant_id=filing.applicant_id,
            full_name=filing.full_name,
            sealed=sealed,
            key_id=key_id,
        )
    )
    await tx.execute(
        insert(filings).values(
            agency_id=filing.agency_id,
            filing_id=filing.filing_id,
            version=filing.version,
            status=filing.status,
            procedure_code=filing.procedure_code,
            subject=filing.subject,
            components_count=filing.components_count,
            external_id=filing.external_id,
            filed_at=filing.filed_at,
            applicant_id=filing.applicant_id,
        )
    )
    await _add_event(tx, filing, kind="filed", occurred_at=filing.filed_at, by=by, at=at)


async def filing(tx: AsyncSession, filing_id: UUID, sight: Sight) -> Filing | None:
    """Return a filing the actor may know of."""
    found = await tx.execute(
        select(
            filings.c.agency_id,
            agencies.c.code.label("agency_code"),
            filings.c.filing_id,
            filings.c.version,
            filings.c.status,
            filings.c.procedure_code,
            filings.c.subject,
            filings.c.components_count,
            filings.c.external_id,
            filings.c.filed_at,
            filings.c.applicant_id,
            applicants.c.full_name,
        )
        .join(agencies, agencies.c.agency_id == filings.c.agency_id)
        .join(
            applicants,
            (applicants.c.agency_id == filings.c.agency_id)
            & (applicants.c.applicant_id == filings.c.applicant_id),
        )
        .where(filings.c.filing_id == filing_id, in_sight(filings.c.agency_id, sight))
    )
    row = found.mappings().one_or_none()
    return None if row is None else Filing(**row)


async def refuse_filing(
    tx: AsyncSession, filing: Filing, *, occurred_at: datetime, reason: str, by: str, at: datetime
) -> bool:
    """Mark an open filing refused; False when somebody was faster."""
    changed = await tx.execute(
        update(filings)
        .where(
            filings.c.agency_id == filing.agency_id,
            filings.c.filing_id == filing.filing_id,
            filings.c.status == filing.status,
            filings.c.version == filing.version,
        )
        .values(status=3, version=filing.version + 1)
        .returning(filings.c.version)
    )
    if changed.first() is None:
        return False
    await _add_event(
        tx, filing, kind="refused", occurred_at=occurred_at, by=by, at=at, reason=reason
    )
    return True


async def _add_event(
    tx: AsyncSession,
    filing: Filing,
    *,
    kind: str,
    occurred_at: datetime,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    await tx.execute(
        insert(filing_events).values(
            agency_id=filing.agency_id,
            filing_id=filing.filing_id,
            event_number=1 if kind == "filed" else 2,
            kind=kind,
            occurred_at=occurred_at,
            recorded_at=at,
            recorded_by=by,
            details={} if reason is None else {"reason": reason},
        )
    )

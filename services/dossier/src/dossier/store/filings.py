"""Online filings before they have a code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Recorded
from dossier.domain.dossier import Dossier
from dossier.domain.filing_course import FilingCourse, filing_log
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight
from dossier.store.proposals import Subject
from dossier.tables.agencies import agencies
from dossier.tables.corrections import filing_corrections
from dossier.tables.dossiers import dossiers
from dossier.tables.filings import filing_events, filings
from dossier.tables.people import applicants

FilingDetails = Mapping[str, str | int | Sequence[Mapping[str, str]] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """An online filing."""

    agency_id: int
    agency_code: str
    filing_id: UUID
    version: int
    status: Status
    came_from: Status | None
    status_since: datetime
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
    await _add_event(
        tx, filing, 1, kind="filed", occurred_at=filing.filed_at, by=by, at=at, details={}
    )


async def filing(tx: AsyncSession, filing_id: UUID, sight: Sight) -> Filing | None:
    """Return a filing the actor may know of."""
    found = await tx.execute(
        select(
            filings.c.agency_id,
            agencies.c.code.label("agency_code"),
            filings.c.filing_id,
            filings.c.version,
            filings.c.status,
            filings.c.came_from,
            func.coalesce(filings.c.status_since, filings.c.filed_at).label("status_since"),
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
    if row is None:
        return None
    came_from = None if row["came_from"] is None else Status(row["came_from"])
    return Filing(**{**row, "status": Status(row["status"]), "came_from": came_from})


async def hold(tx: AsyncSession, agency_id: int, filing_id: UUID | None) -> int:
    """Hold a filing until the commit and return its version: who accepts it at once waits."""
    held = select(filings.c.version).where(
        filings.c.agency_id == agency_id, filings.c.filing_id == filing_id
    )
    version: int = (await tx.execute(held.with_for_update(key_share=True))).scalar_one()
    return version


def subject(of: Filing) -> Subject:
    """Return a filing as what is corrected."""
    return Subject(filing_corrections, {"agency_id": of.agency_id, "filing_id": of.filing_id})


async def log(tx: AsyncSession, of: Filing) -> list[Recorded]:
    """Return the whole event log of a filing, in order."""
    e = filing_events.c
    rows = await tx.execute(
        select(e.event_number, e.kind, e.occurred_at)
        .where(e.agency_id == of.agency_id, e.filing_id == of.filing_id)
        .order_by(e.event_number)
    )
    return filing_log((row.event_number, row.kind, row.occurred_at) for row in rows)


async def received_at(tx: AsyncSession, of: Filing, *, is_held: bool = False) -> datetime | None:
    """Return when the dossier that a filing became was received; None while it is none.

    When held, nobody else corrects that receipt meanwhile.
    """
    query = select(dossiers.c.received_at).where(
        dossiers.c.agency_id == filings.c.agency_id,
        dossiers.c.issued_on == filings.c.issued_on,
        dossiers.c.serial == filings.c.serial,
        filings.c.agency_id == of.agency_id,
        filings.c.filing_id == of.filing_id,
    )
    if is_held:
        query = query.with_for_update(key_share=True, of=dossiers)
    received_at: datetime | None = await tx.scalar(query)
    return received_at


async def keep_course(
    tx: AsyncSession,
    of: Filing,
    course: FilingCourse,
    *,
    kind: str,
    details: FilingDetails,
    by: str,
    at: datetime,
) -> None:
    """Store the next version of a held filing as told anew, with the event that says so."""
    await tx.execute(
        update(filings)
        .where(filings.c.agency_id == of.agency_id, filings.c.filing_id == of.filing_id)
        .values(
            status=course.status,
            came_from=course.came_from,
            status_since=course.status_since,
            filed_at=course.filed_at,
            version=of.version + 1,
        )
    )
    await _add_event(
        tx, of, of.version + 1, kind=kind, occurred_at=at, by=by, at=at, details=details
    )


async def last_moved_at(tx: AsyncSession, of: Dossier) -> datetime | None:
    """Return when the filing that became a dossier last moved before; None when none did."""
    if of.filing_id is None:
        return None
    moved_at: datetime | None = await tx.scalar(
        select(func.coalesce(filings.c.status_since, filings.c.filed_at)).where(
            filings.c.agency_id == of.agency_id, filings.c.filing_id == of.filing_id
        )
    )
    return moved_at


async def move_filing(
    tx: AsyncSession,
    filing: Filing,
    to: Status,
    *,
    kind: str,
    occurred_at: datetime,
    details: FilingDetails,
    by: str,
    at: datetime,
) -> bool:
    """Move a filing to another status, with its event; False when somebody was faster.

    What has a code is a dossier, and never moves as a filing again.
    """
    changed = await tx.execute(
        update(filings)
        .where(
            filings.c.agency_id == filing.agency_id,
            filings.c.filing_id == filing.filing_id,
            filings.c.version == filing.version,
            filings.c.issued_on.is_(None),
        )
        .values(
            status=to,
            came_from=filing.status,
            status_since=occurred_at,
            version=filing.version + 1,
        )
        .returning(filings.c.version)
    )
    if changed.first() is None:
        return False
    number = filing.version + 1
    await _add_event(
        tx, filing, number, kind=kind, occurred_at=occurred_at, by=by, at=at, details=details
    )
    return True


async def _add_event(
    tx: AsyncSession,
    filing: Filing,
    number: int,
    *,
    kind: str,
    occurred_at: datetime,
    by: str,
    at: datetime,
    details: FilingDetails,
) -> None:
    await tx.execute(
        insert(filing_events).values(
            agency_id=filing.agency_id,
            filing_id=filing.filing_id,
            event_number=number,
            kind=kind,
            occurred_at=occurred_at,
            recorded_at=at,
            recorded_by=by,
            details=details,
        )
    )

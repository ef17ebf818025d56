"""Reading online filings: an agency's, the oldest first, and what happened to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import dossier_code
from dossier.domain.lifecycle import LABELS_VI, Status
from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight
from dossier.tables.agencies import agencies
from dossier.tables.filings import filing_events, filings
from dossier.tables.people import applicants

Place = tuple[datetime, UUID]
"""Where a filing stands in the queue of its agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedFiling:
    """An online filing as it stands; `issued_on` and `serial` are of the dossier it became."""

    agency_code: str
    filing_id: UUID
    version: int
    status: int
    status_since: datetime
    procedure_code: str
    subject: str | None
    components_count: int | None
    external_id: str | None
    filed_at: datetime
    issued_on: date | None
    serial: int | None
    applicant_name: str

    @property
    def status_label(self) -> str:
        """Return the status in words."""
        return LABELS_VI[Status(self.status)]

    @property
    def code(self) -> str | None:
        """Return the code of the dossier that the filing became, None while it is none."""
        if self.issued_on is None or self.serial is None:
            return None
        return dossier_code(self.agency_code, self.issued_on, self.serial)


async def queue(
    tx: AsyncSession,
    agency_code: str,
    sight: Sight,
    *,
    status: int,
    after: Place | None,
    limit: int,
) -> list[QueuedFiling]:
    """Return up to `limit` filings of an agency in a status, the oldest first."""
    agency = select(agencies.c.agency_id).where(agencies.c.code == agency_code).scalar_subquery()
    order = (filings.c.filed_at, filings.c.filing_id)
    query = _filings(sight, filings.c.agency_id == agency, filings.c.status == status)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = await tx.execute(query.order_by(*order).limit(limit))
    return [QueuedFiling(**row) for row in rows.mappings()]


async def queued(tx: AsyncSession, filing_id: UUID, sight: Sight) -> QueuedFiling | None:
    """Return a filing the actor may know of."""
    rows = await tx.execute(_filings(sight, filings.c.filing_id == filing_id))
    row = rows.mappings().one_or_none()
    return None if row is None else QueuedFiling(**row)


async def events_of(tx: AsyncSession, filing_id: UUID, sight: Sight) -> Sequence[Mapping[str, Any]]:
    """Return what happened to a filing, in order: a handful."""
    e = filing_events.c
    rows = await tx.execute(
        select(e.event_number, e.kind, e.occurred_at, e.recorded_at, e.recorded_by, e.details)
        .join(filings, (filings.c.agency_id == e.agency_id) & (filings.c.filing_id == e.filing_id))
        .where(filings.c.filing_id == filing_id, in_sight(filings.c.agency_id, sight))
        .order_by(e.event_number)
    )
    return [dict(row) for row in rows.mappings()]


def _filings(sight: Sight, *conditions: ColumnElement[bool]) -> Select[Any]:
    f = filings.c
    return (
        select(
            agencies.c.code.label("agency_code"),
            f.filing_id,
            f.version,
            f.status,
            func.coalesce(f.status_since, f.filed_at).label("status_since"),
            f.procedure_code,
            f.subject,
            f.components_count,
            f.external_id,
            f.filed_at,
            f.issued_on,
            f.serial,
            applicants.c.full_name.label("applicant_name"),
        )
        .join(agencies, agencies.c.agency_id == f.agency_id)
        .join(
            applicants,
            (applicants.c.agency_id == f.agency_id) & (applicants.c.applicant_id == f.applicant_id),
        )
        .where(in_sight(f.agency_id, sight), *conditions)
    )

"""Heads of reports: drafting, locking, listing, sealing."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from kit.db import refusing
from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.calendar import PeriodName
from reporting.domain.errors import DraftExists, ReportSealed, UnknownReport
from reporting.domain.permissions import Reach
from reporting.tables import FindingRow, ReportRow, SealRow

DRAFT, SEALED = "draft", "sealed"


async def add_report(session: AsyncSession, row: ReportRow) -> ReportRow:
    """Add a draft; a second live one of the same agency and period is refused."""
    session.add(row)
    taken = DraftExists(agency=row.agency_code, kind=row.kind, year=row.year, number=row.number)
    with refusing({"uq_reports_live_draft": taken}):
        await session.flush()  # here, so that the loser of a race is told why
    return row


async def report(session: AsyncSession, report_id: UUID, reach: Reach) -> ReportRow:
    """Return a report that the actor may see; one outside its reach is unknown to it."""
    row = await session.get(ReportRow, report_id)
    if row is None or not reach.covers(row.agency_code):
        raise UnknownReport(report_id=str(report_id))
    return row


async def locked_report(session: AsyncSession, report_id: UUID, reach: Reach) -> ReportRow:
    """Return a report for changing it: one change at a time."""
    row = await session.get(ReportRow, report_id, with_for_update=True, populate_existing=True)
    if row is None or not reach.covers(row.agency_code):
        raise UnknownReport(report_id=str(report_id))
    return row


async def locked_draft(session: AsyncSession, report_id: UUID, reach: Reach) -> ReportRow:
    """Return a draft for changing it; a sealed report is refused."""
    row = await locked_report(session, report_id, reach)
    if row.state == SEALED:
        raise ReportSealed(report_id=str(report_id))
    return row


async def reports(
    session: AsyncSession,
    *,
    reach: Reach,
    agency_code: str | None,
    state: str | None,
    before: tuple[date, UUID] | None,
    limit: int,
) -> list[ReportRow]:
    """Return a page of reports, newest period first, `before` the last of the page before."""
    query = select(ReportRow).order_by(ReportRow.to_on.desc(), ReportRow.report_id.desc())
    if reach.codes is not None:
        query = query.where(ReportRow.agency_code.in_(sorted(reach.codes)))
    if agency_code is not None:
        query = query.where(ReportRow.agency_code == agency_code)
    if state is not None:
        query = query.where(ReportRow.state == state)
    if before is not None:
        query = query.where(tuple_(ReportRow.to_on, ReportRow.report_id) < tuple_(*before))
    return list(await session.scalars(query.limit(limit)))


async def last_sealed(
    session: AsyncSession, agency_code: str, name: PeriodName
) -> ReportRow | None:
    """Return the agency's latest sealed report of a period, if there is one."""
    found = await session.scalars(
        select(ReportRow)
        .join(SealRow, SealRow.report_id == ReportRow.report_id)
        .where(
            ReportRow.agency_code == agency_code,
            ReportRow.scheme == name.scheme,
            ReportRow.kind == name.kind.value,
            ReportRow.year == name.year,
            ReportRow.number == name.number,
        )
        .order_by(SealRow.sealed_at.desc())
        .limit(1)
    )
    return found.first()


async def add_seal(
    session: AsyncSession, row: ReportRow, *, digest: str, canonical: str, by: str, at: datetime
) -> SealRow:
    """Seal a locked draft."""
    seal = SealRow(
        report_id=row.report_id, digest=digest, canonical=canonical, sealed_by=by, sealed_at=at
    )
    session.add(seal)
    row.state = SEALED
    row.version += 1
    return seal


async def seals(session: AsyncSession, report_ids: Collection[UUID]) -> dict[UUID, SealRow]:
    """Return the seals of reports by report."""
    found = await session.scalars(select(SealRow).where(SealRow.report_id.in_(report_ids)))
    return {row.report_id: row for row in found}


async def counts_by_state(session: AsyncSession, agency_code: str) -> dict[str, int]:
    """Return how many reports of an agency are in each state."""
    found = await session.execute(
        select(ReportRow.state, func.count())
        .where(ReportRow.agency_code == agency_code)
        .group_by(ReportRow.state)
    )
    return {row.state: row[1] for row in found}


async def findings_by_severity(session: AsyncSession, agency_code: str) -> dict[str, int]:
    """Return how many findings the live drafts of an agency have, by severity."""
    found = await session.execute(
        select(FindingRow.severity, func.count())
        .join(ReportRow, ReportRow.report_id == FindingRow.report_id)
        .where(ReportRow.agency_code == agency_code, ReportRow.state == DRAFT)
        .group_by(FindingRow.severity)
    )
    return {row.severity: row[1] for row in found}

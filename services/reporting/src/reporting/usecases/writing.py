"""What officers add to a draft: narrative sections and figures stated elsewhere."""

from datetime import datetime
from uuid import UUID

from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.errors import UnknownSection
from reporting.domain.findings import Finding
from reporting.domain.outline import SECTION
from reporting.domain.permissions import Reach
from reporting.domain.report import Narrative
from reporting.schemas.statements import StatedFigures
from reporting.store import parts, reports
from reporting.tables import NarrativeRow, StatementRow
from reporting.usecases.checking import recheck


async def write_narrative(
    tx: AsyncSession,
    report_id: UUID,
    reach: Reach,
    *,
    section: str,
    text: str,
    expected_version: int,
    by: str,
    at: datetime,
) -> Narrative:
    """Write a section over the version that the officer read; 0 = nothing written yet."""
    if section not in SECTION:
        raise UnknownSection(section=section)
    report = await reports.locked_draft(tx, report_id, reach)
    row = await parts.narrative(tx, report_id, section)
    require_version(expected_version, row.version if row else 0)
    if row is None:
        row = NarrativeRow(report_id=report_id, section=section, version=0)
        tx.add(row)
    row.body, row.version, row.written_by, row.written_at = text, row.version + 1, by, at
    report.version += 1
    await recheck(tx, report)
    return Narrative(section, row.body, row.version)


async def attach_statement(
    tx: AsyncSession,
    report_id: UUID,
    reach: Reach,
    *,
    stated: StatedFigures,
    expected_version: int,
    by: str,
    at: datetime,
) -> tuple[int, list[Finding]]:
    """Attach figures that somebody typed, in the place of those before, and check them.

    Returns the report's version from now on and all findings on it.
    """
    report = await reports.locked_draft(tx, report_id, reach)
    require_version(expected_version, report.version)
    body = stated.model_dump(mode="json")
    await parts.put_statement(
        tx, StatementRow(report_id=report_id, body=body, attached_by=by, attached_at=at)
    )
    report.version += 1
    return report.version, await recheck(tx, report)

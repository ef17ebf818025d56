"""Sealing a report: after this nothing in it changes."""

from datetime import datetime
from uuid import UUID

from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.permissions import Reach
from reporting.domain.sealing import Contents, canonical, digest, require_sealable
from reporting.schemas.reports import SealOut
from reporting.store import parts, reports
from reporting.tables import ReportRow, SealRow
from reporting.usecases.checking import name_of, recheck, window_of


async def seal_report(
    tx: AsyncSession,
    report_id: UUID,
    reach: Reach,
    *,
    expected_version: int,
    by: str,
    at: datetime,
) -> SealOut:
    """Seal the draft that the officer read; sealing a sealed report gives its seal again.

    Raises:
        NotCollected, PeriodNotOver, PartialReport, UnbalancedReport: it is not fit to be sealed.
    """
    row = await reports.locked_report(tx, report_id, reach)
    if row.state == reports.SEALED:
        return _view(row, (await reports.seals(tx, [report_id]))[report_id])
    require_version(expected_version, row.version)
    findings = await recheck(tx, row)
    window = window_of(row)
    require_sealable(findings, known_at=row.known_at, window=window)
    now = await parts.parts(tx, row)
    text = canonical(
        Contents(
            agency_code=row.agency_code,
            name=name_of(row),
            window=window,
            form=(row.form_code, row.form_version),
            figures=now.figures,
            counted_indicators=now.counted_indicators,
            narratives={narrative.section: narrative.text for narrative in now.narratives},
            findings=findings,
        )
    )
    seal = await reports.add_seal(
        tx, row, digest=digest(text), canonical=text.decode(), by=by, at=at
    )
    return _view(row, seal)


def _view(row: ReportRow, seal: SealRow) -> SealOut:
    return SealOut(
        report_id=row.report_id,
        digest=seal.digest,
        sealed_at=seal.sealed_at,
        version=row.version,
    )

"""Assessments of agencies: one per agency and period."""

from dataclasses import dataclass
from datetime import datetime

from kernel.periods import ReportingPeriod
from kit.db import refusing
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rating.domain.errors import DuplicateAssessment
from rating.tables import AgencyRow, AssessmentRow


@dataclass(frozen=True, slots=True)
class Assessment:
    """Which indicators of which set an agency counts in a period, and why."""

    agency_code: str
    period: ReportingPeriod
    indicator_set: str
    counted_indicators: frozenset[int]
    reason: str
    recorded_at: datetime


async def add_assessment(
    session: AsyncSession, assessment: Assessment, *, agency_id: int, recorded_by: str
) -> None:
    """Store an assessment; a second one for the agency and period is refused."""
    duplicate = DuplicateAssessment(agency_code=assessment.agency_code)
    with refusing({"pk_agency_assessments": duplicate}):
        await session.execute(
            insert(AssessmentRow).values(
                agency_id=agency_id,
                first_day=assessment.period.start,
                last_day=assessment.period.last_day,
                indicator_set=assessment.indicator_set,
                counted_indicators=sorted(assessment.counted_indicators),
                reason=assessment.reason,
                recorded_at=assessment.recorded_at,
                recorded_by=recorded_by,
            )
        )


async def assessment_of(
    session: AsyncSession, agency_code: str, *, period: ReportingPeriod, known_at: datetime
) -> Assessment | None:
    """Return the agency's assessment of exactly this period."""
    row = await session.scalar(
        select(AssessmentRow)
        .join(AgencyRow, AgencyRow.agency_id == AssessmentRow.agency_id)
        .where(
            AgencyRow.code == agency_code,
            AssessmentRow.first_day == period.start,
            AssessmentRow.last_day == period.last_day,
            AssessmentRow.recorded_at <= known_at,
        )
    )
    if row is None:
        return None
    return Assessment(
        agency_code,
        period,
        row.indicator_set,
        frozenset(row.counted_indicators),
        row.reason,
        row.recorded_at,
    )

"""Deciding which indicators an agency counts in a period."""

from collections.abc import Sequence
from datetime import date, datetime

from kernel.periods import ReportingPeriod
from kit.auth import Actor
from kit.figures import EmptyPeriod
from sqlalchemy.ext.asyncio import AsyncSession

from rating.clients import CatalogClient
from rating.domain.errors import (
    IndicatorSetNotInForce,
    UnknownAgency,
    UnknownIndicators,
    UnknownIndicatorSet,
)
from rating.domain.indicator_sets import IndicatorSet
from rating.schemas.scores import AssessmentPaper
from rating.store import agencies, indicator_sets
from rating.store import assessments as store
from rating.usecases.sight import require_sight


async def examine_assessment(
    catalog: CatalogClient,
    *,
    by: Actor,
    now: datetime,
    agency_code: str,
    first_day: date,
    last_day: date,
    indicator_set: str,
    counted_indicators: Sequence[int],
    reason: str,
) -> store.Assessment:
    """Check who is assessed and for which period; nothing is stored yet."""
    if last_day < first_day:
        raise EmptyPeriod(first_day=first_day, last_day=last_day)
    await require_sight(catalog, by, agency_code, now=now)
    if await catalog.agency(agency_code, on=last_day) is None:
        raise UnknownAgency(agency_code=agency_code)
    return store.Assessment(
        agency_code,
        ReportingPeriod.between(first_day, last_day),
        indicator_set,
        frozenset(counted_indicators),
        reason,
        now,
    )


async def record_assessment(
    tx: AsyncSession, assessment: store.Assessment, *, by: Actor
) -> AssessmentPaper:
    """Record the assessment under a set that was in force and has these indicators."""
    paper = await indicator_sets.indicator_set(tx, assessment.indicator_set)
    if paper is None:
        raise UnknownIndicatorSet(set_code=assessment.indicator_set)
    _require_fits(paper.in_domain(), assessment)
    ids = await agencies.agency_ids(tx, {assessment.agency_code})
    await store.add_assessment(
        tx, assessment, agency_id=ids[assessment.agency_code], recorded_by=by.subject
    )
    return AssessmentPaper(
        agency_code=assessment.agency_code,
        from_=assessment.period.start,
        to=assessment.period.last_day,
        indicator_set=assessment.indicator_set,
        counted_indicators=sorted(assessment.counted_indicators),
        reason=assessment.reason,
        recorded_at=assessment.recorded_at,
    )


def _require_fits(indicator_set: IndicatorSet, assessment: store.Assessment) -> None:
    last_day = assessment.period.last_day
    if not indicator_set.is_in_force(last_day):
        raise IndicatorSetNotInForce(set_code=indicator_set.code, last_day=last_day)
    unknown = assessment.counted_indicators - indicator_set.numbers
    if unknown:
        raise UnknownIndicators(set_code=indicator_set.code, numbers=sorted(unknown))

"""The desk of scores: assessments, score sheets."""

from fastapi import APIRouter
from kernel.refusals import NeighbourUnavailable
from kit.clock import Now
from kit.db import Tx
from kit.errors import refusals
from kit.figures import AskedFigures, BreakdownNotOffered, EmptyPeriod
from kit.idempotency import Once

from rating.deps import Assessor, Catalog, FactSources, FigureReader
from rating.domain.errors import (
    AgencyNotYours,
    DuplicateAssessment,
    IndicatorSetNotInForce,
    UnknownAgency,
    UnknownIndicators,
    UnknownIndicatorSet,
)
from rating.schemas.scores import AssessAgency, AssessmentPaper, ScoreSheetPaper
from rating.usecases import assessments, scoring

router = APIRouter(prefix="/v1", tags=["scores"])


@router.post(
    "/agency-assessments",
    status_code=201,
    responses=refusals(
        AgencyNotYours,
        DuplicateAssessment,
        EmptyPeriod,
        IndicatorSetNotInForce,
        UnknownAgency,
        UnknownIndicators,
        UnknownIndicatorSet,
        NeighbourUnavailable,
    ),
)
async def assess_agency(
    body: AssessAgency, assessor: Assessor, catalog: Catalog, tx: Tx, once: Once, now: Now
) -> AssessmentPaper:
    """Record which indicators an agency counts in a period, and why these."""
    examined = await assessments.examine_assessment(
        catalog,
        by=assessor,
        now=now,
        agency_code=body.agency_code,
        first_day=body.from_,
        last_day=body.to,
        indicator_set=body.indicator_set,
        counted_indicators=body.counted_indicators,
        reason=body.reason,
    )
    return await once(
        lambda: assessments.record_assessment(tx, examined, by=assessor), AssessmentPaper
    )


@router.get(
    "/scores",
    responses=refusals(
        AgencyNotYours, EmptyPeriod, BreakdownNotOffered, UnknownAgency, NeighbourUnavailable
    ),
)
async def score_sheet(
    reader: FigureReader, sources: FactSources, now: Now, query: AskedFigures
) -> ScoreSheetPaper:
    """Return the score sheet of an agency and period, with what is counted and the maximum."""
    return await scoring.write_score_sheet(sources, by=reader, now=now, query=query)

"""Gathering what is known of an agency and a period, and scoring it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from kernel.figures import Figure
from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from kit.auth import Actor
from kit.figures import FigureQuery, require_dimensions
from sqlalchemy.ext.asyncio import AsyncSession

from rating.clients import CatalogClient, DossierClient, NeighbourFigures
from rating.domain import figures as own_figures
from rating.domain.facts import BallotAnswers, Facts, Timeliness
from rating.domain.figures import FeedbackCounts
from rating.domain.indicator_sets import IndicatorSet, in_force
from rating.domain.scoring import IndicatorScore, ScoreSheet, score_sheet
from rating.domain.tally import tally
from rating.schemas.scores import ScoredIndicator, ScoreSheetPaper
from rating.store import agencies, assessments, ballots, feedback, indicator_sets
from rating.store.assessments import Assessment
from rating.usecases.sight import Scene, scene_of

Reading = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens one read-only snapshot; it is closed again before any neighbour is asked."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where facts come from: our own tables and two neighbours."""

    reading: Reading
    catalog: CatalogClient
    dossiers: DossierClient


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """What rating itself knows of an agency and a period."""

    ballots: dict[BallotAnswers, int]
    feedback: FeedbackCounts
    complained: frozenset[str]
    assessment: Assessment | None
    indicator_set: IndicatorSet | None
    last_entry_at: datetime | None


@dataclass(frozen=True, slots=True)
class View:
    """One question with everything our own records say about it."""

    query: FigureQuery
    scene: Scene
    known_at: datetime
    own: OwnRecords

    @property
    def register(self) -> feedback.RegisterView:
        """Return the part of the feedback register that is looked at."""
        return register_view(self.scene, self.query.period, self.known_at)


@dataclass(frozen=True, slots=True)
class Scored:
    """The facts, the sheet of everything with data, and the sheet that the assessment asks for."""

    facts: Facts
    everything: ScoreSheet | None
    assessed: ScoreSheet | None
    watermark: str


def register_view(
    scene: Scene, period: ReportingPeriod, known_at: datetime
) -> feedback.RegisterView:
    """Look at the register up to the period's end, or up to the day of knowledge before it."""
    return feedback.RegisterView(
        agencies.within(scene.codes, scene.sight),
        period,
        known_at,
        as_of=min(period.last_day, local_day(known_at)),
    )


async def look(sources: Sources, *, by: Actor, now: datetime, query: FigureQuery) -> View:
    """Read our own records of the agency and period, as known at the instant asked."""
    scene = await scene_of(sources.catalog, by, query, now=now)
    known_at = min(query.known_at or now, now)
    async with sources.reading() as session:
        own = await _own_records(session, scene, query.period, known_at)
    return View(query, scene, known_at, own)


async def _own_records(
    session: AsyncSession, scene: Scene, period: ReportingPeriod, known_at: datetime
) -> OwnRecords:
    asked = agencies.within(scene.codes, scene.sight)
    view = register_view(scene, period, known_at)
    assessment = await assessments.assessment_of(
        session, scene.agency.code, period=period, known_at=known_at
    )
    sets = await indicator_sets.indicator_sets_known_at(session, known_at)
    entries = (
        await ballots.last_ballot_at(session, asked, known_at),
        await feedback.last_entry_at(session, view),
    )
    return OwnRecords(
        ballots=await ballots.ballot_counts(session, asked, period=period, known_at=known_at),
        feedback=await feedback.feedback_counts(session, view),
        complained=await feedback.complained_dossiers(session, view),
        assessment=assessment,
        indicator_set=_choose([one.in_domain() for one in sets], assessment, period),
        last_entry_at=max((entry for entry in entries if entry is not None), default=None),
    )


def _choose(
    sets: Sequence[IndicatorSet], assessment: Assessment | None, period: ReportingPeriod
) -> IndicatorSet | None:
    """Take the set the assessment names, else the one in force at the period's end."""
    if assessment is None:
        return in_force(sets, period.last_day)
    return next((one for one in sets if one.code == assessment.indicator_set), None)


async def score(sources: Sources, view: View) -> Scored:
    """Ask the neighbours for their figures and score the indicators."""
    catalog, dossiers, complained = await asyncio.gather(
        sources.catalog.figures(view.query),
        sources.dossiers.figures(view.query),
        _timeliness_of_complained(sources.dossiers, view),
    )
    facts = _facts(view, catalog, dossiers, complained)
    chosen, assessment = view.own.indicator_set, view.own.assessment
    everything = None if chosen is None else score_sheet(chosen, facts)
    assessed = (
        everything.limited_to(assessment.counted_indicators) if everything and assessment else None
    )
    last = view.own.last_entry_at
    return Scored(
        facts,
        everything,
        assessed,
        watermark=f"rating={last.isoformat() if last else 'none'};"
        f"dossier={dossiers.watermark};catalog={catalog.watermark}",
    )


async def _timeliness_of_complained(dossiers: DossierClient, view: View) -> Counter[Timeliness]:
    """Find when the dossiers with feedback on conduct ended.

    The neighbour lists the dossiers of a period but cannot be asked for some of them as known
    then, so all pages are walked; only agencies that have such feedback pay for it.
    """
    found: Counter[Timeliness] = Counter()
    missing = set(view.own.complained)
    if not missing:
        return found
    async for dossier in dossiers.every_settled(view.query):
        if dossier.record_id in missing:
            missing.discard(dossier.record_id)
            found[dossier.attributes.timeliness] += 1
            if not missing:
                break
    return found


_SETTLED = {
    Timeliness.EARLY: "dossiers.settled.early",
    Timeliness.ON_TIME: "dossiers.settled.on_time",
    Timeliness.LATE: "dossiers.settled.late",
}


def _facts(
    view: View,
    catalog: NeighbourFigures,
    dossiers: NeighbourFigures,
    complained: Counter[Timeliness],
) -> Facts:
    return Facts(
        level=view.scene.agency.level,
        settled={timeliness: dossiers.counts.get(key, 0) for timeliness, key in _SETTLED.items()},
        complained=complained,
        ballots=view.own.ballots,
        shares={
            **catalog.shares,
            **dossiers.shares,
            "feedback.answered_on_time": view.own.feedback.on_time,
        },
        counts={**catalog.counts, **dossiers.counts},
    )


@dataclass(frozen=True, slots=True)
class ComputedFigures:
    """The figures of one question, and up to which record and instant they reach."""

    figures: list[Figure]
    watermark: str
    known_at: datetime


async def compute_figures(
    sources: Sources, *, by: Actor, now: datetime, query: FigureQuery
) -> ComputedFigures:
    """Return every figure of rating; absent ones have no value."""
    require_dimensions(query)
    view = await look(sources, by=by, now=now, query=query)
    scored = await score(sources, view)
    figures = [
        *own_figures.indicator_figures(scored.everything),
        *own_figures.sheet_figures(scored.assessed, ""),
        *own_figures.sheet_figures(scored.everything, ".all"),
        *own_figures.satisfaction_figures(tally(view.own.ballots)),
        *own_figures.feedback_figures(view.own.feedback),
    ]
    return ComputedFigures(figures, scored.watermark, view.known_at)


async def write_score_sheet(
    sources: Sources, *, by: Actor, now: datetime, query: FigureQuery
) -> ScoreSheetPaper:
    """Return the sheet that the assessment asks for, else that of everything with data."""
    require_dimensions(query)
    view = await look(sources, by=by, now=now, query=query)
    scored = await score(sources, view)
    sheet, assessment = scored.assessed or scored.everything, view.own.assessment
    return ScoreSheetPaper(
        agency_code=query.agency_code,
        from_=query.period.start,
        to=query.period.last_day,
        known_at=view.known_at,
        indicator_set=sheet.indicator_set.code if sheet else None,
        indicators=[_line(one) for one in sheet.scores] if sheet else [],
        total=sheet.total if sheet else None,
        maximum=sheet.maximum if sheet else None,
        counted=len(sheet.counted) if sheet else 0,
        class_=sheet.ranking.name_vi if sheet and sheet.ranking else None,
        class_code=sheet.ranking.code if sheet and sheet.ranking else None,
        assessment_reason=assessment.reason if assessment else None,
    )


def _line(one: IndicatorScore) -> ScoredIndicator:
    return ScoredIndicator(
        number=one.indicator.number,
        label=one.indicator.label_vi,
        points=one.points,
        max_points=one.indicator.max_points,
        numerator=one.earned.part,
        denominator=one.earned.whole,
        counted=one.points is not None,
        not_counted_reason=one.not_counted,
    )

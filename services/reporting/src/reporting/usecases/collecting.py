"""Collecting figures: the three record keepers asked at once, before anything is written."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.periods import ReportingPeriod
from kernel.refusals import NeighbourUnavailable
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.clients import CatalogClient, FigureCopy, FiguresClient, FiguresCopy
from reporting.domain.cross_checks import OK, UNAVAILABLE, Source
from reporting.domain.errors import KnownInFuture, ReportSealed, UnknownFigure
from reporting.domain.figures import (
    COUNTED,
    PROCEDURE_FIELD,
    ReportFigure,
    composed,
    indicator_numbers,
)
from reporting.domain.permissions import Reach
from reporting.store import parts, reports
from reporting.tables import ReportRow
from reporting.usecases.checking import recheck, window_of

BROKEN_DOWN = "dossier"
"""Only dossiers are reported per procedure field; the other services have no such figures."""
ASSESSOR = "rating"
_MOST_ROUNDS = 2
"""What was answered once is answered again: more are needed only by who comes back meanwhile."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The record keepers, and how long a collection waits for each."""

    catalog: CatalogClient
    keepers: tuple[FiguresClient, ...]
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Collected:
    """What the neighbours answered, as known at one instant."""

    known_at: datetime
    sources: tuple[Source, ...]
    figures: tuple[ReportFigure, ...]
    field_names: Mapping[str, str]
    counted_indicators: tuple[int, ...] | None


def instant_of_knowledge(asked: datetime | None, *, now: datetime) -> datetime:
    """Return the instant as of which figures are collected; the future is refused."""
    if asked is not None and asked > now:
        raise KnownInFuture(known_at=asked.isoformat())
    return asked or now


async def collect(
    neighbours: Neighbours, agency_code: str, period: ReportingPeriod, *, known_at: datetime
) -> Collected:
    """Ask every record keeper at once; one that stays silent makes the report partial.

    A keeper that cannot answer as of the instant yet answers as of an earlier one. The others are
    then asked again as of that, so that a report is as of one instant.
    """
    names = asyncio.ensure_future(_field_names(neighbours))
    answers, counted = await _ask_all(neighbours, agency_code, period, known_at)
    for _ in range(_MOST_ROUNDS):
        earliest = min((source.known_at for source, _ in answers), default=known_at)
        if earliest >= known_at:
            break
        known_at = earliest
        answers, counted = await _ask_all(neighbours, agency_code, period, known_at)
    figures = [figure for _, found in answers for figure in found]
    return Collected(
        known_at=known_at,
        sources=tuple(source for source, _ in answers),
        figures=(*figures, *composed(figures)),
        field_names=await names,
        counted_indicators=counted,
    )


async def _ask_all(
    neighbours: Neighbours, agency_code: str, period: ReportingPeriod, known_at: datetime
) -> tuple[Sequence[tuple[Source, Sequence[ReportFigure]]], tuple[int, ...] | None]:
    return await asyncio.gather(
        asyncio.gather(
            *(
                _ask(keeper, agency_code, period, known_at, neighbours.timeout_seconds)
                for keeper in neighbours.keepers
            )
        ),
        _counted_indicators(neighbours, agency_code, period, known_at),
    )


async def collect_report(
    neighbours: Neighbours, row: ReportRow, *, asked: datetime | None, now: datetime
) -> Collected:
    """Collect for a draft; a sealed report is refused before anybody is asked."""
    if row.state == reports.SEALED:
        raise ReportSealed(report_id=str(row.report_id))
    known_at = instant_of_knowledge(asked, now=now)
    return await collect(neighbours, row.agency_code, window_of(row), known_at=known_at)


async def _field_names(neighbours: Neighbours) -> Mapping[str, str]:
    try:
        async with asyncio.timeout(neighbours.timeout_seconds):
            return await neighbours.catalog.procedure_field_names()
    except (NeighbourUnavailable, TimeoutError):
        return {}  # rows then show the fields' codes, and the catalogue's figures are missing too


async def _counted_indicators(
    neighbours: Neighbours, agency_code: str, period: ReportingPeriod, known_at: datetime
) -> tuple[int, ...] | None:
    """Return which indicators the assessment counts: the evidence of their number names them."""
    keeper = next(keeper for keeper in neighbours.keepers if keeper.service == ASSESSOR)
    try:
        async with asyncio.timeout(neighbours.timeout_seconds):
            page = await keeper.evidence(
                COUNTED,
                agency_code,
                period,
                known_at=known_at,
                procedure_field=None,
                limit=100,
                cursor=None,
            )
    except (NeighbourUnavailable, UnknownFigure, TimeoutError):
        return None  # the report then says how many were counted, not which
    return indicator_numbers(record.attributes.get("figure", "") for record in page.items)


async def _ask(
    keeper: FiguresClient,
    agency_code: str,
    period: ReportingPeriod,
    known_at: datetime,
    timeout_seconds: float,
) -> tuple[Source, Sequence[ReportFigure]]:
    """Ask a keeper; its figures by field as of the instant that its totals were told as of.

    Asked both at once, a record that comes between would be in one of them only.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            answers = [await keeper.figures(agency_code, period, known_at=known_at)]
            if keeper.service == BROKEN_DOWN:
                told = answers[0].known_at
                answers.append(
                    await keeper.figures(agency_code, period, known_at=told, by=PROCEDURE_FIELD)
                )
    except (NeighbourUnavailable, TimeoutError) as error:
        note = str(getattr(error, "details", {}).get("status", "")) or type(error).__name__
        return Source(keeper.service, UNAVAILABLE, None, known_at, note), []
    return (
        Source(keeper.service, OK, answers[0].watermark, answers[0].known_at),
        _once_each(keeper.service, answers),
    )


def _once_each(service: str, answers: Sequence[FiguresCopy]) -> Sequence[ReportFigure]:
    """Return the figures once each: the answer by field may repeat those of the whole agency."""
    figures = [_figure(service, figure) for answer in answers for figure in answer.figures]
    return list({figure.identity: figure for figure in reversed(figures)}.values())[::-1]


def _figure(service: str, copy: FigureCopy) -> ReportFigure:
    return ReportFigure(source=service, **copy.model_dump())


async def store_collection(
    tx: AsyncSession, report_id: UUID, reach: Reach, collected: Collected, *, at: datetime
) -> ReportRow:
    """Put what was collected in the place of what the draft had, and check it."""
    row = await reports.locked_draft(tx, report_id, reach)
    await parts.replace_figures(tx, report_id, collected.figures)
    await parts.replace_sources(tx, report_id, collected.sources)
    row.known_at, row.collected_at = collected.known_at, at
    counted = collected.counted_indicators
    row.counted_indicators = None if counted is None else [*counted]
    row.field_names = dict(collected.field_names) or row.field_names
    row.version += 1
    await recheck(tx, row)
    return row

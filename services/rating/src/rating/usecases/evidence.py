"""The records behind each figure, a page at a time; none of them names a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kit.auth import Actor
from kit.errors import BadCursor
from kit.figures import (
    EvidencePage,
    EvidenceQuery,
    EvidenceRecord,
    UnknownFigure,
    require_dimensions,
)
from kit.paging import decode_cursor, encode_cursor

from rating.domain.facts import Satisfaction
from rating.domain.figures import DEFINITIONS, INDICATOR_PREFIX
from rating.domain.rules import AnswerPoints, ConductPoints, TimelinessPoints
from rating.domain.scoring import IndicatorScore, ScoreSheet
from rating.domain.tally import tally
from rating.store import agencies
from rating.store import ballots as ballot_store
from rating.store import feedback as feedback_store
from rating.usecases import records
from rating.usecases.pages import after_day_and_id, cursor_after
from rating.usecases.scoring import Scored, Sources, View, look, score


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A page before it is dressed with its figure's key and kind."""

    total: int
    total_contribution: Decimal
    items: Sequence[EvidenceRecord]
    next_cursor: str | None = None


_NOTHING = _Evidence(0, Decimal(), ())


async def list_evidence(
    sources: Sources, *, by: Actor, now: datetime, key: str, asked: EvidenceQuery
) -> EvidencePage:
    """Return a page of the records behind a figure.

    Raises:
        UnknownFigure: rating defines no figure with this key.
    """
    if key not in DEFINITIONS:
        raise UnknownFigure(key=key)
    require_dimensions(asked.figures)
    view = await look(sources, by=by, now=now, query=asked.figures)
    found = await _find(sources, view, key, asked)
    return EvidencePage(
        key=key,
        kind=DEFINITIONS[key].kind,
        total=found.total,
        total_contribution=found.total_contribution,
        items=list(found.items),
        next_cursor=found.next_cursor,
    )


async def _find(sources: Sources, view: View, key: str, asked: EvidenceQuery) -> _Evidence:
    family = key.partition(".")[0]
    if family == "satisfaction":
        return await _of_satisfaction(sources, view, key, asked)
    if family == "feedback":
        return await _of_feedback(sources, view, key, asked)
    scored = await score(sources, view)
    if key.startswith(INDICATOR_PREFIX):
        return await _of_indicator(sources, view, scored, key, asked)
    sheet = scored.everything if key.endswith(".all") else scored.assessed
    return _NOTHING if sheet is None else _of_sheet(sheet, key.removesuffix(".all"), asked)


async def _of_satisfaction(
    sources: Sources, view: View, key: str, asked: EvidenceQuery
) -> _Evidence:
    """List every ballot; those of the figure's level contribute 1."""
    counted = tally(view.own.ballots)
    level = key.removeprefix("satisfaction.")
    if level == "ballots":
        return await _of_ballots(sources, view, None, asked, (counted.ballots, counted.ballots))
    part = counted.counts[list(Satisfaction).index(Satisfaction(level))]
    return await _of_ballots(sources, view, Satisfaction(level), asked, (counted.ballots, part))


async def _of_ballots(
    sources: Sources,
    view: View,
    counted_by: AnswerPoints | Satisfaction | None,
    asked: EvidenceQuery,
    totals: tuple[int, int],
) -> _Evidence:
    after = after_day_and_id(asked.cursor)
    async with sources.reading() as session:
        found = await ballot_store.ballots_cast(
            session,
            agencies.within(view.scene.codes, view.scene.sight),
            period=view.query.period,
            known_at=view.known_at,
            counted_by=counted_by if isinstance(counted_by, AnswerPoints) else None,
            after=after,
            limit=asked.limit + 1,
        )
    page = found[: asked.limit]
    more = len(found) > asked.limit
    return _Evidence(
        totals[0],
        Decimal(totals[1]),
        [records.of_ballot(ballot, counted_by) for ballot in page],
        cursor_after(page[-1].cast_on, page[-1].ballot_id) if more else None,
    )


async def _of_feedback(sources: Sources, view: View, key: str, asked: EvidenceQuery) -> _Evidence:
    register, counts = view.register, view.own.feedback
    chosen, total, contribution = {
        "feedback.received": (register.received, counts.received, counts.received),
        "feedback.received.regulation": (
            register.received_about("regulation"),
            counts.received_regulation,
            counts.received_regulation,
        ),
        "feedback.received.conduct": (
            register.received_about("conduct"),
            counts.received_conduct,
            counts.received_conduct,
        ),
        "feedback.answered": (register.answered, counts.answered, counts.answered),
        "feedback.answered_on_time": (register.judged, counts.on_time.whole, counts.on_time.part),
    }[key]
    async with sources.reading() as session:
        found = await feedback_store.register_page(
            session,
            register,
            chosen,
            after=after_day_and_id(asked.cursor),
            limit=asked.limit + 1,
        )
    page = found[: asked.limit]
    more = len(found) > asked.limit
    judging = key == "feedback.answered_on_time"
    return _Evidence(
        total,
        Decimal(contribution),
        [records.of_feedback(one, judging=judging) for one in page],
        cursor_after(page[-1].received_on, page[-1].feedback_id) if more else None,
    )


async def _of_indicator(
    sources: Sources, view: View, scored: Scored, key: str, asked: EvidenceQuery
) -> _Evidence:
    number = int(key.removeprefix(INDICATOR_PREFIX))
    scores = scored.everything.scores if scored.everything else ()
    found = next((one for one in scores if one.indicator.number == number), None)
    if found is None or found.points is None:
        return _NOTHING
    rule = found.indicator.rule
    if isinstance(rule, TimelinessPoints | ConductPoints):
        return await _of_dossiers(sources, view, found, rule, asked)
    if isinstance(rule, AnswerPoints):
        totals = (found.earned.whole, found.earned.part)
        return await _of_ballots(sources, view, rule, asked, totals)
    return _page([records.of_agency(view, scored, found, rule.looks_at)], asked)


async def _of_dossiers(
    sources: Sources,
    view: View,
    found: IndicatorScore,
    rule: TimelinessPoints | ConductPoints,
    asked: EvidenceQuery,
) -> _Evidence:
    """List the settled dossiers as the dossier service pages them, each with its points."""
    page = await sources.dossiers.settled(view.query, limit=asked.limit, cursor=asked.cursor)
    complained = view.own.complained
    return _Evidence(
        page.total,
        Decimal(found.earned.part),
        [
            records.of_dossier(one, rule, complained=one.record_id in complained)
            for one in page.items
        ],
        page.next_cursor,
    )


def _of_sheet(sheet: ScoreSheet, key: str, asked: EvidenceQuery) -> _Evidence:
    """List the counted indicators with what each adds to the sum, the maximum or the number."""
    return _page(
        [records.of_indicator(sheet.indicator_set.code, one, key) for one in sheet.counted],
        asked,
    )


def _page(listed: Sequence[EvidenceRecord], asked: EvidenceQuery) -> _Evidence:
    """Cut a short list that is at hand into pages."""
    key = decode_cursor(asked.cursor, int)
    start = int(str(key[0])) if key else 0
    if start < 0:
        raise BadCursor
    end = start + asked.limit
    return _Evidence(
        len(listed),
        sum((record.contribution for record in listed), Decimal()),
        listed[start:end],
        encode_cursor(end) if end < len(listed) else None,
    )

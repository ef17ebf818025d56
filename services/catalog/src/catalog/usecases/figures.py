"""Answering for the catalogue's figures: the store counts, the domain's rules decide."""

from collections.abc import Sequence
from datetime import datetime

from kernel.figures import Figure, FigureDefinition
from kernel.periods import ReportingPeriod
from kit.auth import Actor
from kit.figures import (
    EvidencePage,
    EvidenceQuery,
    EvidenceRecord,
    FigureQuery,
    FiguresOut,
    UnknownFigure,
    figures_out,
    require_dimensions,
)
from kit.paging import decode_cursor, encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import AgencyNotFound
from catalog.domain.figures import BY_KEY, DEFINITIONS, RULES, FigureRule
from catalog.store import agencies as agency_store
from catalog.store import figures as store
from catalog.store.changes import watermark
from catalog.tables import Found
from catalog.usecases.authority import require_agency

_DEFINITIONS: dict[str, FigureDefinition] = {each.key: each for each in DEFINITIONS}


async def answer_figures(
    tx: AsyncSession, query: FigureQuery, *, by: Actor, at: datetime
) -> FiguresOut:
    """Return all figures of the catalogue for an agency and period."""
    require_dimensions(query, "procedure_field")
    await require_agency(tx, query.agency_code, by=by, at=at)
    known_at = _known_at(query, at=at)
    scope = await _scope(tx, query, known_at=known_at)
    computed = await _computed(tx, scope, by_field=query.by == "procedure_field")
    mark = await watermark(tx, known_at=known_at)
    return figures_out(_DEFINITIONS, computed, query, watermark=mark, known_at=known_at)


async def answer_evidence(
    tx: AsyncSession, key: str, query: EvidenceQuery, *, by: Actor, at: datetime
) -> EvidencePage:
    """Return a page of the procedures behind a figure."""
    if key not in BY_KEY:
        raise UnknownFigure(key=key)
    require_dimensions(query.figures, "procedure_field")
    rule = BY_KEY[key]
    await require_agency(tx, query.figures.agency_code, by=by, at=at)
    after = decode_cursor(query.cursor, str)
    scope = await _scope(tx, query.figures, known_at=_known_at(query.figures, at=at))
    field_code = query.figures.procedure_field
    total, contributing = await store.evidence_totals(tx, scope, rule, field_code=field_code)
    rows = await store.evidence(
        tx,
        scope,
        rule,
        field_code=field_code,
        after=None if after is None else str(after[0]),
        limit=query.limit + 1,
    )
    page = rows[: query.limit]
    return EvidencePage(
        key=key,
        kind=rule.definition.kind,
        total=total,
        total_contribution=contributing,
        items=[_record(row, rule) for row in page],
        next_cursor=encode_cursor(page[-1].code) if len(rows) > query.limit else None,
    )


async def measure(
    tx: AsyncSession, agency_code: str, period: ReportingPeriod, *, at: datetime
) -> Sequence[Figure]:
    """Return the figures for the gauges."""
    scope = await _scope(tx, FigureQuery(agency_code, period), known_at=at)
    return await _computed(tx, scope, by_field=False)


def _known_at(query: FigureQuery, *, at: datetime) -> datetime:
    """Return the instant of knowledge: what will be known later cannot be asked again."""
    return min(query.known_at or at, at)


async def _scope(tx: AsyncSession, query: FigureQuery, *, known_at: datetime) -> store.Scope:
    """Return whose procedures count: the agency, and those below it when asked for."""
    agency = await agency_store.agency_row(tx, query.agency_code)
    if agency is None:
        raise AgencyNotFound(agency_code=query.agency_code)
    day, ids = query.period.last_day, {agency.agency_id}
    if query.include_subordinates:
        below = await agency_store.subtree_on(tx, agency.code, day=day, known_at=known_at)
        ids |= {each.agency_id for each in below if each.exists_then}
    return store.Scope(sorted(ids), day, known_at)


async def _computed(tx: AsyncSession, scope: store.Scope, *, by_field: bool) -> list[Figure]:
    counted = await store.counts(tx, scope, RULES, by_field=by_field)
    return [
        rule.figure(*pair, dimensions={} if field is None else {"procedure_field": field})
        for field, pairs in sorted(counted.items(), key=lambda item: item[0] or "")
        for rule, pair in zip(RULES, pairs, strict=True)
    ]


def _record(row: Found, rule: FigureRule) -> EvidenceRecord:
    attributes = {
        "name": row.name,
        "procedure_field": row.field_code,
        "level": row.level,
        "version_number": str(row.version_number),
        "desk": row.desk,
        "online_level": row.online_level,
        "review": row.review,
        "reviewed_on": row.reviewed_on and row.reviewed_on.isoformat(),
    }
    return EvidenceRecord(
        record_type="procedure",
        record_id=row.code,
        contribution=int(row.contributes),
        occurred_on=row.reviewed_on if "review" in rule.counts else row.valid_from,
        attributes={name: value for name, value in attributes.items() if value is not None},
    )

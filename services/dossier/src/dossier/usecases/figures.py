"""Figures of the control report about dossiers, and the records behind each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from kernel.figures import NO_DIMENSIONS, Figure, FigureKind
from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio
from kernel.time_zone import local_day
from kit.figures import (
    EvidencePage,
    EvidenceQuery,
    EvidenceRecord,
    FigureQuery,
    UnknownFigure,
    figures_written,
    require_dimensions,
)
from kit.paging import decode_cursor, encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.classification import as_far_as_known
from dossier.domain.dossier import dossier_code
from dossier.domain.facts import FOREVER
from dossier.domain.figures import BROKEN_DOWN, COUNTED, DEFINITIONS, ONLINE_PROCEDURES, RATES
from dossier.domain.permissions import require_sight
from dossier.store import certified
from dossier.store import figures as store
from dossier.store.figures import RETURNED, Behind, Place
from dossier.store.readings import Counts, reading_counts
from dossier.store.scopes import Scope
from dossier.store.watermark import as_present, watermark
from dossier.usecases.acting import Acting, Office
from dossier.usecases.ahead import count_figures
from dossier.usecases.closing import Closer, close_past
from dossier.usecases.figures_at_once import count_at_once
from dossier.usecases.places import evidence_place, place
from dossier.usecases.readings import READ, readings_page

_COPIES = "certified_copies"
_IN_TIME = "dossiers.settled.in_time"
_COUNTED = [*(d.key for d in COUNTED), _IN_TIME]


async def compute_figures(
    tx: AsyncSession, office: Office, query: FigureQuery, *, closer: Closer, acting: Acting
) -> bytes:
    """Write every figure of an agency and period, in total and by a dimension when asked.

    `known_at` of the answer is closed, so asking as of it again gives the same again.

    Raises:
        StillRecording: no instant is closed yet as of which they could be told.
    """
    by, today = query.by, local_day(acting.now)
    scope = await scope_of(office, query, acting=acting)
    found = await count_at_once(closer.hot, scope, by=by, today=today)
    if found is None:
        known_at = await close_past(closer, query.known_at)
        scope = await scope_of(office, replace(query, known_at=known_at), acting=acting)
        found = await count_at_once(closer.hot, scope, by=by, today=today)
    if found is not None:
        known_at, last, counts = found.known_at, found.watermark, found.counts
        counts[None][_COPIES] = found.copies
        _add_readings(counts, found.readings)
        figures = _figures(counts, by)
    else:
        figures = await all_figures(tx, scope, by=by, today=today)
        last = await watermark(tx, scope)
    return figures_written(
        DEFINITIONS,
        figures,
        query,
        watermark="none" if last is None else last.isoformat(),
        known_at=known_at,
    )


async def scope_of(office: Office, query: FigureQuery, *, acting: Acting) -> Scope:
    """Say which agencies and days the question covers: those below as of the period's last day.

    Raises:
        NotYourAgency: one of them is out of sight; a sum that leaves it out would be wrong.
    """
    require_sight(acting.sight, query.agency_code)
    await office.catalogue.agency_id(query.agency_code)
    codes = frozenset({query.agency_code})
    if query.include_subordinates:
        codes |= await office.catalogue.subtree(query.agency_code, on=query.period.last_day)
    for code in sorted(codes):
        require_sight(acting.sight, code)
    known_on = local_day(min(query.known_at or acting.now, acting.now))
    period = as_far_as_known(query.period, known_on)
    return Scope(agencies=codes, sight=acting.sight, period=period, known_at=query.known_at)


async def all_figures(
    tx: AsyncSession, scope: Scope, *, today: date, by: str | None = None
) -> list[Figure]:
    """Return the figures of a scope, totals first, then those of each value of a dimension."""
    logged = await as_present(tx, scope)
    found = await count_figures(tx, logged, _COUNTED, by=by, today=today)
    found[None][_COPIES] = await certified.copies_total(tx, scope)
    _add_readings(found, await reading_counts(tx, logged, by=by))
    return _figures(found, by)


def _figures(found: Counts, by: str | None) -> list[Figure]:
    figures = [_figure(key, found[None]) for key in DEFINITIONS]
    if by is not None:
        for value in sorted(value for value in found if value is not None):
            counts, place = found[value], {by: value}
            figures += [_figure(key, counts, place) for key in BROKEN_DOWN]
    return figures


def _add_readings(found: Counts, readings: Counts) -> None:
    """Put readings beside the counts of each value; a value may have readings only."""
    for value in {*found, *readings}:
        counts = found.setdefault(value, dict.fromkeys((*_COUNTED, ONLINE_PROCEDURES), 0))
        counts |= readings.get(value, dict.fromkeys(READ, 0))


async def list_evidence(
    tx: AsyncSession, office: Office, key: str, query: EvidenceQuery, *, acting: Acting
) -> EvidencePage:
    """Return a page of the records behind a figure."""
    if key not in DEFINITIONS:
        raise UnknownFigure(key=key)
    if key not in BROKEN_DOWN:
        require_dimensions(query.figures)
    scope = await scope_of(office, query.figures, acting=acting)
    if key == _COPIES:
        return await _copies_page(tx, scope, query)
    if key == ONLINE_PROCEDURES:
        return await _procedures_page(tx, scope, query)
    if key in READ:
        return await readings_page(tx, scope, key, query)
    return await _dossiers_page(tx, scope, key, query)


def _figure(
    key: str, counted: Mapping[str, int], dimensions: Mapping[str, str] = NO_DIMENSIONS
) -> Figure:
    if key not in RATES:
        return Figure(key, counted[key], None, None, dimensions)
    part, whole = (counted[name] for name in RATES[key])
    return Figure(key, Ratio(part, whole).percent(), part, whole, dimensions)


async def _dossiers_page(
    tx: AsyncSession, scope: Scope, key: str, query: EvidenceQuery
) -> EvidencePage:
    """Return a page; the totals are counted for the first and carried by the cursor."""
    narrowed = query.figures.narrowed
    after, told = evidence_place(query.cursor)
    found = await store.evidence(
        tx, scope, key, narrowed=narrowed, after=after, limit=query.limit + 1
    )
    page, more = found[: query.limit], len(found) > query.limit
    if told is not None:
        totals = told
    elif more:
        totals = await store.totals(tx, scope, key, narrowed=narrowed)
    else:
        totals = len(page), sum(record.contribution for record in page)
    last = page[-1] if more else None
    return EvidencePage(
        key=key,
        kind=DEFINITIONS[key].kind,
        total=totals[0],
        total_contribution=totals[1],
        items=[_dossier_record(key, record) for record in page],
        next_cursor=last and encode_cursor(*_place_of(key, last), *totals),
    )


def _place_of(key: str, record: Behind) -> Place:
    day = getattr(record, store.day_of(key))
    return record.agency_id, day, record.issued_on, record.serial


def _dossier_record(key: str, record: Behind) -> EvidenceRecord:
    return EvidenceRecord(
        record_type="dossier",
        record_id=dossier_code(record.agency_code, record.issued_on, record.serial),
        contribution=record.contribution,
        occurred_on=_day_of(key, record),
        attributes={
            "agency_code": record.agency_code,
            "procedure_code": record.procedure_code,
            "procedure_field": record.field_code,
            "channel": record.channel,
            "received_on": record.received_on.isoformat(),
            "due_on": _iso(record.due_on),
            "ended_on": _iso(record.ended_on),
            "timeliness": record.timeliness or "",
        },
    )


def _day_of(key: str, record: Behind) -> date:
    """Return the day that put the record in the period."""
    if key == RETURNED:
        return record.returned_on
    if key == "dossiers.apologies":
        return record.apologised_on
    return record.ended_on if ".settled" in key else record.received_on


def _iso(day: date) -> str:
    return "" if day == FOREVER else day.isoformat()


async def _procedures_page(tx: AsyncSession, scope: Scope, query: EvidenceQuery) -> EvidencePage:
    """Page the procedures in memory: there are hundreds at most."""
    after = decode_cursor(query.cursor, str) or ("",)
    found = await store.online_procedures(tx, scope, query.figures.narrowed)
    left = [(code, dossiers) for code, dossiers in found.items() if code > str(after[0])]
    page = left[: query.limit]
    return EvidencePage(
        key=ONLINE_PROCEDURES,
        kind=FigureKind.COUNT,
        total=len(found),
        total_contribution=len(found),
        items=[
            EvidenceRecord(
                record_type="procedure",
                record_id=code,
                contribution=1,
                attributes={"dossiers": str(dossiers)},
            )
            for code, dossiers in page
        ],
        next_cursor=encode_cursor(page[-1][0]) if len(left) > query.limit else None,
    )


async def _copies_page(tx: AsyncSession, scope: Scope, query: EvidenceQuery) -> EvidencePage:
    after = place(query.cursor)
    found = await certified.copies_evidence(tx, scope, after=after, limit=query.limit + 1)
    total = await certified.copies_total(tx, scope)
    page, more = found[: query.limit], len(found) > query.limit
    last = page[-1] if more else None
    return EvidencePage(
        key=_COPIES,
        kind=FigureKind.COUNT,
        total=total,
        total_contribution=total,
        items=[
            EvidenceRecord(
                record_type="certified_copy",
                record_id=f"{copy.agency_code}/{copy.certified_on}/{copy.ordinal:04d}",
                contribution=1,
                occurred_on=copy.certified_on,
                attributes={"agency_code": copy.agency_code},
            )
            for copy in page
        ],
        next_cursor=last and encode_cursor(last.certified_on, last.agency_id, last.ordinal),
    )


async def measured_figures(
    tx: AsyncSession, office: Office, agency_code: str, period: ReportingPeriod, now: datetime
) -> list[Figure]:
    """Return an agency's own figures for the gauges, which see the whole tree."""
    query = FigureQuery(agency_code, period)
    acting = Acting(by="metrics", sight=None, now=now)
    scope = await scope_of(office, query, acting=acting)
    return await all_figures(tx, scope, today=local_day(now))

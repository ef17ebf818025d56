"""Counting facts, and listing what was counted: one predicate per figure serves both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kernel.periods import ReportingPeriod
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.facts import FOREVER, Timeliness, timeliness
from dossier.domain.figures import RATES
from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight
from dossier.tables import agencies, events, facts, facts_history

_COLUMNS = [column.name for column in facts.c]
Predicates = Mapping[str, ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which records count: those of `agencies` in sight, as known at `known_at` (None: now)."""

    agencies: Collection[str]
    sight: Sight
    period: ReportingPeriod
    known_at: datetime | None = None


Place = tuple[date, int, int]
"""Where a record stands in evidence: day of the code, serial, agency."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A dossier behind a figure; `contribution` is 1 or, in a rate's denominator, maybe 0."""

    agency_id: int
    agency_code: str
    issued_on: date
    serial: int
    procedure_code: str
    field_code: str
    channel: str
    received_on: date
    due_on: date
    ended_on: date
    returned_on: date
    apologised_on: date
    contribution: int

    @property
    def timeliness(self) -> Timeliness | None:
        """Return how the dossier ended, None while it has not."""
        return None if self.ended_on == FOREVER else timeliness(self.ended_on, self.due_on)


def predicates(known: FromClause, period: ReportingPeriod) -> Predicates:
    """Return what makes a stretch of a dossier count in each figure.

    Each picks exactly one stretch of a dossier or none, so counting rows counts dossiers. The
    property tests prove it equal to `domain.classification.contribution`.
    """
    f, start, last = known.c, period.start, period.last_day
    is_first = f.stretch == 1
    received = and_(is_first, f.received_on.between(start, last))
    carried = and_(is_first, f.received_on < start, f.ended_on >= start)
    settled = and_(f.is_last, f.ended_on.between(start, last))
    late = and_(settled, f.ended_on > f.due_on)
    early = and_(settled, f.due_on != FOREVER, f.ended_on < f.due_on)
    on_time = and_(settled, or_(f.due_on == FOREVER, f.ended_on == f.due_on))
    pending = and_(f.from_on <= last, f.until_on > last)
    is_overdue = and_(f.due_on < last, ~f.is_waiting)
    return {
        "dossiers.received": received,
        "dossiers.received.online": and_(received, f.channel == "online"),
        "dossiers.received.direct": and_(received, f.channel == "direct"),
        "dossiers.received.postal": and_(received, f.channel == "postal"),
        "dossiers.carried_over": carried,
        "dossiers.total": or_(received, carried),
        "dossiers.settled": settled,
        "dossiers.settled.early": early,
        "dossiers.settled.on_time": on_time,
        "dossiers.settled.in_time": or_(early, on_time),
        "dossiers.settled.late": late,
        "dossiers.pending": pending,
        "dossiers.pending.in_time": and_(pending, ~is_overdue),
        "dossiers.pending.overdue": and_(pending, is_overdue),
        "dossiers.online.settled.late": and_(late, f.channel == "online"),
        "dossiers.apologies": and_(f.is_last, f.apologised_on.between(start, last)),
        "dossiers.settled.late.without_apology": and_(late, f.apologised_on > f.ended_on),
        "dossiers.returned.postal": and_(
            f.is_last, f.return_method == "postal", f.returned_on.between(start, last)
        ),
    }


def known_facts(scope: Scope) -> FromClause:
    """Return the facts as known then: the present ones, and those since superseded."""
    if scope.known_at is None:
        return facts.alias("known")
    at = scope.known_at
    present = select(*(facts.c[name] for name in _COLUMNS)).where(facts.c.recorded_from <= at)
    past = select(*(facts_history.c[name] for name in _COLUMNS)).where(
        facts_history.c.recorded_from <= at, facts_history.c.recorded_to > at
    )
    return union_all(present, past).subquery("known")


def in_window(known: FromClause, period: ReportingPeriod) -> ColumnElement[bool]:
    """Return the range every figure but the returns lies in: alive at some day of the period."""
    return and_(known.c.received_on <= period.last_day, known.c.ended_on >= period.start)


async def counts(
    tx: AsyncSession, scope: Scope, keys: Sequence[str], *, per_field: bool
) -> dict[str | None, dict[str, int]]:
    """Return the counts of `keys` by procedure field; without breakdown the field is None."""
    known = known_facts(scope)
    conditions = predicates(known, scope.period)
    field = known.c.field_code if per_field else literal(None)
    counted = [func.count().filter(conditions[key]).label(key) for key in keys]
    query = select(field.label("field"), *counted).where(
        in_sight(known.c.agency_id, scope.sight, among=scope.agencies),
        in_window(known, scope.period),
    )
    rows = await tx.execute(query.group_by(known.c.field_code) if per_field else query)
    return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in rows}


async def count(tx: AsyncSession, scope: Scope, key: str, *, field: str | None = None) -> int:
    """Return one count, of one procedure field when named."""
    known = known_facts(scope)
    query = select(func.count()).where(*_behind(known, scope, key, field))
    return (await tx.execute(query)).scalar_one()


async def online_procedures(tx: AsyncSession, scope: Scope) -> dict[str, int]:
    """Return the procedures of which online dossiers were received, with how many of them."""
    known = known_facts(scope)
    rows = await tx.execute(
        select(known.c.procedure_code, func.count())
        .where(*_behind(known, scope, "dossiers.received.online", None))
        .group_by(known.c.procedure_code)
        .order_by(known.c.procedure_code)
    )
    return {row[0]: row[1] for row in rows}


async def evidence(
    tx: AsyncSession,
    scope: Scope,
    key: str,
    *,
    field: str | None,
    after: Place | None,
    limit: int,
) -> list[Behind]:
    """Return a page of the dossiers behind a figure; of a rate, those of its denominator."""
    known = known_facts(scope)
    place = tuple_(known.c.issued_on, known.c.serial, known.c.agency_id)
    further = true() if after is None else place > tuple_(*(literal(value) for value in after))
    names = [name for name in Behind.__dataclass_fields__ if name in known.c]
    rows = await tx.execute(
        select(
            *(known.c[name] for name in names),
            agencies.c.code.label("agency_code"),
            cast(_contribution(known, scope, key), Integer).label("contribution"),
        )
        .join(agencies, agencies.c.agency_id == known.c.agency_id)
        .where(*_behind(known, scope, key, field), further)
        .order_by(known.c.issued_on, known.c.serial, known.c.agency_id)
        .limit(limit)
    )
    return [Behind(**row) for row in rows.mappings()]


async def totals(tx: AsyncSession, scope: Scope, key: str, *, field: str | None) -> tuple[int, int]:
    """Return how many records lie behind a figure and what they contribute together."""
    known = known_facts(scope)
    contributed = func.count().filter(_contribution(known, scope, key))
    query = select(func.count(), contributed).where(*_behind(known, scope, key, field))
    records, contribution = (await tx.execute(query)).one()
    return records, contribution


async def watermark(tx: AsyncSession, scope: Scope) -> datetime | None:
    """Return when the last event known then was recorded; None when there is none."""
    known_then: list[ColumnElement[bool]] = [
        in_sight(events.c.agency_id, scope.sight, among=scope.agencies)
    ]
    if scope.known_at is not None:
        known_then.append(events.c.recorded_at <= scope.known_at)
    query = select(func.max(events.c.recorded_at)).where(*known_then)
    last: datetime | None = await tx.scalar(query)
    return last


def _behind(
    known: FromClause, scope: Scope, key: str, field: str | None
) -> list[ColumnElement[bool]]:
    whole = RATES[key][1] if key in RATES else key
    conditions: list[Any] = [
        in_sight(known.c.agency_id, scope.sight, among=scope.agencies),
        predicates(known, scope.period)[whole],
    ]
    if whole != "dossiers.returned.postal":
        conditions.append(in_window(known, scope.period))
    if field is not None:
        conditions.append(known.c.field_code == field)
    return conditions


def _contribution(known: FromClause, scope: Scope, key: str) -> ColumnElement[bool]:
    part = RATES[key][0] if key in RATES else key
    return predicates(known, scope.period)[part]

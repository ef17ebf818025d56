"""Counting facts, and listing what was counted: one predicate per figure serves both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from kernel.periods import ReportingPeriod
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.facts import FOREVER, Timeliness, timeliness
from dossier.domain.figures import DIMENSIONS, ONLINE_PROCEDURES, RATES
from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight, walked
from dossier.tables.agencies import agencies
from dossier.tables.dossiers import events
from dossier.tables.facts import facts, facts_history

_COLUMNS = [column.name for column in facts.c]
Predicates = Mapping[str, ColumnElement[bool]]
Narrowed = Mapping[str, str]
"""Dimensions, each with the one value that counts."""

RETURNED = "dossiers.returned.postal"
"""The one figure that counts dossiers which may have ended before the period."""
_none: ColumnElement[int] = literal_column("0", BigInteger)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which records count: those of `agencies` in sight, as known at `known_at` (None: now).

    `agencies` None means all that are in sight.
    """

    agencies: Collection[str] | None
    sight: Sight
    period: ReportingPeriod
    known_at: datetime | None = None


Place = tuple[int, date, date, int]
"""Where a record stands in evidence: agency, the figure's day, day of the code, serial."""


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


class Days(Protocol):
    """The first and the last day of a period: values, or columns of many periods."""

    @property
    def start(self) -> Any:
        """Return the first day."""

    @property
    def last_day(self) -> Any:
        """Return the last day."""


def predicates(known: FromClause, period: Days) -> Predicates:
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
        "dossiers.apologies": and_(
            f.is_last, f.apologised_on.between(start, last), f.apologised_on <= f.ended_on
        ),
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


def in_window(known: FromClause, period: Days) -> ColumnElement[bool]:
    """Return the range every figure but the returns lies in: alive at some day of the period."""
    return and_(known.c.received_on <= period.last_day, known.c.ended_on >= period.start)


async def counts(
    tx: AsyncSession, scope: Scope, keys: Sequence[str], *, by: str | None = None
) -> dict[str | None, dict[str, int]]:
    """Return the counts of `keys` and of online procedures by a dimension, in one statement.

    Those of all its values together stand under None. A procedure with dossiers of several
    values is one procedure, so its total is not their sum.
    """
    known = known_facts(scope)
    value = cast(literal(None) if by is None else known.c[DIMENSIONS[by]], Text).label("value")
    grouping = [] if by is None else [known.c[DIMENSIONS[by]]]
    rows = await tx.execute(
        union_all(
            _counting(known, scope, keys, value).group_by(*grouping),
            _counting(known, scope, keys, value, only=RETURNED).group_by(*grouping),
            _counting(known, scope, keys, value, only=ONLINE_PROCEDURES).group_by(
                *([func.grouping_sets(tuple_(*grouping), tuple_())] if grouping else [])
            ),
        )
    )
    names = (*keys, ONLINE_PROCEDURES)
    found: dict[str | None, dict[str, int]] = {None: dict.fromkeys(names, 0)}
    for row in rows:
        mine = found.setdefault(row[0], dict.fromkeys(names, 0))
        for name, number in zip(names, row[1:], strict=True):
            mine[name] += number
            if row[0] is not None and name != ONLINE_PROCEDURES:
                found[None][name] += number
    return found


async def online_procedures_by(tx: AsyncSession, scope: Scope, by: str) -> dict[str | None, int]:
    """Return of how many procedures online dossiers were received; under None, of all values."""
    known = known_facts(scope)
    value = known.c[DIMENSIONS[by]]
    query = _counting(known, scope, (), value, only=ONLINE_PROCEDURES)
    rows = await tx.execute(query.group_by(func.grouping_sets(tuple_(value), tuple_())))
    return {row[0]: row[1] for row in rows}


def _counting(
    known: FromClause,
    scope: Scope,
    keys: Sequence[str],
    value: ColumnElement[Any],
    *,
    only: str | None = None,
) -> Select[Any]:
    """Count what lies in the window, or `only` one figure that is counted another way."""
    conditions = predicates(known, scope.period)
    counted = [
        _none if (key == RETURNED or only is not None) and key != only else _rows(conditions[key])
        for key in keys
    ]
    procedures = func.count(distinct(known.c.procedure_code))
    columns: list[ColumnElement[Any]] = [value, *counted]
    columns.append(procedures if only == ONLINE_PROCEDURES else _none)
    query: Select[Any] = select(*columns)
    if only is not None:
        behind = "dossiers.received.online" if only == ONLINE_PROCEDURES else only
        return query.where(*_behind(known, scope, behind, {}))
    seen = in_sight(known.c.agency_id, scope.sight, among=scope.agencies)
    return query.where(seen, in_window(known, scope.period))


def _rows(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


async def count(
    tx: AsyncSession, scope: Scope, key: str, *, narrowed: Narrowed | None = None
) -> int:
    """Return one count, narrowed to values of dimensions when asked."""
    known = known_facts(scope)
    query = select(func.count()).where(*_behind(known, scope, key, narrowed or {}))
    return (await tx.execute(query)).scalar_one()


async def online_procedures(tx: AsyncSession, scope: Scope, narrowed: Narrowed) -> dict[str, int]:
    """Return the procedures of which online dossiers were received, with how many of them."""
    known = known_facts(scope)
    rows = await tx.execute(
        select(known.c.procedure_code, func.count())
        .where(*_behind(known, scope, "dossiers.received.online", narrowed))
        .group_by(known.c.procedure_code)
        .order_by(known.c.procedure_code)
    )
    return {row[0]: row[1] for row in rows}


async def evidence(
    tx: AsyncSession,
    scope: Scope,
    key: str,
    *,
    narrowed: Narrowed,
    after: Place | None,
    limit: int,
) -> list[Behind]:
    """Return a page of the dossiers behind a figure; of a rate, those of its denominator.

    Agency by agency, each in the order of the figure's day: the order of an index, so that a page
    reads little more than it shows.
    """
    known = known_facts(scope)
    f = known.c
    order = [f.agency_id, f[day_of(key)], f.issued_on, f.serial]
    further: ColumnElement[bool] = true()
    if after is not None:
        further = tuple_(*order) > tuple_(*(literal(value) for value in after))
    seen = walked(f.agency_id, scope.sight, among=scope.agencies, start=after[0] if after else 0)
    page = (
        select(
            *(f[name] for name in Behind.__dataclass_fields__ if name in f),
            cast(_contribution(known, scope, key), Integer).label("contribution"),
        )
        .where(seen, *_counting_in(known, scope, key, narrowed), further)
        .order_by(*order)
        .limit(limit)
        .subquery("page")
    )
    rows = await tx.execute(
        select(page, agencies.c.code.label("agency_code"))
        .join(agencies, agencies.c.agency_id == page.c.agency_id)
        .order_by(*(page.c[column.name] for column in order))
    )
    return [Behind(**row) for row in rows.mappings()]


def day_of(key: str) -> str:
    """Return the day that evidence of a figure goes by, which an index has in order."""
    if key == RETURNED:
        return "returned_on"
    if key == "dossiers.apologies":
        return "apologised_on"
    return "received_on" if key.startswith("dossiers.received") else "ended_on"


async def totals(
    tx: AsyncSession, scope: Scope, key: str, *, narrowed: Narrowed
) -> tuple[int, int]:
    """Return how many records lie behind a figure and what they contribute together."""
    known = known_facts(scope)
    contributed = func.count().filter(_contribution(known, scope, key))
    query = select(func.count(), contributed).where(*_behind(known, scope, key, narrowed))
    records, contribution = (await tx.execute(query)).one()
    return records, contribution


async def watermark(tx: AsyncSession, scope: Scope) -> datetime | None:
    """Return when the last event known then was recorded; None when there is none.

    The last event is looked up agency by agency: the index has it at hand.
    """
    recorded = events.c.recorded_at
    last = select(recorded).where(events.c.agency_id == agencies.c.agency_id)
    if scope.known_at is not None:
        last = last.where(recorded <= scope.known_at)
    each = last.order_by(recorded.desc()).limit(1).lateral("each_agency")
    query = (
        select(func.max(each.c.recorded_at))
        .select_from(agencies.join(each, true()))
        .where(in_sight(agencies.c.agency_id, scope.sight, among=scope.agencies))
    )
    found: datetime | None = await tx.scalar(query)
    return found


def _behind(
    known: FromClause, scope: Scope, key: str, narrowed: Narrowed
) -> list[ColumnElement[bool]]:
    return [
        in_sight(known.c.agency_id, scope.sight, among=scope.agencies),
        *_counting_in(known, scope, key, narrowed),
    ]


def _counting_in(
    known: FromClause, scope: Scope, key: str, narrowed: Narrowed
) -> list[ColumnElement[bool]]:
    whole = RATES[key][1] if key in RATES else key
    conditions = [predicates(known, scope.period)[whole]]
    if whole != RETURNED:
        conditions.append(in_window(known, scope.period))
    conditions += [known.c[DIMENSIONS[name]] == value for name, value in narrowed.items()]
    return conditions


def _contribution(known: FromClause, scope: Scope, key: str) -> ColumnElement[bool]:
    part = RATES[key][0] if key in RATES else key
    return predicates(known, scope.period)[part]

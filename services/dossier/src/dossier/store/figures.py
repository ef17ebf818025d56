"""Counting facts, and listing what was counted: one predicate per figure serves both."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
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
from dossier.store.agencies import Reach
from dossier.store.alike import NEVER, STOPPED, alike
from dossier.store.scopes import Days, Scope, Shape, after_place, place_values
from dossier.tables.agencies import agencies
from dossier.tables.facts import facts, facts_history

_COLUMNS = [column.name for column in facts.c if column.name in facts_history.c]
Predicates = Mapping[str, ColumnElement[bool]]
Narrowed = Mapping[str, str]
"""Dimensions, each with the one value that counts."""

RETURNED = "dossiers.returned.postal"
"""The one figure that counts dossiers which may have ended before the period."""
_own = agencies.alias("own")
_IN_PARALLEL = select(func.set_config("min_parallel_index_scan_size", "0", true()))
"""Many agencies' stretches of an index are many pages, but the planner expects a few."""
_none: ColumnElement[int] = literal_column("0", BigInteger)


Place = tuple[int, date, date, int]
"""Where a record stands in evidence: agency, the figure's day, day of the code, serial."""


_BEFORE_NEVER = {
    "dossiers.settled.late": "ended_on",
    "dossiers.online.settled.late": "ended_on",
    "dossiers.settled.with_result.late": "ended_on",
    "dossiers.settled.late.without_apology": "ended_on",
    "dossiers.apologies": "apologised_on",
}
"""Figures with an index of their own, by the day of which it holds those that have come."""


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
    # As two bounds, because the planner takes an equality of days for something rare.
    on_time = and_(
        settled,
        f.ended_on <= f.due_on,
        or_(f.due_on == FOREVER, f.ended_on >= f.due_on),
    )
    with_result = f.end_kind != STOPPED
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
        "dossiers.settled.with_result.early": and_(early, with_result),
        "dossiers.settled.with_result.on_time": and_(on_time, with_result),
        "dossiers.settled.with_result.late": and_(late, with_result),
        "dossiers.settled.without_result": and_(settled, f.end_kind == STOPPED),
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


def known_facts(shape: Shape) -> FromClause:
    """Return the facts as known then: the present ones, and those since superseded."""
    if shape.knows_now:
        return facts.alias("known")
    at = shape.known_at
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
    await _allow_workers(tx, scope)
    rows = await tx.execute(counting(scope.shape, tuple(keys), by), scope.values())
    return gathered(((row[0], row[1:]) for row in rows), keys)


def gathered(
    rows: Iterable[tuple[str | None, Sequence[int]]], keys: Sequence[str]
) -> dict[str | None, dict[str, int]]:
    """Add up the rows of `counting`, each a value with its numbers."""
    names = (*keys, ONLINE_PROCEDURES)
    found: dict[str | None, dict[str, int]] = {None: dict.fromkeys(names, 0)}
    for value, numbers in rows:
        mine = found.setdefault(value, dict.fromkeys(names, 0))
        for name, number in zip(names, numbers, strict=True):
            mine[name] += number
            if value is not None and name != ONLINE_PROCEDURES:
                found[None][name] += number
    return found


async def _allow_workers(tx: AsyncSession, scope: Scope) -> None:
    """Have many agencies counted by several workers where that pays."""
    if scope.shape.reach is not Reach.ONE:
        await tx.execute(_IN_PARALLEL)


@cache
def counting(shape: Shape, keys: tuple[str, ...], by: str | None) -> Executable:
    """Return the statement of `counts`: a value, a number for each key, that of procedures."""
    known = known_facts(shape)
    value = cast(literal(None) if by is None else known.c[DIMENSIONS[by]], Text).label("value")
    grouping = [] if by is None else [known.c[DIMENSIONS[by]]]
    return union_all(
        _counting_lives(known, shape, keys, by),
        _counting(known, shape, keys, value, only=RETURNED).group_by(*grouping),
        _counting(known, shape, keys, value, only=ONLINE_PROCEDURES).group_by(
            *([func.grouping_sets(tuple_(*grouping), tuple_())] if grouping else [])
        ),
    )


async def online_procedures_by(tx: AsyncSession, scope: Scope, by: str) -> dict[str | None, int]:
    """Return of how many procedures online dossiers were received; under None, of all values."""
    rows = await tx.execute(counting_procedures(scope.shape, by), scope.values())
    return {row[0]: row[1] for row in rows}


@cache
def counting_procedures(shape: Shape, by: str) -> Executable:
    """Return the statement of `online_procedures_by`."""
    known = known_facts(shape)
    value = known.c[DIMENSIONS[by]]
    query = _counting(known, shape, (), value, only=ONLINE_PROCEDURES)
    return query.group_by(func.grouping_sets(tuple_(value), tuple_()))


def _counting_lives(
    known: FromClause, shape: Shape, keys: Sequence[str], by: str | None
) -> Select[Any]:
    """Count what lies in the window: every figure but those that are counted another way."""
    among = [shape.sees(known.c.agency_id), in_window(known, shape)]
    lives = alike(known, shape, among, by=None if by is None else known.c[DIMENSIONS[by]])
    conditions = predicates(lives, shape)
    counted = [
        _none if key == RETURNED else _facts(lives, conditions[key]).label(None) for key in keys
    ]
    value: ColumnElement[Any] = cast(literal(None) if by is None else lives.c.value, Text)
    query: Select[Any] = select(value.label("value"), *counted, _none)
    return query if by is None else query.group_by(lives.c.value)


def _facts(lives: FromClause, condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count the facts of the cases that meet a condition; their sum is a decimal for PostgreSQL."""
    return cast(func.coalesce(func.sum(lives.c.facts_count).filter(condition), 0), BigInteger)


def _counting(
    known: FromClause, shape: Shape, keys: Sequence[str], value: ColumnElement[Any], *, only: str
) -> Select[Any]:
    """Count only one figure, which is counted another way."""
    condition = predicates(known, shape)
    counted = [func.count().filter(condition[key]) if key == only else _none for key in keys]
    procedures = func.count(distinct(known.c.procedure_code))
    columns: list[ColumnElement[Any]] = [value, *counted]
    columns.append(procedures if only == ONLINE_PROCEDURES else _none)
    behind = "dossiers.received.online" if only == ONLINE_PROCEDURES else only
    return select(*columns).where(*_behind(known, shape, behind))


async def count(
    tx: AsyncSession, scope: Scope, key: str, *, narrowed: Narrowed | None = None
) -> int:
    """Return one count, narrowed to values of dimensions when asked."""
    records, _ = await totals(tx, scope, key, narrowed=narrowed or {})
    return records


async def online_procedures(tx: AsyncSession, scope: Scope, narrowed: Narrowed) -> dict[str, int]:
    """Return the procedures of which online dossiers were received, with how many of them."""
    query = _online_procedures(scope.shape, frozenset(narrowed))
    return {row[0]: row[1] for row in await tx.execute(query, scope.values(**narrowed))}


@cache
def _online_procedures(shape: Shape, narrowed: frozenset[str]) -> Executable:
    known = known_facts(shape)
    return (
        select(known.c.procedure_code, func.count())
        .where(*_behind(known, shape, "dossiers.received.online", narrowed))
        .group_by(known.c.procedure_code)
        .order_by(known.c.procedure_code)
    )


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
    query = _evidence(scope.shape, key, frozenset(narrowed), is_first=after is None)
    values = scope.values(most=limit, **narrowed, **place_values(after or (0,)))
    rows = await tx.execute(query, values)
    return [Behind(**row) for row in rows.mappings()]


@lru_cache(maxsize=1_000)
def _evidence(shape: Shape, key: str, narrowed: frozenset[str], *, is_first: bool) -> Executable:
    known = known_facts(shape)
    order = [known.c[name] for name in ("agency_id", day_of(key), "issued_on", "serial")]
    after = after_place(order)
    most = bindparam("most", type_=Integer)
    numbers = select(_own.c.agency_id).where(_own.c.agency_id == agencies.c.agency_id)
    page = (
        select(
            *(known.c[name] for name in Behind.__dataclass_fields__ if name in known.c),
            cast(_contribution(known, shape, key), Integer).label("contribution"),
        )
        .where(
            # An array, for many rows: the planner then walks where it would have sorted them.
            known.c.agency_id == any_(func.array(numbers.correlate(agencies).scalar_subquery())),
            *_counting_in(known, shape, key, narrowed),
            true() if is_first else tuple_(*order) > tuple_(*after),
        )
        .order_by(*order)
        .limit(most)
        .lateral("page")
    )
    return (
        select(page, agencies.c.code.label("agency_code"))
        .select_from(agencies.join(page, true()))
        .where(shape.sees(agencies.c.agency_id), agencies.c.agency_id >= after[0])
        .order_by(agencies.c.agency_id, *(page.c[column.name] for column in order[1:]))
        .limit(most)
    )


def day_of(key: str) -> str:
    """Return the day that evidence of a figure goes by, which an index has in order."""
    if key == RETURNED:
        return "returned_on"
    if key == "dossiers.apologies":
        return "apologised_on"
    return "received_on" if _whole(key).startswith("dossiers.received") else "ended_on"


async def totals(
    tx: AsyncSession, scope: Scope, key: str, *, narrowed: Narrowed
) -> tuple[int, int]:
    """Return how many records lie behind a figure and what they contribute together."""
    await _allow_workers(tx, scope)
    query = _totals(scope.shape, key, frozenset(narrowed))
    records, contribution = (await tx.execute(query, scope.values(**narrowed))).one()
    return records, contribution


@lru_cache(maxsize=1_000)
def _totals(shape: Shape, key: str, narrowed: frozenset[str]) -> Executable:
    known = known_facts(shape)
    contributed = func.count().filter(_contribution(known, shape, key))
    return select(func.count(), contributed).where(*_behind(known, shape, key, narrowed))


def _behind(
    known: FromClause, shape: Shape, key: str, narrowed: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    return [shape.sees(known.c.agency_id), *_counting_in(known, shape, key, narrowed)]


def _counting_in(
    known: FromClause, shape: Shape, key: str, narrowed: Collection[str]
) -> list[ColumnElement[bool]]:
    whole = _whole(key)
    conditions = [predicates(known, shape)[whole]]
    # What was received in the period ended no earlier: said again, it walks another index.
    if whole != RETURNED and day_of(whole) != "received_on":
        conditions.append(in_window(known, shape))
    if whole.startswith("dossiers.pending"):
        # A stretch ends with its dossier at the latest, which is the nearer end of the range.
        conditions.append(known.c.ended_on > shape.last_day)
    if day := _BEFORE_NEVER.get(whole):
        conditions.append(known.c[day] < NEVER)
    columns = {name: known.c[DIMENSIONS[name]] for name in sorted(narrowed)}
    conditions += [column == bindparam(name, type_=Text) for name, column in columns.items()]
    return conditions


def _whole(key: str) -> str:
    """Return what is counted behind a figure; of a rate, its denominator."""
    return RATES[key][1] if key in RATES else key


def _contribution(known: FromClause, shape: Shape, key: str) -> ColumnElement[bool]:
    part = RATES[key][0] if key in RATES else key
    return predicates(known, shape)[part]

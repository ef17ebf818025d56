"""Both readings of corrected ends, the corrections between them, and the reasons of delays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import CorrectionState
from dossier.domain.facts import FOREVER, Timeliness, timeliness
from dossier.domain.figures import DIMENSIONS
from dossier.domain.overdue import LATE_REASONS, UNSTATED, reason_key
from dossier.domain.readings import CORRECTIONS, FIRST_LATE, READINGS, SOFTWARE_ONLY
from dossier.store.alike import NEVER
from dossier.store.figures import Narrowed, in_window, known_facts, predicates
from dossier.store.scopes import Scope, Shape, after_place, place_values
from dossier.tables.agencies import agencies
from dossier.tables.corrections import corrections, overdue_reasons
from dossier.tables.dossiers import apologies
from dossier.tables.facts import facts_history

ALL_READ = (*READINGS, *LATE_REASONS)
"""The figures counted here."""
_KEYS = [definition.key for definition in ALL_READ]
_BEYOND_FACTS = (CORRECTIONS, FIRST_LATE, SOFTWARE_ONLY)
_REASON = literal(reason_key(""))
_KEY = ("agency_id", "issued_on", "serial")
_VERSION = (*_KEY, "version")
_ENDED = (*_VERSION, "due_on", "ended_on")
_DAYS = ("received_on", "due_on", "ended_on")
_NO_NUMBER: ColumnElement[int] = literal(0)
_NO_NOTE: ColumnElement[str] = literal("")
_ALL: ColumnElement[str] = literal_column("null::text", Text).label("value")
_AS_KNOWN = (*_KEY, *DIMENSIONS.values(), *_DAYS)

Place = tuple[date, int, int, int]
"""Where a record stands in evidence: day of the code, serial, agency, correction (else 0)."""
_ORDER = ("issued_on", "serial", "agency_id", "correction_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A dossier behind a reading or a reason, or a correction of it.

    `total` is how many there are, told by the records of the first page.
    """

    agency_id: int
    agency_code: str
    issued_on: date
    serial: int
    correction_number: int
    procedure_code: str
    field_code: str
    channel: str
    officer: str
    received_on: date
    due_on: date
    ended_on: date
    first_due_on: date
    first_ended_on: date
    note: str
    total: int

    @property
    def timeliness(self) -> Timeliness | None:
        """Return how the dossier ended as corrected, None while it has not."""
        return None if self.ended_on == FOREVER else timeliness(self.ended_on, self.due_on)


Counts = dict[str | None, dict[str, int]]
"""Counts by figure, by value of a dimension; under None, of all its values together."""


async def reading_counts(tx: AsyncSession, scope: Scope, *, by: str | None = None) -> Counts:
    """Return the counts of corrections, of both readings and of the reasons, in one statement.

    Every late dossier has a reason or none, so the reasons sum to all of them. The value of a
    dossier is the one it has as known then: it has one, so what its values count is all there is.
    """
    rows = await tx.execute(counting(scope.shape, by), scope.values())
    return gathered(rows)


def gathered(rows: Iterable[Sequence[Any]]) -> Counts:
    """Add up the rows of `counting`: a key, a value and a number each."""
    found: Counts = {None: dict.fromkeys(_KEYS, 0)}
    for key, value, number in rows:
        found.setdefault(value, dict.fromkeys(_KEYS, 0))[key] = number
        if value is not None:
            found[None][key] += number
    return found


def counting(shape: Shape, by: str | None) -> Executable:
    """Return the statement of `reading_counts`."""
    return _counts(shape) if by is None else _counts_by(shape, by)


@cache
def _counts(shape: Shape) -> Executable:
    """Count in one walk of what is late now, which both readings and the reasons begin from."""
    late = _late(shape, *_VERSION).cte("late")
    superseded = _superseded(shape).subquery("superseded")
    versions = [select(*(each.c[name] for name in _VERSION)) for each in (late, superseded)]
    first = union_all(*versions).subquery("first")
    behind: Mapping[str, Select[Any]] = {
        CORRECTIONS: _corrections(shape),
        FIRST_LATE: select(first).where(_is_first(first)),
        SOFTWARE_ONLY: _first_late(shape, is_in_time_now=True),
    }
    readings = [
        select(literal(key).label("key"), _ALL, func.count()).select_from(rows.subquery())
        for key, rows in behind.items()
    ]
    reason = _reason(late, shape)
    counted = cast("Select[Any]", select(_REASON + reason.code, _ALL, func.count()))
    reasons = _with_reasons(counted.group_by(reason.code), late, reason)
    return union_all(*readings, reasons)


@cache
def _counts_by(shape: Shape, by: str) -> Executable:
    counted = []
    for key in _BEYOND_FACTS:
        rows = _behind(shape, key).subquery()
        value = rows.c[DIMENSIONS[by]]
        counted.append(select(literal(key).label("key"), value, func.count()).group_by(value))
    late = _late(shape).cte("late")
    reason = _reason(late, shape)
    value = late.c[DIMENSIONS[by]]
    reasons = cast("Select[Any]", select(_REASON + reason.code, value, func.count()))
    return union_all(*counted, _with_reasons(reasons.group_by(reason.code, value), late, reason))


async def reading_evidence(
    tx: AsyncSession,
    scope: Scope,
    key: str,
    *,
    narrowed: Narrowed | None = None,
    after: Place | None,
    limit: int,
) -> list[Read]:
    """Return a page of the records behind one of these figures; the first tells their number."""
    narrowed = narrowed or {}
    query = _evidence(scope.shape, key, frozenset(narrowed), is_first=after is None)
    values = scope.values(most=limit, **narrowed, **place_values(after or ()))
    return [Read(**row) for row in (await tx.execute(query, values)).mappings()]


@lru_cache(maxsize=1_000)
def _evidence(shape: Shape, key: str, narrowed: frozenset[str], *, is_first: bool) -> Executable:
    """Put all records in order and look up the page.

    Unless they are narrowed or chosen by it, what is shown of them is left until then.
    """
    is_later = not narrowed and key not in (CORRECTIONS, SOFTWARE_ONLY)
    behind = (_keys_behind if is_later else _behind)(shape, key).subquery("behind")
    columns = {name: behind.c[DIMENSIONS[name]] for name in sorted(narrowed)}
    wanted = [column == bindparam(name, type_=Text) for name, column in columns.items()]
    order = [behind.c[name] for name in _ORDER]
    # All of them are read to be put in order, so counting them costs nothing.
    total = func.count().over() if is_first else literal(0)
    page = (
        select(behind, total.label("total"))
        .where(*wanted, true() if is_first else tuple_(*order) > tuple_(*after_place(order)))
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
        .subquery("page")
    )
    shown = select(page, agencies.c.code.label("agency_code")).join(
        agencies, agencies.c.agency_id == page.c.agency_id
    )
    if is_later:
        known = known_facts(shape)
        more = (known.c[name] for name in _AS_KNOWN if name not in _KEY)
        shown = shown.add_columns(*more).join(known, and_(_same(page, known), known.c.is_last))
    return shown.order_by(*(page.c[name] for name in _ORDER))


def _keys_behind(shape: Shape, key: str) -> Select[Any]:
    """Return the same as `_behind`, without what the facts as known then say of each."""
    if key == FIRST_LATE:
        first = union_all(_superseded(shape), _late(shape, *_ENDED)).subquery("first")
        return _read(first, names=_KEY).where(_is_first(first))
    late = _late(shape, *_ENDED).cte("late")
    reason = _reason(late, shape)
    keys = _read(late, names=_KEY, note=reason.code)
    return _with_reasons(keys, late, reason).where(_REASON + reason.code == key)


def _behind(shape: Shape, key: str) -> Select[Any]:
    if key == CORRECTIONS:
        return _corrections(shape)
    if key in (FIRST_LATE, SOFTWARE_ONLY):
        return _first_late(shape, is_in_time_now=key == SOFTWARE_ONLY)
    late = _late(shape).cte("late")
    reason = _reason(late, shape)
    return _with_reasons(_read(late, note=reason.code), late, reason).where(
        _REASON + reason.code == key
    )


def _corrections(shape: Shape) -> Select[Any]:
    """Approved corrections, by then, of the dossiers that count in the period."""
    known = known_facts(shape)
    held = [corrections.c.state == CorrectionState.APPROVED]
    if not shape.knows_now:
        held.append(corrections.c.decided_at <= shape.known_at)
    return (
        _read(known, number=corrections.c.correction_number, note=corrections.c.corrects)
        .join(corrections, _same(known, corrections))
        .where(
            shape.sees(known.c.agency_id),
            predicates(known, shape)["dossiers.total"],
            in_window(known, shape),
            *held,
        )
    )


def _late(shape: Shape, *names: str) -> Select[Any]:
    """Dossiers settled late in the period, as known then: all of their facts or some."""
    known = known_facts(shape)
    return select(*(known.c[name] for name in names or _AS_KNOWN)).where(
        shape.sees(known.c.agency_id),
        predicates(known, shape)["dossiers.settled.late"],
        in_window(known, shape),
        # Implied, and said so that the index of late ends serves.
        known.c.ended_on < NEVER,
    )


class _Reason(NamedTuple):
    """Why each of some late dossiers was late, as known then."""

    stated: FromClause
    apology: FromClause
    code: ColumnElement[str]


def _reason(late: FromClause, shape: Shape) -> _Reason:
    """Return the reasons: as stated last, else as the apology said.

    `overdue.reason_of` says the same of one dossier; of many, a join is faster than a look at each.
    """
    key = [overdue_reasons.c[name] for name in _KEY]
    stated = (
        select(*key, overdue_reasons.c.reason_code)
        .join(late, _same(late, overdue_reasons))
        .ext(distinct_on(*key))
        .order_by(*key, overdue_reasons.c.event_number.desc())
    )
    apology = select(apologies)
    if not shape.knows_now:
        stated = stated.where(overdue_reasons.c.recorded_at <= shape.known_at)
        apology = apology.where(apologies.c.recorded_at <= shape.known_at)
    last, sent = stated.subquery("stated"), apology.subquery("apology")
    code = func.coalesce(last.c.reason_code, sent.c.reason_code, UNSTATED)
    return _Reason(last, sent, code)


def _with_reasons(query: Select[Any], late: FromClause, reason: _Reason) -> Select[Any]:
    joined = late.outerjoin(reason.stated, _same(late, reason.stated))
    return query.select_from(joined.outerjoin(reason.apology, _same(late, reason.apology)))


def _first_late(shape: Shape, *, is_in_time_now: bool) -> Select[Any]:
    """Dossiers whose end was late in the period when it was first recorded."""
    known = known_facts(shape)
    versions = [_superseded(shape)]
    conditions: list[ColumnElement[bool]] = [known.c.is_last]
    if is_in_time_now:
        conditions += [known.c.ended_on < NEVER, known.c.ended_on <= known.c.due_on]
    else:
        versions.append(_late(shape, *_ENDED))
    first = union_all(*versions).subquery("first")
    joined = _read(known, first=first).join(first, _same(known, first))
    return joined.where(_is_first(first), *conditions)


def _superseded(shape: Shape) -> Select[Any]:
    """Versions of facts that ended late in the period and had been replaced by then."""
    f = facts_history.c
    return select(*(f[name] for name in _ENDED)).where(
        # Said in each branch, so that one agency's question reads one agency's rows.
        shape.sees(f.agency_id),
        f.is_last,
        f.ended_on.between(shape.start, shape.last_day),
        f.ended_on > f.due_on,
        f.ended_on < NEVER,
        true() if shape.knows_now else f.recorded_to <= shape.known_at,
    )


def _is_first(version: FromClause) -> ColumnElement[bool]:
    """Return that no version before this one had an end."""
    earlier = facts_history.alias("earlier")
    return ~exists().where(
        _same(version, earlier),
        earlier.c.is_last,
        earlier.c.ended_on < NEVER,
        earlier.c.version < version.c.version,
    )


def _read(
    known: FromClause,
    *,
    names: Sequence[str] = _AS_KNOWN,
    first: FromClause | None = None,
    number: ColumnElement[int] = _NO_NUMBER,
    note: ColumnElement[str] = _NO_NOTE,
) -> Select[Any]:
    """Select a `Read`; `first` is the version that first had an end, else the one known."""
    ended = known if first is None else first
    return select(
        *(known.c[name] for name in names),
        ended.c.due_on.label("first_due_on"),
        ended.c.ended_on.label("first_ended_on"),
        number.label("correction_number"),
        note.label("note"),
    )


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in _KEY))

"""Both readings of corrected ends, the corrections between them, and the reasons of delays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import CorrectionState
from dossier.domain.facts import FOREVER, Timeliness, timeliness
from dossier.domain.overdue import LATE_REASONS, UNSTATED, reason_key
from dossier.domain.readings import CORRECTIONS, FIRST_LATE, READINGS, SOFTWARE_ONLY
from dossier.store.figures import NEVER, in_window, known_facts, predicates
from dossier.store.overdue import reason_of
from dossier.store.scopes import Scope, Shape, after_place, place_values
from dossier.tables.agencies import agencies
from dossier.tables.corrections import corrections
from dossier.tables.facts import facts_history

ALL_READ = (*READINGS, *LATE_REASONS)
"""The figures counted here."""
_REASON = literal(reason_key(""))
_KEY = ("agency_id", "issued_on", "serial")
_FIRST = (*_KEY, "version", "first_due_on", "first_ended_on")
_DAYS = ("received_on", "due_on", "ended_on")
_NO_NUMBER: ColumnElement[int] = literal(0)
_NO_NOTE: ColumnElement[str] = literal("")
_ATTRIBUTES = ("procedure_code", "field_code", "channel")

Place = tuple[date, int, int, int]
"""Where a record stands in evidence: day of the code, serial, agency, correction (else 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A dossier behind a reading or a reason, or a correction of it."""

    agency_id: int
    agency_code: str
    issued_on: date
    serial: int
    correction_number: int
    procedure_code: str
    field_code: str
    channel: str
    received_on: date
    due_on: date
    ended_on: date
    first_due_on: date
    first_ended_on: date
    note: str

    @property
    def timeliness(self) -> Timeliness | None:
        """Return how the dossier ended as corrected, None while it has not."""
        return None if self.ended_on == FOREVER else timeliness(self.ended_on, self.due_on)


async def reading_counts(tx: AsyncSession, scope: Scope) -> dict[str, int]:
    """Return the counts of corrections, of both readings and of the reasons, in one statement.

    Every late dossier has a reason or none, so the reasons sum to all of them.
    """
    rows = await tx.execute(_counts(scope.shape), scope.values())
    found: Mapping[str, int] = {row[0]: row[1] for row in rows}
    return {definition.key: found.get(definition.key, 0) for definition in ALL_READ}


@cache
def _counts(shape: Shape) -> Executable:
    """Count in one walk of what is late now, which both readings and the reasons begin from."""
    late = _late(shape).cte("late")
    first = union_all(select(*(late.c[name] for name in _FIRST)), _superseded(shape)).subquery(
        "first"
    )
    behind: Mapping[str, Select[Any]] = {
        CORRECTIONS: _corrections(shape),
        FIRST_LATE: select(first).where(_is_first(first)),
        SOFTWARE_ONLY: _behind(shape, SOFTWARE_ONLY),
    }
    readings = [
        select(literal(key).label("key"), func.count()).select_from(rows.subquery())
        for key, rows in behind.items()
    ]
    reasons = select(_REASON + late.c.note, func.count()).group_by(late.c.note)
    return union_all(*readings, reasons)


async def reading_evidence(
    tx: AsyncSession, scope: Scope, key: str, *, after: Place | None, limit: int
) -> list[Read]:
    """Return a page of the records behind one of these figures."""
    query = _evidence(scope.shape, key, is_first=after is None)
    values = scope.values(most=limit, **place_values(after or ()))
    return [Read(**row) for row in (await tx.execute(query, values)).mappings()]


@lru_cache(maxsize=1_000)
def _evidence(shape: Shape, key: str, *, is_first: bool) -> Executable:
    behind = _behind(shape, key).subquery("behind")
    order = [behind.c[name] for name in ("issued_on", "serial", "agency_id", "correction_number")]
    return (
        select(behind, agencies.c.code.label("agency_code"))
        .join(agencies, agencies.c.agency_id == behind.c.agency_id)
        .where(true() if is_first else tuple_(*order) > tuple_(*after_place(order)))
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
    )


async def reading_total(tx: AsyncSession, scope: Scope, key: str) -> int:
    """Return how many records lie behind one of these figures."""
    return int((await tx.execute(_total(scope.shape, key), scope.values())).scalar_one())


@cache
def _total(shape: Shape, key: str) -> Executable:
    return select(func.count()).select_from(_behind(shape, key).subquery())


def _behind(shape: Shape, key: str) -> Select[Any]:
    if key == CORRECTIONS:
        return _corrections(shape)
    if key in (FIRST_LATE, SOFTWARE_ONLY):
        return _first_late(shape, is_in_time_now=key == SOFTWARE_ONLY)
    late = _late(shape).subquery("late")
    read = [late.c[name] for name in Read.__dataclass_fields__ if name in late.c]
    return select(*read).where(_REASON + late.c.note == key)


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


def _late(shape: Shape) -> Select[Any]:
    """Dossiers settled late in the period, with the reason known then."""
    known = known_facts(shape)
    at = None if shape.knows_now else shape.known_at
    reason = func.coalesce(reason_of(known, known_at=at), UNSTATED)
    return (
        _read(known, note=reason)
        .add_columns(known.c.version)
        .where(
            shape.sees(known.c.agency_id),
            predicates(known, shape)["dossiers.settled.late"],
            in_window(known, shape),
            # Implied, and said so that the index of late ends serves.
            known.c.ended_on < NEVER,
        )
    )


def _first_late(shape: Shape, *, is_in_time_now: bool) -> Select[Any]:
    """Dossiers whose end was late in the period when it was first recorded."""
    known = known_facts(shape)
    if is_in_time_now:
        first: FromClause = _superseded(shape).subquery("first")
        conditions = [known.c.ended_on < NEVER, known.c.ended_on <= known.c.due_on]
    else:
        late = _late(shape).subquery("late")
        held = select(*(late.c[name] for name in _FIRST))
        first, conditions = union_all(held, _superseded(shape)).subquery("first"), []
    joined = _read(known, first=(first.c.first_due_on, first.c.first_ended_on))
    matched = joined.join(first, _same(known, first))
    return matched.where(known.c.is_last, _is_first(first), *conditions)


def _superseded(shape: Shape) -> Select[Any]:
    """Versions of facts that ended late in the period and had been replaced by then."""
    f = facts_history.c
    return select(
        *(f[name] for name in (*_KEY, "version")),
        f.due_on.label("first_due_on"),
        f.ended_on.label("first_ended_on"),
    ).where(
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
    first: Sequence[ColumnElement[date]] = (),
    number: ColumnElement[int] = _NO_NUMBER,
    note: ColumnElement[str] = _NO_NOTE,
) -> Select[Any]:
    """Select a `Read`; `first` is the due day and the end as first recorded, else as known."""
    first_due_on, first_ended_on = first or (known.c.due_on, known.c.ended_on)
    return select(
        *(known.c[name] for name in (*_KEY, *_ATTRIBUTES, *_DAYS)),
        first_due_on.label("first_due_on"),
        first_ended_on.label("first_ended_on"),
        number.label("correction_number"),
        note.label("note"),
    )


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in _KEY))

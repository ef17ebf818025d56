"""Both readings of corrected ends, the corrections between them, and the reasons of delays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
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
from dossier.store.agencies import in_sight
from dossier.store.figures import Scope, in_window, known_facts, predicates
from dossier.store.overdue import reason_of
from dossier.tables.agencies import agencies
from dossier.tables.corrections import corrections
from dossier.tables.facts import facts, facts_history

ALL_READ = (*READINGS, *LATE_REASONS)
"""The figures counted here."""
_REASON = literal(reason_key(""))
_KEY = ("agency_id", "issued_on", "serial")
_VERSION = (*_KEY, "version", "is_last", "received_on", "due_on", "ended_on")
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
    late = _late(scope).subquery("late")
    readings = [
        select(literal(key).label("key"), func.count()).select_from(_behind(scope, key).subquery())
        for key in (CORRECTIONS, FIRST_LATE, SOFTWARE_ONLY)
    ]
    reasons = select(_REASON + late.c.note, func.count()).group_by(late.c.note)
    rows = await tx.execute(union_all(*readings, reasons))
    found: Mapping[str, int] = {row[0]: row[1] for row in rows}
    return {definition.key: found.get(definition.key, 0) for definition in ALL_READ}


async def reading_evidence(
    tx: AsyncSession, scope: Scope, key: str, *, after: Place | None, limit: int
) -> list[Read]:
    """Return a page of the records behind one of these figures."""
    behind = _behind(scope, key).subquery("behind")
    columns = behind.c
    place = tuple_(columns.issued_on, columns.serial, columns.agency_id, columns.correction_number)
    further = true() if after is None else place > tuple_(*(literal(value) for value in after))
    rows = await tx.execute(
        select(behind, agencies.c.code.label("agency_code"))
        .join(agencies, agencies.c.agency_id == columns.agency_id)
        .where(further)
        .order_by(columns.issued_on, columns.serial, columns.agency_id, columns.correction_number)
        .limit(limit)
    )
    return [Read(**row) for row in rows.mappings()]


async def reading_total(tx: AsyncSession, scope: Scope, key: str) -> int:
    """Return how many records lie behind one of these figures."""
    behind = _behind(scope, key).subquery()
    return (await tx.execute(select(func.count()).select_from(behind))).scalar_one()


def _behind(scope: Scope, key: str) -> Select[Any]:
    if key == CORRECTIONS:
        return _corrections(scope)
    if key in (FIRST_LATE, SOFTWARE_ONLY):
        return _first_late(scope, is_in_time_now=key == SOFTWARE_ONLY)
    late = _late(scope).subquery("late")
    return select(late).where(_REASON + late.c.note == key)


def _corrections(scope: Scope) -> Select[Any]:
    """Approved corrections, by then, of the dossiers that count in the period."""
    known = known_facts(scope)
    held = [corrections.c.state == CorrectionState.APPROVED]
    if scope.known_at is not None:
        held.append(corrections.c.decided_at <= scope.known_at)
    return (
        _read(known, known, corrections.c.correction_number, corrections.c.corrects)
        .join(corrections, _same(known, corrections))
        .where(
            in_sight(known.c.agency_id, scope.sight, among=scope.agencies),
            predicates(known, scope.period)["dossiers.total"],
            in_window(known, scope.period),
            *held,
        )
    )


def _late(scope: Scope) -> Select[Any]:
    """Dossiers settled late in the period, with the reason known then."""
    known = known_facts(scope)
    reason = func.coalesce(reason_of(known, known_at=scope.known_at), UNSTATED)
    return _read(known, known, literal(0), reason).where(
        in_sight(known.c.agency_id, scope.sight, among=scope.agencies),
        predicates(known, scope.period)["dossiers.settled.late"],
        in_window(known, scope.period),
    )


def _first_late(scope: Scope, *, is_in_time_now: bool) -> Select[Any]:
    """Dossiers whose end was late in the period when it was first recorded.

    The first recorded end is the version, present or superseded, before which no other had an end.
    """
    first = _versions(scope)
    earlier = facts_history.alias("earlier")
    known = known_facts(scope)
    conditions = [
        in_sight(first.c.agency_id, scope.sight, among=scope.agencies),
        known.c.is_last,
        ~exists().where(
            _same(first, earlier),
            earlier.c.is_last,
            earlier.c.ended_on < FOREVER,
            earlier.c.version < first.c.version,
        ),
    ]
    if is_in_time_now:
        conditions += [known.c.ended_on < FOREVER, known.c.ended_on <= known.c.due_on]
    joined = _read(known, first, literal(0), literal("")).join(first, _same(known, first))
    return joined.where(*conditions)


def _versions(scope: Scope) -> FromClause:
    """Return every version of facts, recorded by then, that ended late in the period."""
    known_at = scope.known_at
    start, last = scope.period.start, scope.period.last_day
    versions = [
        select(*(table.c[name] for name in _VERSION)).where(
            # Said in each branch, so that one agency's question reads one agency's rows.
            in_sight(table.c.agency_id, scope.sight, among=scope.agencies),
            table.c.is_last,
            table.c.ended_on.between(start, last),
            table.c.ended_on > table.c.due_on,
            # Implied, and said so that the index of late ends serves.
            table.c.ended_on < FOREVER,
            true() if known_at is None else table.c.recorded_from <= known_at,
        )
        for table in (facts, facts_history)
    ]
    return union_all(*versions).subquery("first")


def _read(
    known: FromClause, first: FromClause, number: ColumnElement[int], note: ColumnElement[str]
) -> Select[Any]:
    return select(
        *(known.c[name] for name in (*_KEY, *_ATTRIBUTES, "received_on", "due_on", "ended_on")),
        first.c.due_on.label("first_due_on"),
        first.c.ended_on.label("first_ended_on"),
        number.label("correction_number"),
        note.label("note"),
    )


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in _KEY))

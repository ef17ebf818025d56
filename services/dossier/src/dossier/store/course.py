"""Changing a dossier: the new state, its event and its facts, in one call."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import asyncpg
from kit.db import refusing
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    ScalarSelect,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from dossier.domain.dossier import Course, Dossier
from dossier.domain.errors import ApologyAlreadySent
from dossier.domain.facts import FOREVER, Channel, EndKind, Facts, ReturnMethod, Stretch
from dossier.tables.dossiers import apologies, dossiers, events
from dossier.tables.facts import facts, facts_history

FACT_COLUMNS = (
    *("channel", "received_on", "from_on", "until_on", "due_on", "is_waiting", "ended_on"),
    *("end_kind", "returned_on", "return_method", "apologised_on"),
)
"""What an act reads of each stretch."""

_TYPES: dict[str, TypeEngine[Any]] = {
    "agency_id": Integer(),
    "issued_on": Date(),
    "serial": Integer(),
    "version": Integer(),
    "status": Integer(),
    "came_from": Integer(),
    "status_since": DateTime(timezone=True),
    "stopped_at": DateTime(timezone=True),
    "due_on": Date(),
    "ended_at": DateTime(timezone=True),
    "end_kind": Text(),
    "returned_at": DateTime(timezone=True),
    "return_method": Text(),
    "resolver_agency_id": Integer(),
    "closes": Text(),
    "kind": Text(),
    "from_status": Integer(),
    "occurred_at": DateTime(timezone=True),
    "recorded_at": DateTime(timezone=True),
    "recorded_by": Text(),
    "details": Text(),
    "facts": Text(),
}
"""The arguments of the stored function `keep_course`, in its order."""
_JSON = frozenset({"details", "facts"})
_NAMED = ", ".join(f"cast(:{name} as jsonb)" if name in _JSON else f":{name}" for name in _TYPES)
_KEEP = text(f"select keep_course({_NAMED})").bindparams(
    *(bindparam(name, type_=kind) for name, kind in _TYPES.items())
)
_NUMBERED = ", ".join(
    f"${number}::text::jsonb" if name in _JSON else f"${number}"
    for number, name in enumerate(_TYPES, start=1)
)
_KEEP_AT_ONCE = f"select keep_course({_NUMBERED})"


class Paper(StrEnum):
    """What an act closes: what the applicant was waited for, or the open step."""

    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    STEP = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is recorded of an act: when it was so, when and by whom it was told."""

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: Mapping[str, str | bool | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apology:
    """An apology as sent."""

    reason_code: str
    reason: str
    promised_on: date
    sent_at: datetime
    sent_in_time: bool


async def course(tx: AsyncSession, of: Dossier) -> Course:
    """Return the part of a dossier that acts change."""
    query = select(*(facts.c[name] for name in FACT_COLUMNS)).where(_is(facts, of))
    rows = await tx.execute(query.order_by(facts.c.stretch))
    return course_of(of, facts_of([dict(row) for row in rows.mappings()]))


async def facts_known(tx: AsyncSession, of: Dossier, at: datetime) -> Facts | None:
    """Return the facts of a dossier as they were known at an instant; None before it was known."""
    columns = [*FACT_COLUMNS, "stretch"]
    now = select(*(facts.c[name] for name in columns)).where(
        _is(facts, of), facts.c.recorded_from <= at
    )
    then = select(*(facts_history.c[name] for name in columns)).where(
        _is(facts_history, of),
        facts_history.c.recorded_from <= at,
        facts_history.c.recorded_to > at,
    )
    known = union_all(now, then).subquery("known")
    rows = (await tx.execute(select(known).order_by(known.c.stretch))).mappings().all()
    return facts_of([dict(row) for row in rows]) if rows else None


def course_of(of: Dossier, facts: Facts) -> Course:
    """Return the part of a dossier that acts change."""
    return Course(
        status=of.status,
        came_from=of.came_from,
        status_since=of.status_since,
        stopped_at=of.stopped_at,
        ended_at=of.ended_at,
        returned_at=of.returned_at,
        facts=facts,
    )


async def keep_course(
    tx: AsyncSession,
    of: Dossier,
    before: Course,
    after: Course,
    act: Act,
    *,
    resolver_agency_id: int | None = None,
    closes: Paper | None = None,
) -> bool:
    """Store the next version of a dossier; False when somebody else changed it meanwhile.

    One call of the stored function `keep_course`: state, event and facts. `closes` ends what the
    dossier waited for, or its open step.
    """
    kept = await tx.scalar(_KEEP, _arguments(of, before, after, act, resolver_agency_id, closes))
    return bool(kept)


async def keep_course_at_once(
    connection: "asyncpg.Connection[Any]",
    of: Dossier,
    before: Course,
    after: Course,
    act: Act,
    *,
    closes: Paper | None = None,
) -> bool:
    """Store the same outside a transaction: the one call commits by itself."""
    arguments = _arguments(of, before, after, act, None, closes)
    kept = await connection.fetchval(_KEEP_AT_ONCE, *(arguments[name] for name in _TYPES))
    return bool(kept)


def _arguments(
    of: Dossier,
    before: Course,
    after: Course,
    act: Act,
    resolver_agency_id: int | None,
    closes: Paper | None,
) -> dict[str, Any]:
    return {
        **_key(of),
        "version": of.version,
        "status": after.status,
        "came_from": after.came_from,
        "status_since": after.status_since,
        "stopped_at": after.stopped_at,
        "due_on": after.due_on,
        "ended_at": after.ended_at,
        "end_kind": after.facts.end_kind,
        "returned_at": after.returned_at,
        "return_method": after.facts.return_method,
        "resolver_agency_id": resolver_agency_id,
        "closes": closes,
        "kind": act.kind,
        "from_status": before.status,
        "occurred_at": act.occurred_at,
        "recorded_at": act.recorded_at,
        "recorded_by": act.recorded_by,
        "details": json.dumps(act.details, default=_day),
        "facts": None if after.facts == before.facts else _facts_told(of, after.facts, act),
    }


def _facts_told(of: Dossier, new: Facts, act: Act) -> str:
    rows = fact_rows(
        new,
        version=of.version + 1,
        field_code=of.field_code,
        procedure_code=of.procedure_code,
        recorded_from=act.recorded_at,
    )
    # The stored function knows better when it was recorded: never before what came before.
    told = [{**_key(of), **_without(row, "recorded_from")} for row in rows]
    return json.dumps(told, default=_day)


async def note_event(
    tx: AsyncSession,
    key: tuple[int, date, int],
    *,
    kind: str,
    occurred_at: datetime,
    recorded_at: datetime,
    by: str,
    details: Mapping[str, str | bool | int | None],
) -> None:
    """Add an event that changes nothing of a dossier but its version."""
    named = dict(zip(("agency_id", "issued_on", "serial"), key, strict=True))
    raised = await tx.execute(
        update(dossiers)
        .where(*(dossiers.c[name] == value for name, value in named.items()))
        .values(version=dossiers.c.version + 1)
        .returning(dossiers.c.version, dossiers.c.status)
    )
    version, status = raised.one()
    last = select(func.max(events.c.recorded_at)).where(
        *(events.c[name] == value for name, value in named.items())
    )
    await tx.execute(
        insert(events).values(
            **named,
            event_number=version,
            kind=kind,
            from_status=status,
            to_status=status,
            occurred_at=occurred_at,
            recorded_at=func.greatest(func.recorded_instant(recorded_at), last.scalar_subquery()),
            recorded_by=by,
            details=details,
        )
    )


def last_recorded(of: Dossier) -> ScalarSelect[datetime]:
    """Return when the last event of a dossier was recorded.

    What belongs to an event is recorded with it, not a moment later: figures as known between the
    two would hold the one without the other.
    """
    return select(func.max(events.c.recorded_at)).where(_is(events, of)).scalar_subquery()


async def add_apology(tx: AsyncSession, of: Dossier, apology: Apology) -> None:
    """Store the apology of a dossier, whose event is kept; the primary key allows one.

    Raises:
        ApologyAlreadySent: there is one already.
    """
    with refusing({"pk_apologies": ApologyAlreadySent(code=of.code)}):
        await tx.execute(
            insert(apologies).values(
                **_key(of),
                reason_code=apology.reason_code,
                reason=apology.reason,
                promised_on=apology.promised_on,
                sent_at=apology.sent_at,
                sent_in_time=apology.sent_in_time,
                recorded_at=last_recorded(of),
            )
        )
    await tx.execute(
        update(dossiers).where(_is(dossiers, of)).values(promised_on=apology.promised_on)
    )


def fact_rows(
    of: Facts, *, version: int, field_code: str, procedure_code: str, recorded_from: datetime
) -> list[dict[str, Any]]:
    """Return the rows of `facts`, one per stretch, without the key of the dossier."""
    last = len(of.stretches)
    return [
        {
            "stretch": number,
            "version": version,
            "is_last": number == last,
            "channel": of.channel,
            "field_code": field_code,
            "procedure_code": procedure_code,
            "received_on": of.received_on,
            "from_on": stretch.from_on,
            "until_on": stretch.until_on,
            "due_on": stretch.due_on,
            "is_waiting": stretch.is_waiting,
            "ended_on": of.ended_on,
            "end_kind": of.end_kind,
            "returned_on": of.returned_on,
            "return_method": of.return_method,
            "apologised_on": of.apologised_on,
            "recorded_from": recorded_from,
        }
        for number, stretch in enumerate(of.stretches, start=1)
    ]


def facts_of(rows: Sequence[Mapping[str, Any]]) -> Facts:
    """Build facts from their rows, in the order of the stretches, by `FACT_COLUMNS`."""
    first = rows[0]
    return Facts(
        channel=Channel(first["channel"]),
        received_on=first["received_on"],
        stretches=tuple(
            Stretch(row["from_on"], row["until_on"], row["due_on"], row["is_waiting"])
            for row in rows
        ),
        ended_on=first["ended_on"],
        end_kind=first["end_kind"] and EndKind(first["end_kind"]),
        returned_on=first["returned_on"],
        return_method=first["return_method"] and ReturnMethod(first["return_method"]),
        apologised_on=first["apologised_on"],
    )


def _key(of: Dossier) -> dict[str, Any]:
    return {"agency_id": of.agency_id, "issued_on": of.issued_on, "serial": of.serial}


def _is(table: Table, of: Dossier) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(of).items()))


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _day(value: object) -> str:
    """Write a day for PostgreSQL, which has its own word for `FOREVER`."""
    if not isinstance(value, date):
        raise TypeError(type(value).__name__)
    return "infinity" if value == FOREVER else value.isoformat()

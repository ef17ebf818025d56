"""Changing a dossier: the new state, its event and its facts, in one transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course, Dossier
from dossier.domain.errors import ApologyAlreadySent
from dossier.domain.facts import Channel, EndKind, Facts, ReturnMethod, Stretch
from dossier.tables import apologies, dossiers, events, facts, facts_history

_FACT_COLUMNS = [column.name for column in facts.c]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is recorded of an act: when it was so, when and by whom it was told."""

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: dict[str, str | bool | int | None]


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
    rows = (await tx.execute(select(facts).where(_is(facts, of)).order_by(facts.c.stretch))).all()
    return Course(
        status=of.status,
        came_from=of.came_from,
        status_since=of.status_since,
        stopped_at=of.stopped_at,
        ended_at=of.ended_at,
        returned_at=of.returned_at,
        facts=_facts(rows),
    )


async def keep_course(
    tx: AsyncSession, of: Dossier, before: Course, after: Course, act: Act
) -> bool:
    """Store the next version of a dossier; False when somebody else changed it meanwhile."""
    changed = await tx.execute(
        update(dossiers)
        .where(_is(dossiers, of), dossiers.c.version == of.version)
        .values(
            version=of.version + 1,
            status=after.status,
            came_from=after.came_from,
            status_since=after.status_since,
            stopped_at=after.stopped_at,
            due_on=after.due_on,
            ended_at=after.ended_at,
            end_kind=after.facts.end_kind,
            returned_at=after.returned_at,
            return_method=after.facts.return_method,
        )
        .returning(dossiers.c.version)
    )
    if changed.first() is None:
        return False
    act = replace(act, recorded_at=await _not_before_last(tx, of, act.recorded_at))
    await _add_event(tx, of, before, after, act)
    if after.facts != before.facts:
        await _replace_facts(tx, of, after.facts, recorded_at=act.recorded_at)
    return True


async def add_apology(tx: AsyncSession, of: Dossier, apology: Apology, *, at: datetime) -> None:
    """Store the apology of a dossier; the primary key allows one.

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
                recorded_at=at,
            )
        )
    await tx.execute(
        update(dossiers).where(_is(dossiers, of)).values(promised_on=apology.promised_on)
    )


async def _not_before_last(tx: AsyncSession, of: Dossier, at: datetime) -> datetime:
    """Return `at`, or the last recording when clocks disagree: recorded time never runs back."""
    last = await tx.scalar(select(func.max(events.c.recorded_at)).where(_is(events, of)))
    return at if last is None else max(at, last)


async def _add_event(
    tx: AsyncSession, of: Dossier, before: Course, after: Course, act: Act
) -> None:
    await tx.execute(
        insert(events).values(
            **_key(of),
            event_number=of.version + 1,
            kind=act.kind,
            from_status=before.status,
            to_status=after.status,
            occurred_at=act.occurred_at,
            recorded_at=act.recorded_at,
            recorded_by=act.recorded_by,
            details=act.details,
        )
    )


async def _replace_facts(
    tx: AsyncSession, of: Dossier, new: Facts, *, recorded_at: datetime
) -> None:
    """Move the facts as known until now into the history, and store the new ones."""
    superseded = select(*(facts.c[name] for name in _FACT_COLUMNS), literal(recorded_at)).where(
        _is(facts, of)
    )
    await tx.execute(insert(facts_history).from_select([*_FACT_COLUMNS, "recorded_to"], superseded))
    await tx.execute(delete(facts).where(_is(facts, of)))
    await tx.execute(
        insert(facts),
        [
            {**_key(of), **row}
            for row in fact_rows(
                new,
                version=of.version + 1,
                field_code=of.field_code,
                procedure_code=of.procedure_code,
                recorded_from=recorded_at,
            )
        ],
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


def _facts(rows: Any) -> Facts:
    first = rows[0]
    return Facts(
        channel=Channel(first.channel),
        received_on=first.received_on,
        stretches=tuple(
            Stretch(row.from_on, row.until_on, row.due_on, row.is_waiting) for row in rows
        ),
        ended_on=first.ended_on,
        end_kind=first.end_kind and EndKind(first.end_kind),
        returned_on=first.returned_on,
        return_method=first.return_method and ReturnMethod(first.return_method),
        apologised_on=first.apologised_on,
    )


def _key(of: Dossier) -> dict[str, Any]:
    return {"agency_id": of.agency_id, "issued_on": of.issued_on, "serial": of.serial}


def _is(table: Table, of: Dossier) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(of).items()))

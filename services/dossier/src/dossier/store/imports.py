"""Bulk intake: a batch of whole histories in a few statements, all or nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course
from dossier.domain.history import PastEvent
from dossier.store.course import fact_rows
from dossier.store.intake import Intake, driver_connection

_QUEUE = 7401
"""The lock namespace of `receive_dossier`."""
_KNOWN = """
    select agency_id, external_id, issued_on, serial from dossiers
    where agency_id = any($1::int[]) and external_id = any($2::text[])
"""
_RAISE = """
    insert into daily_serials as s (agency_id, issued_on, last_serial)
    select * from unnest($1::int[], $2::date[], $3::int[])
    on conflict (agency_id, issued_on)
        do update set last_serial = s.last_serial + excluded.last_serial
    returning agency_id, issued_on, last_serial
"""


@dataclass(frozen=True, slots=True)
class History:
    """A whole dossier as imported: its intake, its course so far, its events."""

    intake: Intake
    course: Course
    events: tuple[PastEvent, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a history ended up; `is_new` is False when the agency had it already."""

    issued_on: date
    serial: int
    is_new: bool


External = tuple[int, str]


async def store_histories(tx: AsyncSession, histories: Sequence[History]) -> list[Placed]:
    """Store those histories whose external id the agency does not know.

    The agencies' intake queues are held until the commit, so serials stay gapless and no
    duplicate can slip in; the day's counter is raised by as many as are stored.
    """
    for agency_id in sorted({history.intake.agency_id for history in histories}):
        await tx.execute(select(func.pg_advisory_xact_lock(_QUEUE, agency_id)))
    connection = await driver_connection(tx)
    known = await _known(connection, histories)
    new: dict[External, History] = {}
    for history in histories:
        if _external(history) not in known:
            new.setdefault(_external(history), history)
    serials = await _serials(connection, list(new.values()))
    await _copy(connection, [(new[key], serials[key]) for key in new])
    placed = {
        key: Placed(new[key].intake.issued_on, serial, is_new=True)
        for key, serial in serials.items()
    }
    return [_first(placed, known, _external(history)) for history in histories]


def _first(placed: dict[External, Placed], known: dict[External, Placed], key: External) -> Placed:
    """Return where a history is; the second of two alike in one batch is a duplicate."""
    found = placed.get(key) or known[key]
    if found.is_new:
        placed[key] = replace(found, is_new=False)
    return found


def _external(history: History) -> External:
    return history.intake.agency_id, history.intake.external_id or ""


async def _known(connection: Any, histories: Sequence[History]) -> dict[External, Placed]:
    ids = list({history.intake.agency_id for history in histories})
    external_ids = [history.intake.external_id for history in histories]
    rows = await connection.fetch(_KNOWN, ids, external_ids)
    return {
        (row["agency_id"], row["external_id"]): Placed(
            row["issued_on"], row["serial"], is_new=False
        )
        for row in rows
    }


async def _serials(connection: Any, histories: Sequence[History]) -> dict[External, int]:
    """Raise the counters of the days concerned and number the histories in order of receipt."""
    days = Counter((h.intake.agency_id, h.intake.issued_on) for h in histories)
    agencies, issued, counts = [a for a, _ in days], [d for _, d in days], list(days.values())
    rows = await connection.fetch(_RAISE, agencies, issued, counts)
    following = {
        (row["agency_id"], row["issued_on"]): row["last_serial"]
        - days[row["agency_id"], row["issued_on"]]
        for row in rows
    }
    serials: dict[External, int] = {}
    for history in sorted(histories, key=lambda h: h.intake.received_at):
        day = (history.intake.agency_id, history.intake.issued_on)
        following[day] += 1
        serials[_external(history)] = following[day]
    return serials


async def _copy(connection: Any, numbered: Sequence[tuple[History, int]]) -> None:
    for table, rows in (
        ("applicants", [_applicant(history.intake) for history, _ in numbered]),
        ("dossiers", [_dossier(history, serial) for history, serial in numbered]),
        ("events", [row for history, serial in numbered for row in _events(history, serial)]),
        ("facts", [row for history, serial in numbered for row in _facts(history, serial)]),
    ):
        if rows:
            columns = list(rows[0])
            records = [tuple(row.values()) for row in rows]
            await connection.copy_records_to_table(table, records=records, columns=columns)


def _applicant(intake: Intake) -> dict[str, Any]:
    return {
        "agency_id": intake.agency_id,
        "applicant_id": intake.applicant_id,
        "full_name": intake.full_name,
        "sealed": intake.sealed,
        "key_id": intake.key_id,
    }


def _key(intake: Intake, serial: int) -> dict[str, Any]:
    return {"agency_id": intake.agency_id, "issued_on": intake.issued_on, "serial": serial}


def _dossier(history: History, serial: int) -> dict[str, Any]:
    intake, course = history.intake, history.course
    return {
        **_key(intake, serial),
        "version": len(history.events),
        "status": int(course.status),
        "came_from": course.came_from and int(course.came_from),
        "status_since": course.status_since,
        "channel": intake.channel,
        "procedure_code": intake.procedure_code,
        "procedure_name": intake.procedure_name,
        "version_number": intake.version_number,
        "field_code": intake.field_code,
        "time_limit_value": intake.time_limit_value,
        "time_limit_unit": intake.time_limit_unit,
        "cutoff_time": intake.cutoff_time,
        "supplement_policy": intake.supplement_policy,
        "received_at": intake.received_at,
        "due_on": course.due_on,
        "ended_at": course.ended_at,
        "end_kind": course.facts.end_kind,
        "returned_at": course.returned_at,
        "return_method": course.facts.return_method,
        "subject": intake.subject,
        "external_id": intake.external_id,
        "applicant_id": intake.applicant_id,
        "resolver_agency_id": intake.agency_id,
        "recorded_at": intake.recorded_at,
    }


def _events(history: History, serial: int) -> list[dict[str, Any]]:
    intake = history.intake
    due_on = intake.due_on and intake.due_on.isoformat()
    return [
        {
            **_key(intake, serial),
            "event_number": number,
            "kind": event.kind,
            "from_status": event.from_status,
            "to_status": event.to_status,
            "occurred_at": event.occurred_at,
            "recorded_at": intake.recorded_at,
            "recorded_by": intake.recorded_by,
            "details": orjson.dumps(
                {"imported": True, **({"due_on": due_on} if number == 1 else {})}
            ).decode(),
        }
        for number, event in enumerate(history.events, start=1)
    ]


def _facts(history: History, serial: int) -> list[dict[str, Any]]:
    intake = history.intake
    rows = fact_rows(
        history.course.facts,
        version=len(history.events),
        field_code=intake.field_code,
        procedure_code=intake.procedure_code,
        recorded_from=intake.recorded_at,
    )
    return [{**_key(intake, serial), **row} for row in rows]

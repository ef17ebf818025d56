"""Bulk intake: a batch of whole histories by COPY into the real tables, all or nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course
from dossier.domain.errors import NotStorable
from dossier.domain.history import PastEvent
from dossier.store.course import fact_rows
from dossier.store.intake import Intake, driver_connection

_QUEUE = 7401
"""The lock namespace of `receive_dossier`."""
_HOLD = """
    select pg_advisory_xact_lock($1, agency_id)
    from (select unnest($2::int[]) as agency_id order by 1) a
"""
_KNOWN = """
    select d.agency_id, d.external_id, d.issued_on, d.serial
    from unnest($1::int[], $2::text[]) as asked (agency_id, external_id)
    join dossiers d using (agency_id, external_id)
"""
_RAISE = """
    insert into daily_serials as s (agency_id, issued_on, last_serial)
    select * from unnest($1::int[], $2::date[], $3::int[]) as raised order by 1, 2
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
Numbered = tuple[History, int]
"""A history and its serial of the day."""


async def store_histories(tx: AsyncSession, histories: Sequence[History]) -> list[Placed]:
    """Store those histories whose external id the agency does not know.

    The agencies' intake queues are held until the commit, so serials stay gapless and no
    duplicate can slip in; the day's counter is raised by as many as are stored.

    Raises:
        NotStorable: the database does not take one of them, so none is stored.
    """
    await tx.execute(select(1))  # The transaction begins with its first statement.
    connection = await driver_connection(tx)
    await connection.execute(_HOLD, _QUEUE, list({h.intake.agency_id for h in histories}))
    places = await _known(connection, histories)
    new: dict[External, History] = {}
    for history in histories:
        if _external(history) not in places:
            new.setdefault(_external(history), history)
    with _refusing():
        serials = await _serials(connection, list(new.values()))
        await _copy(connection, [(new[key], serials[key]) for key in new])
    places |= {key: (new[key].intake.issued_on, serial) for key, serial in serials.items()}
    return [
        # The second of two alike in one batch is a duplicate of the first.
        Placed(*places[key], is_new=new.pop(key, None) is not None)
        for key in map(_external, histories)
    ]


def _external(history: History) -> External:
    return history.intake.agency_id, history.intake.external_id or ""


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        raise NotStorable from error


async def _known(
    connection: "asyncpg.Connection[Any]", histories: Sequence[History]
) -> dict[External, tuple[date, int]]:
    agencies = [history.intake.agency_id for history in histories]
    external_ids = [history.intake.external_id for history in histories]
    return {
        (agency_id, external_id): (issued_on, serial)
        for agency_id, external_id, issued_on, serial in await connection.fetch(
            _KNOWN, agencies, external_ids
        )
    }


async def _serials(
    connection: "asyncpg.Connection[Any]", histories: Sequence[History]
) -> dict[External, int]:
    """Raise the counters of the days concerned and number the histories in order of receipt."""
    days = Counter((h.intake.agency_id, h.intake.issued_on) for h in histories)
    agencies, issued, counts = [a for a, _ in days], [d for _, d in days], list(days.values())
    rows = await connection.fetch(_RAISE, agencies, issued, counts)
    following = {
        (agency_id, issued_on): last_serial - days[agency_id, issued_on]
        for agency_id, issued_on, last_serial in rows
    }
    serials: dict[External, int] = {}
    for history in sorted(histories, key=lambda h: h.intake.received_at):
        day = (history.intake.agency_id, history.intake.issued_on)
        following[day] += 1
        serials[_external(history)] = following[day]
    return serials


async def _copy(connection: "asyncpg.Connection[Any]", numbered: Sequence[Numbered]) -> None:
    """Copy table by table; rows are made as they are sent, so no batch is held twice."""
    if not numbered:
        return
    tables: Iterable[tuple[str, Sequence[str], Iterator[tuple[object, ...]]]] = (
        ("applicants", _APPLICANT, map(_applicant, numbered)),
        ("dossiers", _DOSSIER, map(_dossier, numbered)),
        ("applicant_names", _NAME, map(_name, numbered)),
        ("events", _EVENT, (row for one in numbered for row in _events(one))),
        ("facts", _FACT, (row for one in numbered for row in _facts(one))),
    )
    for table, columns, rows in tables:
        await connection.copy_records_to_table(table, records=rows, columns=columns)


_KEY = ("agency_id", "issued_on", "serial")
_APPLICANT = ("agency_id", "applicant_id", "full_name", "sealed", "key_id")
_NAME = (*_KEY, "folded_name")
_DOSSIER = (
    *_KEY,
    *("version", "status", "came_from", "status_since", "channel", "procedure_code"),
    *("procedure_name", "version_number", "field_code", "time_limit_value", "time_limit_unit"),
    *("cutoff_time", "supplement_policy", "received_at", "due_on", "ended_at", "end_kind"),
    *("returned_at", "return_method", "subject", "external_id", "applicant_id"),
    *("resolver_agency_id", "recorded_at", "received_by"),
)
_EVENT = (
    *_KEY,
    *("event_number", "kind", "from_status", "to_status", "occurred_at", "recorded_at"),
    *("recorded_by", "details"),
)
_FACT = (
    *_KEY,
    *("stretch", "version", "is_last", "channel", "field_code", "procedure_code", "received_on"),
    *("from_on", "until_on", "due_on", "is_waiting", "ended_on", "end_kind", "returned_on"),
    *("return_method", "apologised_on", "recorded_from", "officer"),
)


def _applicant(one: Numbered) -> tuple[object, ...]:
    intake = one[0].intake
    return intake.agency_id, intake.applicant_id, intake.full_name, intake.sealed, intake.key_id


def _name(one: Numbered) -> tuple[object, ...]:
    intake = one[0].intake
    return intake.agency_id, intake.issued_on, one[1], intake.folded_name


def _dossier(one: Numbered) -> tuple[object, ...]:
    history, serial = one
    intake, course = history.intake, history.course
    return (
        intake.agency_id,
        intake.issued_on,
        serial,
        len(history.events),
        course.status,
        course.came_from,
        course.status_since,
        intake.channel,
        intake.procedure_code,
        intake.procedure_name,
        intake.version_number,
        intake.field_code,
        intake.time_limit_value,
        intake.time_limit_unit,
        intake.cutoff_time,
        intake.supplement_policy,
        intake.received_at,
        course.due_on,
        course.ended_at,
        course.facts.end_kind,
        course.returned_at,
        course.facts.return_method,
        intake.subject,
        intake.external_id,
        intake.applicant_id,
        intake.agency_id,
        intake.recorded_at,
        intake.recorded_by,
    )


def _events(one: Numbered) -> Iterator[tuple[object, ...]]:
    history, serial = one
    intake = history.intake
    due_on = "null" if intake.due_on is None else f'"{intake.due_on}"'
    for number, event in enumerate(history.events, start=1):
        yield (
            intake.agency_id,
            intake.issued_on,
            serial,
            number,
            event.kind,
            event.from_status,
            event.to_status,
            event.occurred_at,
            intake.recorded_at,
            intake.recorded_by,
            f'{{"imported": true, "due_on": {due_on}}}' if number == 1 else '{"imported": true}',
        )


def _facts(one: Numbered) -> Iterator[tuple[object, ...]]:
    history, serial = one
    intake = history.intake
    rows = fact_rows(
        history.course.facts,
        version=len(history.events),
        field_code=intake.field_code,
        procedure_code=intake.procedure_code,
        recorded_from=intake.recorded_at,
    )
    for row in rows:
        key = dict(zip(_KEY, (intake.agency_id, intake.issued_on, serial), strict=True))
        fact = {**row, **key, "officer": intake.recorded_by}
        yield tuple(fact[name] for name in _FACT)

"""Bulk intake: a batch of whole histories by COPY into the real tables, all or nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course
from dossier.domain.due_date import TimeLimit
from dossier.domain.errors import NotStorable
from dossier.domain.history import PastEvent
from dossier.domain.names import folded
from dossier.domain.procedures import ProcedureVersion
from dossier.store.intake import driver_connection

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


Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What an imported dossier is besides its course: whose, under which terms, told by whom."""

    agency_id: int
    external_id: str
    applicant_id: UUID
    full_name: str
    sealed: bytes | None
    key_id: str
    subject: str | None
    version: ProcedureVersion
    limit: TimeLimit
    received_at: datetime
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class History:
    """A whole dossier as imported: its rows, in the order of the columns below and without keys.

    Rows and not objects, because a batch holds thousands and is gone in a moment.
    """

    agency_id: int
    external_id: str
    issued_on: date
    received_at: datetime
    applicant: Row
    dossier: Row
    folded_name: str
    events: Sequence[Row]
    facts: Sequence[Row]


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
    await connection.execute(_HOLD, _QUEUE, list({h.agency_id for h in histories}))
    places = await _known(connection, histories)
    new: dict[External, History] = {}
    for history in histories:
        if _external(history) not in places:
            new.setdefault(_external(history), history)
    with _refusing():
        serials = await _serials(connection, list(new.values()))
        await _copy(connection, [(new[key], serials[key]) for key in new])
    places |= {key: (new[key].issued_on, serial) for key, serial in serials.items()}
    return [
        # The second of two alike in one batch is a duplicate of the first.
        Placed(*places[key], is_new=new.pop(key, None) is not None)
        for key in map(_external, histories)
    ]


def _external(history: History) -> External:
    return history.agency_id, history.external_id


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        raise NotStorable from error


async def _known(
    connection: "asyncpg.Connection[Any]", histories: Sequence[History]
) -> dict[External, tuple[date, int]]:
    agencies = [history.agency_id for history in histories]
    external_ids = [history.external_id for history in histories]
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
    days = Counter((h.agency_id, h.issued_on) for h in histories)
    agencies, issued, counts = [a for a, _ in days], [d for _, d in days], list(days.values())
    rows = await connection.fetch(_RAISE, agencies, issued, counts)
    following = {
        (agency_id, issued_on): last_serial - days[agency_id, issued_on]
        for agency_id, issued_on, last_serial in rows
    }
    serials: dict[External, int] = {}
    for history in sorted(histories, key=attrgetter("received_at")):
        day = (history.agency_id, history.issued_on)
        following[day] += 1
        serials[_external(history)] = following[day]
    return serials


async def _copy(connection: "asyncpg.Connection[Any]", numbered: Sequence[Numbered]) -> None:
    """Copy table by table; keys are put before rows as they are sent, so no batch is held twice."""
    if not numbered:
        return
    tables: Iterable[tuple[str, Sequence[str], Iterable[Row]]] = (
        ("applicants", _APPLICANT, (h.applicant for h, _ in numbered)),
        ("dossiers", (*_KEY, *_DOSSIER), ((*_key(h, n), *h.dossier) for h, n in numbered)),
        ("applicant_names", (*_KEY, *_NAME), ((*_key(h, n), h.folded_name) for h, n in numbered)),
        ("events", (*_KEY, *_EVENT), ((*_key(h, n), *e) for h, n in numbered for e in h.events)),
        ("facts", (*_KEY, *_FACT), ((*_key(h, n), *f) for h, n in numbered for f in h.facts)),
    )
    for table, columns, rows in tables:
        await connection.copy_records_to_table(table, records=rows, columns=columns)


def _key(history: History, serial: int) -> tuple[int, date, int]:
    return history.agency_id, history.issued_on, serial


_KEY = ("agency_id", "issued_on", "serial")
_APPLICANT = ("agency_id", "applicant_id", "full_name", "sealed", "key_id")
_NAME = ("folded_name",)
_DOSSIER = (
    *("version", "status", "came_from", "status_since", "channel", "procedure_code"),
    *("procedure_name", "version_number", "field_code", "time_limit_value", "time_limit_unit"),
    *("cutoff_time", "supplement_policy", "received_at", "due_on", "ended_at", "end_kind"),
    *("returned_at", "return_method", "subject", "external_id", "applicant_id"),
    *("resolver_agency_id", "recorded_at", "received_by"),
)
_EVENT = (
    *("event_number", "kind", "from_status", "to_status", "occurred_at", "recorded_at"),
    *("recorded_by", "details"),
)
_FACT = (
    *("stretch", "version", "is_last", "channel", "field_code", "procedure_code", "received_on"),
    *("from_on", "until_on", "due_on", "is_waiting", "ended_on", "end_kind", "returned_on"),
    *("return_method", "apologised_on", "recorded_from", "officer"),
)


def history_of(particulars: Particulars, course: Course, events: Sequence[PastEvent]) -> History:
    """Return the rows that a dossier and its course make."""
    applicant = (
        particulars.agency_id,
        particulars.applicant_id,
        particulars.full_name,
        particulars.sealed,
        particulars.key_id,
    )
    return History(
        particulars.agency_id,
        particulars.external_id,
        course.facts.received_on,
        particulars.received_at,
        applicant,
        _dossier(particulars, course, version=len(events)),
        folded(particulars.full_name),
        _events(particulars, course, events),
        _facts(particulars, course, version=len(events)),
    )


def _dossier(of: Particulars, course: Course, *, version: int) -> Row:
    terms, limit = of.version, of.limit
    return (
        version,
        course.status,
        course.came_from,
        course.status_since,
        course.facts.channel,
        terms.procedure_code,
        terms.name,
        terms.number,
        terms.field_code,
        limit.value,
        limit.unit,
        limit.cutoff,
        terms.supplement_policy,
        of.received_at,
        course.due_on,
        course.ended_at,
        course.facts.end_kind,
        course.returned_at,
        course.facts.return_method,
        of.subject,
        of.external_id,
        of.applicant_id,
        of.agency_id,
        of.recorded_at,
        of.recorded_by,
    )


def _events(of: Particulars, course: Course, events: Sequence[PastEvent]) -> list[Row]:
    due_on = "null" if course.due_on is None else f'"{course.due_on}"'
    details = f'{{"imported": true, "due_on": {due_on}}}'
    rows: list[Row] = []
    for number, event in enumerate(events, start=1):
        rows.append(
            (
                number,
                event.kind,
                event.from_status,
                event.to_status,
                event.occurred_at,
                of.recorded_at,
                of.recorded_by,
                details,
            )
        )
        details = '{"imported": true}'
    return rows


def _facts(of: Particulars, course: Course, *, version: int) -> list[Row]:
    facts = course.facts
    last = len(facts.stretches)
    return [
        (
            number,
            version,
            number == last,
            facts.channel,
            of.version.field_code,
            of.version.procedure_code,
            facts.received_on,
            stretch.from_on,
            stretch.until_on,
            stretch.due_on,
            stretch.is_waiting,
            facts.ended_on,
            facts.end_kind,
            facts.returned_on,
            facts.return_method,
            facts.apologised_on,
            of.recorded_at,
            of.recorded_by,
        )
        for number, stretch in enumerate(facts.stretches, start=1)
    ]

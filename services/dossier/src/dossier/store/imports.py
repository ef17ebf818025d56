"""Bulk intake: a batch of whole histories by COPY into the real tables, all or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course
from dossier.domain.due_date import TimeLimit
from dossier.domain.errors import NotStorable
from dossier.domain.facts import Channel, Facts
from dossier.domain.history import Content, PastEvent
from dossier.domain.lifecycle import Status
from dossier.domain.names import folded
from dossier.domain.procedures import ProcedureVersion
from dossier.store import copying
from dossier.store.intake import driver_connection

_QUEUE = 7401
"""The lock namespace of `receive_dossier`."""
_HOLD = """
    select pg_advisory_xact_lock($1, agency_id)
    from (select unnest($2::int[]) as agency_id order by 1) a
"""
_KNOWN = """
    select d.agency_id, d.external_id, d.issued_on, d.serial, d.procedure_code, d.channel,
           p.full_name, (
               select array_agg(e.occurred_at) from events e
               where e.agency_id = d.agency_id and e.issued_on = d.issued_on
                 and e.serial = d.serial
           ) || array_remove(array[d.received_at, d.ended_at, d.returned_at], null) as instants
    from unnest($1::int[], $2::text[]) as asked (agency_id, external_id)
    join dossiers d using (agency_id, external_id)
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
"""
"""What the log says is never changed, so a dossier is the one it was however it went on.

Beside it stand the instants as corrected: a transfer may have been put right at its source too.
"""
_RAISE = """
    insert into daily_serials as s (agency_id, issued_on, last_serial)
    select * from unnest($1::int[], $2::date[], $3::int[]) as raised order by 1, 2
    on conflict (agency_id, issued_on)
        do update set last_serial = s.last_serial + excluded.last_serial
    returning agency_id, issued_on, last_serial
"""


@dataclass(slots=True, kw_only=True)
class Particulars:
    """What an imported dossier is besides its course: whose, and under which terms.

    Not frozen, like `History`, because guarding each field costs more than the rest of making it.
    """

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


@dataclass(slots=True)
class History:
    """A whole dossier as imported: its rows as copied, but for the serial's key and the stamp.

    Bytes and not objects, because a batch holds thousands and is gone in a moment.
    """

    agency_id: int
    external_id: str
    issued_on: date
    received_at: datetime
    told: Content
    applicant: bytes
    dossier: bytes
    name: bytes
    events: Sequence[bytes]
    facts: Sequence[bytes]


class Outcome(StrEnum):
    """What became of a history."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REUSED = "reused"
    """Its external id belongs to a dossier that is not the one it tells of."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a history, and the dossier that bears its external id."""

    issued_on: date
    serial: int
    outcome: Outcome


Place = tuple[date, int]
External = tuple[int, str]
Numbered = tuple[History, int]
"""A history and its serial of the day."""


async def store_histories(
    tx: AsyncSession, histories: Sequence[History], *, by: str, clock: Callable[[], datetime]
) -> list[Placed]:
    """Store those histories whose external id the agency does not know.

    Where it is known, the dossier that bears it must say what the history says.

    They are recorded at the instant at which COPY begins, not when they were checked: a batch
    waits for its turn and for the queue, and who asks for figures "as known" meanwhile must not
    find later that more was known.

    The agencies' intake queues are held until the commit, so serials stay gapless and no
    duplicate can slip in; the day's counter is raised by as many as are stored.

    Raises:
        NotStorable: the database does not take one of them, so none is stored.
    """
    await tx.execute(select(1))  # The transaction begins with its first statement.
    connection = await driver_connection(tx)
    await connection.execute(_HOLD, _QUEUE, list({h.agency_id for h in histories}))
    known = await _known(connection, histories)
    new: dict[External, History] = {}
    for history in histories:
        if _external(history) not in known:
            new.setdefault(_external(history), history)
    with _refusing():
        serials = await _serials(connection, list(new.values()))
        stamp = copying.instant(clock()) + copying.text(by)
        await _copy(connection, [(new[key], serials[key]) for key in new], stamp)
    known |= {key: ((new[key].issued_on, serial), new[key].told) for key, serial in serials.items()}
    return [_placed(history, *known[_external(history)], new) for history in histories]


def _placed(
    history: History, place: Place, content: Content, new: Mapping[External, History]
) -> Placed:
    """Say what became of a history; a batch may hold a second one alike, or one unlike."""
    if new.get(_external(history)) is history:
        return Placed(*place, Outcome.STORED)
    alike = content.says(history.told)
    return Placed(*place, Outcome.DUPLICATE if alike else Outcome.REUSED)


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
) -> dict[External, tuple[Place, Content]]:
    agencies = [history.agency_id for history in histories]
    external_ids = [history.external_id for history in histories]
    return {
        (row["agency_id"], row["external_id"]): (
            (row["issued_on"], row["serial"]),
            Content(
                row["procedure_code"],
                row["channel"],
                row["full_name"],
                frozenset(row["instants"]),
            ),
        )
        for row in await connection.fetch(_KNOWN, agencies, external_ids)
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


async def _copy(
    connection: "asyncpg.Connection[Any]", numbered: Sequence[Numbered], stamp: bytes
) -> None:
    """Copy table by table, in the order in which they refer to each other.

    `stamp` says when it was recorded and who told; rows that bear one end with it.
    """
    if not numbered:
        return
    keyed = [(_key(history, serial), history) for history, serial in numbered]
    tables = (
        ("applicants", _APPLICANT, [h.applicant for _, h in keyed]),
        ("dossiers", [*_KEY, *_DOSSIER], [key + h.dossier + stamp for key, h in keyed]),
        ("applicant_names", [*_KEY, *_NAME], [key + h.name for key, h in keyed]),
        (
            "events",
            [*_KEY, *_EVENT],
            [key + event + stamp for key, h in keyed for event in h.events],
        ),
        ("facts", [*_KEY, *_FACT], [key + fact + stamp for key, h in keyed for fact in h.facts]),
    )
    for table, columns, rows in tables:
        await copying.copy_rows(connection, table, columns, rows)


def _key(history: History, serial: int) -> bytes:
    day = copying.day(history.issued_on)
    return copying.integer(history.agency_id) + day + copying.integer(serial)


_KEY = ["agency_id", "issued_on", "serial"]
_APPLICANT = ["agency_id", "applicant_id", "full_name", "sealed", "key_id"]
_NAME = ["folded_name"]
_DOSSIER = [
    *("version", "status", "came_from", "status_since"),
    *("channel", "procedure_code", "procedure_name", "version_number", "field_code"),
    *("time_limit_value", "time_limit_unit", "cutoff_time", "supplement_policy"),
    *("received_at", "due_on", "ended_at", "end_kind", "returned_at", "return_method"),
    *("subject", "external_id", "applicant_id", "resolver_agency_id"),
    *("recorded_at", "received_by"),
]
_EVENT = [
    *("event_number", "kind", "from_status", "to_status", "occurred_at"),
    *("details", "recorded_at", "recorded_by"),
]
_FACT = [
    *("stretch", "version", "is_last", "channel", "field_code", "procedure_code"),
    *("received_on", "from_on", "until_on", "due_on", "is_waiting", "ended_on", "end_kind"),
    *("returned_on", "return_method", "apologised_on", "recorded_from", "officer"),
]
_WAITING, _RUNNING = copying.boolean(True), copying.boolean(False)  # noqa: FBT003 - values to write
_IMPORTED = copying.jsonb('{"imported": true}')


class Scribe:
    """Writes the histories of a batch; what is alike in many is written once."""

    def __init__(self) -> None:
        self._words = cache(copying.text)
        self._days = cache(copying.day)
        self._terms: dict[tuple[str, int, Channel], bytes] = {}
        self._stretch = cache(_stretch)
        self._state = cache(_state)
        self._act = cache(_act)
        self._received = cache(_received)

    def history(
        self, particulars: Particulars, course: Course, events: Sequence[PastEvent]
    ) -> History:
        """Write the rows that a dossier and its course make."""
        instants = [copying.instant(event.occurred_at) for event in events]
        return History(
            particulars.agency_id,
            particulars.external_id,
            course.facts.received_on,
            particulars.received_at,
            Content(
                particulars.version.procedure_code,
                course.facts.channel,
                particulars.full_name,
                frozenset(event.occurred_at for event in events),
            ),
            _applicant(particulars),
            self._dossier(particulars, course, instants),
            copying.text(folded(particulars.full_name)),
            list(self._events(course, events, instants)),
            list(self._facts(particulars, course.facts, version=len(events))),
        )

    def _dossier(self, of: Particulars, course: Course, instants: Sequence[bytes]) -> bytes:
        """Write the dossier, which was received with its first event and stands by its last."""
        facts, words = course.facts, self._words
        return b"".join(
            (
                self._state(len(instants), course.status, course.came_from),
                instants[-1],
                words(facts.channel),
                self._terms_of(of, facts.channel),
                instants[0],
                self._days(course.due_on),
                copying.instant(course.ended_at),
                words(facts.end_kind),
                copying.instant(course.returned_at),
                words(facts.return_method),
                copying.text(of.subject),
                copying.text(of.external_id),
                copying.uuid(of.applicant_id),
                copying.integer(of.agency_id),
            )
        )

    def _terms_of(self, of: Particulars, channel: Channel) -> bytes:
        key = (of.version.procedure_code, of.version.number, channel)
        if key not in self._terms:
            self._terms[key] = _terms(of.version, of.limit)
        return self._terms[key]

    def _events(
        self, course: Course, events: Sequence[PastEvent], instants: Sequence[bytes]
    ) -> Iterator[bytes]:
        details = self._received(course.due_on)
        for number, (event, at) in enumerate(zip(events, instants, strict=True), start=1):
            act = self._act(number, event.kind, event.from_status, event.to_status)
            yield act + at + details
            details = _IMPORTED

    def _facts(self, of: Particulars, facts: Facts, *, version: int) -> Iterator[bytes]:
        days, words = self._days, self._words
        last = len(facts.stretches)
        for number, stretch in enumerate(facts.stretches, start=1):
            yield b"".join(
                (
                    self._stretch(number, version, number == last),
                    words(facts.channel),
                    words(of.version.field_code),
                    words(of.version.procedure_code),
                    days(facts.received_on),
                    days(stretch.from_on),
                    days(stretch.until_on),
                    days(stretch.due_on),
                    _WAITING if stretch.is_waiting else _RUNNING,
                    days(facts.ended_on),
                    words(facts.end_kind),
                    days(facts.returned_on),
                    words(facts.return_method),
                    days(facts.apologised_on),
                )
            )


def _applicant(of: Particulars) -> bytes:
    return b"".join(
        (
            copying.integer(of.agency_id),
            copying.uuid(of.applicant_id),
            copying.text(of.full_name),
            copying.data(of.sealed),
            copying.text(of.key_id),
        )
    )


def _terms(version: ProcedureVersion, limit: TimeLimit) -> bytes:
    return b"".join(
        (
            copying.text(version.procedure_code),
            copying.text(version.name),
            copying.integer(version.number),
            copying.text(version.field_code),
            copying.integer(limit.value),
            copying.text(limit.unit),
            copying.hour(limit.cutoff),
            copying.text(version.supplement_policy),
        )
    )


def _stretch(number: int, version: int, is_last: bool) -> bytes:  # noqa: FBT001 - as in copying
    return copying.smallint(number) + copying.integer(version) + copying.boolean(is_last)


def _state(version: int, status: Status, came_from: Status | None) -> bytes:
    return copying.integer(version) + copying.smallint(status) + copying.smallint(came_from)


def _act(number: int, kind: str, from_status: Status | None, to_status: Status) -> bytes:
    statuses = copying.smallint(from_status) + copying.smallint(to_status)
    return copying.integer(number) + copying.text(kind) + statuses


def _received(due_on: date | None) -> bytes:
    due = "null" if due_on is None else f'"{due_on}"'
    return copying.jsonb(f'{{"imported": true, "due_on": {due}}}')

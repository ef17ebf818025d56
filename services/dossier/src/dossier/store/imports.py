"""Bulk intake: a batch of whole histories by COPY into the real tables, all or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import NotStorable
from dossier.domain.told import Content
from dossier.store import copying
from dossier.store.copying import NULL
from dossier.store.intake import driver_connection
from dossier.store.scribe import History
from dossier.store.scribe_papers import Papers

_QUEUE = 7401
"""The lock namespace of `receive_dossier`."""
_HOLD = """
    select pg_advisory_xact_lock($1, agency_id)
    from (select unnest($2::int[]) as agency_id order by 1) a
"""
_KNOWN = """
    with known as materialized (
        select d.*
        from unnest($1::int[], $2::text[]) as asked (agency_id, external_id)
        join dossiers d using (agency_id, external_id)
    )
    select d.agency_id, d.external_id, d.issued_on, d.serial, d.procedure_code, d.channel,
           p.full_name, (
               select array_agg(e.occurred_at) from events e
               where e.agency_id = d.agency_id and e.issued_on = d.issued_on
                 and e.serial = d.serial
           ) || array_remove(array[d.received_at, d.ended_at, d.returned_at], null) as instants, (
               select array_agg(e.kind || ' ' || coalesce(
                   e.details ->> 'promised_on', e.details ->> 'to_agency_code',
                   e.details ->> 'agency_code', e.details ->> 'items_count',
                   e.details ->> 'amount_vnd', e.details ->> 'due_on'
               )) from events e
               where e.agency_id = d.agency_id and e.issued_on = d.issued_on
                 and e.serial = d.serial and e.kind in (
                     'due_date_told', 'apologised', 'handed_over', 'consulted',
                     'awaiting_supplement', 'awaiting_payment'
                 )
           ) || array_remove(array['previous_code ' || d.previous_code], null) as marks
    from known d
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
"""
"""The dossiers come first, whatever statistics say: an agency may have had none at the last look.

What the log says is never changed, so a dossier is the one it was however it went on.

Beside it stand the instants as corrected: a transfer may have been put right at its source too.
"""
_RAISE = """
    insert into daily_serials as s (agency_id, issued_on, last_serial)
    select * from unnest($1::int[], $2::date[], $3::int[]) as raised order by 1, 2
    on conflict (agency_id, issued_on)
        do update set last_serial = s.last_serial + excluded.last_serial
    returning agency_id, issued_on, last_serial
"""


_RECORDED = "select recorded_instant($1)"
"""Past the instants as of which figures were told since the batch was checked."""


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
        recorded_at = copying.instant(await connection.fetchval(_RECORDED, clock()))
        numbered = [(new[key], serials[key]) for key in new]
        await _copy(connection, numbered, recorded_at, copying.text(by))
    return [_placed(history, known, new, serials) for history in histories]


def _placed(
    history: History,
    known: Mapping[External, tuple[Place, Content]],
    new: Mapping[External, History],
    serials: Mapping[External, int],
) -> Placed:
    """Say what became of a history; a batch may hold a second one alike, or one unlike."""
    key = _external(history)
    first = new.get(key)
    if first is history:
        return Placed(history.issued_on, serials[key], Outcome.STORED)
    place, content = known[key] if first is None else ((first.issued_on, serials[key]), first.told)
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
                frozenset(row["marks"] or ()),
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
    connection: "asyncpg.Connection[Any]",
    numbered: Sequence[Numbered],
    recorded_at: bytes,
    by: bytes,
) -> None:
    """Copy table by table, in the order in which they refer to each other."""
    if not numbered:
        return
    stamp = recorded_at + by
    keyed = [(_key(history, serial), history) for history, serial in numbered]
    with_papers = [(key, h.papers) for key, h in keyed if h.papers is not None]
    elsewhere = {key: papers.handed_to for key, papers in with_papers if papers.handed_to}
    tables = (
        ("applicants", _APPLICANT, [h.applicant for _, h in keyed]),
        ("dossiers", [*_KEY, *_DOSSIER], [key + h.dossier + stamp for key, h in keyed]),
        ("applicant_names", [*_KEY, *_NAME], [key + h.name for key, h in keyed]),
        (
            "events",
            [*_KEY, *_EVENT],
            [key + event + stamp for key, h in keyed for event in h.events],
        ),
        (
            "facts",
            [*_KEY, *_FACT],
            [key + fact + stamp for key, h in keyed if key not in elsewhere for fact in h.facts],
        ),
        (
            "facts",
            [*_KEY, *_FACT, "handed_to_agency_id"],
            [
                key + fact + stamp + copying.integer(elsewhere[key])
                for key, h in keyed
                if key in elsewhere
                for fact in h.facts
            ],
        ),
        (
            "apologies",
            [*_KEY, *_APOLOGY],
            [key + row + recorded_at for key, papers in with_papers for row in papers.apologies],
        ),
        *(
            (table, [*_KEY, *columns], list(_signed(table, with_papers, recorded_at, by)))
            for table, columns in _PAPERS.items()
        ),
    )
    for table, columns, rows in tables:
        if rows:
            await copying.copy_rows(connection, table, columns, rows)


def _signed(
    table: str, with_papers: Sequence[tuple[bytes, Papers]], recorded_at: bytes, by: bytes
) -> Iterator[bytes]:
    """Sign papers: nobody told what did not happen."""
    for key, papers in with_papers:
        for row, hands in getattr(papers, table):
            yield b"".join((key, row, recorded_at, *(by if told else NULL for told in hands)))


def _key(history: History, serial: int) -> bytes:
    day = copying.day(history.issued_on)
    return copying.integer(history.agency_id) + day + copying.integer(serial)


_KEY = ["agency_id", "issued_on", "serial"]
_APPLICANT = ["agency_id", "applicant_id", "full_name", "sealed", "key_id"]
_NAME = ["folded_name"]
_DOSSIER = [
    *("version", "status", "came_from", "status_since", "stopped_at"),
    *("channel", "procedure_code", "procedure_name", "version_number", "field_code"),
    *("time_limit_value", "time_limit_unit", "cutoff_time", "supplement_policy"),
    *("received_at", "due_on", "ended_at", "end_kind", "returned_at", "return_method"),
    *("subject", "external_id", "previous_code", "promised_on"),
    *("applicant_id", "resolver_agency_id"),
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
_APOLOGY = ["reason_code", "reason", "promised_on", "sent_at", "sent_in_time", "recorded_at"]
_PAPERS = {
    "supplement_requests": [
        *("request_number", "items", "reason", "asked_at", "supplied_at"),
        *("recorded_at", "asked_by"),
    ],
    "payment_requests": [
        *("request_number", "kind", "amount_vnd", "reason", "asked_at", "paid_at"),
        *("recorded_at", "asked_by"),
    ],
    "consultations": [
        *("consultation_number", "asked_agency_id", "question", "answer_due_on"),
        *("asked_at", "answered_at", "answer"),
        *("recorded_at", "asked_by", "answered_by"),
    ],
    "hand_overs": [
        *("step_number", "step_name", "from_agency_id", "to_agency_id", "to_unit"),
        *("limit_working_days", "due_on", "handed_over_at", "taken_over_at", "completed_at"),
        *("recorded_at", "handed_over_by", "taken_over_by", "completed_by"),
    ],
}
"""Each is signed last, by as many hands as it has."""

"""Bulk intake: a batch of whole histories by COPY into the real tables, all or nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import NotStorable
from dossier.domain.history import Content
from dossier.store import copying
from dossier.store.histories import (
    APPLICANT,
    DOSSIER,
    EVENT,
    FACT,
    NAME,
    History,
    recorded_anew,
)
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


async def store_histories(tx: AsyncSession, histories: Sequence[History]) -> list[Placed]:
    """Store those histories whose external id the agency does not know.

    Where it is known, the dossier that bears it must say what the history says.

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
        numbered = [(new[key], serials[key]) for key in new]
        await _copy(connection, await _past_the_floor(connection, numbered))
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


async def _past_the_floor(
    connection: "asyncpg.Connection[Any]", numbered: Sequence[Numbered]
) -> Sequence[Numbered]:
    """Record after the instants as of which figures were told since the request began."""
    if not numbered:
        return numbered
    stamp = numbered[0][0].stamp
    at = await connection.fetchval("select recorded_instant($1)", stamp.at)
    if at == stamp.at:
        return numbered
    return [(recorded_anew(history, at), serial) for history, serial in numbered]


async def _copy(connection: "asyncpg.Connection[Any]", numbered: Sequence[Numbered]) -> None:
    """Copy table by table, in the order in which they refer to each other."""
    if not numbered:
        return
    keyed = [(_key(history, serial), history) for history, serial in numbered]
    tables = (
        ("applicants", APPLICANT, [h.applicant for _, h in keyed]),
        ("dossiers", [*_KEY, *DOSSIER], [key + h.dossier for key, h in keyed]),
        ("applicant_names", [*_KEY, *NAME], [key + h.name for key, h in keyed]),
        ("events", [*_KEY, *EVENT], [key + event for key, h in keyed for event in h.events]),
        ("facts", [*_KEY, *FACT], [key + fact for key, h in keyed for fact in h.facts]),
    )
    for table, columns, rows in tables:
        await copying.copy_rows(connection, table, columns, rows)


def _key(history: History, serial: int) -> bytes:
    day = copying.day(history.issued_on)
    return copying.integer(history.agency_id) + day + copying.integer(serial)


_KEY = ["agency_id", "issued_on", "serial"]

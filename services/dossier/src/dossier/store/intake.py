"""Intake as one stored function call: key, serial, applicant, dossier, event and facts."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import asyncpg
from kit.columns import Columns
from kit.db import refusing
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import DuplicateDossier, FilingNotOpen


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The arguments of `receive_dossier`, in its order."""

    agency_id: int
    issued_on: date
    recorded_at: datetime
    recorded_by: str
    key: str | None
    body_digest: str | None
    filing_id: UUID | None
    applicant_id: UUID
    full_name: str
    sealed: bytes | None
    key_id: str
    channel: str
    procedure_code: str
    procedure_name: str
    version_number: int
    field_code: str
    time_limit_value: int | None
    time_limit_unit: str
    cutoff_time: time | None
    supplement_policy: str
    received_at: datetime
    due_on: date | None
    subject: str | None
    components_count: int | None
    external_id: str | None
    folded_name: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What the call answered; `outcome` is `received`, `repeated` or `key_reused`."""

    outcome: str
    serial: int
    issued_on: date
    due_on: date | None


Receiving = Callable[[Intake], Awaitable[Issued]]
"""Stores one accepted dossier: by a call of its own, together with others, or in a transaction."""

_COLUMNS = Columns(Intake)
_RECEIVE = f"""
    select w.place, r.outcome, r.issued, r.issued_day, r.due
    from {_COLUMNS.source("w")}
    cross join lateral receive_dossier({_COLUMNS.arguments("w")}) r
"""  # noqa: S608 - the names of fields


async def receive_all(
    connection: "asyncpg.Connection[Any]", intakes: Sequence[Intake]
) -> Sequence[Issued]:
    """Store accepted dossiers, all or none of them, and return what each was issued.

    The call commits by itself unless a transaction is open.
    """
    # Whoever receives for several agencies queues at them in one order, as imports do.
    order = sorted(range(len(intakes)), key=lambda place: intakes[place].agency_id)
    rows = await connection.fetch(_RECEIVE, *_COLUMNS.of([intakes[place] for place in order]))
    issued = {order[row["place"] - 1]: row for row in rows}
    return [
        Issued(row["outcome"], row["issued"], row["issued_day"], row["due"])
        for row in (issued[place] for place in range(len(intakes)))
    ]


def alone(connection: "asyncpg.Connection[Any]") -> Receiving:
    """Return what stores a dossier in the transaction that `connection` has open."""

    async def receive(intake: Intake) -> Issued:
        (issued,) = await receive_all(connection, [intake])
        return issued

    return receive


def refused(intake: Intake) -> AbstractContextManager[None]:
    """Translate what the database objects to in `intake`."""
    return refusing(
        {
            "uq_dossiers_agency_id_external_id": DuplicateDossier(external_id=intake.external_id),
            "filing_is_open": FilingNotOpen(),
        }
    )


async def driver_connection(tx: AsyncSession) -> "asyncpg.Connection[Any]":
    """Return the driver's connection of an open transaction, for a stored call inside it.

    The transaction begins with its first statement, so one must have run before.
    """
    raw = await (await tx.connection()).get_raw_connection()
    return raw.driver_connection

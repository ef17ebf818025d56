"""Intake as one stored function call: key, serial, applicant, dossier, event and facts."""

from dataclasses import dataclass
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg
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
    received_at: datetime
    procedure_name: str
    time_limit_value: int | None
    time_limit_unit: str


_ARGUMENTS = ", ".join(f"${n}" for n in range(1, len(Intake.__dataclass_fields__) + 1))
_RECEIVE = f"select outcome, issued, issued_day, due from receive_dossier({_ARGUMENTS})"  # noqa: S608 - numbered placeholders only

_arguments_of = attrgetter(*Intake.__dataclass_fields__)
"""`dataclasses.astuple` would copy every value deeply: a tenth of the time of an intake."""

_REPEATED = ("received_at", "procedure_name", "time_limit_value", "time_limit_unit")
_repeated_of = attrgetter(*_REPEATED)
_STORED = f"""
    select {", ".join(_REPEATED)} from dossiers
    where agency_id = $1 and issued_on = $2 and serial = $3
"""  # noqa: S608 - the column names above


async def receive(connection: "asyncpg.Connection[Any]", intake: Intake) -> Issued:
    """Store an accepted dossier; the call commits by itself unless a transaction is open."""
    refusals = {
        "uq_dossiers_agency_id_external_id": DuplicateDossier(external_id=intake.external_id),
        "filing_is_open": FilingNotOpen(),
    }
    with refusing(refusals):
        row = await connection.fetchrow(_RECEIVE, *_arguments_of(intake))
    if row["outcome"] == "repeated":
        key = (intake.agency_id, row["issued_day"], row["issued"])
        as_stored = tuple(await connection.fetchrow(_STORED, *key))
    else:
        as_stored = _repeated_of(intake)
    return Issued(row["outcome"], row["issued"], row["issued_day"], row["due"], *as_stored)


async def driver_connection(tx: AsyncSession) -> "asyncpg.Connection[Any]":
    """Return the driver's connection of an open transaction, for a stored call inside it.

    The transaction begins with its first statement, so one must have run before.
    """
    raw = await (await tx.connection()).get_raw_connection()
    return raw.driver_connection

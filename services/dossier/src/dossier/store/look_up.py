"""Dossiers by their codes in one statement: the read that portals repeat all day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
from kernel.codes import DossierCode
from kit.columns import Columns

from dossier.domain.lifecycle import Status
from dossier.store.promises import STANDING

SHOWN = f"""
    select d.procedure_code, d.procedure_name, d.channel, d.received_at, d.due_on,
           d.time_limit_value, d.time_limit_unit, d.status, d.version, d.field_code,
           d.version_number, {STANDING.format("d")} as promised_on,
           d.ended_at, d.end_kind, d.returned_at,
           d.return_method, d.subject, d.components_count, d.external_id, d.previous_code,
           d.filing_id,
           d.applicant_id, d.resolver_agency_id, p.full_name, p.sealed, p.key_id
"""
"""What a sheet shows of a dossier `d` and its applicant `p`."""


@dataclass(frozen=True, slots=True)
class DossierKey:
    """Where a dossier is stored."""

    agency_id: int
    issued_on: date
    serial: int


_COLUMNS = Columns(DossierKey)
_SHEETS = f"""
    {SHOWN}, w.place
    from {_COLUMNS.source("w")}
    join dossiers d using (agency_id, issued_on, serial)
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
"""

_STATUS = """
    select d.status from agencies a join dossiers d on d.agency_id = a.agency_id
    where a.code = $1 and d.issued_on = $2 and d.serial = $3
"""


async def look_up_all(
    connection: "asyncpg.Connection[Any]", keys: Sequence[DossierKey]
) -> Sequence[Mapping[str, Any] | None]:
    """Return what is stored of dossiers, the applicants' details still sealed; None: no such."""
    rows = {row["place"]: row for row in await connection.fetch(_SHEETS, *_COLUMNS.of(keys))}
    return [rows.get(place) for place in range(1, len(keys) + 1)]


async def status_of(connection: "asyncpg.Connection[Any]", code: DossierCode) -> Status | None:
    """Return the status of any dossier, for the public; nothing else of it is read."""
    status = await connection.fetchval(_STATUS, code.agency.text, code.received_on, code.serial)
    return None if status is None else Status(status)

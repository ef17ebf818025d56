"""Reading dossiers: one, a page, its events, its applicant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kernel.codes import DossierCode
from sqlalchemy import Select, Uuid, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier, MaskedApplicant
from dossier.domain.due_date import SupplementPolicy, TimeUnit
from dossier.domain.facts import Channel, EndKind, ReturnMethod
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Sight
from dossier.domain.privacy import shown_number
from dossier.store.agencies import in_sight
from dossier.store.filings import Filing
from dossier.store.personal_data import Sealer
from dossier.tables.agencies import agencies
from dossier.tables.dossiers import dossiers, events
from dossier.tables.papers import hand_overs
from dossier.tables.people import applicants, personal_data_reads

_ENUMS: dict[str, type] = {
    "status": Status,
    "came_from": Status,
    "channel": Channel,
    "time_limit_unit": TimeUnit,
    "supplement_policy": SupplementPolicy,
    "end_kind": EndKind,
    "return_method": ReturnMethod,
}
_ELSEWHERE = ("agency_code", "applicant", "resolver_agency_code")
_NAMED_OTHERWISE = {"promise": "promised_on"}
OWN_COLUMNS = [
    _NAMED_OTHERWISE.get(f.name, f.name) for f in fields(Dossier) if f.name not in _ELSEWHERE
]
_resolvers = agencies.alias("resolvers")


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the event log."""

    event_number: int
    kind: str
    from_status: int | None
    to_status: int
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: dict[str, str | bool | int | None]


def _all() -> Select[Any]:
    return (
        select(
            *(dossiers.c[name] for name in OWN_COLUMNS),
            agencies.c.code.label("agency_code"),
            _resolvers.c.code.label("resolver_agency_code"),
            applicants.c.full_name,
            applicants.c.sealed,
            applicants.c.key_id,
        )
        .join(agencies, agencies.c.agency_id == dossiers.c.agency_id)
        .join(_resolvers, _resolvers.c.agency_id == dossiers.c.resolver_agency_id)
        .join(
            applicants,
            (applicants.c.agency_id == dossiers.c.agency_id)
            & (applicants.c.applicant_id == dossiers.c.applicant_id),
        )
    )


async def dossier(
    tx: AsyncSession, code: str, sight: Sight, sealer: Sealer, *, by_part: bool = False
) -> Dossier | None:
    """Return a dossier the actor may know of; `by_part`, also whoever ever had a step of it."""
    took_part = select(hand_overs.c.to_agency_id).where(
        hand_overs.c.agency_id == dossiers.c.agency_id,
        hand_overs.c.issued_on == dossiers.c.issued_on,
        hand_overs.c.serial == dossiers.c.serial,
    )
    parsed = DossierCode.parse(code)
    query = _all().where(
        agencies.c.code == parsed.agency.text,
        dossiers.c.issued_on == parsed.received_on,
        dossiers.c.serial == parsed.serial,
        in_sight(
            dossiers.c.agency_id,
            sight,
            resolver=dossiers.c.resolver_agency_id,
            took_part=took_part if by_part else None,
        ),
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else dossier_of_row(row, sealer)


async def dossiers_at(
    tx: AsyncSession, keys: Sequence[tuple[int, date, int]], sealer: Sealer
) -> list[Dossier]:
    """Return the dossiers with the given keys (agency, day of the code, serial), by key."""
    key = tuple_(dossiers.c.agency_id, dossiers.c.issued_on, dossiers.c.serial)
    rows = await tx.execute(_all().where(key.in_(keys)).order_by(key))
    return [dossier_of_row(row, sealer) for row in rows.mappings()]


async def event_page(tx: AsyncSession, of: Dossier, *, after: int, limit: int) -> Sequence[Event]:
    """Return events of a dossier numbered above `after`, in order."""
    columns = [events.c[f.name] for f in fields(Event)]
    rows = await tx.execute(
        select(*columns)
        .where(
            events.c.agency_id == of.agency_id,
            events.c.issued_on == of.issued_on,
            events.c.serial == of.serial,
            events.c.event_number > after,
        )
        .order_by(events.c.event_number)
        .limit(limit)
    )
    return [Event(**row) for row in rows.mappings()]


async def applicant_in_clear(
    tx: AsyncSession,
    of: Dossier | Filing,
    sealer: Sealer,
    *,
    read_id: UUID,
    by: str,
    at: datetime,
    request_id: str,
) -> dict[str, str]:
    """Return the applicant's data in clear and record who looked."""
    await tx.execute(
        insert(personal_data_reads).values(
            agency_id=of.agency_id,
            read_id=literal(read_id, Uuid),
            applicant_id=of.applicant_id,
            read_by=by,
            read_at=at,
            request_id=request_id,
        )
    )
    row = (
        await tx.execute(
            select(applicants.c.full_name, applicants.c.sealed, applicants.c.key_id).where(
                applicants.c.agency_id == of.agency_id,
                applicants.c.applicant_id == of.applicant_id,
            )
        )
    ).one()
    details = sealer.open(of.applicant_id, row.sealed, key_id=row.key_id)
    return {"full_name": row.full_name, **details}


def dossier_of_row(row: Mapping[str, Any], sealer: Sealer) -> Dossier:
    """Build a dossier from its columns, with its applicant's numbers masked."""
    values: dict[str, Any] = {**row}
    sealed, key_id = values.pop("sealed"), values.pop("key_id")
    details = sealer.open(values["applicant_id"], sealed, key_id=key_id)
    applicant = MaskedApplicant(
        values.pop("full_name"),
        shown_number(details.get("id_number")),
        shown_number(details.get("phone")),
    )
    for name, kind in _ENUMS.items():
        if values[name] is not None:
            values[name] = kind(values[name])
    for field, column in _NAMED_OTHERWISE.items():
        values[field] = values.pop(column)
    return Dossier(**values, applicant=applicant)

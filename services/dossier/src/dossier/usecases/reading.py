"""Looking dossiers up: the list, one dossier, its events, its applicant, its progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
from kernel.codes import DossierCode
from kit.paging import encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier
from dossier.domain.errors import UnknownDossier
from dossier.domain.lifecycle import LABELS_VI, completion_percent
from dossier.domain.permissions import Holders, may_read
from dossier.domain.privacy import shown_name, shown_number, shown_subject
from dossier.schemas.sheet import sheet
from dossier.store import dossiers as store
from dossier.store.dossiers import Event
from dossier.store.look_up import DossierKey, status_of
from dossier.usecases.acting import Acting, Office
from dossier.usecases.hot_calls import HotCalls
from dossier.usecases.places import number


@dataclass(frozen=True, slots=True)
class Progress:
    """What the public may know."""

    code: str
    status: int
    status_label: str
    completion_percent: int


async def read_dossier(tx: AsyncSession, office: Office, code: str, *, acting: Acting) -> Dossier:
    """Return a dossier the actor may know of; any other does not exist."""
    found = await store.dossier(tx, code, acting.sight, office.sealer)
    if found is None:
        raise UnknownDossier(code=code)
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A dossier as JSON, and the version it shows."""

    version: int
    body: bytes


async def read_sheet(calls: HotCalls, office: Office, code: str, *, acting: Acting) -> Sheet:
    """Return the sheet of a dossier the actor may know of; any other does not exist."""
    parsed = DossierCode.parse(code)
    agency_code = parsed.agency.text
    agency_id = await calls.number_of(agency_code)
    if agency_id is None:
        raise UnknownDossier(code=code)
    row = await calls.look_up(DossierKey(agency_id, parsed.received_on, parsed.serial))
    if row is None:
        raise UnknownDossier(code=code)
    resolver = await calls.code_of(row["resolver_agency_id"])
    holders = Holders(agency_code, resolver)
    if not may_read(acting.sight, holders):
        raise UnknownDossier(code=code)
    return sheet_shown(office, acting, code, holders, row)


def sheet_shown(
    office: Office, acting: Acting, code: str, holders: Holders, row: Mapping[str, Any]
) -> Sheet:
    """Return the sheet of a dossier as it was just read, people as the actor may see them."""
    details = office.sealer.open(row["applicant_id"], row["sealed"], key_id=row["key_id"])
    applicant = {
        "full_name": shown_name(row["full_name"], in_clear=acting.sees_people),
        "id_number": shown_number(details.get("id_number")),
        "phone": shown_number(details.get("phone")),
    }
    subject = shown_subject(row["subject"], in_clear=acting.sees_people)
    return Sheet(row["version"], sheet(code, holders, row, applicant, subject=subject))


async def list_events(
    tx: AsyncSession,
    office: Office,
    code: str,
    *,
    cursor: str | None,
    limit: int,
    acting: Acting,
) -> tuple[Sequence[Event], str | None]:
    """Return a page of a dossier's events, in order, and the cursor of the next."""
    dossier = await read_dossier(tx, office, code, acting=acting)
    found = await store.event_page(tx, dossier, after=number(cursor), limit=limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return page, encode_cursor(page[-1].event_number) if more else None


async def read_applicant(
    tx: AsyncSession, office: Office, code: str, *, request_id: str, acting: Acting
) -> dict[str, str]:
    """Return the applicant's data in clear; who looked is recorded."""
    dossier = await read_dossier(tx, office, code, acting=acting)
    return await store.applicant_in_clear(
        tx,
        dossier,
        office.sealer,
        read_id=uuid4(),
        by=acting.by,
        at=acting.now,
        request_id=request_id,
    )


async def track_dossier(connection: "asyncpg.Connection[Any]", code: str) -> Progress:
    """Return the degree of completion of any dossier, to whoever holds its code.

    Law: TT 01/2018/TT-VPCP art. 16
    """
    status = await status_of(connection, DossierCode.parse(code))
    if status is None:
        raise UnknownDossier(code=code)
    return Progress(code, status, LABELS_VI[status], completion_percent(status))

"""The log of a dossier that corrections speak about, and what they change beside its course."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Recorded
from dossier.domain.dossier import Dossier
from dossier.domain.lifecycle import Status
from dossier.store.proposals import Subject
from dossier.tables.corrections import corrections
from dossier.tables.dossiers import dossiers, events


def subject(of: Dossier) -> Subject:
    """Return a dossier as what is corrected."""
    return Subject(corrections, _key(of))


async def log(tx: AsyncSession, of: Dossier, *, known_at: datetime | None = None) -> list[Recorded]:
    """Return the event log of a dossier, in order: all of it, or what was recorded by then."""
    query = select(events).where(_is(events, of)).order_by(events.c.event_number)
    if known_at is not None:
        query = query.where(events.c.recorded_at <= known_at)
    rows = await tx.execute(query)
    return [
        Recorded(
            number=row.event_number,
            kind=row.kind,
            from_status=None if row.from_status is None else Status(row.from_status),
            to_status=Status(row.to_status),
            occurred_at=row.occurred_at,
            details=row.details,
        )
        for row in rows
    ]


async def hold(tx: AsyncSession, of: Dossier) -> int:
    """Hold the dossier until the commit: whoever corrects it at the same moment waits."""
    held = select(dossiers.c.version).where(_is(dossiers, of)).with_for_update(key_share=True)
    version: int = (await tx.execute(held)).scalar_one()
    return version


async def recorded_at(tx: AsyncSession, of: Dossier) -> datetime:
    """Return when the dossier's last event was recorded."""
    query = select(func.max(events.c.recorded_at)).where(_is(events, of))
    last: datetime = (await tx.execute(query)).scalar_one()
    return last


async def keep_receipt(tx: AsyncSession, of: Dossier, received_at: datetime) -> None:
    """Store when a dossier was really received; its code stays."""
    await tx.execute(update(dossiers).where(_is(dossiers, of)).values(received_at=received_at))


def _key(of: Dossier) -> dict[str, Any]:
    return {"agency_id": of.agency_id, "issued_on": of.issued_on, "serial": of.serial}


def _is(table: Table, of: Dossier) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(of).items()))

"""Corrections of dossiers: proposed, decided once, and the log they speak about."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import ColumnElement, Table, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Correction, CorrectionState, Corrects, Recorded
from dossier.domain.dossier import Dossier
from dossier.domain.errors import CorrectionPending
from dossier.domain.lifecycle import Status
from dossier.tables.corrections import corrections
from dossier.tables.dossiers import dossiers, events


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A correction as proposed and, once somebody else looked at it, decided."""

    correction_number: int
    event_number: int
    corrects: Corrects
    recorded_instant: datetime
    corrected_at: datetime | None
    reason_code: str
    reason: str
    evidence: str
    attachment: str | None
    state: CorrectionState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None

    @property
    def correction_id(self) -> int:
        """Return the number of the correction within its dossier."""
        return self.correction_number

    @property
    def correction(self) -> Correction:
        """Return what the domain needs to know of it."""
        return Correction(self.event_number, self.corrected_at)


_NAMES = [f.name for f in fields(Proposal)]


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


async def next_number(tx: AsyncSession, of: Dossier) -> int:
    """Return the number of a held dossier's next correction."""
    last = await tx.scalar(
        select(func.max(corrections.c.correction_number)).where(_is(corrections, of))
    )
    return (last or 0) + 1


async def add_proposal(tx: AsyncSession, of: Dossier, proposal: Proposal) -> None:
    """Store a proposal.

    Raises:
        CorrectionPending: the event has one that waits for its decision.
    """
    pending = CorrectionPending(event_number=proposal.event_number)
    with refusing({"uq_corrections_open": pending}):
        await tx.execute(
            insert(corrections).values(
                **_key(of), **{name: getattr(proposal, name) for name in _NAMES}
            )
        )


async def proposal(tx: AsyncSession, of: Dossier, number: int) -> Proposal | None:
    """Return one correction of a dossier."""
    found = await proposals(tx, of, after=number - 1, limit=1)
    return found[0] if found and found[0].correction_number == number else None


async def proposals(tx: AsyncSession, of: Dossier, *, after: int, limit: int) -> list[Proposal]:
    """Return corrections of a dossier numbered above `after`, in order."""
    rows = await tx.execute(
        select(*(corrections.c[name] for name in _NAMES))
        .where(_is(corrections, of), corrections.c.correction_number > after)
        .order_by(corrections.c.correction_number)
        .limit(limit)
    )
    return [_proposal(dict(row)) for row in rows.mappings()]


async def holding(
    tx: AsyncSession, of: Dossier, *, known_at: datetime | None = None
) -> dict[int, Correction]:
    """Return the corrections that hold, or held then, by event: of several, the last proposed."""
    query = (
        select(corrections.c.event_number, corrections.c.corrected_at)
        .where(_is(corrections, of), corrections.c.state == CorrectionState.APPROVED)
        .order_by(corrections.c.correction_number)
    )
    if known_at is not None:
        query = query.where(corrections.c.decided_at <= known_at)
    rows = await tx.execute(query)
    return {row.event_number: Correction(row.event_number, row.corrected_at) for row in rows}


async def recorded_at(tx: AsyncSession, of: Dossier) -> datetime:
    """Return when the dossier's last event was recorded."""
    query = select(func.max(events.c.recorded_at)).where(_is(events, of))
    last: datetime = (await tx.execute(query)).scalar_one()
    return last


async def decide(
    tx: AsyncSession,
    of: Dossier,
    number: int,
    state: CorrectionState,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Store the decision; the version of the dossier has settled who decides."""
    await tx.execute(
        update(corrections)
        .where(_is(corrections, of), corrections.c.correction_number == number)
        .values(state=state, decided_by=by, decided_at=at, decision_reason=reason)
    )


async def keep_receipt(tx: AsyncSession, of: Dossier, received_at: datetime) -> None:
    """Store when a dossier was really received; its code stays."""
    await tx.execute(update(dossiers).where(_is(dossiers, of)).values(received_at=received_at))


def _proposal(row: dict[str, Any]) -> Proposal:
    row["corrects"] = Corrects(row["corrects"])
    row["state"] = CorrectionState(row["state"])
    return Proposal(**row)


def _key(of: Dossier) -> dict[str, Any]:
    return {"agency_id": of.agency_id, "issued_on": of.issued_on, "serial": of.serial}


def _is(table: Table, of: Dossier) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(of).items()))

"""Corrections proposed and decided once, whatever it is that they correct the events of."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import ColumnElement, Table, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Correction, CorrectionState, Corrects
from dossier.domain.errors import CorrectionPending


@dataclass(frozen=True, slots=True)
class Subject:
    """What is corrected: the table of its corrections, and its key in there."""

    table: Table
    key: Mapping[str, Any]

    @property
    def is_its(self) -> ColumnElement[bool]:
        """Return the condition that a correction is one of it."""
        return and_(*(self.table.c[name] == value for name, value in self.key.items()))


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
        """Return the number of the correction within what it corrects."""
        return self.correction_number

    @property
    def correction(self) -> Correction:
        """Return what the domain needs to know of it."""
        return Correction(self.event_number, self.corrected_at)


_NAMES = [f.name for f in fields(Proposal)]


async def next_number(tx: AsyncSession, of: Subject) -> int:
    """Return the number of the next correction of what is held."""
    last = await tx.scalar(select(func.max(of.table.c.correction_number)).where(of.is_its))
    return (last or 0) + 1


async def add_proposal(tx: AsyncSession, of: Subject, proposal: Proposal) -> None:
    """Store a proposal.

    Raises:
        CorrectionPending: the event has one that waits for its decision.
    """
    pending = CorrectionPending(event_number=proposal.event_number)
    with refusing({f"uq_{of.table.name}_open": pending}):
        await tx.execute(
            insert(of.table).values(**of.key, **{name: getattr(proposal, name) for name in _NAMES})
        )


async def proposal(tx: AsyncSession, of: Subject, number: int) -> Proposal | None:
    """Return one correction."""
    found = await proposals(tx, of, after=number - 1, limit=1)
    return found[0] if found and found[0].correction_number == number else None


async def proposals(tx: AsyncSession, of: Subject, *, after: int, limit: int) -> list[Proposal]:
    """Return corrections numbered above `after`, in order."""
    rows = await tx.execute(
        select(*(of.table.c[name] for name in _NAMES))
        .where(of.is_its, of.table.c.correction_number > after)
        .order_by(of.table.c.correction_number)
        .limit(limit)
    )
    return [_proposal(dict(row)) for row in rows.mappings()]


async def holding(
    tx: AsyncSession, of: Subject, *, known_at: datetime | None = None
) -> dict[int, Correction]:
    """Return the corrections that hold, or held then, by event: of several, the last proposed."""
    query = (
        select(of.table.c.event_number, of.table.c.corrected_at)
        .where(of.is_its, of.table.c.state == CorrectionState.APPROVED)
        .order_by(of.table.c.correction_number)
    )
    if known_at is not None:
        query = query.where(of.table.c.decided_at <= known_at)
    rows = await tx.execute(query)
    return {row.event_number: Correction(row.event_number, row.corrected_at) for row in rows}


async def decide(
    tx: AsyncSession,
    of: Subject,
    number: int,
    state: CorrectionState,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Store the decision; what is corrected is held, or its version has settled who decides."""
    await tx.execute(
        update(of.table)
        .where(of.is_its, of.table.c.correction_number == number)
        .values(state=state, decided_by=by, decided_at=at, decision_reason=reason)
    )


def _proposal(row: dict[str, Any]) -> Proposal:
    row["corrects"] = Corrects(row["corrects"])
    row["state"] = CorrectionState(row["state"])
    return Proposal(**row)

"""Corrections of a day's count of certified copies; the superseded count stays on record."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import ColumnElement, Table, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import CorrectionState
from dossier.domain.errors import CopyCorrectionPending
from dossier.domain.permissions import Sight
from dossier.store.agencies import in_sight
from dossier.store.proposals import Subject
from dossier.tables.agencies import agencies
from dossier.tables.copies import certified_copies, certified_copies_history, copy_corrections


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What an agency says it certified on a day, and in which version."""

    agency_id: int
    agency_code: str
    certified_on: date
    copy_count: int
    recorded_at: datetime
    recorded_by: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyProposal:
    """A corrected count as proposed and, once somebody else looked at it, decided."""

    correction_number: int
    recorded_count: int
    corrected_count: int
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
        """Return the number of the correction within its day."""
        return self.correction_number


_NAMES = [f.name for f in fields(CopyProposal)]


async def stated(
    tx: AsyncSession, agency_code: str, day: date, sight: Sight, *, is_held: bool = False
) -> Stated | None:
    """Return the count of a day; when held, nobody else numbers its corrections meanwhile."""
    names = [name for name in Stated.__dataclass_fields__ if name != "agency_code"]
    query = (
        select(*(certified_copies.c[name] for name in names), agencies.c.code.label("agency_code"))
        .join(agencies, agencies.c.agency_id == certified_copies.c.agency_id)
        .where(
            agencies.c.code == agency_code,
            certified_copies.c.certified_on == day,
            in_sight(certified_copies.c.agency_id, sight),
        )
    )
    if is_held:
        query = query.with_for_update(key_share=True, of=certified_copies)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else Stated(**row)


def subject(of: Stated) -> Subject:
    """Return the count as what is corrected."""
    return Subject(copy_corrections, _key(of))


async def add_proposal(tx: AsyncSession, of: Stated, proposal: CopyProposal) -> None:
    """Store a proposal.

    Raises:
        CopyCorrectionPending: the day has one that waits for its decision.
    """
    pending = CopyCorrectionPending(agency_code=of.agency_code, certified_on=of.certified_on)
    with refusing({"uq_copy_corrections_open": pending}):
        values = {name: getattr(proposal, name) for name in _NAMES}
        await tx.execute(insert(copy_corrections).values(**_key(of), **values))


async def proposal(tx: AsyncSession, of: Stated, number: int) -> CopyProposal | None:
    """Return one correction of a day's count."""
    rows = await tx.execute(
        select(*(copy_corrections.c[name] for name in _NAMES)).where(
            _is(copy_corrections, of), copy_corrections.c.correction_number == number
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    return CopyProposal(**{**row, "state": CorrectionState(row["state"])})


async def supersede(tx: AsyncSession, of: Stated, count: int, *, by: str, at: datetime) -> bool:
    """Store the next version of a day's count; False when somebody else changed it meanwhile."""
    changed = await tx.execute(
        update(certified_copies)
        .where(_is(certified_copies, of), certified_copies.c.version == of.version)
        .values(copy_count=count, version=of.version + 1, recorded_at=at, recorded_by=by)
        .returning(certified_copies.c.version)
    )
    if changed.first() is None:
        return False
    await tx.execute(
        insert(certified_copies_history).values(
            **_key(of),
            version=of.version,
            copy_count=of.copy_count,
            recorded_at=of.recorded_at,
            recorded_by=of.recorded_by,
            recorded_to=at,
        )
    )
    return True


def _key(of: Stated) -> dict[str, Any]:
    return {"agency_id": of.agency_id, "certified_on": of.certified_on}


def _is(table: Table, of: Stated) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(of).items()))

"""Steps of dossiers between agencies and units, with both sides' time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, literal, null, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier, dossier_code
from dossier.domain.hand_overs import Step, Undone
from dossier.store.papers import WaitingPlace, is_of, key_of, next_number
from dossier.tables.agencies import agencies
from dossier.tables.dossiers import dossiers
from dossier.tables.papers import hand_overs

_from, _to = agencies.alias("handing"), agencies.alias("taking")
_TOLD = (
    *("step_number", "step_name", "to_unit", "limit_working_days", "due_on"),
    *("handed_over_at", "taken_over_at", "completed_at", "undone"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A step that waits for an agency, with what it needs to know of the dossier."""

    agency_id: int
    issued_on: date
    serial: int
    receiving_agency_code: str
    procedure_code: str
    procedure_name: str
    dossier_due_on: date | None
    step: Step

    @property
    def code(self) -> str:
        """Return the code of the dossier."""
        return dossier_code(self.receiving_agency_code, self.issued_on, self.serial)

    @property
    def place(self) -> WaitingPlace:
        """Return where it stands in what waits."""
        step = self.step
        return step.handed_over_at, self.agency_id, self.issued_on, self.serial, step.step_number


async def add_step(
    tx: AsyncSession,
    of: Dossier,
    *,
    step_name: str,
    to_agency_id: int,
    to_unit: str | None,
    limit_working_days: int | None,
    due_on: date | None,
    handed_over_at: datetime,
    by: str,
    at: datetime,
) -> None:
    """Store a hand-over from the present resolver, under the next number."""
    await tx.execute(
        insert(hand_overs).values(
            **key_of(of),
            step_number=next_number(of, hand_overs.c.step_number),
            step_name=step_name,
            from_agency_id=of.resolver_agency_id,
            to_agency_id=to_agency_id,
            to_unit=to_unit,
            limit_working_days=limit_working_days,
            due_on=due_on,
            handed_over_at=handed_over_at,
            handed_over_by=by,
            recorded_at=at,
        )
    )


async def steps_of(tx: AsyncSession, of: Dossier) -> Sequence[Step]:
    """Return the steps of a dossier, in order."""
    query = _steps().where(is_of(hand_overs, of)).order_by(hand_overs.c.step_number)
    return [_step(dict(row)) for row in (await tx.execute(query)).mappings()]


async def take_over(tx: AsyncSession, of: Dossier, number: int, *, at: datetime, by: str) -> None:
    """Write the taking side's time."""
    await tx.execute(
        update(hand_overs)
        .where(is_of(hand_overs, of), hand_overs.c.step_number == number)
        .values(taken_over_at=at, taken_over_by=by)
    )


async def keep_steps(tx: AsyncSession, of: Dossier, steps: Sequence[Step]) -> None:
    """Write the times of steps as told anew; nobody did what never came about.

    What ended is written before what is open again: a dossier is in one pair of hands at a time.
    """
    for step in sorted(steps, key=lambda step: step.completed_at is None):
        nobody = {
            name: null()
            for name, instant in (
                ("taken_over_by", step.taken_over_at),
                ("completed_by", step.completed_at),
            )
            if instant is None
        }
        await tx.execute(
            update(hand_overs)
            .where(is_of(hand_overs, of), hand_overs.c.step_number == step.step_number)
            .values(
                due_on=step.due_on,
                handed_over_at=step.handed_over_at,
                taken_over_at=step.taken_over_at,
                completed_at=step.completed_at,
                undone=step.undone,
                **nobody,
            )
        )


async def steps_waiting(
    tx: AsyncSession, to_agency_id: int, *, after: WaitingPlace | None, limit: int
) -> list[Waiting]:
    """Return what was handed over to an agency and is not completed, the oldest first."""
    h = hand_overs.c
    place = (h.handed_over_at, h.agency_id, h.issued_on, h.serial, h.step_number)
    query = (
        _steps()
        .add_columns(
            h.agency_id,
            h.issued_on,
            h.serial,
            agencies.c.code.label("receiving_agency_code"),
            dossiers.c.procedure_code,
            dossiers.c.procedure_name,
            dossiers.c.due_on.label("dossier_due_on"),
        )
        .join(agencies, agencies.c.agency_id == h.agency_id)
        .join(
            dossiers,
            (dossiers.c.agency_id == h.agency_id)
            & (dossiers.c.issued_on == h.issued_on)
            & (dossiers.c.serial == h.serial),
        )
        .where(h.to_agency_id == to_agency_id, h.completed_at.is_(None))
    )
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*(literal(value) for value in after)))
    rows = await tx.execute(query.order_by(*place).limit(limit))
    return [_waiting(dict(row)) for row in rows.mappings()]


def _waiting(row: dict[str, Any]) -> Waiting:
    step = _step({name: row.pop(name) for name in Step.__dataclass_fields__})
    return Waiting(**row, step=step)


def _step(row: dict[str, Any]) -> Step:
    return Step(**{**row, "undone": row["undone"] and Undone(row["undone"])})


def _steps() -> Select[Any]:
    return (
        select(
            *(hand_overs.c[name] for name in _TOLD),
            _from.c.code.label("from_agency_code"),
            _to.c.code.label("to_agency_code"),
        )
        .join(_from, _from.c.agency_id == hand_overs.c.from_agency_id)
        .join(_to, _to.c.agency_id == hand_overs.c.to_agency_id)
    )

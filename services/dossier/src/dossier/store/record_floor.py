"""Closing the past: figures as known at an instant say the same for ever."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.tables.counts import record_floor

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""How far the past is closed before anybody asked."""
_MOMENT = timedelta(microseconds=1)
_NUMBER = literal_column("pg_current_xact_id()::text::bigint", BigInteger)
_OLDEST = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger)


@dataclass(frozen=True, slots=True)
class Floor:
    """Up to when nothing is recorded any more, and up to when all of it is seen."""

    reached: datetime
    settled: datetime


async def floor(tx: AsyncSession) -> Floor:
    """Return how far the past is closed."""
    row = (await tx.execute(select(record_floor.c.reached, record_floor.c.settled))).one()
    return Floor(row.reached, row.settled)


async def raise_to(tx: AsyncSession, instant: datetime) -> None:
    """Have writers record after an instant from the commit on."""
    await tx.execute(
        update(record_floor).where(record_floor.c.reached < instant).values(reached=instant)
    )


async def raise_past(tx: AsyncSession, instant: datetime) -> datetime:
    """Raise the floor to an instant, or just past where it is when that is later; return it.

    Whatever was moved past the floor is then before the instant that is returned.
    """
    reached = func.greatest(instant, record_floor.c.reached + _MOMENT)
    query = update(record_floor).values(reached=reached).returning(record_floor.c.reached)
    raised: datetime = (await tx.execute(query)).scalar_one()
    return raised


async def number(tx: AsyncSession) -> int:
    """Take a number; transactions that began to write before have lower ones."""
    return int((await tx.execute(select(_NUMBER))).scalar_one())


async def is_over(tx: AsyncSession, number: int) -> bool:
    """Tell whether every transaction with a number up to this one has ended."""
    return bool((await tx.execute(select(number < _OLDEST))).scalar_one())


async def note_settled(tx: AsyncSession, instant: datetime) -> None:
    """Say that the past is closed up to an instant; losing this in a crash does no harm."""
    await tx.execute(select(func.set_config("synchronous_commit", "off", True)))  # noqa: FBT003 - for this transaction
    await tx.execute(
        update(record_floor).where(record_floor.c.settled < instant).values(settled=instant)
    )


async def recorded_instant(tx: AsyncSession, at: datetime) -> datetime:
    """Return when something that is being written is recorded: `at`, or past the floor."""
    found: datetime = (await tx.execute(select(func.recorded_instant(at)))).scalar_one()
    return found

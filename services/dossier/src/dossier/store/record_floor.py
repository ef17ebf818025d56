"""Closing the past: figures as known at an instant say the same for ever."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

NOT_YET = datetime(2000, 1, 1, tzinfo=UTC)
"""How far the past is closed before anybody asked."""
_LOOK = "select reached, settled from record_floor"
_RAISE_TO = "update record_floor set reached = $1 where reached < $1"
_RAISE_PAST = """
    update record_floor set reached = greatest($1, reached + interval '1 microsecond')
    returning reached
"""
_NUMBER = "select pg_current_xact_id()::text::bigint"
_OLDEST = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SETTLE = """
    with hurry as materialized (select set_config('synchronous_commit', 'off', true))
    update record_floor set settled = $1 from hurry where settled < $1
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """Up to when nothing is recorded any more, and up to when all of it is seen."""

    reached: datetime
    settled: datetime


async def look(hot: "asyncpg.Connection[Any]") -> Floor:
    """Return how far the past is closed."""
    row = await hot.fetchrow(_LOOK)
    return Floor(row["reached"], row["settled"])


async def raise_to(hot: "asyncpg.Connection[Any]", instant: datetime) -> None:
    """Have writers record after an instant from now on."""
    await hot.execute(_RAISE_TO, instant)


async def raise_past(hot: "asyncpg.Connection[Any]", instant: datetime) -> datetime:
    """Raise the floor to an instant, or just past where it is when that is later; return it.

    Whatever was moved past the floor is then before the instant that is returned.
    """
    raised: datetime = await hot.fetchval(_RAISE_PAST, instant)
    return raised


async def number(hot: "asyncpg.Connection[Any]") -> int:
    """Take a number; transactions that began to write before have lower ones."""
    taken: int = await hot.fetchval(_NUMBER)
    return taken


async def is_over(hot: "asyncpg.Connection[Any]", number: int) -> bool:
    """Tell whether every transaction with a number up to this one has ended."""
    oldest: int = await hot.fetchval(_OLDEST)
    return number < oldest


async def note_settled(hot: "asyncpg.Connection[Any]", instant: datetime) -> None:
    """Say that the past is closed up to an instant; losing this in a crash does no harm."""
    await hot.execute(_SETTLE, instant)


async def recorded_instant(tx: AsyncSession, at: datetime) -> datetime:
    """Return when something that is being written is recorded: `at`, or past the floor."""
    found: datetime = (await tx.execute(select(func.recorded_instant(at)))).scalar_one()
    return found

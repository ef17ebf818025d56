"""Closing the past before it is told: what was known at an instant never changes afterwards."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from kit.hot import HotPool

from dossier.domain.errors import StillRecording
from dossier.store import record_floor

PATIENCE_SECONDS = 1.0
"""A write takes milliseconds and a batch of an import about a second."""
_FIRST_PAUSE_SECONDS = 0.001
_LONGEST_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Closer:
    """What closing works with: calls that commit by themselves, and the clock."""

    hot: HotPool
    clock: Callable[[], datetime]


async def close_past(closer: Closer, asked: datetime | None) -> datetime:
    """Return the instant as of which figures are told: the one asked (None: now), once closed.

    A record bears the instant of its request and is committed later. So the floor is raised to
    the instant first: whoever takes a transaction number from then on records after it. Then
    those that have one already are waited for, briefly; when one takes longer, figures are told
    as of the last instant that is closed.

    Raises:
        StillRecording: none is closed yet.
    """
    now = closer.clock()
    async with closer.hot.connection() as hot:
        if asked is not None and asked <= (await record_floor.look(hot)).settled:
            return asked
        if asked is None or asked > now:
            instant = await record_floor.raise_past(hot, now)
        else:
            instant = asked
            await record_floor.raise_to(hot, instant)
        if await _is_settled(hot, instant):
            return instant
        settled = (await record_floor.look(hot)).settled
    if settled <= record_floor.NOT_YET:
        raise StillRecording
    return min(instant, settled)


async def require_closed(closer: Closer, instant: datetime) -> None:
    """Close the past up to an instant, or up to now when that comes first.

    Raises:
        StillRecording: somebody still writes what may belong before it.
    """
    now = closer.clock()
    if await close_past(closer, instant) < min(instant, now):
        raise StillRecording


async def _is_settled(hot: "asyncpg.Connection[Any]", instant: datetime) -> bool:
    # Taken after the floor is committed: a number taken before may go with the floor before.
    number = await record_floor.number(hot)
    pause = _FIRST_PAUSE_SECONDS
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not await record_floor.is_over(hot, number):
        if asyncio.get_running_loop().time() >= until:
            return False
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    await record_floor.note_settled(hot, instant)
    return True

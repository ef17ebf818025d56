"""Folding the log into the counts kept ahead; several folders at once do no harm."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from kernel.time_zone import local_day
from kit.errors import PASSING
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.errors import FoldBusy, StillRecording
from dossier.domain.rollups import Window, WindowRule, windows
from dossier.store import cells, event_log
from dossier.usecases.catalogue import Sessions
from dossier.usecases.closing import Closer, close_past

BATCH = 5_000
_TRIES = 100
_PAUSE_SECONDS = 0.05

log = structlog.get_logger()


class RollupGauges:
    """What monitoring sees of the counts kept ahead."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lag_seconds = Gauge(
            "tthc_fold_lag_seconds",
            "Age of the oldest event that is not yet in the counts kept ahead.",
            registry=registry,
        )
        self.agencies_left = Gauge(
            "tthc_recount_agencies_left",
            "Agencies whose counts kept ahead a recount has still to count; figures wait for none.",
            registry=registry,
        )
        self._registry = registry
        self._compared: tuple[Gauge, Gauge] | None = None

    def compared(self, differences: int, *, at: datetime) -> None:
        """Tell what a comparison of everything found; before the first there is nothing to tell."""
        if self._compared is None:
            self._compared = (
                Gauge(
                    "tthc_rollup_differences",
                    "Cells that said otherwise than the facts when they were last compared.",
                    registry=self._registry,
                ),
                Gauge(
                    "tthc_rollup_verified_timestamp_seconds",
                    "When the counts kept ahead were last compared with the facts, all of them.",
                    registry=self._registry,
                ),
            )
        found, verified_at = self._compared
        found.set(differences)
        verified_at.set(at.timestamp())


@dataclass(frozen=True, slots=True)
class Folder:
    """What folding works with."""

    sessions: Sessions
    clock: Callable[[], datetime]
    rules: Sequence[WindowRule]
    gauges: RollupGauges
    facts_at_once: int = 50_000
    """How many facts a transaction of a recount counts, about."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold did: events read, and how old the oldest is that was left.

    `agencies_left` a recount has still to count.
    """

    events: int
    lag_seconds: float
    agencies_left: int


async def fold_log(folder: Folder, *, most: int) -> Folded:
    """Keep the windows that have begun and fold up to `most` events, a batch a transaction.

    Another folder at work is left alone: what it does not fold is folded the next time.
    """
    await _open_begun(folder)
    events = 0
    while events < most:
        size = min(BATCH, most - events)
        folded = await _fold_batch(folder, size)
        events += folded
        if folded < size:
            break
    lag = await _lag_seconds(folder)
    folder.gauges.lag_seconds.set(lag)
    async with folder.sessions.begin() as tx:
        left = await cells.agencies_left(tx)
    folder.gauges.agencies_left.set(left)
    return Folded(events, lag, left)


async def keep_folding(folder: Folder, closer: Closer, *, seconds: float) -> None:
    """Fold again and again; a failure is logged and tried again.

    When there was something new the past is closed too, so that figures asked while a long write
    is under way can be told as of a moment ago. A recount that was left goes on, some agencies a
    time.
    """
    while True:
        try:
            folded = await fold_log(folder, most=100 * BATCH)
            if folded.events:
                await close_past(closer, None)
            if folded.agencies_left:
                await _recount_next(folder)
        except (StillRecording, FoldBusy):
            pass
        except PASSING as error:
            await log.awarning("fold_failed", error=type(error).__name__)
        await asyncio.sleep(seconds)


async def recount(folder: Folder, *, seconds: int) -> None:
    """Count every window from the facts, some agencies a transaction, for about so long.

    The quick way to begin on a long log, and the way back when a cell was found wrong. Asked
    again, it goes on where it was left; until it has come to the end, figures are counted from the
    facts. Events that come in meanwhile are folded between two transactions, so that none has many
    of them to take away.

    Raises:
        FoldBusy: somebody else folded all the while that this waited for.
    """
    async with _seated(folder) as tx:
        await cells.begin_recount(tx, at=folder.clock())
    ends_at = folder.clock() + timedelta(seconds=seconds)
    while await _recount_next(folder) and folder.clock() < ends_at:
        await fold_log(folder, most=BATCH)


async def keep_windows(folder: Folder, wanted: Sequence[Window]) -> int:
    """Keep more windows from now on; return how many are new.

    Raises:
        FoldBusy: somebody else folded all the while that this waited for.
    """
    async with _seated(folder) as tx:
        return await cells.open_windows(tx, wanted)


async def _open_begun(folder: Folder) -> None:
    today = local_day(folder.clock())
    begun = [window for rule in folder.rules for window in windows(rule, until=today)]
    async with folder.sessions.begin() as tx:
        if await event_log.hold_fold(tx):
            await cells.open_windows(tx, begun)


async def _fold_batch(folder: Folder, size: int) -> int:
    async with folder.sessions.begin() as tx:
        if not await event_log.hold_fold(tx):
            return 0
        after = await event_log.mark(tx)
        batch = await event_log.next_batch(tx, after, size)
        if batch is None:
            return 0
        await cells.fold(tx, after, batch, at=folder.clock())
        return batch.events


async def _recount_next(folder: Folder) -> bool:
    """Count some agencies; False when none is left."""
    async with _seated(folder) as tx:
        return await cells.recount_next(tx, most_facts=folder.facts_at_once) is not None


@asynccontextmanager
async def _seated(folder: Folder) -> AsyncIterator[AsyncSession]:
    """Open a transaction in the folder's seat; another folder's batch is waited for."""
    for _ in range(_TRIES):
        async with folder.sessions.begin() as tx:
            if await event_log.hold_fold(tx):
                yield tx
                return
        await asyncio.sleep(_PAUSE_SECONDS)
    raise FoldBusy


async def _lag_seconds(folder: Folder) -> float:
    async with folder.sessions.begin() as tx:
        oldest = await event_log.oldest_unfolded(tx)
    return 0.0 if oldest is None else max(0.0, (folder.clock() - oldest).total_seconds())

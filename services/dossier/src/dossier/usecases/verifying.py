"""Comparing the counts kept ahead with the facts, on live data and in one snapshot."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from kit.errors import PASSING
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.permissions import require_sight
from dossier.store import agencies, cells, event_log, rollups
from dossier.store.scopes import Scope
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.folding import RollupGauges

_SOON_SECONDS = 300.0
"""How long after the start the first comparison comes, and the next one after a failure."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A cell that does not say what the facts say: `figure` of `value` (a field, a procedure)."""

    agency_code: str
    period_code: str
    figure: str
    value: str
    counted_ahead: int
    counted_raw: int


@dataclass(frozen=True, slots=True)
class Verifier:
    """What comparing in the background works with."""

    reading: Sessions
    clock: Callable[[], datetime]
    gauges: RollupGauges


@dataclass(frozen=True, slots=True)
class Verified:
    """How many windows were compared, and every cell that differs."""

    windows: int
    differences: Sequence[Differing]


async def verify_figures(
    tx: AsyncSession,
    office: Office,
    gauges: RollupGauges,
    *,
    agency_code: str | None,
    first: date | None,
    last: date | None,
    acting: Acting,
) -> Verified:
    """Recount every window from its facts and compare, agency by agency and cell by cell."""
    scope = await _scope(office, agency_code, acting)
    known = await cells.known_windows(tx, first=first, last=last)
    mark = await event_log.mark(tx)
    found = [
        (of, different)
        for of in known
        for different in await rollups.differences(tx, scope, of, mark)
    ]
    if agency_code is None and acting.sight is None and first is None and last is None:
        gauges.compared(len(found), at=acting.now)
    codes = await agencies.codes_of(tx, {different.agency_id for _, different in found})
    return Verified(
        len(known),
        [
            Differing(
                agency_code=codes[different.agency_id],
                period_code=of.window.code,
                figure=different.part,
                value=different.value,
                counted_ahead=different.counted_ahead,
                counted_raw=different.counted_raw,
            )
            for of, different in found
        ],
    )


async def verify_everything(verifier: Verifier) -> int | None:
    """Compare every window, each in a snapshot of its own; return how many cells differ.

    While another replica compares, nothing is done and None returned.
    """
    today = local_day(verifier.clock())
    scope = Scope(agencies=None, sight=None, period=ReportingPeriod.between(today, today))
    async with verifier.reading.begin() as tx:
        known = await cells.known_windows(tx)
    found = 0
    for of in known:
        async with verifier.reading.begin() as tx:
            if not await event_log.hold_verification(tx):
                return None
            mark = await event_log.mark(tx)
            found += len(await rollups.differences(tx, scope, of, mark))
    verifier.gauges.compared(found, at=verifier.clock())
    if found:
        await log.aerror("rollups_differ", cells=found)
    return found


async def keep_verifying(verifier: Verifier, *, seconds: float) -> None:
    """Compare again and again; a failure is logged and tried again before long."""
    pause = min(seconds, _SOON_SECONDS)
    while True:
        await asyncio.sleep(pause)
        try:
            await verify_everything(verifier)
            pause = seconds
        except PASSING as error:
            await log.awarning("verification_failed", error=type(error).__name__)
            pause = min(seconds, _SOON_SECONDS)


async def _scope(office: Office, agency_code: str | None, acting: Acting) -> Scope:
    today = local_day(acting.now)
    codes = None
    if agency_code is not None:
        require_sight(acting.sight, agency_code)
        codes = await office.catalogue.subtree_with_ended(agency_code)
    period = ReportingPeriod.between(today, today)
    return Scope(agencies=codes, sight=acting.sight, period=period)

"""Comparing the counts kept ahead with the facts, on live data: by hand, and once a day."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from kit.errors import PASSING

from dossier.domain.errors import RecountUnderWay
from dossier.domain.permissions import require_sight
from dossier.store import agencies, cells, event_log, rollups, verifications
from dossier.store.scopes import Scope
from dossier.store.verifications import Outcome
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.folding import RollupGauges

_LOOK_SECONDS = 300.0
"""How often a replica looks whether a comparison is due, and what the last one found."""
_CLAIM = timedelta(minutes=30)
"""How long a claim lasts without a sign of life, which each window gives: its two statements are
ended by the server after ten minutes each, so whoever is late is dead."""

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
    """What comparing works with."""

    reading: Sessions
    writing: Sessions
    clock: Callable[[], datetime]
    gauges: RollupGauges


@dataclass(frozen=True, slots=True)
class Verified:
    """How many windows were compared, and every cell that differs."""

    windows: int
    differences: Sequence[Differing]


async def verify_figures(
    verifier: Verifier,
    office: Office,
    *,
    agency_code: str | None,
    first: date | None,
    last: date | None,
    acting: Acting,
) -> Verified:
    """Recount windows from their facts and compare, agency by agency, in one snapshot.

    When everything was compared, what was found is written down for all replicas.

    Raises:
        RecountUnderWay: the cells are just being counted anew.
    """
    scope = await _scope(office, agency_code, acting)
    async with verifier.reading.begin() as tx:
        if await event_log.counted_to(tx) is not None:
            raise RecountUnderWay
        await cells.unhurried(tx)
        known = await cells.known_windows(tx, first=first, last=last)
        mark = await event_log.mark(tx)
        found = [
            (of, different)
            for of in known
            for different in await rollups.differences(tx, scope, of, mark)
        ]
        codes = await agencies.codes_of(tx, {different.agency_id for _, different in found})
    if agency_code is None and acting.sight is None and first is None and last is None:
        async with verifier.writing.begin() as tx:
            await verifications.note(tx, Outcome(acting.now, len(known), len(found)))
        await show_latest(verifier)
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


async def verify_everything(verifier: Verifier, *, every: timedelta) -> Outcome | None:
    """Compare every window, each in a snapshot of its own, and write down what was found.

    Nothing is done, and None returned, when a replica has done so within `every` or is at it, or
    while a recount is under way. The claim is renewed window by window, so that a replica that died
    in the middle is soon replaced; one that was thought dead and comes back stops.
    """
    now = verifier.clock()
    async with verifier.writing.begin() as tx:
        run = await verifications.claim(tx, now=now, due_before=now - every, until=now + _CLAIM)
    if run is None:
        return None
    today = local_day(now)
    scope = Scope(agencies=None, sight=None, period=ReportingPeriod.between(today, today))
    async with verifier.reading.begin() as tx:
        known = await cells.known_windows(tx)
    differing = 0
    for of in known:
        async with verifier.reading.begin() as tx:
            if await event_log.counted_to(tx) is not None:
                return None
            await cells.unhurried(tx)
            mark = await event_log.mark(tx)
            differing += len(await rollups.differences(tx, scope, of, mark))
        async with verifier.writing.begin() as tx:
            if not await verifications.extend(tx, run, until=verifier.clock() + _CLAIM):
                return None
    found = Outcome(verifier.clock(), len(known), differing)
    async with verifier.writing.begin() as tx:
        if not await verifications.finish(tx, run, found):
            return None
    if differing:
        await log.aerror("rollups_differ", cells=differing)
    return found


async def show_latest(verifier: Verifier) -> None:
    """Set the gauges to what the last comparison found, whoever made it."""
    async with verifier.reading.begin() as tx:
        found = await verifications.latest(tx)
    if found is not None:
        verifier.gauges.compared(found.differences, at=found.verified_at)


async def keep_verifying(verifier: Verifier, *, seconds: float) -> None:
    """Compare whenever no replica has for `seconds` (0: not here), and show what was found last.

    The start shows only: what begins has other things to do. A failure is logged; the claim it
    leaves behind expires before long.
    """
    pause = min(seconds or _LOOK_SECONDS, _LOOK_SECONDS)
    is_starting = True
    while True:
        try:
            if seconds and not is_starting:
                await verify_everything(verifier, every=timedelta(seconds=seconds))
            await show_latest(verifier)
        except PASSING as error:
            await log.awarning("verification_failed", error=type(error).__name__)
        is_starting = False
        await asyncio.sleep(pause)


async def _scope(office: Office, agency_code: str | None, acting: Acting) -> Scope:
    today = local_day(acting.now)
    codes = None
    if agency_code is not None:
        require_sight(acting.sight, agency_code)
        codes = await office.catalogue.subtree_with_ended(agency_code)
    period = ReportingPeriod.between(today, today)
    return Scope(agencies=codes, sight=acting.sight, period=period)

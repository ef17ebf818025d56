"""Comparing the counts kept ahead with the facts, on live data and in one snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.permissions import require_sight
from dossier.store import agencies, cells, event_log, rollups
from dossier.store.scopes import Scope
from dossier.usecases.acting import Acting, Office
from dossier.usecases.folding import RollupGauges


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
        gauges.differences.set(len(found))
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


async def _scope(office: Office, agency_code: str | None, acting: Acting) -> Scope:
    today = local_day(acting.now)
    codes = None
    if agency_code is not None:
        require_sight(acting.sight, agency_code)
        codes = await office.catalogue.subtree_with_ended(agency_code)
    period = ReportingPeriod.between(today, today)
    return Scope(agencies=codes, sight=acting.sight, period=period)

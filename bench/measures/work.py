"""Lists of work: of a ward and of the province, by receiver and by holder, now and in the past."""

from datetime import timedelta
from itertools import product
from urllib.parse import urlencode

from dossier.domain.overdue import WorkKind, WorkSide
from kernel.time_zone import local_day
from kit.clock import system_clock

from bench.requests import reading
from bench.results import Result, within
from bench.stage import Stage
from bench.world import PROVINCE

_FEW = 5
_HALF = 0.5
_DAYS_BACK = {"": None, "_past": 182}
_LIMITS = {"ward": 20, "province": 50}
"""Milliseconds in SQL that the slowest page may take; our own targets, no text sets any."""


async def work_lists(stage: Stage) -> list[Result]:
    """List every kind of work of the busiest ward and of all agencies, two pages each."""
    agencies = {"ward": stage.busy[0], "province": PROVINCE}
    return [
        await _slowest(stage, f"work_{who}{when}", agencies[who], back=back, limit=limit)
        for (who, limit), (when, back) in product(_LIMITS.items(), _DAYS_BACK.items())
    ]


async def _slowest(
    stage: Stage, name: str, agency: str, *, back: int | None, limit: float
) -> Result:
    token = stage.token(agency)
    asked: dict[str, str] = {}
    for kind, side in product(WorkKind, (WorkSide.RECEIVED, WorkSide.HELD)):
        query = {"kind": kind, "side": side, "limit": "100"}
        if back is not None:
            query["on"] = (local_day(system_clock()) - timedelta(days=back)).isoformat()
        path = f"/v1/overdue-work?{urlencode(query)}"
        asked[f"{kind} {side}, first page"] = path
        cursors = await stage.cursors(path, token, 1)
        asked |= {f"{kind} {side}, after 500": f"{path}&cursor={cursor}" for cursor in cursors}
    scripts = await stage.spoken([reading(path, token) for path in asked.values()])
    times = {
        page: (await stage.sql_times([script], repeats=_FEW)).percentile(_HALF)
        for page, script in zip(asked, scripts, strict=True)
    }
    worst = max(times, key=times.__getitem__)
    return within(name, "ms", [times[worst]], limit, note=f"SQL; slowest of {len(times)}: {worst}")

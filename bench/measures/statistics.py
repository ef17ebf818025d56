"""Figures of a quarter and the records behind them, on the raw facts."""

from datetime import date, timedelta
from urllib.parse import urlencode

import orjson
from kernel.time_zone import local_day
from kit.clock import system_clock

from bench.requests import reading
from bench.results import Result, within
from bench.stage import NothingAnswered, Stage
from bench.world import PROVINCE

_QUARTER_DAYS = 91
_QUARTERS_BACK = 2
_REPEATS = 5
_FEW = 3
_GIVES_UP = 2
_STATEMENT_TIMEOUT = 30_000.0
"""Milliseconds after which the product gives a statement up."""
_HALF = 0.5


async def ward_quarter(stage: Stage) -> list[Result]:
    """Count a quarter of a ward of middling size, by field."""
    ward = stage.world.wards[len(stage.world.wards) // 2]
    path, token = _figures(ward, by="procedure_field"), stage.token(ward)
    # The folder closes the past as it folds; it is not at work here, so a first question does.
    await stage.once(stage.dossier, reading(path, token))
    scripts = await stage.spoken([reading(path, token)])
    times = await stage.sql_times(scripts)
    load = await stage.load(stage.dossier, [reading(path, token)], connections=1, repeat=True)
    statements = f"{scripts[0].count(chr(10))} statements"
    return [
        within("ward_quarter_sql", "ms", [times.percentile(_HALF)], 1, note=statements),
        within("ward_quarter_http", "ms", [load.percentile(_HALF)], 10, errors=load.errors),
    ]


async def raw_quarter(stage: Stage) -> list[Result]:
    """Count a quarter of the whole province from its facts."""
    token = stage.token(PROVINCE)
    path = _figures(PROVINCE, include_subordinates="true")
    (script,) = await stage.spoken([reading(path, token)])
    seconds = [(await stage.sql_times([script], repeats=_REPEATS)).percentile(_HALF) / 1000]
    asked = [reading(path, token)] * _REPEATS
    load = await stage.load(stage.dossier, asked, connections=1, seconds=60)
    name = "raw_quarter_10M" if stage.scale.is_large else "raw_quarter"
    return [within(name, "s", seconds, 0.6, note=f"SQL; over HTTP {load.percentile(_HALF):.0f} ms")]


async def evidence_page(stage: Stage) -> list[Result]:
    """List the records behind every figure of the busiest ward, two pages each."""
    ward = stage.busy[0]
    ward_times = await _evidence(stage, ward, stage.token(ward), {})
    below = {"include_subordinates": "true"}
    province_times = await _evidence(stage, PROVINCE, stage.token(PROVINCE), below)
    return [
        _slowest("evidence_page", ward_times),
        _slowest("evidence_page_province", province_times),
    ]


async def _evidence(
    stage: Stage, agency: str, token: str, extra: dict[str, str]
) -> dict[str, float]:
    """Return the median milliseconds in SQL by figure and page."""
    body = await stage.once(stage.dossier, reading(_figures(agency, **extra), token))
    keys = [figure["key"] for figure in orjson.loads(body)["figures"]][: stage.scale.figures]
    asked: dict[str, str] = {}
    unanswered: dict[str, float] = {}
    for key in keys:
        if len(unanswered) == _GIVES_UP:
            break
        query = urlencode({**_period(agency), **extra, "limit": "100"})
        path = f"/v1/figures/{key}/evidence?{query}"
        try:
            cursors = await stage.cursors(path, token, 1)
        except NothingAnswered:
            unanswered[f"{key}, never answered"] = _STATEMENT_TIMEOUT
            continue
        asked[f"{key}, first page"] = path
        asked |= {f"{key}, after 500": f"{path}&cursor={cursor}" for cursor in cursors}
    scripts = await stage.spoken([reading(path, token) for path in asked.values()])
    return unanswered | {
        name: (await stage.sql_times([script], repeats=_FEW)).percentile(_HALF)
        for name, script in zip(asked, scripts, strict=True)
    }


def _slowest(name: str, times: dict[str, float]) -> Result:
    worst = max(times, key=times.__getitem__)
    share = sum(time <= 5 for time in times.values())  # noqa: PLR2004 - the target itself
    note = f"slowest: {worst}; {share} of {len(times)} pages within the target"
    return within(name, "ms", [times[worst]], 5, note=note)


def _figures(agency: str, **extra: str) -> str:
    return f"/v1/figures?{urlencode({**_period(agency), **extra})}"


def _period(agency: str) -> dict[str, str]:
    first, last = _quarter()
    return {"agency": agency, "from": first.isoformat(), "to": last.isoformat()}


def _quarter() -> tuple[date, date]:
    """Return a closed quarter in the midst of the data."""
    last = local_day(system_clock()) - timedelta(days=_QUARTER_DAYS * _QUARTERS_BACK)
    return last - timedelta(days=_QUARTER_DAYS - 1), last

"""Counts kept ahead: folding the log, and quarters of the whole province answered from them."""

import asyncio
import time
from datetime import date, timedelta
from urllib.parse import urlencode

import orjson
from dossier.settings import Settings
from kernel.time_zone import local_day
from kit.clock import system_clock

from bench.load import percentile
from bench.measures.intake import call
from bench.requests import posting, reading
from bench.results import Result, within
from bench.spoken import as_script, sets
from bench.stage import NothingAnswered, Stage
from bench.world import PROVINCE

_EVENTS = 100_000
_EVENTS_A_SECOND = 1_000
_FOLD_SECONDS = Settings.model_fields["fold_seconds"].default
_P95 = 0.95
_REPEATS = 5
_HALF = 0.5
_STARTS = ((3, 15), (6, 15), (9, 15), (12, 15))
_TOTALS = ("stat_cells", "stat_online_procedures", "facts.until_on")
"""What the statements of the figures that are kept ahead speak of."""


async def fold(stage: Stage) -> list[Result]:
    """Fold some of the log from its beginning, then count the rest from the facts."""
    token = stage.token("*", "figures:fold")
    began = time.perf_counter()
    asked = posting("/v1/figure-folds", token, {"most_events": _EVENTS})
    told = orjson.loads(await stage.once(stage.dossier, asked))
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    asked = posting("/v1/figure-folds", token, {"rebuild": True, "most_events": 1})
    while orjson.loads(await stage.once(stage.dossier, asked))["agencies_left"]:
        pass
    rebuilt = time.perf_counter() - began
    rate = told["events"] / seconds
    return [
        Result(
            name="fold",
            unit="events/s",
            value=rate,
            target=">= 20000",
            met=rate >= 20_000,  # noqa: PLR2004 - the target itself
            note=f"over HTTP; a rebuild from the facts took {rebuilt:.1f} s",
        )
    ]


async def keep_up(stage: Stage) -> list[Result]:
    """Fold as the background task does while events come in; then recount from the facts.

    An event waits no longer than from the beginning of the fold before it to the end of its own.
    """
    await _fold(stage)
    script = await call(stage, stage.busy)
    writing = asyncio.create_task(stage.write_steadily(script, rate=_EVENTS_A_SECOND))
    waits, began = [], time.perf_counter()
    while not writing.done():
        began_before, began = began, time.perf_counter()
        await _fold(stage)
        waits.append(time.perf_counter() - began_before)
        await asyncio.sleep(_FOLD_SECONDS)
    rate = (await writing).rate
    await _fold(stage)
    first, last = _legal_quarter(back=0)
    asked = posting(
        "/v1/figure-verifications",
        stage.token("*", "figures:fold"),
        {"from": first.isoformat(), "to": last.isoformat()},
    )
    told = orjson.loads(await stage.once(stage.dossier, asked))
    windows = f"{told['windows']} windows of the running quarter, after concurrent writers"
    return [
        within(
            "fold_lag_p95", "s", [percentile(sorted(waits), _P95)], 1, note=f"{rate:.0f} events/s"
        ),
        within("fold_minus_raw", "cells", [len(told["differences"])], 0, note=windows),
    ]


async def _fold(stage: Stage) -> None:
    """Fold all there is."""
    token = stage.token("*", "figures:fold")
    asked = posting("/v1/figure-folds", token, {"most_events": 10_000_000})
    await stage.once(stage.dossier, asked)


async def province_quarter_closed(stage: Stage) -> list[Result]:
    """Ask for a legal quarter that is over, of all agencies together."""
    first, last = _legal_quarter(back=2)
    totals, whole, http = await _asked(stage, first, last)
    raw = await _raw(stage, first, last)
    times = raw / totals
    return [
        within(
            "province_quarter_closed", "ms", [totals], 15, note=f"all statements {whole:.1f} ms"
        ),
        Result(
            name="province_quarter_closed_gain",
            unit="x raw",
            value=times,
            target=">= 30 x",
            met=times >= 30,  # noqa: PLR2004 - the target itself
            note=f"raw count of the same quarter {raw:.0f} ms",
        ),
        within("province_quarter_closed_http", "ms", [http], 80, note="by no dimension"),
    ]


async def province_quarter_running(stage: Stage) -> list[Result]:
    """Ask for the legal quarter so far, up to today."""
    first, _ = _legal_quarter(back=0)
    totals, whole, http = await _asked(stage, first, local_day(system_clock()))
    note = f"all statements {whole:.1f} ms; over HTTP {http:.0f} ms"
    return [within("province_quarter_running", "ms", [totals], 50, note=note)]


async def _asked(stage: Stage, first: date, last: date) -> tuple[float, float, float]:
    """Return the milliseconds of the counts kept ahead, of all statements, and over HTTP."""
    token = stage.token(PROVINCE)
    question = {"agency": PROVINCE, "from": first, "to": last, "include_subordinates": "true"}
    asked = reading(f"/v1/figures?{urlencode(question)}", token)
    await stage.once(stage.dossier, asked)  # the statements are prepared once
    (script,) = await stage.spoken([asked])
    own = [part for part in script.split(";\n") if any(name in part for name in _TOTALS)]
    if not own:
        raise NothingAnswered(["the counts kept ahead were not read"])
    totals = await stage.sql_times([";\n".join(own) + ";\n"])
    whole = await stage.sql_times([script], repeats=_REPEATS)
    load = await stage.load(stage.dossier, [asked] * _REPEATS, connections=1, seconds=60)
    return totals.percentile(_HALF), whole.percentile(_HALF), load.percentile(_HALF)


async def _raw(stage: Stage, first: date, last: date) -> float:
    """Return the milliseconds of counting the same figures from the facts."""
    token = stage.token(PROVINCE)
    # Narrowed to nothing kept ahead: the same counts, by channel, are counted from the facts.
    question = {
        "agency": PROVINCE,
        "from": first,
        "to": last,
        "include_subordinates": "true",
        "by": "channel",
    }
    asked = reading(f"/v1/figures?{urlencode(question)}", token)
    (script,) = await stage.spoken([asked])
    parts = script.split(";\n")
    set_before = [part for part in parts if sets(part)]
    own = [part for part in parts if "stretch" in part and "UNION ALL" in part]
    counted = as_script([*set_before[:1], *own[:1]])
    return (await stage.sql_times([counted], repeats=_REPEATS)).percentile(_HALF)


def _legal_quarter(*, back: int) -> tuple[date, date]:
    """Return the legal quarter of today, or one so many quarters before it."""
    today = local_day(system_clock())
    years = (today.year - 1, today.year)
    begun = [d for y in years for m, day in _STARTS if (d := date(y, m, day)) <= today]
    begun.sort()
    first = begun[-1 - back]
    following = begun[-back] if back else today + timedelta(days=1)
    return first, following - timedelta(days=1)

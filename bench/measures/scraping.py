"""What Prometheus waits for when a service shows the figures of a whole province."""

import asyncio
import json
import os
import time

from tthc.services import SERVICES
from tthc.stack import running_services

from bench.requests import reading
from bench.results import Result, within
from bench.stage import Stage

_P95 = 0.95
_PATIENCE_SECONDS = 30
_POLL_SECONDS = 0.5
_FIGURES = b"tthc_figure{"
_REFRESHED = b'tthc_figure_refreshes_total{outcome="ok"} 1.0'
_SETTINGS = {
    "DOSSIER_METRICS_REFRESH_SECONDS": "86400",
    "DOSSIER_POOL_SIZE": "2",
}


async def scrape(stage: Stage) -> list[Result]:
    """Read `/metrics` of a service of its own that keeps gauges for every ward."""
    settings = {**_SETTINGS, "DOSSIER_METRICS_AGENCIES": json.dumps(list(stage.world.wards))}
    os.environ.update(settings)
    starting = running_services(
        SERVICES[:2],
        home=stage.home / "scraped",
        server=stage.server,
        keys=stage.keys,
        console=stage.console,
    )
    (stage.home / "scraped").mkdir(exist_ok=True)
    try:
        async with starting as running:
            address = running.addresses["dossier"]
            body = await _filled(stage, address)
            request = [reading("/metrics", "none")]
            load = await stage.load(address, request, connections=1, repeat=True)
    finally:
        for name in settings:
            del os.environ[name]
    note = f"{body.count(_FIGURES):,} gauges of {len(stage.world.wards)} wards"
    return [within("scrape", "ms", [load.percentile(_P95)], 50, errors=load.errors, note=note)]


async def _filled(stage: Stage, address: str) -> bytes:
    """Wait until the gauges have been computed once, or as many as come in half a minute."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    body = b""
    while _REFRESHED not in body and time.monotonic() < deadline:
        await asyncio.sleep(_POLL_SECONDS)
        body = await stage.once(address, reading("/metrics", "none"))
    return body

"""What Prometheus sees is what the report says, on the very same definitions."""

import asyncio
import re

import httpx
import pytest
from tthc import demo_data

WARD = demo_data.WARD
GAUGE = re.compile(r'^tthc_figure\{agency="([^"]+)",key="([^"]+)"\} (\S+)$', re.MULTILINE)


async def gauges(url):
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{url}/metrics")).text
    return {key: float(value) for agency, key, value in GAUGE.findall(text) if agency == WARD}


@pytest.mark.parametrize("keeper", ["catalog", "dossier", "rating"])
async def test_gauges_show_the_figures_of_the_report(sealed, loaded, keeper):
    reported = {
        figure["key"]: float(figure["value"])
        for figure in sealed.report["figures"]
        if not figure["dimensions"]
        and figure["source"] == keeper
        and isinstance(figure["value"], int | float)
    }
    assert len(reported) > 5
    shown: dict[str, float] = {}
    for _try in range(40):
        shown = await gauges(loaded.urls[keeper])
        if shown == {**shown, **reported}:
            break
        await asyncio.sleep(0.25)
    assert {key: shown.get(key) for key in reported} == reported


async def test_an_answer_is_not_held_back_for_an_acknowledgement(stack):
    """Nagle's algorithm on an inherited socket once cost every answer 40 ms."""
    async with httpx.AsyncClient() as client:
        seconds = []
        for _time in range(20):
            answer = await client.get(f"{stack.urls['dossier']}/livez")
            seconds.append(answer.elapsed.total_seconds())
    assert sorted(seconds)[10] < 0.03

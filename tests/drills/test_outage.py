"""The catalogue is away, dead or dumb: the desk goes on as fast as ever with what it knows."""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from statistics import quantiles

import httpx
import pytest

log = logging.getLogger(__name__)

KNOWN, NEVER_ASKED = "1.001193", "2.000815"
OUTAGE_SECONDS = 6
"""Long enough for copies to be due for asking more than once."""
PAUSE_SECONDS = 0.02
FIRST_SECONDS = 2
P95_SECONDS = 0.05


@pytest.fixture
async def desk(town) -> AsyncIterator[httpx.AsyncClient]:
    headers = town.headers("dossiers:receive")
    async with httpx.AsyncClient(base_url=town.dossier.url, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture
def receive(desk, ward):
    agency = ward()

    async def hand_in(procedure: str = KNOWN) -> tuple[httpx.Response, float]:
        paper = {
            "agency_code": agency,
            "procedure_code": procedure,
            "channel": "direct",
            "applicant": {"full_name": "Người nộp mẫu 001"},
        }
        began = time.perf_counter()
        answer = await desk.post("/v1/dossiers", json=paper)
        return answer, time.perf_counter() - began

    return hand_in


async def p95(receive, seconds: float) -> float:
    took = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer, each = await receive()
        assert answer.status_code == 201, answer.text
        took.append(each)
        await asyncio.sleep(PAUSE_SECONDS)
    return quantiles(took, n=20)[-1]


def kill(catalog) -> None:
    catalog.kill()


def strike_dumb(catalog) -> None:
    """Let it take calls and never answer."""
    catalog.signal(signal.SIGSTOP)


def start(catalog) -> None:
    catalog.start()


def let_go_on(catalog) -> None:
    catalog.signal(signal.SIGCONT)


@pytest.mark.parametrize(("strike", "undo"), [(kill, start), (strike_dumb, let_go_on)])
async def test_intake_is_as_fast_without_the_catalogue(
    strike, undo, town, receive, until_ready, fresh_seconds
):
    await receive()
    usual = await p95(receive, 2)
    strike(town.catalog)
    try:
        await asyncio.sleep(fresh_seconds)
        answer, first = await receive()
        assert answer.status_code == 201, answer.text
        assert first < FIRST_SECONDS
        # Beside the same desk a moment before, so that a busy machine does not decide.
        without = await p95(receive, OUTAGE_SECONDS)
        log.info("p95 with it %.4f s; first without %.4f s, then p95 %.4f s", usual, first, without)
        assert without < max(P95_SECONDS, 3 * usual)
    finally:
        undo(town.catalog)
        await until_ready(town.catalog, within=30)


async def test_what_was_never_asked_is_refused_soon_and_served_once_the_catalogue_is_back(
    town, receive, until_ready
):
    await receive()
    town.catalog.kill()
    try:
        for within in (FIRST_SECONDS, FIRST_SECONDS / 2):
            answer, took = await receive(NEVER_ASKED)
            assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")
            assert answer.headers["retry-after"]
            assert took < within
    finally:
        town.catalog.start()
        await until_ready(town.catalog, within=30)
    answer, _took = await receive(NEVER_ASKED)
    assert answer.status_code == 201, answer.text

import asyncio

import httpx
import pytest
import structlog
from kernel.refusals import NeighbourUnavailable
from kit.http import BRIEF, PATIENT, Neighbour, is_not_found, neighbour


def answering(*answers):
    """Return a transport that gives `answers` in turn (statuses, or errors to raise)."""
    left, asked = list(answers), []

    def handle(request):
        asked.append(request)
        answer = left.pop(0) if left else 200
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, json={})

    return httpx.MockTransport(handle), asked


async def ask(transport, **kwargs):
    async with neighbour("catalog", "http://catalog", "secret", transport) as catalog:
        assert isinstance(catalog, Neighbour)
        return await catalog.get("/v1/agencies", **kwargs)


async def test_a_passing_fault_is_tried_again():
    transport, asked = answering(503, httpx.ConnectError("refused"), 200)
    assert (await ask(transport)).status_code == 200
    assert len(asked) == 3
    assert asked[0].headers["authorization"] == "Bearer secret"


async def test_a_lasting_fault_is_told_with_the_neighbours_name():
    transport, asked = answering(*[503] * 9)
    with pytest.raises(NeighbourUnavailable) as refused:
        await ask(transport)
    assert refused.value.details == {"neighbour": "catalog"}
    assert len(asked) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 500])
async def test_a_refusal_is_not_tried_again(status):
    transport, asked = answering(status)
    with pytest.raises(NeighbourUnavailable):
        await ask(transport)
    assert len(asked) == 1


async def test_an_accepted_refusal_is_an_answer():
    transport, _ = answering(404)
    assert is_not_found(await ask(transport, accept=(404,)))


async def test_the_trace_is_passed_on():
    transport, asked = answering(200)

    async def within_a_request():
        structlog.contextvars.bind_contextvars(request_id="r-1", traceparent="00-a-b-01")
        await ask(transport)

    await asyncio.create_task(within_a_request())
    assert asked[0].headers["x-request-id"] == "r-1"
    assert asked[0].headers["traceparent"] == "00-a-b-01"


class Watch:
    """A clock that stands still until it is set forward."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def seen_by(transport, watch):
    return Neighbour(
        "catalog", httpx.AsyncClient(transport=transport, base_url="http://catalog"), watch
    )


@pytest.mark.parametrize(
    "fault", [503, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")], ids=str
)
async def test_a_neighbour_found_away_is_spared_by_the_brief_for_a_few_seconds(fault):
    transport, asked = answering(fault)
    watch = Watch()
    catalog = seen_by(transport, watch)
    for seconds in (0, 2.9):
        watch.seconds = seconds
        with pytest.raises(NeighbourUnavailable) as refused:
            await catalog.get("/v1/agencies", patience=BRIEF)
        assert refused.value.details == {"neighbour": "catalog"}
    assert len(asked) == 1


async def test_after_a_few_seconds_the_brief_ask_again():
    transport, asked = answering(503)
    watch = Watch()
    catalog = seen_by(transport, watch)
    with pytest.raises(NeighbourUnavailable):
        await catalog.get("/v1/agencies", patience=BRIEF)
    watch.seconds = 3
    for _again in range(2):
        assert (await catalog.get("/v1/agencies", patience=BRIEF)).status_code == 200
    assert len(asked) == 3


async def test_the_patient_try_once_with_a_neighbour_found_away_and_learn_that_it_is_back():
    transport, asked = answering(503, 503)
    catalog = seen_by(transport, Watch())
    for patience in (BRIEF, PATIENT):
        with pytest.raises(NeighbourUnavailable):
            await catalog.get("/v1/agencies", patience=patience)
    assert len(asked) == 2
    for patience in (PATIENT, BRIEF):
        assert (await catalog.get("/v1/agencies", patience=patience)).status_code == 200


@pytest.mark.parametrize("fault", [500, httpx.ReadError("reset")], ids=str)
async def test_a_refusal_or_a_broken_connection_does_not_make_a_neighbour_away(fault):
    transport, _ = answering(fault)
    catalog = seen_by(transport, Watch())
    with pytest.raises(NeighbourUnavailable):
        await catalog.get("/v1/agencies", patience=BRIEF)
    assert (await catalog.get("/v1/agencies")).status_code == 200


async def test_who_has_an_older_answer_asks_once_and_briefly():
    transport, asked = answering(503)
    with pytest.raises(NeighbourUnavailable):
        await ask(transport, patience=BRIEF)
    assert [request.extensions["timeout"]["read"] for request in asked] == [1]

import asyncio

import httpx
import pytest
import structlog
from kernel.refusals import NeighbourUnavailable
from kit.http import Neighbour, is_not_found, neighbour


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

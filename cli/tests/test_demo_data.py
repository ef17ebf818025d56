"""The loader says the same thing twice in the same words, and stops at the first refusal."""

import json

import httpx
import pytest
from tthc.demo_api import Caller, DemoRefused, for_each, refuse_rejected


def caller(answer) -> Caller:
    return Caller("http://service", "token", httpx.MockTransport(answer))


async def test_the_same_content_is_sent_under_the_same_key():
    keys = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(201, json={"code": "H56"})

    async with caller(answer) as catalog:
        for name in ("Thanh Hóa", "Thanh Hóa", "Nghệ An"):
            assert await catalog.create("/v1/agencies", {"name": name}) == {"code": "H56"}
    assert keys[0] == keys[1] != keys[2]


async def test_a_refusal_stops_the_load_with_its_reason():
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"code": "unknown_agency", "detail": "Không có\ncơ quan"})

    async with caller(answer) as catalog:
        with pytest.raises(DemoRefused, match="POST /v1/agencies answered 422") as refused:
            await catalog.create("/v1/agencies", {})
    assert "unknown_agency" in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_something_else_in_its_place_is_a_refusal_too():
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(409, json={"code": "agency_exists"})

    async with caller(answer) as catalog:
        with pytest.raises(DemoRefused, match="agency_exists"):
            await catalog.create("/v1/agencies", {})


async def test_a_service_that_is_away_is_one_line():
    def answer(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with caller(answer) as catalog:
        with pytest.raises(DemoRefused, match="did not answer"):
            await catalog.read("/v1/agencies")


async def test_imported_lines_that_are_there_already_are_no_refusal():
    answers = [{"line": 1, "outcome": "stored"}, {"line": 2, "outcome": "duplicate"}]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Content-Type"] == "application/x-ndjson"
        return httpx.Response(200, text="".join(f"{json.dumps(line)}\n" for line in answers))

    async with caller(answer) as dossier:
        assert await dossier.import_lines("/v1/dossier-imports", "{}\n{}\n") == answers


def test_a_rejected_line_stops_the_load_with_its_reason():
    lines = [
        {"line": 1, "outcome": "stored"},
        {"line": 2, "outcome": "rejected", "problem": {"code": "unknown_procedure"}},
    ]
    with pytest.raises(DemoRefused, match=r"line 2: .*unknown_procedure"):
        refuse_rejected(lines)


async def test_the_first_refusal_ends_the_rest():
    async def act(item: int) -> None:
        if item == 3:
            raise DemoRefused(f"line {item}")

    with pytest.raises(DemoRefused, match="line 3"):
        await for_each(range(20), act, lambda: None)


async def test_each_item_is_done_and_counted_once():
    done, counted = [], []

    async def act(item: int) -> None:
        done.append(item)

    await for_each(range(20), act, lambda: counted.append(1))
    assert sorted(done) == list(range(20))
    assert len(counted) == 20

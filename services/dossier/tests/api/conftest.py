from collections.abc import Awaitable, Callable

import httpx
import pytest

Posting = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def code(client, a_dossier) -> str:
    """A dossier received on Wednesday 31 August 2022, due on 7 September."""
    answer = await client.post("/v1/dossiers", json=a_dossier())
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


@pytest.fixture
def act(client, code) -> Posting:
    """Hand a paper in at a desk of the dossier, naming the version it changes."""

    async def post(desk: str, version: int, **body) -> httpx.Response:
        return await client.post(
            f"/v1/dossiers/{code}/{desk}", json=body, headers={"If-Match": f'"{version}"'}
        )

    return post


@pytest.fixture
def last_event(client, code) -> Callable[[], Awaitable[dict]]:
    async def read() -> dict:
        return (await client.get(f"/v1/dossiers/{code}/events")).json()["items"][-1]

    return read

import itertools
from collections.abc import Awaitable, Callable

import httpx
import pytest

Posting = Callable[..., Awaitable[httpx.Response]]

_towns = itertools.count(1)


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


@pytest.fixture
def town(catalog) -> str:
    """Another agency, outside the ward's part of the tree."""
    code = f"H78.{next(_towns)}"
    catalog.agencies.add(code)
    return code


@pytest.fixture
def officer(client, bearer):
    """Return a function: agency, scopes -> the headers of an officer there."""

    def headers(agency: str, *scopes: str) -> dict[str, str]:
        return bearer(*(scopes or ("dossiers:process", "dossiers:read")), agency=agency)

    return headers


@pytest.fixture
def act_as(client, code, officer):
    async def post(agency: str, desk: str, version: int, **body):
        headers = {**officer(agency), "If-Match": f'"{version}"'}
        return await client.post(f"/v1/dossiers/{code}/{desk}", json=body, headers=headers)

    return post


@pytest.fixture
def reads(app):
    """Return a function: answer -> how many readings of personal data its request left."""

    async def count(answer) -> int:
        async with app.state.engine.connect() as connection:
            found = await connection.exec_driver_sql(
                "select count(*) from personal_data_reads where request_id = "
                f"'{answer.headers['x-request-id']}'"
            )
            return found.scalar_one()

    return count


@pytest.fixture
def a_history(agency):
    def line(number: int, **changes) -> dict:
        return {
            "external_id": f"cu-{number}",
            "agency_code": agency,
            "procedure_code": "1.001193",
            "channel": "online",
            "received_at": "2022-07-04T08:00:00+07:00",
            "settled_at": "2022-07-06T09:00:00+07:00",
            "returned_at": "2022-07-07T09:00:00+07:00",
            "applicant": {"full_name": f"Người nộp mẫu {number}", "phone": "0900000001"},
            **changes,
        }

    return line

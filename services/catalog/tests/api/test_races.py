"""Two administrators press the button together: one is told so, and nothing is half-written."""

import asyncio

import httpx
import pytest
from catalog.tables import Row
from sqlalchemy import text


@pytest.fixture
async def two(opened_app, engine, bearer):
    """A client whose writes are committed for real, and cleared away afterwards."""
    headers = bearer("catalog:write", "figures:read", agency="*")
    transport = httpx.ASGITransport(opened_app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://catalog", headers=headers
    ) as client:
        yield client
    tables = ", ".join(table.name for table in Row.metadata.sorted_tables)
    async with engine.begin() as connection:
        await connection.execute(text(f"truncate {tables}"))


async def together(client, path, *bodies, **headers):
    answers = await asyncio.gather(
        *(client.post(path, json=body, headers=headers) for body in bodies)
    )
    return sorted(answers, key=lambda answer: answer.status_code)


async def recorded(client, path, body):
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text


def province(code, **more):
    return {"code": code, "name": code, "level": "province", "valid_from": "2020-01-01", **more}


async def test_one_code_is_given_once(two):
    first, second = await together(two, "/v1/agencies", province("H56"), province("H56"))
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "agency_exists"


async def test_one_version_replaces_another(two, procedure_body):
    await recorded(two, "/v1/procedure-fields", {"code": "chung-thuc", "name": "Chứng thực"})
    await recorded(two, "/v1/procedures", procedure_body())
    path = "/v1/procedures/2.000815/versions"
    bodies = [procedure_body(valid_from=f"2023-01-0{day}") for day in (1, 2, 3)]
    first, *others = await together(two, path, *bodies, **{"If-Match": '"1"'})
    assert first.status_code == 201
    assert [each.json()["code"] for each in others] == ["version_changed"] * 2
    versions = (await two.get(path)).json()["versions"]
    assert [each["valid_to"] for each in versions] == [versions[1]["valid_from"], None]


async def test_two_moves_never_close_a_circle(two):
    for code in ("H56", "H57"):
        await recorded(two, "/v1/agencies", province(code))
    answers = await asyncio.gather(
        two.post(
            "/v1/agencies/H56/parents", json={"parent_code": "H57", "valid_from": "2024-01-01"}
        ),
        two.post(
            "/v1/agencies/H57/parents", json={"parent_code": "H56", "valid_from": "2024-01-01"}
        ),
    )
    assert sorted(each.status_code for each in answers) == [201, 409]
    refused = next(each for each in answers if each.status_code == 409)
    assert refused.json()["code"] == "hierarchy_cycle"


async def test_one_key_is_one_act(two):
    body = province("H56")
    answers = await together(two, "/v1/agencies", *[body] * 4, **{"Idempotency-Key": "k"})
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.text for each in answers}) == 1


async def test_the_same_release_sent_together_is_one_release(two):
    day = {"day": "2022-09-01", "kind": "off", "note": "x", "decided_by": "y", "source": "z"}
    body = {"name": "one", "days": [day]}
    answers = await together(two, "/v1/calendar-releases", *[body] * 3)
    assert [each.status_code for each in answers] == [201] * 3
    days = (await two.get("/v1/calendar-days")).json()["days"]
    assert len(days) == 1


async def test_imports_of_the_same_procedures_store_each_once(two, procedure_body):
    await recorded(two, "/v1/procedure-fields", {"code": "chung-thuc", "name": "Chứng thực"})
    lines = [procedure_body(f"1.{number:06}") for number in range(20)]
    answers = await together(
        two, "/v1/procedure-imports", {"procedures": lines}, {"procedures": lines[::-1]}
    )
    assert [each.status_code for each in answers] == [200, 200]
    assert sum(each.json()["stored"] for each in answers) == 20
    assert sum(each.json()["duplicate"] for each in answers) == 20

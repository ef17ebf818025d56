"""Indicator sets are data: recorded once, never changed, refused when they do not fit together."""

import json
from pathlib import Path

import pytest

RELEASE = json.loads((Path(__file__).parents[2] / "releases" / "tt01-2018.json").read_text())
PAST = {"valid_from": "1990-01-01", "valid_to": "1991-01-01"}


@pytest.fixture
def keeper(bearer):
    return bearer("indicator-sets:write", "figures:read", agency="*")


async def record(client, keeper, body):
    return await client.post("/v1/indicator-sets", headers=keeper, json=body)


async def test_the_release_is_recorded_as_it_reads(client, keeper):
    for _ in range(2):
        answer = await record(client, keeper, RELEASE)
        assert (answer.status_code, answer.json()) == (201, RELEASE)
    read = await client.get("/v1/indicator-sets/tt01-2018", headers=keeper)
    assert read.json() == RELEASE


async def test_other_content_under_a_recorded_code_is_refused(client, keeper):
    answer = await record(client, keeper, {**RELEASE, "name": "Bộ chỉ số khác"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_indicator_set")


async def test_a_set_that_contradicts_itself_is_refused(client, keeper):
    answer = await record(client, keeper, {**RELEASE, **PAST, "classes": RELEASE["classes"][:-1]})
    assert (answer.status_code, answer.json()["code"]) == (422, "inconsistent_indicator_set")


async def test_an_unknown_rule_is_refused(client, keeper):
    spoilt = json.loads(json.dumps({**RELEASE, **PAST}))
    spoilt["indicators"][0]["scoring"]["rule"] = "magic_points"
    answer = await record(client, keeper, spoilt)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")


async def test_what_holds_for_all_is_not_a_wards_to_record(client, bearer):
    ward = bearer("indicator-sets:write", agency="H56.18.26")
    answer = await record(client, ward, {**RELEASE, **PAST, "code": "ward"})
    assert (answer.status_code, answer.json()["code"]) == (403, "only_for_all")


async def test_the_list_has_pages(client, keeper):
    for code in ("aa-old", "ab-old"):
        await record(client, keeper, {**RELEASE, **PAST, "code": code})
    codes, more = [], {}
    while more is not None:
        page = await client.get("/v1/indicator-sets", headers=keeper, params={"limit": 1, **more})
        codes += [one["code"] for one in page.json()["items"]]
        following = page.json()["next_cursor"]
        more = {"cursor": following} if following else None
    assert codes == sorted(codes)
    assert {"aa-old", "ab-old", "tt01-2018"} <= set(codes)


async def test_an_unknown_code_is_not_found(client, keeper):
    answer = await client.get("/v1/indicator-sets/none", headers=keeper)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_indicator_set")

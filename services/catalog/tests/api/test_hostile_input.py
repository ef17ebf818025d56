"""Bad input gets a 4xx problem document, never a 500, and leaves nothing half-written."""

import json

import pytest

READS = {
    "/v1/agencies": {"on": "2022-01-01", "limit": "10", "parent": "H56"},
    "/v1/agencies/H56": {"on": "2022-01-01"},
    "/v1/agencies/H56/subtree": {"on": "2022-01-01"},
    "/v1/procedure-fields": {"limit": "10"},
    "/v1/publication-decisions": {"limit": "10"},
    "/v1/procedures": {"on": "2022-01-01", "agency": "H56", "level": "commune"},
    "/v1/procedures/1.000001": {"on": "2022-01-01"},
    "/v1/procedures/1.000001/versions": {},
    "/v1/calendar-days": {"from": "2022-01-01", "to": "2022-12-31"},
    "/v1/figures": {"agency": "H56", "from": "2022-01-01", "to": "2022-01-31"},
}
WRITES = [
    "/v1/agencies",
    "/v1/agencies/H56/parents",
    "/v1/procedure-fields",
    "/v1/publication-decisions",
    "/v1/procedures",
    "/v1/procedures/1.000001/versions",
    "/v1/procedures/1.000001/online-levels",
    "/v1/procedure-imports",
    "/v1/agency-procedures",
    "/v1/postings",
    "/v1/reviews",
    "/v1/calendar-releases",
]
HOSTILE = [
    "9999-12-31",
    "0001-01-01",
    "2022-02-30",
    "-1",
    "99999999999999999999",
    "\x00",
    "a\x00b",
    "%00",
    "'; drop table agencies; --",
    "H56" * 1000,
    "NaN",
    "1e400",
    "🦀",
    "\u202e",
]


def is_problem(answer, *, among=range(400, 500)):
    assert answer.status_code in among, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]
    return True


@pytest.mark.parametrize("path", READS)
async def test_an_unknown_parameter_is_refused(clerk, path):
    answer = await clerk.client.get(
        path, params={**READS[path], "unknown": "1"}, headers=clerk.headers
    )
    assert is_problem(answer, among={400})


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("path", READS)
async def test_a_hostile_parameter_never_breaks_a_read(clerk, path, text):
    for name in READS[path]:
        answer = await clerk.client.get(
            path, params={**READS[path], name: text}, headers=clerk.headers
        )
        assert is_problem(answer), name
    answer = await clerk.client.get(
        path, params={**READS[path], "cursor": text}, headers=clerk.headers
    )
    assert is_problem(answer)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize(
    "path", ["/v1/agencies/{}", "/v1/procedures/{}", "/v1/figures/{}/evidence"]
)
async def test_a_hostile_path_is_not_found_or_malformed(clerk, path, text):
    address = path.format(text.replace("%", "%25").replace("\x00", "%00"))
    params = READS["/v1/figures"] if "figures" in path else {}
    answer = await clerk.client.get(address, params=params, headers=clerk.headers)
    assert is_problem(answer)


BODIES = {
    "empty": b"",
    "not JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "NaN": b'{"code": NaN}',
    "not UTF-8": b'{"code": "\xff\xfe"}',
    "a lone surrogate": rb'{"code": "\ud800", "name": "\ud800"}',
    "a lone surrogate as key": rb'{"\ud800": 1}',
    "20,000 deep": b"[" * 20_000 + b"]" * 20_000,
    "20,000 deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a huge integer": b'{"sets_count": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", WRITES)
async def test_a_body_that_is_no_request_is_refused(clerk, path, body):
    headers = {**clerk.headers, "Content-Type": "application/json", "If-Match": '"1"'}
    answer = await clerk.client.post(path, content=body, headers=headers)
    assert is_problem(answer, among={400, 404, 422})


async def test_a_body_over_the_limit_is_refused(clerk, app):
    limit = app.state.settings.body_limit_bytes
    body = json.dumps({"code": "x" * limit})
    answer = await clerk.client.post("/v1/agencies", content=body, headers=clerk.headers)
    assert is_problem(answer, among={413})


@pytest.mark.parametrize(
    "change",
    [
        {"code": "h56"},
        {"code": "H56\x00"},
        {"name": ""},
        {"name": "   "},
        {"name": "a\x00b"},
        {"name": "x" * 201},
        {"name": 5},
        {"level": "ward"},
        {"valid_from": "9999-12-31"},
        {"valid_from": "1945-09-01"},
        {"valid_from": 20220101},
        {"valid_to": "2020-01-01"},
        {"is_sample": "perhaps"},
        {"parent_code": "H99"},
        {"unknown": 1},
    ],
    ids=ascii,
)
async def test_an_agency_that_cannot_be(clerk, change):
    body = {"code": "H56", "name": "X", "level": "province", "valid_from": "2020-01-01"}
    assert is_problem(await clerk.post("/v1/agencies", {**body, **change}), among={422})
    assert (await clerk.client.get("/v1/agencies/H56")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"code": "1.001193.000.00.00.H56"},
        {"field_code": "Chứng thực"},
        {"field_code": "a_b"},
        {"level": "ward"},
        {"filing_methods": [{"channel": "direct", "time_limit_unit": "working_day"}]},
        {
            "filing_methods": [
                {"channel": "direct", "time_limit_unit": "none", "time_limit_value": 1}
            ]
        },
        {"filing_methods": [{"channel": "direct", "time_limit_unit": "none"}] * 2},
        {"filing_methods": [{"channel": "direct", "time_limit_unit": "none", "fee_vnd": -1}]},
        {"filing_methods": [{"channel": "direct", "time_limit_unit": "none", "fee_vnd": 10**30}]},
        {"filing_methods": [{"channel": "direct", "time_limit_unit": "none", "fee_vnd": 0.5}]},
        {"steps": "one"},
        {"steps": ["a\x00b"]},
        {"steps": ["x"] * 201},
        {"components": [{"name": "x", "original_count": -1}]},
        {"sets_count": 10**12},
        {"cutoff_time": "24:00"},
        {"cutoff_time": "15:00Z"},
        {"supplement_policy": "wait"},
        {"valid_from": "9999-12-31"},
    ],
    ids=ascii,
)
async def test_a_procedure_that_cannot_be(clerk, procedure_body, change):
    await clerk.field()
    answer = await clerk.post("/v1/procedures", procedure_body() | change)
    assert is_problem(answer, among={422})


async def test_more_lines_than_a_call_may_carry_are_refused(clerk):
    line = {"procedure_code": "1.000001", "valid_from": "2022-01-04", "desk": "elsewhere"}
    body = {"agency_code": "H56", "assignments": [line] * 501}
    assert is_problem(await clerk.post("/v1/agency-procedures", body), among={422})


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201], ids=ascii)
async def test_an_idempotency_key_is_visible_ascii(clerk, key):
    body = {"code": "a", "name": "A"}
    headers = {"Idempotency-Key": key.encode()}
    assert is_problem(await clerk.post("/v1/procedure-fields", body, **headers), among={400})


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwxXQ", "WyIyMDIyLTAxLTAxIiwiYSJd", "e30"])
async def test_a_cursor_of_another_list_is_refused(client, cursor):
    answer = await client.get("/v1/publication-decisions", params={"cursor": cursor})
    assert is_problem(answer, among={400})


async def test_a_cursor_beyond_every_id_finds_nothing(clerk, client):
    await clerk.decision()
    cursor = "WyIyMTk5LTEyLTMxIiw5MjIzMzcyMDM2ODU0Nzc1ODA3XQ"  # 2199-12-31, 2^63 - 1
    answer = await client.get("/v1/publication-decisions", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize("path", WRITES)
async def test_a_write_needs_a_token_that_allows_it(client, bearer, path):
    for headers, status in [
        ({}, 401),
        ({"Authorization": "Bearer x.y.z"}, 401),
        ({"Authorization": "Basic abc"}, 401),
        (bearer("figures:read", agency="*"), 403),
    ]:
        assert is_problem(await client.post(path, json={}, headers=headers), among={status})


async def test_a_token_of_another_issuer_proves_nothing(client, issuer, tmp_path, bearer):
    good = bearer("catalog:write", agency="*")["Authorization"]
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    answer = await client.post("/v1/agencies", json={}, headers={"Authorization": forged})
    assert is_problem(answer, among={401})


async def test_figures_need_a_token(client):
    answer = await client.get("/v1/figures", params=READS["/v1/figures"])
    assert is_problem(answer, among={401})


async def test_a_refusal_speaks_vietnamese_unless_english_is_asked_for(client):
    path = "/v1/agencies/H99"
    vietnamese = (await client.get(path)).json()["detail"]
    english = (await client.get(path, headers={"Accept-Language": "en"})).json()["detail"]
    assert vietnamese == "Không có cơ quan mã H99 vào ngày được hỏi."
    assert english == "There is no agency H99 on that day."

"""Whatever comes in, a problem document goes out and nothing half-written stays."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

DEEP = b"[" * 20_000 + b"]" * 20_000
BALLOT = {"token": "1-" + "A" * 32, "satisfaction": "satisfied"}


def feedback_of(agency, **changes):
    return {
        "agency_code": agency,
        "kind": "conduct",
        "received_at": "2022-08-01T03:00:00Z",
        "subject": "mẫu",
        "content": "mẫu",
        **changes,
    }


def is_problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    return True


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b'"text"',
        b"\xff\xfe",
        json.dumps({**BALLOT, "satisfaction": 2}).encode(),
        json.dumps({**BALLOT, "satisfaction": "happy"}).encode(),
        json.dumps({**BALLOT, "contacts_count": -1}).encode(),
        json.dumps({**BALLOT, "contacts_count": 10**30}).encode(),
        json.dumps({**BALLOT, "contacts_count": 1.5}).encode(),
        json.dumps({**BALLOT, "own_fault": "maybe"}).encode(),
        json.dumps({**BALLOT, "comment": "a\x00b"}).encode(),
        json.dumps({**BALLOT, "comment": "x" * 2_001}).encode(),
        json.dumps({**BALLOT, "cast_at": "9999-12-31T23:59:59Z"}).encode(),
        json.dumps({**BALLOT, "cast_at": "2022-08-01T00:00:00"}).encode(),
        json.dumps({**BALLOT, "applicant": "unknown field"}).encode(),
        b'{"token": "\\ud800", "satisfaction": "satisfied"}',
    ],
)
async def test_malformed_ballots(client, body):
    answer = await client.post(
        "/v1/ballots", content=body, headers={"content-type": "application/json"}
    )
    assert is_problem(answer, 422, "invalid_fields")


@pytest.mark.parametrize("body", [DEEP, b'{"token":' + DEEP + b"}"])
async def test_json_twenty_thousand_deep(client, body):
    answer = await client.post(
        "/v1/ballots", content=body, headers={"content-type": "application/json"}
    )
    assert is_problem(answer, 400, "bad_request")


async def test_a_body_over_the_limit(client):
    answer = await client.post("/v1/ballots", content=b" " * 1_100_000)
    assert is_problem(answer, 413, "too_large")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"from": "9999-12-31", "to": "9999-12-31"}, 422, "invalid_fields"),
        ({"from": "0001-01-01"}, 422, "invalid_fields"),
        ({"from": "2022-09-15"}, 422, "empty_period"),
        ({"by": "channel"}, 422, "breakdown_not_offered"),
        ({"from": "2022-02-30"}, 422, "invalid_fields"),
        ({"agency": "H56\x00"}, 422, "invalid_fields"),
        ({"agency": "' or 1=1 --"}, 422, "invalid_fields"),
        ({"known_at": "9999-12-31T00:00:00Z"}, 422, "invalid_fields"),
        ({"known_at": "2022-09-14"}, 422, "invalid_fields"),
        ({"include_subordinates": "perhaps"}, 422, "invalid_fields"),
        ({"by": "agency"}, 422, "invalid_fields"),
        ({"colour": "red"}, 400, "unknown_parameter"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/figures", "/v1/scores"])
async def test_malformed_questions(client, officer, quarter, path, changes, status, code):
    answer = await client.get(path, headers=officer, params={**quarter, **changes})
    assert is_problem(answer, status, code)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"limit": "501"}, 422, "invalid_fields"),
        ({"limit": "0"}, 422, "invalid_fields"),
        ({"limit": "9" * 400}, 422, "invalid_fields"),
        ({"cursor": "not a cursor"}, 422, "invalid_fields"),
        ({"cursor": "WyJ4IiwieSJd"}, 400, "bad_cursor"),
        ({"cursor": "W1tdLFtdXQ"}, 400, "bad_cursor"),
    ],
)
async def test_malformed_pages(client, officer, quarter, changes, status, code):
    for path in ("/v1/feedback", "/v1/figures/satisfaction.ballots/evidence"):
        answer = await client.get(path, headers=officer, params={**quarter, **changes})
        assert is_problem(answer, status, code)


async def test_huge_lists_of_dossiers(client, officer, agency):
    codes = [f"{agency}-220720-{serial:04d}" for serial in range(1, 502)]
    answer = await client.post("/v1/ballot-tokens", headers=officer, json={"dossier_codes": codes})
    assert is_problem(answer, 422, "invalid_fields")


@pytest.mark.parametrize("code", ["x", "H56-220230-0001", "H56-220715-0000", "H56-220715-00012"])
async def test_codes_that_are_none(client, officer, code):
    answer = await client.post("/v1/ballot-tokens", headers=officer, json={"dossier_codes": [code]})
    assert is_problem(answer, 422, "invalid_fields")


async def test_tokens_missing_forged_expired_or_without_the_scope(
    client, issuer, bearer, quarter, officer
):
    async def ask(headers):
        return await client.get("/v1/figures", headers=headers, params=quarter)

    assert is_problem(await ask({}), 401, "unauthenticated")
    assert is_problem(await ask({"Authorization": "Bearer x.y.z"}), 401, "unauthenticated")
    good = officer["Authorization"]
    assert is_problem(await ask({"Authorization": good[:-6] + "AAAAAA"}), 401, "unauthenticated")
    unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."
    assert is_problem(await ask({"Authorization": unsigned}), 401, "unauthenticated")
    expired = issuer.token("officer-1", "*", ["figures:read"], timedelta(days=-3_000))
    assert is_problem(await ask({"Authorization": f"Bearer {expired}"}), 401, "unauthenticated")
    assert is_problem(await ask(bearer("feedback:write")), 403, "missing_scope")


async def test_a_refused_request_leaves_nothing_behind(app, client, officer, agency):
    key = f"nothing-{agency}"
    headers = {**officer, "Idempotency-Key": key}
    future = feedback_of(agency, received_at="2022-10-03T02:00:01Z")
    refused = await client.post("/v1/feedback", headers=headers, json=future)
    assert is_problem(refused, 422, "in_the_future")
    async with app.state.read_sessions.begin() as session:
        for query in (
            "select count(*) from idempotency_keys where key = :value",
            "select count(*) from agencies where code = :value",
        ):
            value = key if "keys" in query else agency
            assert await session.scalar(text(query), {"value": value}) == 0


async def test_problems_speak_vietnamese_and_english(client):
    body = {**BALLOT, "token": "none"}
    vietnamese = await client.post("/v1/ballots", json=body)
    english = await client.post("/v1/ballots", json=body, headers={"Accept-Language": "en"})
    assert vietnamese.json()["detail"].startswith("Mã đánh giá không đúng")
    assert english.json()["detail"].startswith("The ballot token is wrong")

"""Tokens are issued for ended dossiers; each allows one ballot, which nothing leads back from."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

VERY = {"satisfaction": "very_satisfied", "contacts_count": 0, "agencies_contacted_count": 0}


async def issue(client, officer, *codes):
    answer = await client.post(
        "/v1/ballot-tokens", headers=officer, json={"dossier_codes": list(codes)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def a_token(client, officer, code):
    return (await issue(client, officer, code))["tokens"][0]["token"]


async def cast(client, token, **changes):
    return await client.post("/v1/ballots", json={"token": token, **VERY, **changes})


async def test_an_ended_dossier_gets_a_token_that_allows_one_ballot(client, officer, ended_dossier):
    token = await a_token(client, officer, ended_dossier())
    first = await cast(client, token, cast_at="2022-08-02T03:00:00Z")
    assert (first.status_code, first.json()["cast_on"]) == (201, "2022-08-02")
    second = await cast(client, token)
    assert (second.status_code, second.json()["code"]) == (410, "spent_token")


async def test_the_same_key_gets_the_same_answer_although_the_token_is_spent(
    client, officer, ended_dossier
):
    token = await a_token(client, officer, ended_dossier())
    ballot, key = {"token": token, **VERY}, {"Idempotency-Key": f"cast-{token}"}
    first, again = [await client.post("/v1/ballots", headers=key, json=ballot) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


async def test_of_two_ballots_at_the_same_moment_one_counts(client, officer, ended_dossier):
    token = await a_token(client, officer, ended_dossier())
    answers = await asyncio.gather(cast(client, token), cast(client, token))
    assert sorted(answer.status_code for answer in answers) == [201, 410]


async def test_each_refused_dossier_says_why_and_holds_up_nobody(
    client, officer, ended_dossier, neighbours
):
    rated, ended, running = ended_dossier(1), ended_dossier(2), ended_dossier(3, None)
    await cast(client, await a_token(client, officer, rated))
    unknown = "H56.18.26-220720-0009"
    found = await issue(client, officer, rated, ended, running, unknown, ended)
    assert [one["dossier_code"] for one in found["tokens"]] == [ended]
    assert {one["dossier_code"]: one["code"] for one in found["refused"]} == {
        rated: "already_rated",
        running: "dossier_not_ended",
        unknown: "unknown_dossier",
    }


async def test_a_dossier_of_another_agency_is_unknown(client, bearer, ended_dossier):
    stranger = bearer("ballots:issue", agency="H56.18.26")
    found = await issue(client, stranger, ended_dossier())
    assert found["refused"][0]["code"] == "unknown_dossier"


async def test_a_new_token_voids_the_one_before(client, officer, ended_dossier):
    code = ended_dossier()
    old, new = await a_token(client, officer, code), await a_token(client, officer, code)
    assert (await cast(client, old)).json()["code"] == "unknown_token"
    assert (await cast(client, new)).status_code == 201


async def test_five_hundred_tokens_in_one_call(client, officer, ended_dossier):
    codes = [ended_dossier(serial) for serial in range(1, 501)]
    found = await issue(client, officer, *codes)
    assert len({one["token"] for one in found["tokens"]}) == 500


async def test_two_officers_asking_at_once_both_get_an_answer(client, officer, ended_dossier):
    codes = [ended_dossier(serial) for serial in range(1, 101)]
    one, other = await asyncio.gather(
        issue(client, officer, *codes), issue(client, officer, *reversed(codes))
    )
    assert len(one["tokens"]) == len(other["tokens"]) == 100
    token = {pair["token"] for pair in one["tokens"]} | {pair["token"] for pair in other["tokens"]}
    statuses = [(await cast(client, each)).status_code for each in sorted(token)[:20]]
    assert set(statuses) <= {201, 404}


async def test_a_refused_ballot_leaves_the_token_unspent(client, officer, ended_dossier):
    token = await a_token(client, officer, ended_dossier(ended_on=date(2022, 8, 1)))
    early = await cast(client, token, cast_at="2022-07-31T16:59:59Z")
    assert (early.status_code, early.json()["code"]) == (422, "cast_before_settlement")
    late = await cast(client, token, cast_at="2022-10-03T02:00:01Z")
    assert late.json()["code"] == "in_the_future"
    assert (await cast(client, token, cast_at="2022-07-31T17:00:00Z")).status_code == 201


@pytest.mark.parametrize(
    "token", ["x", "1-" + "A" * 32, "999999999-" + "A" * 32, "1-" + "A" * 31 + "\u0110"]
)
async def test_a_forged_token_is_unknown(client, token):
    answer = await cast(client, token)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_token")


async def test_neither_token_nor_dossier_is_stored_as_it_reads(client, app, officer, ended_dossier):
    code = ended_dossier()
    token = await a_token(client, officer, code)
    await cast(client, token, comment="Cán bộ hướng dẫn rõ ràng")
    async with app.state.read_sessions.begin() as session:
        for table in ("ballot_tokens", "ballots", "idempotency_keys"):
            stored = str((await session.execute(text(f"select * from {table}"))).all())
            assert token not in stored
            assert code not in stored


async def test_a_ballot_has_no_column_that_could_name_a_dossier(app):
    async with app.state.read_sessions.begin() as session:
        columns = await session.scalars(
            text("select column_name from information_schema.columns where table_name = 'ballots'")
        )
        assert set(columns) == {
            "agency_id",
            "ballot_id",
            "cast_at",
            "cast_on",
            "satisfaction",
            "contacts_count",
            "agencies_contacted_count",
            "own_fault",
            "comment",
            "recorded_at",
        }


async def test_without_the_dossier_service_no_token_is_issued(client, officer, neighbours, agency):
    neighbours.dossiers.is_away = True
    answer = await client.post(
        "/v1/ballot-tokens", headers=officer, json={"dossier_codes": [f"{agency}-220720-0001"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")
    assert "Retry-After" in answer.headers


async def test_a_ballot_needs_no_neighbour(client, officer, ended_dossier, neighbours):
    token = await a_token(client, officer, ended_dossier())
    neighbours.dossiers.is_away = neighbours.catalog.is_away = True
    assert (await cast(client, token)).status_code == 201

"""A filing is closed once it is a dossier: what is done after is done to the dossier."""

import asyncio

import pytest
from sqlalchemy import text

A_SUPPLEMENT = {
    "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký số"}],
    "reason": "Hồ sơ chưa đủ",
}
ACTS = {
    "acceptance": ({}, "filing_not_open"),
    "refusal": ({"reason": "Nộp nhầm"}, "illegal_move"),
    "supplement-requests": (A_SUPPLEMENT, "illegal_move"),
    "withdrawal-requests": ({}, "illegal_move"),
    "withdrawal": ({}, "act_not_possible"),
    "continuation": ({}, "act_not_possible"),
    "stop": ({"reason": "Không bổ sung"}, "illegal_move"),
}


@pytest.fixture
def at_desk(client, filing):
    """Return a function: act, paper -> the answer to it, at the version the filing has."""

    async def post(act: str, body: dict):
        present = (await client.get(filing)).headers["etag"]
        return await client.post(f"{filing}/{act}", json=body, headers={"If-Match": present})

    return post


@pytest.fixture
async def filing(client, a_dossier):
    """File a dossier online and return where its acts are posted."""
    paper = a_dossier(filed_at="2022-09-03T20:00:00+07:00")
    del paper["channel"], paper["received_at"]
    filed = await client.post("/v1/filings", json=paper)
    assert filed.status_code == 201, filed.text
    return f"/v1/filings/{filed.json()['filing_id']}"


async def codes_of(client, agency) -> list[str]:
    listed = await client.get("/v1/dossiers", params={"agency": agency})
    return [dossier["code"] for dossier in listed.json()["items"]]


@pytest.mark.parametrize("act", ACTS)
async def test_an_accepted_filing_takes_no_act(client, at_desk, agency, act):
    accepted = await at_desk("acceptance", {"accepted_at": "2022-09-05T08:00:00+07:00"})
    assert accepted.status_code == 201, accepted.text
    body, code = ACTS[act]
    refused = await at_desk(act, body)
    assert (refused.status_code, refused.json()["code"]) == (409, code), refused.text
    details = refused.json()["details"]
    assert (details["from_status"], details["allowed"]) == (2, [])
    assert await codes_of(client, agency) == [accepted.json()["code"]]


async def test_every_act_on_a_filing_is_tried_on_an_accepted_one(app):
    paths = app.openapi()["paths"]
    before = "/v1/filings/{filing_id}/"
    posts = {path for path in paths if path.startswith(before) and "post" in paths[path]}
    acts = {path for path in posts if "/corrections" not in path}
    assert {path.removeprefix(before) for path in acts} == set(ACTS)


async def test_a_refused_filing_says_where_it_stands(at_desk):
    await at_desk("refusal", {"reason": "Nộp nhầm"})
    details = (await at_desk("acceptance", {})).json()["details"]
    assert (details["from_status"], details["allowed"]) == (3, [])


async def test_a_filing_asked_back_may_stop_or_go_on_but_is_not_accepted(at_desk):
    await at_desk("withdrawal-requests", {})
    refused = await at_desk("acceptance", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "filing_not_open")
    assert refused.json()["details"]["allowed"] == [1, 8]


async def test_whoever_comes_second_learns_which_version_there_is(client, filing):
    body, first = {"reason": "Nộp nhầm"}, {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(client.post(f"{filing}/refusal", json=body, headers=first) for _ in range(4))
    )
    refused = [answer.json() for answer in answers if answer.status_code == 412]
    assert len(refused) == 3
    assert {no["details"]["actual"] for no in refused} == {2}


async def test_the_database_accepts_nothing_that_has_a_code(client, at_desk, filing, agency, app):
    """Whatever once opened it again, as a supplement asked for after its acceptance did."""
    await at_desk("acceptance", {})
    async with app.state.sessions.begin() as tx:
        await tx.execute(
            text("update filings set status = 5 where filing_id = :filing"),
            {"filing": filing.rpartition("/")[2]},
        )
    again = await at_desk("acceptance", {})
    assert (again.status_code, again.json()["code"]) == (409, "filing_not_open")
    moved = await at_desk("stop", {"reason": "Không bổ sung"})
    assert (moved.status_code, moved.json()["code"]) == (409, "filing_not_open")
    assert len(await codes_of(client, agency)) == 1


async def test_no_correction_receives_a_filing_before_it_was_filed(client, at_desk, bearer):
    accepted = await at_desk("acceptance", {"accepted_at": "2022-09-05T08:00:00+07:00"})
    path = f"/v1/dossiers/{accepted.json()['code']}/corrections"
    decided = []
    for number, to in enumerate(("2022-09-03T19:59:59+07:00", "2022-09-03T20:00:00+07:00"), 1):
        paper = {
            "corrects": "received_at",
            "event_number": 1,
            "corrected_at": to,
            "reason_code": "system_not_updated",
            "reason": "Phần mềm ghi nhầm",
            "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
        }
        assert (await client.post(path, json=paper)).status_code == 201
        approver = bearer("dossiers:approve", agency="*", subject="officer-2")
        headers = {**approver, "If-Match": f'"{number}"'}
        decided.append(await client.post(f"{path}/{number}/approval", headers=headers))
        if decided[-1].status_code == 409:
            headers = {**approver, "If-Match": '"1"'}
            body = {"reason": "Trước khi nộp"}
            await client.post(f"{path}/{number}/rejection", json=body, headers=headers)
    assert [answer.status_code for answer in decided] == [409, 200], decided[-1].text
    assert decided[0].json()["code"] == "history_out_of_order"
    assert decided[0].json()["details"]["after_kind"] == "filed"

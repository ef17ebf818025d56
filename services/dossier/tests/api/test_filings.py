import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text


@pytest.fixture
def a_filing(a_dossier):
    paper = a_dossier(filed_at="2022-09-03T20:00:00+07:00")
    del paper["channel"], paper["received_at"]
    return paper


FIRST = {"If-Match": '"1"'}


async def file(client, paper) -> str:
    answer = await client.post("/v1/filings", json=paper)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == 1
    return answer.json()["filing_id"]


async def kinds(client, filing_id) -> list[str]:
    """Return the kinds of what happened to a filing, in order."""
    events = (await client.get(f"/v1/filings/{filing_id}/events")).json()["items"]
    return [event["kind"] for event in events]


async def test_an_accepted_filing_becomes_an_online_dossier_of_the_day_of_acceptance(
    client, a_filing, agency
):
    filing_id = await file(client, a_filing)
    answer = await client.post(
        f"/v1/filings/{filing_id}/acceptance",
        json={"accepted_at": "2022-09-05T08:00:00+07:00"},
        headers=FIRST,
    )
    receipt = answer.json()
    assert answer.status_code == 201, answer.text
    assert receipt["code"] == f"{agency}-220905-0001"
    assert (receipt["channel"], receipt["due_on"]) == ("online", "2022-09-08")
    dossier = (await client.get(f"/v1/dossiers/{receipt['code']}")).json()
    assert dossier["filing_id"] == filing_id
    assert dossier["applicant"]["id_number"] == "*********123"


async def test_a_filing_is_accepted_once_even_at_the_same_moment(client, a_filing):
    filing_id = await file(client, a_filing)
    answers = await asyncio.gather(
        *(
            client.post(f"/v1/filings/{filing_id}/acceptance", json={}, headers=FIRST)
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    assert await kinds(client, filing_id) == ["filed", "accepted"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("acceptance", "refusal"), ("refusal", "acceptance"), ("refusal", "refusal")],
)
async def test_two_officers_at_one_filing_at_once_make_one_event(client, a_filing, one, other):
    path = f"/v1/filings/{await file(client, a_filing)}"
    bodies = {"acceptance": {}, "refusal": {"reason": "Thiếu tờ khai"}}
    answers = await asyncio.gather(
        *(client.post(f"{path}/{act}", json=bodies[act], headers=FIRST) for act in (one, other))
    )
    done, late = sorted(answers, key=lambda answer: answer.status_code)
    assert done.status_code in (200, 201)
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    assert late.json()["details"] == {"expected": 1, "actual": 2}
    assert len(await kinds(client, path.rpartition("/")[2])) == 2


BODIES = {
    "acceptance": {},
    "refusal": {"reason": "Thiếu tờ khai"},
    "supplement-requests": {
        "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký số"}],
        "reason": "Hồ sơ chưa đủ",
    },
    "withdrawal-requests": {},
    "withdrawal": {},
    "continuation": {},
    "stop": {"reason": "Không bổ sung"},
}


@pytest.mark.parametrize("act", BODIES)
async def test_an_act_on_a_filing_names_the_version_it_changes(client, a_filing, act):
    filing_id = await file(client, a_filing)
    path = f"/v1/filings/{filing_id}/{act}"
    for headers, status, problem in (
        ({}, 428, "version_required"),
        ({"If-Match": '"2"'}, 412, "version_changed"),
        ({"If-Match": "one"}, 400, "bad_header"),
    ):
        answer = await client.post(path, json=BODIES[act], headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, problem), answer.text
    assert await kinds(client, filing_id) == ["filed"]


async def test_every_answer_about_a_filing_names_its_version(client, a_filing):
    filed = await client.post("/v1/filings", json=a_filing)
    assert filed.headers["etag"] == '"1"'
    path = f"/v1/filings/{filed.json()['filing_id']}"
    asked = await client.post(f"{path}/withdrawal-requests", json={}, headers=FIRST)
    assert (asked.headers["etag"], asked.json()["version"]) == ('"2"', 2)
    assert (await client.get(path)).headers["etag"] == '"2"'
    again = {"If-Match": asked.headers["etag"]}
    assert (await client.post(f"{path}/continuation", json={}, headers=again)).status_code == 200


async def test_the_answer_to_an_acceptance_names_the_version_of_the_dossier(client, a_filing):
    path = f"/v1/filings/{await file(client, a_filing)}"
    await client.post(f"{path}/withdrawal-requests", json={}, headers=FIRST)
    await client.post(f"{path}/continuation", json={}, headers={"If-Match": '"2"'})
    accepted = await client.post(f"{path}/acceptance", json={}, headers={"If-Match": '"3"'})
    dossier = await client.get(f"/v1/dossiers/{accepted.json()['code']}")
    assert accepted.headers["etag"] == dossier.headers["etag"] == '"1"'
    assert (await client.get(path)).headers["etag"] == '"4"'


async def test_a_version_of_before_is_told_so_whatever_time_is_claimed(client, a_filing):
    path = f"/v1/filings/{await file(client, a_filing)}"
    asked = {"asked_at": "2022-09-06T08:00:00+07:00"}
    await client.post(f"{path}/withdrawal-requests", json=asked, headers=FIRST)
    early = {"accepted_at": "2022-09-05T08:00:00+07:00"}
    answer = await client.post(f"{path}/acceptance", json=early, headers=FIRST)
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize("filing_id", [uuid4(), "x", "0"])
async def test_an_unknown_filing_is_not_there(client, filing_id):
    path = f"/v1/filings/{filing_id}/acceptance"
    answer = await client.post(path, json={}, headers=FIRST)
    assert answer.status_code == (422 if len(str(filing_id)) == 1 else 404)


async def test_the_same_key_files_once(client, a_filing):
    headers = {"Idempotency-Key": f"filing-{a_filing['agency_code']}"}
    first = await client.post("/v1/filings", json=a_filing, headers=headers)
    again = await client.post("/v1/filings", json=a_filing, headers=headers)
    assert first.json() == again.json()


async def test_the_same_key_accepts_once_and_repeats_the_receipt(client, a_filing):
    path = f"/v1/filings/{await file(client, a_filing)}/acceptance"
    headers = {"Idempotency-Key": f"acceptance-{a_filing['agency_code']}", **FIRST}
    first = await client.post(path, json={}, headers=headers)
    again = await client.post(path, json={}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["etag"] == again.headers["etag"]
    assert first.json()["applicant_name"] == a_filing["applicant"]["full_name"]


async def test_no_name_stays_behind_with_a_key(client, a_filing, app):
    key = f"nameless-{a_filing['agency_code']}"
    path = f"/v1/filings/{await file(client, a_filing)}/acceptance"
    await client.post(path, json={}, headers={"Idempotency-Key": key, **FIRST})
    async with app.state.sessions.begin() as tx:
        stored = await tx.execute(
            text("select answer::text from idempotency_keys where key = :key"), {"key": key}
        )
    (answer,) = stored.scalars()
    assert a_filing["agency_code"] in answer
    assert a_filing["applicant"]["full_name"] not in answer


A_SUPPLEMENT = {
    "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký số"}],
    "reason": "Hồ sơ chưa đủ",
    "asked_at": "2022-09-05T08:00:00+07:00",
}


@pytest.fixture
def at_desk(client, a_filing):
    """File, and return a function: desk, paper -> the answer of that desk."""
    filed: list[str] = []

    async def post(desk: str, **body):
        if not filed:
            filed.append(f"/v1/filings/{await file(client, a_filing)}")
        present = (await client.get(filed[0])).headers["etag"]
        return await client.post(f"{filed[0]}/{desk}", json=body, headers={"If-Match": present})

    return post


async def test_a_supplemented_filing_is_accepted_on_the_day_it_is_complete(at_desk, agency):
    asked = await at_desk("supplement-requests", **A_SUPPLEMENT)
    assert (asked.status_code, asked.json()["status"]) == (200, 5), asked.text
    early = await at_desk("acceptance", accepted_at="2022-09-05T07:59:59+07:00")
    assert early.json()["code"] == "out_of_order"
    accepted = await at_desk("acceptance", accepted_at="2022-09-12T08:00:00+07:00")
    assert accepted.status_code == 201, accepted.text
    assert accepted.json()["code"] == f"{agency}-220912-0001"
    assert accepted.json()["due_on"] == "2022-09-15"


async def test_a_filing_that_waits_is_stopped_and_never_refused(at_desk):
    await at_desk("supplement-requests", **A_SUPPLEMENT)
    refused = await at_desk("refusal", reason="Thiếu tờ khai")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert refused.json()["details"]["allowed"] == [2, 7, 8]
    stopped = await at_desk("stop", reason="Không bổ sung")
    assert (stopped.status_code, stopped.json()["status"]) == (200, 8)
    assert (await at_desk("acceptance")).json()["code"] == "filing_not_open"


@pytest.mark.parametrize(("asks_first", "back_to"), [(False, 1), (True, 5)])
async def test_a_filing_is_given_back_or_goes_on_where_it_was(at_desk, asks_first, back_to):
    if asks_first:
        await at_desk("supplement-requests", **A_SUPPLEMENT)
    assert (await at_desk("withdrawal-requests")).json()["status"] == 7
    assert (await at_desk("acceptance")).json()["code"] == "filing_not_open"
    assert (await at_desk("supplement-requests", **A_SUPPLEMENT)).status_code == 409
    assert (await at_desk("continuation")).json()["status"] == back_to
    assert (await at_desk("withdrawal-requests", reason="Nộp nhầm")).json()["status"] == 7
    assert (await at_desk("withdrawal")).json()["status"] == 8


async def test_a_filing_moves_once_even_at_the_same_moment(client, a_filing):
    filing_id = await file(client, a_filing)
    answers = await asyncio.gather(
        *(
            client.post(f"/v1/filings/{filing_id}/withdrawal-requests", json={}, headers=FIRST)
            for _ in range(4)
        )
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, 412, 412, 412]
    assert await kinds(client, filing_id) == ["filed", "withdrawal_asked"]

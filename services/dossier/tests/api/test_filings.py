import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text


@pytest.fixture
def a_filing(a_dossier):
    paper = a_dossier(filed_at="2022-09-03T20:00:00+07:00")
    del paper["channel"], paper["received_at"]
    return paper


async def file(client, paper) -> str:
    answer = await client.post("/v1/filings", json=paper)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == 1
    return answer.json()["filing_id"]


async def test_an_accepted_filing_becomes_an_online_dossier_of_the_day_of_acceptance(
    client, a_filing, agency
):
    filing_id = await file(client, a_filing)
    answer = await client.post(
        f"/v1/filings/{filing_id}/acceptance", json={"accepted_at": "2022-09-05T08:00:00+07:00"}
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
        *(client.post(f"/v1/filings/{filing_id}/acceptance", json={}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_refused_filing_says_why_and_is_never_accepted(client, a_filing, agency):
    filing_id = await file(client, a_filing)
    refused = await client.post(
        f"/v1/filings/{filing_id}/refusal", json={"reason": "Thiếu tờ khai"}
    )
    assert (refused.status_code, refused.json()["status"]) == (200, 3)
    late = await client.post(f"/v1/filings/{filing_id}/acceptance", json={})
    assert (late.status_code, late.json()["code"]) == (409, "filing_not_open")
    assert (await client.get(f"/v1/dossiers?agency={agency}")).json()["items"] == []


async def test_a_refusal_needs_a_reason(client, a_filing):
    filing_id = await file(client, a_filing)
    assert (await client.post(f"/v1/filings/{filing_id}/refusal", json={})).status_code == 422


async def test_a_filing_is_not_accepted_before_it_was_filed(client, a_filing):
    filing_id = await file(client, a_filing)
    answer = await client.post(
        f"/v1/filings/{filing_id}/acceptance", json={"accepted_at": "2022-09-03T19:00:00+07:00"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "out_of_order")


@pytest.mark.parametrize("filing_id", [uuid4(), "x", "0"])
async def test_an_unknown_filing_is_not_there(client, filing_id):
    answer = await client.post(f"/v1/filings/{filing_id}/acceptance", json={})
    assert answer.status_code == (422 if len(str(filing_id)) == 1 else 404)


async def test_a_filing_of_another_agency_does_not_exist(client, a_filing, bearer):
    filing_id = await file(client, a_filing)
    headers = bearer("dossiers:receive", agency="H56")
    answer = await client.post(f"/v1/filings/{filing_id}/acceptance", json={}, headers=headers)
    assert answer.status_code == 404


async def test_the_same_key_files_once(client, a_filing):
    headers = {"Idempotency-Key": f"filing-{a_filing['agency_code']}"}
    first = await client.post("/v1/filings", json=a_filing, headers=headers)
    again = await client.post("/v1/filings", json=a_filing, headers=headers)
    assert first.json() == again.json()


async def test_the_same_key_accepts_once_and_repeats_the_receipt(client, a_filing):
    path = f"/v1/filings/{await file(client, a_filing)}/acceptance"
    headers = {"Idempotency-Key": f"acceptance-{a_filing['agency_code']}"}
    first = await client.post(path, json={}, headers=headers)
    again = await client.post(path, json={}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["applicant_name"] == a_filing["applicant"]["full_name"]


async def test_no_name_stays_behind_with_a_key(client, a_filing, app):
    key = f"nameless-{a_filing['agency_code']}"
    path = f"/v1/filings/{await file(client, a_filing)}/acceptance"
    await client.post(path, json={}, headers={"Idempotency-Key": key})
    async with app.state.sessions.begin() as tx:
        stored = await tx.execute(
            text("select answer::text from idempotency_keys where key = :key"), {"key": key}
        )
    (answer,) = stored.scalars()
    assert a_filing["agency_code"] in answer
    assert a_filing["applicant"]["full_name"] not in answer

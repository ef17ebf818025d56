"""Feedback gets its limits at receipt, one answer, and is seen by its agency only."""

import asyncio
from uuid import uuid4

import pytest


def about(agency, **changes):
    return {
        "agency_code": agency,
        "kind": "conduct",
        "received_at": "2022-09-01T03:00:00Z",
        "subject": "Thái độ tiếp nhận",
        "content": "Cán bộ chưa hướng dẫn đầy đủ.",
        **changes,
    }


async def receive(client, officer, agency, **changes):
    answer = await client.post("/v1/feedback", headers=officer, json=about(agency, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def answer(client, officer, feedback_id, at="2022-09-20T03:00:00Z"):
    return await client.post(
        f"/v1/feedback/{feedback_id}/answer",
        headers=officer,
        json={"answered_at": at, "answer": "Đã chấn chỉnh."},
    )


async def test_received_on_a_holiday_1_9_2022(client, officer, agency):
    paper = await receive(client, officer, agency)
    assert paper["received_on"] == "2022-09-01"
    assert paper["transfer_by"] == paper["ask_more_by"] == "2022-09-09"
    assert (paper["refuse_by"], paper["due_on"]) == ("2022-09-06", "2022-09-23")


async def test_the_one_answer_says_by_when_it_is_published(client, officer, agency):
    feedback_id = (await receive(client, officer, agency))["feedback_id"]
    first = await answer(client, officer, feedback_id)
    assert (first.status_code, first.json()["publish_by"]) == (201, "2022-09-22")
    second = await answer(client, officer, feedback_id)
    assert (second.status_code, second.json()["code"]) == (409, "already_answered")
    read = await client.get(f"/v1/feedback/{feedback_id}", headers=officer)
    assert read.json() == first.json()


async def test_of_two_answers_at_the_same_moment_one_is_entered(client, officer, agency):
    feedback_id = (await receive(client, officer, agency))["feedback_id"]
    answers = await asyncio.gather(*(answer(client, officer, feedback_id) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [201, 409]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2022-09-01T02:59:59Z", "answered_before_receipt"),
        ("2022-10-03T02:00:01Z", "in_the_future"),
    ],
)
async def test_an_answer_lies_between_receipt_and_now(client, officer, agency, at, code):
    feedback_id = (await receive(client, officer, agency))["feedback_id"]
    refused = await answer(client, officer, feedback_id, at)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_the_same_key_gets_the_same_answer(client, officer, agency):
    headers = {**officer, "Idempotency-Key": f"receive-{agency}"}
    first, again = [
        await client.post("/v1/feedback", headers=headers, json=about(agency)) for _ in range(2)
    ]
    assert first.json() == again.json()
    other = await client.post("/v1/feedback", headers=headers, json=about(agency, kind="both"))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_feedback_names_a_dossier_of_its_own_agency(client, officer, agency, ended_dossier):
    paper = await receive(client, officer, agency, dossier_code=ended_dossier())
    assert paper["dossier_code"] == f"{agency}-220720-0001"
    foreign = await client.post(
        "/v1/feedback",
        headers=officer,
        json=about(agency, dossier_code="H56.18.26-220720-0001"),
    )
    assert (foreign.status_code, foreign.json()["code"]) == (422, "unknown_dossier")


async def test_another_agency_neither_writes_nor_reads_it(client, officer, bearer, agency):
    feedback_id = (await receive(client, officer, agency))["feedback_id"]
    stranger = bearer("feedback:write", "feedback:handle", agency="H56.18.26")
    written = await client.post("/v1/feedback", headers=stranger, json=about(agency))
    assert (written.status_code, written.json()["code"]) == (403, "agency_not_yours")
    read = await client.get(f"/v1/feedback/{feedback_id}", headers=stranger)
    assert (read.status_code, read.json()["code"]) == (404, "unknown_feedback")
    assert (await answer(client, stranger, feedback_id)).status_code == 404
    window = {"agency": agency, "from": "2022-06-15", "to": "2022-09-14"}
    listed = await client.get("/v1/feedback", headers=stranger, params=window)
    assert listed.status_code == 403


async def test_a_district_sees_what_its_wards_received(client, officer, bearer, agency):
    feedback_id = (await receive(client, officer, agency))["feedback_id"]
    above = bearer("feedback:handle", agency=agency.rpartition(".")[0])
    assert (await client.get(f"/v1/feedback/{feedback_id}", headers=above)).status_code == 200


async def test_the_list_has_pages_in_the_order_of_receipt(client, officer, agency):
    days = ["2022-06-15", "2022-07-01", "2022-07-01", "2022-09-14", "2022-09-15"]
    for day in days:
        await receive(client, officer, agency, received_at=f"{day}T05:00:00+07:00")
    asked = {"agency": agency, "from": "2022-06-15", "to": "2022-09-14", "limit": 2}
    found, more = [], {}
    while more is not None:
        page = await client.get("/v1/feedback", headers=officer, params={**asked, **more})
        found += [one["received_on"] for one in page.json()["items"]]
        following = page.json()["next_cursor"]
        more = {"cursor": following} if following else None
    assert found == days[:4]


async def test_refusals_of_receipt(client, officer, bearer, agency):
    future = await client.post(
        "/v1/feedback", headers=officer, json=about(agency, received_at="2022-10-03T02:00:01Z")
    )
    assert future.json()["code"] == "in_the_future"
    everywhere = bearer("feedback:write", agency="*")
    unknown = await client.post("/v1/feedback", headers=everywhere, json=about("Z99"))
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_agency")


async def test_what_does_not_exist_is_not_found(client, officer):
    assert (await client.get(f"/v1/feedback/{uuid4()}", headers=officer)).status_code == 404
    assert (await answer(client, officer, uuid4())).status_code == 404


async def test_a_period_must_not_end_before_it_begins(client, officer, agency):
    asked = {"agency": agency, "from": "2022-09-14", "to": "2022-06-15"}
    refused = await client.get("/v1/feedback", headers=officer, params=asked)
    assert (refused.status_code, refused.json()["code"]) == (422, "empty_period")

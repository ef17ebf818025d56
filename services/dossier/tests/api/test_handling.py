import asyncio

import pytest


async def test_a_dossier_goes_from_receipt_to_returned_result(client, code, act):
    await act("moves", 1, to_status=4, occurred_at="2022-09-05T08:00:00+07:00")
    settled = await act("settlement", 2, settled_at="2022-09-06T09:00:00+07:00")
    assert settled.headers["etag"] == '"3"'
    returned = await act("return", 3, returned_at="2022-09-07T09:00:00+07:00", method="postal")
    dossier = returned.json()
    assert (dossier["status"], dossier["status_label"]) == (10, "Đã trả kết quả")
    assert (dossier["ended_on"], dossier["end_kind"]) == ("2022-09-06", "settled")
    assert dossier["return_method"] == "postal"
    events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert [e["kind"] for e in events] == ["received", "in_process", "settled", "returned"]
    assert [e["event_number"] for e in events] == [1, 2, 3, 4]


async def test_a_move_outside_the_table_names_the_allowed_ones(act):
    answer = await act("return", 1, method="direct")
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["details"]["allowed"] == [4, 5, 6, 7, 8, 9]


async def test_two_officers_at_once_make_one_move(client, code, act):
    answers = await asyncio.gather(*(act("moves", 1, to_status=4) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert len(events) == 2


async def test_a_change_names_the_version_it_changes(client, code):
    unnamed = await client.post(f"/v1/dossiers/{code}/moves", json={"to_status": 4})
    assert unnamed.status_code == 428
    unreadable = await client.post(
        f"/v1/dossiers/{code}/moves", json={"to_status": 4}, headers={"If-Match": "x"}
    )
    assert unreadable.status_code == 400
    stale = await client.post(
        f"/v1/dossiers/{code}/moves", json={"to_status": 4}, headers={"If-Match": '"7"'}
    )
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("occurred_at", "code_of_problem"),
    [("2022-08-31T02:59:59Z", "out_of_order"), ("2022-10-15T03:00:01Z", "in_the_future")],
)
async def test_acts_happen_in_order_and_not_in_the_future(act, occurred_at, code_of_problem):
    answer = await act("moves", 1, to_status=4, occurred_at=occurred_at)
    assert (answer.status_code, answer.json()["code"]) == (422, code_of_problem)


async def test_a_dossier_of_another_agency_does_not_exist(client, code, bearer):
    headers = {**bearer("dossiers:process", agency="H56"), "If-Match": '"1"'}
    answer = await client.post(f"/v1/dossiers/{code}/moves", json={"to_status": 4}, headers=headers)
    assert answer.status_code == 404

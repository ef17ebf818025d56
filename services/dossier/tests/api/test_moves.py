"""The moves of the law's table, as portals make them; what needs a paper has a desk of its own."""

import itertools

import pytest

AT = "2022-09-06T09:00:00+07:00"
NEEDS_PAPER = {5: "supplement-requests", 6: "payment-requests", 10: "return"}
ALLOWED = {
    2: {4, 5, 6, 7, 8, 9},
    4: {5, 6, 7, 8, 9},
    5: {4, 2, 7, 8},
    6: {4, 7, 8},
    7: {2, 8},
    8: set(),
    9: {10},
    10: set(),
}
"""7 was reached from 2."""


@pytest.mark.parametrize(("status", "to"), [*itertools.product(ALLOWED, range(1, 11))])
async def test_a_dossier_goes_where_the_table_says_and_nowhere_else(life, status, to):
    await life.bring(status)
    answer = await life.press("moves", to_status=to, reason="Theo cổng", occurred_at=AT)
    if to not in ALLOWED[status]:
        life.assert_refused(answer)
        assert answer.json()["details"]["to_status"] == to
    elif to in NEEDS_PAPER:
        assert (answer.status_code, answer.json()["code"]) == (409, "needs_its_paper")
        assert answer.json()["details"]["desk"] == NEEDS_PAPER[to]
    else:
        assert (answer.status_code, answer.json()["status"]) == (200, to), answer.text
        told = await life.told()
        assert (told["from_status"], told["to_status"]) == (status, to)
        assert told["occurred_at"] == "2022-09-06T02:00:00Z"


@pytest.mark.parametrize("to", [0, 11, -1, 1.5, "4x", None])
async def test_there_are_ten_statuses(life, to):
    assert (await life.press("moves", to_status=to)).status_code == 422


@pytest.mark.parametrize(
    ("to", "who", "refusal"),
    [
        *[(to, "stranger", "unknown_dossier") for to in (4, 7, 8, 9)],
        *[(to, "reader", "missing_scope") for to in (4, 7, 8, 9)],
        *[(to, "resolver", None) for to in (4, 8, 9)],
        (7, "resolver", "not_your_act"),
        *[(to, "receiver", None) for to in (7, 8)],
        *[(to, "receiver", "not_your_act") for to in (4, 9)],
    ],
)
async def test_a_move_is_for_the_side_whose_act_it_is(refusal_of, shared, to, who, refusal):
    answer = await shared.press("moves", by=who, to_status=to, reason="Theo cổng", occurred_at=AT)
    assert refusal_of(answer) == refusal


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

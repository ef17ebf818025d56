"""Work on a dossier stops for good, and the applicant reads why."""

import pytest

AT = "2022-09-06T09:00:00+07:00"


async def test_a_stopped_dossier_has_ended_and_says_why(act, last_event):
    stopped = await act("stop", 1, reason="Không đủ điều kiện", stopped_at="2022-09-06T02:00:00Z")
    assert (stopped.json()["status"], stopped.json()["end_kind"]) == (8, "stopped")
    assert (await last_event())["details"] == {"reason": "Không đủ điều kiện"}


async def test_a_stop_without_a_reason_is_none(act):
    assert (await act("stop", 1)).status_code == 422
    answer = await act("moves", 1, to_status=8)
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_required")


@pytest.mark.parametrize(
    ("desk", "body"),
    [
        ("processing", {}),
        ("settlement", {}),
        ("return", {"method": "direct"}),
        ("stop", {"reason": "Lần nữa"}),
        ("supplement-requests", {"items": [{"component": "a", "what_is_missing": "b"}]}),
        ("payment-requests", {"kind": "fee", "amount_vnd": 1}),
        ("withdrawal-requests", {}),
        ("moves", {"to_status": 4}),
    ],
)
async def test_a_stopped_dossier_moves_no_more(act, desk, body):
    await act("stop", 1, reason="Không đủ điều kiện")
    if desk == "supplement-requests":
        body = {**body, "reason": "c"}
    answer = await act(desk, 2, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["details"]["allowed"] == []


async def test_a_stop_while_a_supplement_is_awaited_is_never_late(act):
    asked = {
        "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}],
        "reason": "Thiếu",
        "asked_at": "2022-09-05T15:00:00+07:00",
    }
    await act("supplement-requests", 1, **asked)
    stopped = (await act("stop", 2, reason="Quá hạn bổ sung")).json()
    assert stopped["ended_on"] == "2022-10-15"
    assert stopped["due_on"] >= stopped["ended_on"]


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("receiver", None), ("resolver", None), ("stranger", "unknown_dossier")],
)
async def test_either_side_stops_a_dossier_and_nobody_else(refusal_of, shared, who, refusal):
    answer = await shared.press("stop", by=who, reason="Trùng", stopped_at=AT)
    assert refusal_of(answer) == refusal


async def test_an_open_dossier_is_stopped_and_an_ended_one_is_not(standing):
    answer = await standing.press("stop", reason="Trùng hồ sơ", stopped_at=AT)
    if standing.status in (2, 4, 5, 6, 7):
        assert (answer.status_code, answer.json()["status"]) == (200, 8)
    else:
        standing.assert_refused(answer)


async def test_a_filing_is_stopped_while_something_of_the_applicant_is_awaited(standing_filing):
    answer = await standing_filing.press("stop", reason="Không bổ sung", stopped_at=AT)
    if standing_filing.status in (5, 7):
        assert (answer.status_code, answer.json()["status"]) == (200, 8)
    else:
        standing_filing.assert_refused(answer)

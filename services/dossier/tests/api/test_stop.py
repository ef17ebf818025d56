"""Work on a dossier stops for good, and the applicant reads why."""

import pytest


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

"""Whatever officers do, and in whatever order: the table, the clock and the log hold."""

from datetime import date, datetime, timedelta

import pytest
from dossier.domain.lifecycle import ENDED, WAITING, Status, act_of, allowed_from
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RECEIVED_AT = datetime.fromisoformat("2022-08-31T10:00:00+07:00")
ITEMS = [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}]
OTHER = "H56.18"
# desk -> the paper, the name of its instant, and the status it leads to (None: where it was).
DESKS = {
    "processing": ({}, "started_at", 4),
    "supplement-requests": ({"items": ITEMS, "reason": "Thiếu"}, "asked_at", 5),
    "supplements": ({}, "received_at", None),
    "payment-requests": ({"kind": "fee", "amount_vnd": 8_000}, "asked_at", 6),
    "payments": ({}, "paid_at", 4),
    "withdrawal-requests": ({}, "asked_at", 7),
    "withdrawal": ({}, "withdrawn_at", 8),
    "continuation": ({}, "continued_at", None),
    "stop": ({"reason": "Không đủ điều kiện"}, "stopped_at", 8),
    "settlement": ({}, "settled_at", 9),
    "return": ({"method": "postal"}, "returned_at", 10),
    "apologies": (
        {"reason_code": "agency", "reason": "Chậm", "promised_on": "2022-12-01"},
        "sent_at",
        None,
    ),
    "hand-overs": (
        {"to_agency_code": OTHER, "step_name": "x", "to_unit": "y"},
        "handed_over_at",
        None,
    ),
    "hand-overs/1/take-over": ({}, "taken_over_at", None),
    "hand-overs/1/completion": ({}, "completed_at", None),
    "hand-overs/1/recall": ({"reason": "z"}, "recalled_at", None),
    "consultations": ({"agency_code": OTHER, "question": "?"}, "asked_at", None),
    **{
        f"moves {to}": ({"to_status": to, "reason": "Lý do"}, "occurred_at", to)
        for to in range(1, 11)
    },
}
ACTS = st.lists(
    st.tuples(st.sampled_from(sorted(DESKS)), st.integers(0, 40), st.integers(0, 9)), max_size=9
)


@pytest.fixture
def begin(client, a_dossier):
    async def receive() -> dict:
        return (await client.post("/v1/dossiers", json=a_dossier())).json()

    return receive


async def act_on(client, before: dict, desk: str, at: datetime, *, is_stale: bool):
    paper, instant, _ = DESKS[desk]
    return await client.post(
        f"/v1/dossiers/{before['code']}/{desk.partition(' ')[0]}",
        json={**paper, instant: at.isoformat()},
        headers={"If-Match": f'"{before["version"] - is_stale}"'},
    )


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(acts=ACTS)
async def test_random_acts_keep_the_table_the_clock_and_the_log(client, begin, acts):
    receipt = await begin()
    path = f"/v1/dossiers/{receipt['code']}"
    before, came_from, at = (await client.get(path)).json(), None, RECEIVED_AT
    for desk, later, luck in acts:
        answer = await act_on(client, before, desk, at + timedelta(hours=later), is_stale=luck == 0)
        assert answer.status_code in {200, 404, 409, 412, 422}, answer.text
        after = (await client.get(path)).json()
        if answer.status_code != 200:
            assert after == before, answer.text
            assert not must_succeed(desk, before, came_from, answer, is_stale=luck == 0)
            continue
        assert after == answer.json()
        assert after["version"] == before["version"] + 1
        check_move(before, after, came_from)
        check_clock(before, after)
        if after["status"] != before["status"]:
            came_from = Status(before["status"])
        before, at = after, at + timedelta(hours=later)
    await check_log(client, path, before)
    assert (await client.get(f"{path}/lateness")).status_code == 200


def must_succeed(desk, before, came_from, answer, *, is_stale) -> bool:
    """Tell whether a refusal contradicts the table: a legal move refused as an illegal one."""
    to = DESKS[desk][2]
    legal = to is not None and to in allowed_from(Status(before["status"]), came_from=came_from)
    return legal and not is_stale and answer.json()["code"] == "illegal_move"


def check_move(before, after, came_from):
    if before["status"] != after["status"]:
        a, b = Status(before["status"]), Status(after["status"])
        assert b in allowed_from(a, came_from=came_from)
        assert act_of(a, b)


def check_clock(before, after):
    due_on = date.fromisoformat(after["due_on"])
    assert due_on.weekday() < 5
    assert after["due_on"] not in ("2022-09-01", "2022-09-02")
    assert after["due_on"] >= before["due_on"]
    if before["status"] not in {*WAITING, Status.WITHDRAWAL_ASKED}:
        assert after["due_on"] == before["due_on"]
    assert (after["ended_at"] is not None) == (after["status"] in ENDED)
    if before["ended_at"] is not None:
        assert after["ended_at"] == before["ended_at"]
    for kept in ("code", "agency_code", "received_at", "received_on", "procedure_code"):
        assert after[kept] == before[kept]


async def check_log(client, path, dossier):
    events = (await client.get(f"{path}/events")).json()["items"]
    assert [event["event_number"] for event in events] == list(range(1, dossier["version"] + 1))
    told = [event["to_status"] for event in events]
    assert [event["from_status"] for event in events[1:]] == told[:-1]
    assert told[-1] == dossier["status"]
    recorded = [event["recorded_at"] for event in events]
    assert recorded == sorted(recorded)

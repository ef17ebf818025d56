"""A move in one round trip leaves behind what the move decided on in two leaves behind."""

from datetime import date, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kit.shortcut import LONG_WAY
from sqlalchemy import text

RECEIVED_AT = datetime.fromisoformat("2022-08-31T10:00:00+07:00")
ITEMS = [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}]
DESKS = {
    "supplement-requests": ({"items": ITEMS, "reason": "Thiếu"}, "asked_at"),
    "supplements": ({}, "received_at"),
    "payment-requests": ({"kind": "fee", "amount_vnd": 8_000}, "asked_at"),
    "payments": ({}, "paid_at"),
    "withdrawal-requests": ({}, "asked_at"),
    "continuation": ({}, "continued_at"),
    "apologies": ({"reason_code": "agency", "reason": "x", "promised_on": "2022-12-01"}, "sent_at"),
    "hand-overs": ({"to_agency_code": "H56.18", "step_name": "x"}, "handed_over_at"),
    "hand-overs to a unit": ({"step_name": "x", "to_unit": "y"}, "handed_over_at"),
    "hand-overs/1/take-over": ({}, "taken_over_at"),
    "hand-overs/1/completion": ({}, "completed_at"),
    "moves 4": ({"to_status": 4}, "occurred_at"),
    "moves 9": ({"to_status": 9, "reason": "Đạt"}, "occurred_at"),
}
MOVES = ["moves 4", "moves 9"]
ACTS = st.lists(
    st.tuples(st.sampled_from(MOVES) | st.sampled_from(sorted(DESKS)), st.integers(-9, 40)),
    max_size=7,
)
STEP = ("hand-overs to a unit", "hand-overs/1/take-over", "hand-overs/1/completion")


def lives(*acts: str) -> list[tuple[str, int]]:
    return [(act, 2) for act in acts]


OF = "where issued_on = :issued_on and serial = :serial and agency_id = :agency_id order by "
LEFT_BEHIND = {"dossiers": "serial", "events": "event_number", "facts": "stretch"} | {
    "facts_history": "version, stretch"
}
OWN = {"serial", "applicant_id", "recorded_at", "recorded_from", "recorded_to", "xid", "position"}


@pytest.fixture
def left_behind(app):
    """Return a function: code -> every row of a dossier, without what is each dossier's own."""

    async def read(agency: str, code: str) -> dict:
        day, serial = code.split("-")[-2:]
        key = {"issued_on": date.fromisoformat(f"20{day}"), "serial": int(serial)}
        async with app.state.read_sessions.begin() as tx:
            number = text("select agency_id from agencies where code = :code")
            key["agency_id"] = await tx.scalar(number, {"code": agency})
            found = {
                table: (await tx.execute(text(f"select * from {table} {OF}{order}"), key))
                .mappings()
                .all()
                for table, order in LEFT_BEHIND.items()
            }
        return {
            table: [{k: v for k, v in row.items() if k not in OWN} for row in rows]
            for table, rows in found.items()
        }

    return read


@pytest.fixture
async def ways(app, bearer):
    """A client of the short way and one of the long way."""

    async def on_the_long_way(scope, receive, send):
        await app({**scope, LONG_WAY: True}, receive, send)

    headers = bearer("dossiers:receive", "dossiers:process", "dossiers:read", agency="*")
    clients = [
        httpx.AsyncClient(
            transport=httpx.ASGITransport(entered), base_url="http://dossier", headers=headers
        )
        for entered in (app, on_the_long_way)
    ]
    yield clients
    for client in clients:
        await client.aclose()


def at_home(desk: str, agency: str) -> dict[str, str]:
    return {"to_agency_code": agency} if desk.endswith("to a unit") else {}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
@example(acts=lives("moves 4", "supplement-requests", "supplements", "moves 9"))
@example(acts=lives("moves 4", "hand-overs to a unit", "moves 9"))
@example(acts=lives("hand-overs to a unit", "moves 4"))
@example(acts=lives(*STEP, "moves 4", "moves 9"))
@example(acts=[*lives(*STEP), ("moves 4", -1)])
@example(acts=[("moves 4", 5), ("moves 9", -1)])
async def test_both_ways_leave_the_same_behind(ways, a_dossier, agency, left_behind, acts):
    ends = []
    for client in ways:
        receipt = (await client.post("/v1/dossiers", json=a_dossier())).json()
        version, at, told = 1, RECEIVED_AT, []
        for desk, hours in acts:
            paper, instant = DESKS[desk]
            told_at = at + timedelta(hours=hours)
            answer = await client.post(
                f"/v1/dossiers/{receipt['code']}/{desk.partition(' ')[0]}",
                json={**at_home(desk, agency), **paper, instant: told_at.isoformat()},
                headers={"If-Match": f'"{version}"'},
            )
            body = answer.json()
            told.append((answer.status_code, body.get("status"), body.get("due_on")))
            if answer.status_code == 200:
                version, at = body["version"], told_at
        ends.append((told, await left_behind(agency, receipt["code"])))
    assert ends[0] == ends[1]
    assert ends[0][1]["events"]


async def test_the_plain_move_is_one_round_trip(app, ways, a_dossier, monkeypatch):
    short, _ = ways
    asked = []
    lent = app.state.hot.connection

    def counted():
        asked.append(1)
        return lent()

    monkeypatch.setattr(app.state.hot, "connection", counted)
    receipt = (await short.post("/v1/dossiers", json=a_dossier())).json()
    await short.get(f"/v1/dossiers/{receipt['code']}")  # and now the agency's number is known
    for version, to in ((1, 4), (2, 9)):
        asked.clear()
        answer = await short.post(
            f"/v1/dossiers/{receipt['code']}/moves",
            json={"to_status": to},
            headers={"If-Match": f'"{version}"'},
        )
        assert (answer.status_code, len(asked)) == (200, 1)


async def test_a_dossier_elsewhere_is_read_first(ways, a_dossier, catalog, bearer):
    """Whoever received it no longer works on it, though its own name is on it."""
    short, _ = ways
    receipt = (await short.post("/v1/dossiers", json=a_dossier())).json()
    path = f"/v1/dossiers/{receipt['code']}"
    handed = await short.post(
        f"{path}/hand-overs",
        json={"to_agency_code": "H56.18", "step_name": "x"},
        headers={"If-Match": '"1"'},
    )
    assert handed.status_code == 200, handed.text
    desk = bearer("dossiers:process", agency=receipt["agency_code"])
    answer = await short.post(
        f"{path}/moves", json={"to_status": 4}, headers={**desk, "If-Match": '"2"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_act")

"""Two officers press the same button at the same moment: one is told so, and nothing is doubled.

The test holds the dossier's row until both have read what they change and wait to write, so that
the race is run every time and not once in a while.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from kit.clock import system_clock

INTERFACE = Path(__file__).parents[2] / "docs" / "openapi" / "dossier.json"
DOSSIER = "/v1/dossiers/{code}/"
SCOPES = ("dossiers:receive", "dossiers:process", "dossiers:read", "dossiers:approve")
PATIENCE_SECONDS = 20
NOW = system_clock().replace(microsecond=0)
ELSEWHERE = "H56.18"
WAITERS = """
    select count(*) from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()
"""
HOLD = """
    select from dossiers d join agencies a using (agency_id)
    where a.code || to_char(d.issued_on, '-YYMMDD-') || lpad(d.serial::text, 4, '0') = $1
    for update of d
"""

Press = tuple[str, dict]


@dataclass(frozen=True)
class Act:
    """What the two press, what was pressed before, and which papers there may be one of."""

    desk: str
    body: dict
    before: tuple[Press, ...] = ()
    days_ago: int = 0
    is_listed: bool = False

    @property
    def press(self) -> Press:
        return self.desk, self.body


SUPPLEMENT = (
    "supplement-requests",
    {"items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}], "reason": "Thiếu"},
)
PAYMENT = ("payment-requests", {"kind": "fee", "amount_vnd": 50_000})
WITHDRAWAL_ASKED = ("withdrawal-requests", {})
SETTLED = ("settlement", {})
HANDED = ("hand-overs", {"to_agency_code": ELSEWHERE, "step_name": "Thẩm định"})
TAKEN = ("hand-overs/1/take-over", {})
APOLOGY = {
    "reason_code": "agency",
    "reason": "Cán bộ nghỉ ốm",
    "promised_on": (NOW + timedelta(days=60)).date().isoformat(),
}
CORRECTION = (
    "corrections",
    {
        "corrects": "received_at",
        "event_number": 1,
        "corrected_at": (NOW - timedelta(hours=1)).isoformat(),
        "reason_code": "system_not_updated",
        "reason": "Phần mềm ghi nhầm",
        "evidence": "Sổ theo dõi hồ sơ, trang 14",
    },
)
ACTS = {
    "start by a move": Act("moves", {"to_status": 4}),
    "ask back by a move": Act("moves", {"to_status": 7}),
    "stop by a move": Act("moves", {"to_status": 8, "reason": "Trùng hồ sơ"}),
    "settle by a move": Act("moves", {"to_status": 9}),
    "receive a supplement by a move": Act("moves", {"to_status": 2}, (SUPPLEMENT,)),
    "start": Act("processing", {}),
    "ask for a supplement": Act(*SUPPLEMENT, is_listed=True),
    "receive a supplement": Act("supplements", {}, (SUPPLEMENT,)),
    "ask for a payment": Act(*PAYMENT, is_listed=True),
    "confirm a payment": Act("payments", {}, (PAYMENT,)),
    "hand over": Act(*HANDED, is_listed=True),
    "take over": Act(*TAKEN, (HANDED,)),
    "call back": Act("hand-overs/1/recall", {"reason": "Chuyển nhầm"}, (HANDED,)),
    "complete a step": Act("hand-overs/1/completion", {}, (HANDED, TAKEN)),
    "consult": Act(
        "consultations", {"agency_code": ELSEWHERE, "question": "Có tranh chấp?"}, is_listed=True
    ),
    "apologise": Act("apologies", APOLOGY),
    "stop": Act("stop", {"reason": "Trùng hồ sơ"}),
    "ask back": Act(*WITHDRAWAL_ASKED),
    "give back": Act("withdrawal", {}, (WITHDRAWAL_ASKED,)),
    "go on": Act("continuation", {}, (WITHDRAWAL_ASKED,)),
    "settle": Act(*SETTLED),
    "settle in a step": Act(*SETTLED, (HANDED, TAKEN)),
    "return": Act("return", {"method": "postal"}, (SETTLED,)),
    "say who handles it": Act("case-officer", {"officer": "officer-9"}),
    "say why it is late": Act("overdue-reasons", {"reason_code": "agency"}, days_ago=30),
    "approve a correction": Act("corrections/1/approval", {}, (CORRECTION,)),
    "reject a correction": Act("corrections/1/rejection", {"reason": "Sai"}, (CORRECTION,)),
}
DIFFERENT = {
    "settle or stop": (ACTS["settle"], ACTS["stop"]),
    "start or ask back": (ACTS["start by a move"], ACTS["ask back"]),
    "hand over or settle": (ACTS["hand over"], ACTS["settle"]),
    "take over or call back": (ACTS["take over"], ACTS["call back"]),
    "take over or stop": (ACTS["take over"], ACTS["stop"]),
    "approve or reject": (ACTS["approve a correction"], ACTS["reject a correction"]),
    "approve or settle": (ACTS["approve a correction"], ACTS["settle"]),
    "give back or go on": (ACTS["give back"], ACTS["go on"]),
    "apologise or settle": (ACTS["apologise"], ACTS["settle"]),
    "receive a supplement or stop": (ACTS["receive a supplement"], ACTS["stop"]),
}


@pytest.fixture
async def desk_officers(town) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Three officers, each on a connection of its own: one prepares, the others meet."""
    async with AsyncExitStack() as opened:
        yield [
            await opened.enter_async_context(
                httpx.AsyncClient(
                    base_url=town.dossier.url,
                    headers=town.headers(*SCOPES, by=f"officer-{number}"),
                    timeout=30,
                )
            )
            for number in range(3)
        ]


@pytest.fixture(scope="module")
def own_ward(ward) -> str:
    return ward()


@pytest.fixture
def bring(desk_officers, own_ward) -> Callable:
    """Return a function: what was pressed before -> the path of a dossier, and its version."""

    async def to(before: tuple[Press, ...], *, days_ago: int = 0) -> tuple[str, int]:
        clerk, version = desk_officers[0], 1
        paper = {
            "agency_code": own_ward,
            "procedure_code": "1.001193",
            "channel": "direct",
            "received_at": (NOW - timedelta(days=days_ago)).isoformat(),
            "applicant": {"full_name": "Người nộp mẫu 001"},
        }
        received = await clerk.post("/v1/dossiers", json=paper)
        assert received.status_code == 201, received.text
        path = f"/v1/dossiers/{received.json()['code']}"
        for desk, body in before:
            answer = await press(clerk, path, (desk, body), version)
            assert answer.is_success, answer.text
            version += desk != "corrections"  # a proposal changes nothing yet
        return path, version

    return to


async def press(officer: httpx.AsyncClient, path: str, what: Press, version: int):
    desk, body = what
    named = {"If-Match": f'"{version}"'}
    if desk.endswith("/approval"):
        return await officer.post(f"{path}/{desk}", headers=named)
    return await officer.post(f"{path}/{desk}", json=body, headers=named)


@pytest.fixture
def meet(town, desk_officers) -> Callable:
    """Return a function: two presses -> both answers, neither written before both were read."""

    async def at(path: str, version: int, *presses: Press) -> list[httpx.Response]:
        holder, watcher = [await asyncpg.connect(town.records) for _ in range(2)]
        try:
            held = holder.transaction()
            await held.start()
            await holder.execute(HOLD, path.rpartition("/")[2])
            both = [
                asyncio.ensure_future(press(officer, path, what, version))
                for officer, what in zip(desk_officers[1:], presses, strict=True)
            ]
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while await watcher.fetchval(WAITERS) < len(both):
                        assert not any(one.done() for one in both), [
                            one.result().text for one in both if one.done()
                        ]
                        await asyncio.sleep(0.01)
            finally:
                await held.rollback()
            return await asyncio.gather(*both)
        finally:
            await holder.close()
            await watcher.close()

    return at


async def events_of(officer: httpx.AsyncClient, path: str) -> list[dict]:
    return (await officer.get(f"{path}/events")).json()["items"]


async def assert_one_won(officer, path: str, version: int, answers: list[httpx.Response]) -> None:
    assert sorted(answer.status_code for answer in answers) == [200, 412], [
        answer.text for answer in answers
    ]
    (lost,) = [answer.json() for answer in answers if answer.status_code == 412]
    assert lost["code"] == "version_changed"
    events = await events_of(officer, path)
    assert [event["event_number"] for event in events] == [*range(1, version + 2)]
    assert (await officer.get(path)).json()["version"] == version + 1


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_one_button_pressed_twice_makes_one_event(act, bring, meet, desk_officers):
    path, version = await bring(act.before, days_ago=act.days_ago)
    answers = await meet(path, version, act.press, act.press)
    await assert_one_won(desk_officers[0], path, version, answers)
    winner = next(n for n, answer in enumerate(answers, start=1) if answer.status_code == 200)
    (last,) = (await events_of(desk_officers[0], path))[version:]
    assert last["recorded_by"] == f"officer-{winner}"
    if act.is_listed:
        papers = (await desk_officers[0].get(f"{path}/{act.desk}")).json()["items"]
        assert len(papers) == 1


@pytest.mark.parametrize("acts", DIFFERENT.values(), ids=DIFFERENT.keys())
async def test_of_two_different_buttons_one_holds_and_the_other_left_nothing(
    acts, bring, meet, desk_officers
):
    before = max((act.before for act in acts), key=len)
    path, version = await bring(before)
    answers = await meet(path, version, *(act.press for act in acts))
    await assert_one_won(desk_officers[0], path, version, answers)


def test_every_act_on_a_version_is_pressed_twice():
    paths = json.loads(INTERFACE.read_text())["paths"]
    on_a_version = {
        path.removeprefix(DOSSIER)
        for path, methods in paths.items()
        if path.startswith(DOSSIER)
        and any(
            parameter["name"].lower() == "if-match"
            for method in methods.values()
            for parameter in method.get("parameters", ())
        )
    }
    pressed = {re.sub(r"/\d+/", "/{}/", act.desk) for act in ACTS.values()}
    assert {re.sub(r"{\w+}", "{}", path) for path in on_a_version} == pressed

"""A history told in one line leaves the rows that the same acts leave, told one by one."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE

NDJSON = {"content-type": "application/x-ndjson"}
RECEIVED_AT = datetime(2022, 7, 4, 8, tzinfo=LOCAL_ZONE)
ITEMS = [
    {"component": "Tờ khai", "what_is_missing": "Chữ ký"},
    {"component": "Bản sao", "what_is_missing": "Chứng thực"},
]
APOLOGY = {"reason_code": "agency", "reason": "Chậm", "promised_on": "2022-09-30"}
GAPS = [timedelta(minutes=20), timedelta(hours=5), timedelta(days=1), timedelta(days=4)]
ACTS = (
    *("ask_supplement", "supply", "ask_payment", "pay", "hand_over", "hand_to_unit", "take_over"),
    *("give_back", "consult", "answer", "apologise", "ask_back", "withdraw", "settle", "stop"),
    "return",
)
lives = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(GAPS)), max_size=14)
DAY, MINUTES = timedelta(days=1), GAPS[0]
EVERY_STEP = [
    *(("ask_supplement", DAY), ("consult", MINUTES), ("supply", DAY), ("hand_over", MINUTES)),
    *(("take_over", DAY), ("hand_to_unit", DAY), ("take_over", DAY), ("ask_payment", MINUTES)),
    *(("answer", MINUTES), ("pay", DAY), ("give_back", DAY), ("hand_over", DAY)),
    *(("take_over", DAY), ("settle", DAY), ("return", DAY)),
]
HELD = [("hand_over", DAY), ("take_over", DAY), ("ask_back", DAY), ("consult", MINUTES)]

COUNTED_BY_NOBODY = {
    "dossiers": {"serial", "external_id", "applicant_id", "recorded_at", "received_by"},
    "events": {"serial", "recorded_at", "xid", "position"},
    "facts": {"serial", "recorded_from"},
    "hand_overs": {"serial", "recorded_at"},
    "consultations": {"serial", "recorded_at"},
    "supplement_requests": {"serial", "recorded_at"},
    "payment_requests": {"serial", "recorded_at"},
    "apologies": {"serial", "recorded_at"},
}
"""What tells the two dossiers apart: which they are, and when that was written down."""
OF_AN_IMPORT = {"imported", "asked_in_time", "method"}
"""An import says of its events that they were, and of a supplement whether it was asked in time.

How a result was returned stands with the dossier.
"""


@dataclass
class Lived:
    """A dossier that goes its way act by act, and the line that tells of it."""

    client: Any
    code: str
    line: dict[str, Any]
    other: str
    at: datetime = RECEIVED_AT
    answered: set[int] = field(default_factory=set)

    async def live(self, acts) -> None:
        for name, gap in acts:
            at = self.at + gap
            if name == "apologise":  # An old register knows the day: told as its first moment.
                at = at.replace(hour=0, minute=0)
            if at > self.at and await getattr(self, f"_{name}")(at):
                self.at = at

    async def _press(self, desk: str, **body) -> bool:
        path = f"/v1/dossiers/{self.code}"
        version = (await self.client.get(path)).json()["version"]
        answer = await self.client.post(
            f"{path}/{desk}", json=body, headers={"If-Match": f'"{version}"'}
        )
        assert answer.status_code in (200, 404, 409, 422), answer.text
        return answer.status_code == 200

    async def _pause(self, kind: str, desk: str, at: datetime, told: dict, paper: dict) -> bool:
        if not await self._press(desk, **paper, asked_at=at.isoformat()):
            return False
        pause = {"kind": kind, "asked_at": at.isoformat(), "reason": paper["reason"], **told}
        self.line.setdefault("pauses", []).append(pause)
        return True

    async def _go_on(self, desk: str, instant: str, at: datetime) -> bool:
        if not await self._press(desk, **{instant: at.isoformat()}):
            return False
        self.line["pauses"][-1]["received_at"] = at.isoformat()
        return True

    async def _ask_supplement(self, at: datetime) -> bool:
        paper = {"items": ITEMS, "reason": "Thiếu"}
        return await self._pause("supplement", "supplement-requests", at, {"items": ITEMS}, paper)

    async def _supply(self, at: datetime) -> bool:
        return await self._go_on("supplements", "received_at", at)

    async def _ask_payment(self, at: datetime) -> bool:
        owed = {"kind": "charge", "amount_vnd": 5_000_000_000}
        told, paper = {"owed": owed}, {**owed, "reason": "Lệ phí"}
        return await self._pause("payment", "payment-requests", at, told, paper)

    async def _pay(self, at: datetime) -> bool:
        return await self._go_on("payments", "paid_at", at)

    async def _hand_over(self, at: datetime, **more) -> bool:
        paper = {
            "to_agency_code": self.other,
            "step_name": "Thẩm định",
            "limit_working_days": 1,
            "handed_over_at": at.isoformat(),
            **more,
        }
        is_done = await self._press("hand-overs", **paper)
        if is_done:
            self.line.setdefault("hand_overs", []).append(paper)
        return is_done

    async def _hand_to_unit(self, at: datetime) -> bool:
        more = {"to_unit": "Phòng Tư pháp", "limit_working_days": None}
        return await self._hand_over(at, **more)

    async def _take_over(self, at: datetime) -> bool:
        return await self._on_step("take-over", "taken_over_at", "taken_over_at", at)

    async def _give_back(self, at: datetime) -> bool:
        return await self._on_step("completion", "completed_at", "given_back_at", at)

    async def _on_step(self, desk: str, instant: str, told: str, at: datetime) -> bool:
        steps = self.line.get("hand_overs", [])
        path = f"hand-overs/{len(steps) or 1}/{desk}"
        is_done = await self._press(path, **{instant: at.isoformat()})
        if is_done:
            steps[-1][told] = at.isoformat()
        return is_done

    async def _consult(self, at: datetime) -> bool:
        paper = {
            "agency_code": self.other,
            "question": "Ý kiến?",
            "answer_due_on": "2022-07-29",
            "asked_at": at.isoformat(),
        }
        is_done = await self._press("consultations", **paper)
        if is_done:
            self.line.setdefault("consultations", []).append(paper)
        return is_done

    async def _answer(self, at: datetime) -> bool:
        asked = self.line.get("consultations", [])
        number = len(asked)
        if not asked or number in self.answered:
            return False
        told = {"answer": "Đồng ý", "answered_at": at.isoformat()}
        path = f"/v1/dossiers/{self.code}/consultations/{number}/answer"
        answer = await self.client.post(path, json=told)
        assert answer.status_code == 200, answer.text
        self.answered.add(number)
        asked[-1].update(told)
        return True

    async def _apologise(self, at: datetime) -> bool:
        is_done = await self._press("apologies", **APOLOGY, sent_at=at.isoformat())
        if is_done:
            self.line["apology"] = {**APOLOGY, "apologised_on": at.date().isoformat()}
        return is_done

    async def _end(self, desk: str, instant: str, told: str, at: datetime, **more) -> bool:
        is_done = await self._press(desk, **{instant: at.isoformat()}, **more)
        if is_done:
            self.line[told] = at.isoformat()
            if "reason" in more:
                self.line["end_reason"] = more["reason"]
        return is_done

    async def _ask_back(self, at: datetime) -> bool:
        told = "withdrawal_asked_at"
        return await self._end("withdrawal-requests", "asked_at", told, at, reason="Đổi ý")

    async def _withdraw(self, at: datetime) -> bool:
        return await self._end("withdrawal", "withdrawn_at", "withdrawn_at", at)

    async def _settle(self, at: datetime) -> bool:
        return await self._end("settlement", "settled_at", "settled_at", at)

    async def _stop(self, at: datetime) -> bool:
        if "withdrawal_asked_at" in self.line:
            return False  # What was asked back is given back.
        return await self._end("stop", "stopped_at", "stopped_at", at, reason="Trùng hồ sơ")

    async def _return(self, at: datetime) -> bool:
        return await self._end("return", "returned_at", "returned_at", at, method="direct")


_numbers = itertools.count(1)


@pytest.fixture
def begin(client, catalog):
    """Return a function: () -> a dossier of an agency of its own, as the desk received it."""

    async def receive() -> Lived:
        agency = f"H71.{next(_numbers)}"
        other = f"{agency}.1"
        catalog.agencies |= {agency, other}
        line = {
            "external_id": "một",
            "agency_code": agency,
            "procedure_code": "1.000004",
            "channel": "direct",
            "received_at": RECEIVED_AT.isoformat(),
            "applicant": {"full_name": "Người nộp mẫu 001"},
        }
        answer = await client.post("/v1/dossiers", json=line)
        assert answer.status_code == 201, answer.text
        return Lived(client, answer.json()["code"], {**line, "external_id": "hai"}, other)

    return receive


@pytest.fixture
def rows(app):
    """Return a function: the code of a dossier -> its rows, without what tells it from others."""

    async def read(code: str) -> dict[str, list[dict]]:
        agency, _, serial = code.rsplit("-", 2)
        found = {}
        async with app.state.engine.connect() as connection:
            for table, unsaid in COUNTED_BY_NOBODY.items():
                told = await connection.exec_driver_sql(
                    f"select t.* from {table} t join agencies a using (agency_id)"
                    f" where a.code = '{agency}' and t.serial = {int(serial)}"
                )
                kept = [
                    {name: value for name, value in row.items() if name not in unsaid}
                    for row in told.mappings()
                ]
                for row in kept:
                    if "details" in row:
                        said = row["details"].items()
                        row["details"] = {k: v for k, v in said if k not in OF_AN_IMPORT}
                found[table] = sorted(kept, key=str)
        return found

    return read


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(acts=lives)
@example(acts=EVERY_STEP)
@example(acts=HELD)
@example(acts=[("ask_supplement", DAY), ("ask_back", DAY), ("withdraw", DAY)])
@example(acts=[("ask_supplement", MINUTES), ("ask_back", MINUTES), ("ask_supplement", MINUTES)])
@example(acts=[("apologise", DAY), ("hand_over", MINUTES), ("stop", DAY), ("answer", DAY)])
@example(acts=[("consult", MINUTES), ("settle", DAY), ("answer", DAY), ("return", DAY)])
async def test_a_told_history_leaves_the_rows_of_its_acts(client, begin, rows, acts):
    lived = await begin()
    await lived.live(acts)
    answer = await client.post(
        "/v1/dossier-imports", content=json.dumps(lived.line), headers=NDJSON
    )
    outcome = json.loads(answer.text)
    assert outcome["outcome"] == "stored", (outcome, lived.line)
    told, by_acts = await rows(outcome["code"]), await rows(lived.code)
    assert told == by_acts
    lateness = [
        (await client.get(f"/v1/dossiers/{code}/lateness")).json()
        for code in (outcome["code"], lived.code)
    ]
    assert lateness[0] == lateness[1]


async def test_every_act_of_the_longest_example_is_taken(begin):
    lived = await begin()
    await lived.live(EVERY_STEP)
    steps = lived.line["hand_overs"]
    assert [sorted(step.keys() & {"taken_over_at", "given_back_at"}) for step in steps] == [
        ["taken_over_at"],
        ["given_back_at", "taken_over_at"],
        ["taken_over_at"],
    ]
    assert [pause["kind"] for pause in lived.line["pauses"]] == ["supplement", "payment"]
    assert lived.line["consultations"][0]["answer"] == "Đồng ý"
    assert lived.line["returned_at"].startswith("2022-07-15")

"""Histories that were moved here between two agencies, consulted about, or asked back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

NDJSON = {"content-type": "application/x-ndjson"}
EXAMPLE = Path(__file__).parents[4] / "docs/examples/dossier-import.ndjson"
ITEMS = [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}]


def on(day: int, hour: int = 9) -> str:
    return f"2022-07-{day:02d}T{hour:02d}:00:00+07:00"


@pytest.fixture
def a_life(agency):
    """A dossier received on Monday 4 July and due on the 7th."""

    def line(number: int = 1, **changes) -> dict:
        return {
            "external_id": f"cu-{number}",
            "agency_code": agency,
            "procedure_code": "1.001193",
            "channel": "direct",
            "received_at": on(4, 8),
            "applicant": {"full_name": "Người nộp mẫu 001"},
            **changes,
        }

    return line


def handed(to: str, **more) -> dict:
    step = {"to_agency_code": to, "step_name": "Thẩm định", "limit_working_days": 1}
    return {**step, "handed_over_at": on(5), **more}


def asked(of: str, **more) -> dict:
    return {"agency_code": of, "question": "Ý kiến?", "asked_at": on(5), **more}


@pytest.fixture
def importing(client):
    async def send(*lines: dict, **headers: str) -> list[dict]:
        body = "\n".join(json.dumps(line) for line in lines)
        answer = await client.post(
            "/v1/dossier-imports", content=body, headers={**NDJSON, **headers}
        )
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    return send


@pytest.fixture
def stored(importing):
    async def send(line: dict) -> str:
        (outcome,) = await importing(line)
        assert outcome["outcome"] == "stored", outcome
        return outcome["code"]

    return send


async def test_what_was_in_other_hands_waits_there_and_is_taken_over_there(
    client, a_life, stored, officer, town
):
    code = await stored(a_life(hand_overs=[handed(town)]))
    waiting = await client.get(f"/v1/agencies/{town}/waiting", headers=officer(town))
    (found,) = waiting.json()["items"]
    assert (found["code"], found["step"]["due_on"]) == (code, "2022-07-06")
    taken = await client.post(
        f"/v1/dossiers/{code}/hand-overs/1/take-over",
        json={},
        headers={"If-Match": '"2"', **officer(town)},
    )
    assert taken.status_code == 200, taken.text
    assert taken.json()["resolver_agency_code"] == town


async def test_a_step_of_the_past_that_was_late_is_blamed_as_one_of_today(
    client, a_life, stored, town
):
    step = handed(town, taken_over_at=on(5, 10), given_back_at=on(12))
    code = await stored(a_life(hand_overs=[step], settled_at=on(13)))
    why = (await client.get(f"/v1/dossiers/{code}/lateness")).json()
    assert (why["rule"], why["working_days_late"]) == ("late_steps", 4)
    assert why["causes"] == [{"agency_code": town, "step_number": 1, "working_days": 4}]


async def test_late_work_of_the_past_is_listed_with_whoever_holds_it(
    client, a_life, stored, officer, town
):
    code = await stored(a_life(hand_overs=[handed(town, taken_over_at=on(6))]))
    found = await client.get(f"/v1/overdue-work?agency={town}&kind=overdue", headers=officer(town))
    assert [work["code"] for work in found.json()["items"]] == [code]


async def test_who_was_asked_answers_here_what_is_still_open(client, a_life, stored, officer, town):
    answered = asked(town, answered_at=on(6), answer="Đồng ý")
    code = await stored(a_life(consultations=[answered, asked(town, asked_at=on(7))]))
    path = f"/v1/dossiers/{code}/consultations"
    for number, status in ((1, 409), (2, 200)):
        answer = await client.post(
            f"{path}/{number}/answer", json={"answer": "Không"}, headers=officer(town)
        )
        assert answer.status_code == status, answer.text
    found = (await client.get(path)).json()["items"]
    assert [question["answer"] for question in found] == ["Đồng ý", "Không"]


async def test_an_undecided_wish_to_withdraw_is_decided_at_the_desk(client, a_life, stored):
    for number, (desk, status) in enumerate((("withdrawal", 8), ("continuation", 2))):
        code = await stored(a_life(number, withdrawal_asked_at=on(6), end_reason="Đổi ý", status=7))
        answer = await client.post(
            f"/v1/dossiers/{code}/{desk}", json={}, headers={"If-Match": '"2"'}
        )
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text


async def test_items_and_sums_of_the_past_are_on_record(client, a_life, stored):
    owed = {"kind": "fee", "amount_vnd": 8_000}
    pauses = [
        {"kind": "supplement", "asked_at": on(5), "received_at": on(6), "reason": "Thiếu"},
        {"kind": "payment", "asked_at": on(7), "reason": "Phí"},
    ]
    line = a_life(pauses=[{**pauses[0], "items": ITEMS}, {**pauses[1], "owed": owed}])
    code = await stored(line)
    (missing,) = (await client.get(f"/v1/dossiers/{code}/supplement-requests")).json()["items"]
    assert missing["items"] == ITEMS
    (payment,) = (await client.get(f"/v1/dossiers/{code}/payment-requests")).json()["items"]
    assert (payment["kind"], payment["amount_vnd"], payment["reason"]) == ("fee", 8_000, "Phí")
    paid = await client.post(f"/v1/dossiers/{code}/payments", json={}, headers={"If-Match": '"4"'})
    assert paid.status_code == 200, paid.text
    (payment,) = (await client.get(f"/v1/dossiers/{code}/payment-requests")).json()["items"]
    assert payment["paid_at"] is not None


@pytest.mark.parametrize(
    "more", [{"hand_overs": [handed("H99")]}, {"consultations": [asked("H99")]}]
)
async def test_an_agency_that_nobody_knows_rejects_the_line_and_no_other(
    a_life, importing, catalog, more
):
    before, *bad, after = await importing(
        a_life(1), a_life(2, **more), a_life(3, **more), a_life(4)
    )
    assert (before["outcome"], after["outcome"]) == ("stored", "stored")
    for rejected in bad:
        assert (rejected["outcome"], rejected["problem"]["code"]) == ("rejected", "unknown_agency")
        assert rejected["problem"]["detail"] == "Danh mục không có cơ quan mã H99."
    assert catalog.asked.count("subtree H99") == 1


async def test_nothing_was_given_to_an_agency_after_it_had_ended(
    app, a_life, importing, catalog, town
):
    app.state.clock = lambda: datetime(2025, 8, 1, tzinfo=UTC)
    catalog.ended.add(town)
    days = [f"2025-{day}T09:00:00+07:00" for day in ("06-30", "07-01")]
    outcomes = await importing(
        *(
            a_life(number, received_at=days[0], hand_overs=[handed(town, handed_over_at=day)])
            for number, day in enumerate(days)
        )
    )
    assert [outcome["outcome"] for outcome in outcomes] == ["stored", "rejected"]
    assert outcomes[1]["problem"]["code"] == "agency_ended"


async def test_a_hand_over_is_asked_of_the_catalogue_and_an_outage_blames_no_line(
    a_life, importing, catalog, town
):
    (first,) = await importing(a_life(1))
    catalog.is_away = True
    outcomes = await importing(a_life(2), a_life(3, hand_overs=[handed(town)]), a_life(4))
    assert [outcome["outcome"] for outcome in (first, *outcomes)] == ["stored", "stored"]


@pytest.mark.parametrize(
    ("more", "reason", "pointer"),
    [
        ({"settled_at": on(8), "hand_overs": 1}, "not_taken_over", "settled_at"),
        ({"settled_at": on(4, 9), "hand_overs": 1}, "order", "hand_overs/0/handed_over_at"),
        ({"settled_at": on(8), "withdrawal_asked_at": on(6)}, "asked_back", "withdrawal_asked_at"),
    ],
)
async def test_an_impossible_history_is_told_in_words_and_where_it_is(
    a_life, importing, town, more, reason, pointer
):
    if "hand_overs" in more:
        more = {**more, "hand_overs": [handed(town)]}
    rejected, stored = await importing(a_life(1, **more), a_life(2))
    assert stored["outcome"] == "stored"
    problem = rejected["problem"]
    assert (problem["code"], problem["reason"]) == ("inconsistent_history", reason)
    assert problem["pointers"] == [pointer]
    assert problem["detail"].startswith(f"Lịch sử hồ sơ mâu thuẫn ở {pointer}: ")


async def test_a_line_that_tells_other_hands_or_sums_is_never_passed_over(
    a_life, importing, town, agency
):
    pause = {"kind": "payment", "asked_at": on(5), "reason": "Phí"}
    owed = {"kind": "fee", "amount_vnd": 8_000}
    missing = {"kind": "supplement", "asked_at": on(5), "reason": "Thiếu"}
    pairs = [
        ({}, {"hand_overs": [handed(town)]}),
        ({"hand_overs": [handed(town)]}, {"hand_overs": [handed("H56.18")]}),
        ({"consultations": [asked(town)]}, {"consultations": [asked("H56.18")]}),
        ({"pauses": [pause]}, {"pauses": [{**pause, "owed": owed}]}),
        ({"pauses": [missing]}, {"pauses": [{**missing, "items": ITEMS}]}),
    ]
    for number, (less, more) in enumerate(pairs):
        lines = [a_life(number, **less), a_life(number, **less), a_life(number, **more)]
        outcomes = [(await importing(line))[0]["outcome"] for line in lines]
        assert outcomes == ["stored", "duplicate", "rejected"]
    lines = [a_life(90, **pairs[0][1]), a_life(90, **pairs[0][1]), a_life(90)]
    outcomes = [(await importing(line))[0]["outcome"] for line in lines]
    assert outcomes == ["stored", "duplicate", "duplicate"]


async def test_counts_kept_ahead_agree_with_histories_between_agencies(
    client, a_life, importing, agency, town
):
    lines = [
        a_life(1, hand_overs=[handed(town)]),
        a_life(2, hand_overs=[handed(town, taken_over_at=on(6))], settled_at=on(20)),
        a_life(3, consultations=[asked(town)], settled_at=on(6), returned_at=on(7)),
        a_life(4, withdrawal_asked_at=on(6)),
        a_life(5, hand_overs=[handed(town, taken_over_at=on(6))], withdrawal_asked_at=on(8)),
    ]
    assert {outcome["outcome"] for outcome in await importing(*lines)} == {"stored"}
    assert (await client.post("/v1/figure-folds", json={})).status_code == 200
    answer = await client.post("/v1/figure-verifications", json={"agency_code": agency})
    assert answer.json()["differences"] == [], answer.text


async def test_the_example_that_integrators_begin_with_is_stored(importing, agency):
    text = EXAMPLE.read_text().replace("H56.18.26", agency)
    lines = [json.loads(line) for line in text.splitlines()]
    told = set().union(*lines)
    assert {"hand_overs", "consultations", "withdrawal_asked_at", "pauses", "apology"} <= told
    outcomes = await importing(*lines)
    assert [outcome["outcome"] for outcome in outcomes] == ["stored"] * len(lines), outcomes

"""Corrections: proposed with evidence, approved by somebody else, nothing overwritten."""

import asyncio
import json
from datetime import datetime, timedelta

import pytest

SETTLED = 3
Q3 = "from=2022-06-15&to=2022-09-14"


@pytest.fixture
def seconds(app):
    """Return a function that lets a second pass, so that recordings can be told apart."""
    start = app.state.clock()
    ticks = iter(range(1, 1_000))

    def tick() -> datetime:
        instant = start + timedelta(seconds=next(ticks))
        app.state.clock = lambda: instant
        return instant

    return tick


@pytest.fixture
async def code(client, a_dossier, seconds) -> str:
    """A dossier due on 7/9 whose end was recorded as 9/9, two days late."""
    answer = await client.post("/v1/dossiers", json=a_dossier())
    code = answer.json()["code"]
    for version, to_status, occurred_at in (
        (1, 4, "2022-09-05T08:00:00+07:00"),
        (2, 9, "2022-09-09T08:00:00+07:00"),
    ):
        seconds()
        moved = await client.post(
            f"/v1/dossiers/{code}/moves",
            json={"to_status": to_status, "occurred_at": occurred_at},
            headers={"If-Match": f'"{version}"'},
        )
        assert moved.status_code == 200, moved.text
    return code


def a_proposal(**changes) -> dict:
    return {
        "corrects": "settled_at",
        "event_number": SETTLED,
        "corrected_at": "2022-09-07T16:00:00+07:00",
        "reason_code": "system_not_updated",
        "reason": "Kết quả ký ngày 07/9, phần mềm cập nhật ngày 09/9",
        "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
        **changes,
    }


@pytest.fixture
def propose(client, code, seconds):
    async def post(**changes):
        seconds()
        return await client.post(f"/v1/dossiers/{code}/corrections", json=a_proposal(**changes))

    return post


@pytest.fixture
def decide(client, code, bearer, seconds):
    async def post(number, version, *, how="approval", subject="officer-2", **body):
        seconds()
        headers = bearer("dossiers:approve", agency="*", subject=subject)
        return await client.post(
            f"/v1/dossiers/{code}/corrections/{number}/{how}",
            json=body or None,
            headers={**headers, "If-Match": f'"{version}"'},
        )

    return post


@pytest.fixture
def figures(client, code):
    async def values(more="") -> dict:
        agency = code.split("-", maxsplit=1)[0]
        answer = await client.get(f"/v1/figures?agency={agency}&{Q3}{more}")
        assert answer.status_code == 200, answer.text
        return {f["key"]: f["value"] for f in answer.json()["figures"]}

    return values


async def dossier(client, code) -> dict:
    return (await client.get(f"/v1/dossiers/{code}")).json()


async def test_a_proposal_changes_nothing_until_it_is_approved(client, code, propose):
    proposed = await propose()
    assert proposed.status_code == 201, proposed.text
    assert proposed.json()["correction_id"] == 1
    assert proposed.json()["state"] == "proposed"
    found = await dossier(client, code)
    assert (found["version"], found["ended_on"]) == (3, "2022-09-09")


async def test_an_approved_correction_moves_the_end_and_the_event_tells_before_and_after(
    client, code, propose, decide
):
    await propose()
    approved = await decide(1, 3)
    assert approved.status_code == 200, approved.text
    assert approved.headers["etag"] == '"4"'
    assert (approved.json()["state"], approved.json()["decided_by"]) == ("approved", "officer-2")
    found = await dossier(client, code)
    assert (found["ended_on"], found["status"], found["version"]) == ("2022-09-07", 9, 4)
    events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert [e["kind"] for e in events] == ["received", "in_process", "settled", "corrected"]
    assert events[2]["occurred_at"].startswith("2022-09-09")
    details = events[3]["details"]
    assert (details["ended_on_before"], details["ended_on"]) == ("2022-09-09", "2022-09-07")
    assert (details["corrects"], details["proposed_by"]) == ("settled_at", "officer-1")
    assert details["evidence"] == "Sổ theo dõi hồ sơ 2022, trang 14"


async def test_as_known_before_the_approval_the_old_reading_holds(
    propose, decide, figures, seconds
):
    await propose()
    before = seconds()
    await decide(1, 3)
    then = await figures(f"&known_at={before.isoformat().replace('+00:00', 'Z')}")
    now = await figures()
    assert (then["dossiers.settled.late"], then["dossiers.settled.on_time"]) == (1, 0)
    assert (now["dossiers.settled.late"], now["dossiers.settled.on_time"]) == (0, 1)


async def test_a_report_states_both_readings_and_how_many_corrections_lie_between(
    client, code, propose, decide, figures, seconds
):
    await propose()
    before = seconds()
    await decide(1, 3)
    keys = (
        "dossiers.corrections",
        "dossiers.settled.late.as_first_recorded",
        "dossiers.settled.late.in_software_only",
    )
    now = await figures()
    assert [now[key] for key in keys] == [1, 1, 1]
    then = await figures(f"&known_at={before.isoformat().replace('+00:00', 'Z')}")
    assert [then[key] for key in keys] == [0, 1, 0]
    agency = code.split("-", maxsplit=1)[0]
    for key, record in zip(keys, (f"{code}/1", code, code), strict=True):
        page = (await client.get(f"/v1/figures/{key}/evidence?agency={agency}&{Q3}")).json()
        assert page["total"] == page["total_contribution"] == 1
        assert [item["record_id"] for item in page["items"]] == [record]


async def test_whoever_proposed_does_not_decide(propose, decide):
    await propose()
    for how, body in (("approval", {}), ("rejection", {"reason": "Nhầm"})):
        own = await decide(1, 3, how=how, subject="officer-1", **body)
        assert (own.status_code, own.json()["code"]) == (403, "own_correction")


async def test_approving_needs_its_own_scope(client, code, propose):
    await propose()
    answer = await client.post(
        f"/v1/dossiers/{code}/corrections/1/approval", headers={"If-Match": '"3"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


async def test_two_approvers_at_once_make_one_correction(client, code, propose, decide):
    await propose()
    answers = await asyncio.gather(decide(1, 3), decide(1, 3, subject="officer-3"))
    assert sorted(a.status_code for a in answers) == [200, 412]
    events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert [e["kind"] for e in events].count("corrected") == 1


async def test_a_rejected_correction_leaves_the_course_and_says_why(client, code, propose, decide):
    await propose()
    rejected = await decide(1, 3, how="rejection", reason="Chưa có chứng cứ")
    assert rejected.status_code == 200, rejected.text
    assert rejected.json()["decision_reason"] == "Chưa có chứng cứ"
    assert (await dossier(client, code))["ended_on"] == "2022-09-09"
    again = await decide(1, 4)
    assert (again.status_code, again.json()["code"]) == (409, "correction_decided")
    assert (await propose()).json()["correction_id"] == 2


async def test_a_history_that_could_not_have_been_is_refused_and_says_what_is_out_of_order(
    client, code, propose, decide
):
    await propose(corrected_at="2022-09-04T08:00:00+07:00")
    refused = await decide(1, 3)
    assert (refused.status_code, refused.json()["code"]) == (409, "history_out_of_order")
    assert refused.json()["detail"] == (
        "Nếu đính chính như vậy, sự kiện số 3 (04/09/2022 08:00:00)"
        " sẽ đứng trước việc liền trước nó (05/09/2022 08:00:00)."
    )
    details = refused.json()["details"]
    assert (details["event_number"], details["after_event_number"]) == (3, 2)
    assert (await dossier(client, code))["version"] == 3


async def test_a_corrected_receipt_keeps_the_code_and_counts_the_limit_anew(
    client, code, propose, decide, figures
):
    await propose(corrects="received_at", event_number=1, corrected_at="2022-08-30T10:00:00+07:00")
    assert (await decide(1, 3)).status_code == 200
    found = await dossier(client, code)
    assert (found["received_on"], found["due_on"]) == ("2022-08-30", "2022-09-06")
    assert found["code"] == code
    assert (await figures())["dossiers.received"] == 1


async def test_an_imported_history_is_corrected_like_any_other(client, agency, bearer, seconds):
    line = {
        "external_id": "1",
        "agency_code": agency,
        "procedure_code": "1.001193",
        "channel": "direct",
        "received_at": "2022-07-04T09:00:00+07:00",
        "settled_at": "2022-07-08T09:00:00+07:00",
        "returned_at": "2022-07-08T10:00:00+07:00",
        "return_method": "postal",
        "applicant": {"full_name": "Người nộp mẫu"},
    }
    imported = await client.post(
        "/v1/dossier-imports",
        content=json.dumps(line),
        headers={"content-type": "application/x-ndjson"},
    )
    code = imported.json()["code"]
    version = (await dossier(client, code))["version"]
    proposed = await client.post(
        f"/v1/dossiers/{code}/corrections",
        json=a_proposal(event_number=2, corrected_at="2022-07-07T09:00:00+07:00"),
    )
    assert proposed.status_code == 201, proposed.text
    approved = await client.post(
        f"/v1/dossiers/{code}/corrections/1/approval",
        headers={
            **bearer("dossiers:approve", agency="*", subject="officer-2"),
            "If-Match": f'"{version}"',
        },
    )
    assert approved.status_code == 200, approved.text
    found = await dossier(client, code)
    assert (found["ended_on"], found["return_method"]) == ("2022-07-07", "postal")


async def test_one_correction_of_an_event_waits_at_a_time(propose, decide):
    assert (await propose()).status_code == 201
    second = await propose(corrected_at="2022-09-08T08:00:00+07:00")
    assert (second.status_code, second.json()["code"]) == (409, "correction_pending")
    other = await propose(
        corrects="moved_at", event_number=2, corrected_at="2022-09-06T08:00:00+07:00"
    )
    assert other.status_code == 201
    assert (await decide(2, 3)).status_code == 200
    assert (await decide(1, 4)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "refusal"),
    [
        ({"event_number": 9}, 422, "unknown_event"),
        ({"corrects": "returned_at"}, 422, "not_what_was_recorded"),
        ({"corrected_at": None}, 422, "correction_unclear"),
        ({"corrects": "end"}, 422, "correction_unclear"),
        ({"corrected_at": "2022-11-01T00:00:00Z"}, 422, "in_the_future"),
        ({"corrected_at": "1999-12-30T00:00:00Z"}, 422, "too_long_ago"),
        ({"corrected_at": "2022-09-09T08:00:00+07:00"}, 409, "nothing_to_correct"),
        ({"evidence": " "}, 422, "invalid_fields"),
        ({"reason_code": "tired"}, 422, "invalid_fields"),
    ],
)
async def test_a_proposal_without_sense_or_evidence_is_refused(propose, changes, status, refusal):
    answer = await propose(**changes)
    assert (answer.status_code, answer.json()["code"]) == (status, refusal)


async def test_a_void_end_is_corrected_no_further(propose, decide):
    await propose(corrects="end", corrected_at=None)
    await decide(1, 3)
    answer = await propose()
    assert (answer.status_code, answer.json()["code"]) == (409, "event_void")


async def test_a_repeated_proposal_is_one_proposal(client, code):
    headers = {"Idempotency-Key": f"once-{code}"}
    answers = [
        await client.post(f"/v1/dossiers/{code}/corrections", json=a_proposal(), headers=headers)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    page = (await client.get(f"/v1/dossiers/{code}/corrections?limit=1")).json()
    assert (len(page["items"]), page["next_cursor"]) == (1, None)


async def test_corrections_are_listed_in_order_page_by_page(client, code, propose, decide):
    await propose()
    await decide(1, 3, how="rejection", reason="Nhầm")
    await propose()
    first = (await client.get(f"/v1/dossiers/{code}/corrections?limit=1")).json()
    second = (
        await client.get(f"/v1/dossiers/{code}/corrections?limit=1&cursor={first['next_cursor']}")
    ).json()
    pages = [*first["items"], *second["items"]]
    assert [c["state"] for c in pages] == ["rejected", "proposed"]


async def test_what_is_out_of_sight_is_neither_proposed_nor_approved(client, code, bearer, propose):
    await propose()
    elsewhere = bearer("dossiers:process", "dossiers:approve", agency="H56", subject="officer-9")
    answers = [
        await client.post(f"/v1/dossiers/{code}/corrections", json=a_proposal(), headers=elsewhere),
        await client.post(
            f"/v1/dossiers/{code}/corrections/1/approval",
            headers={**elsewhere, "If-Match": '"3"'},
        ),
    ]
    assert [a.status_code for a in answers] == [404, 404]


async def test_there_is_nothing_to_decide_without_a_proposal(decide):
    answer = await decide(7, 3)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_correction")

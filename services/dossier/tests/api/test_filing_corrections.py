"""Online filings are corrected as dossiers are: with evidence, by two officers, as events."""

import asyncio

import pytest
from sqlalchemy import text

FILED_AT = "2022-09-03T20:00:00+07:00"
ASKED = {
    "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký số"}],
    "reason": "Hồ sơ chưa đủ",
    "asked_at": "2022-09-05T08:00:00+07:00",
}


@pytest.fixture
async def filing(client, a_dossier) -> str:
    """The path of an online filing."""
    paper = a_dossier(filed_at=FILED_AT)
    del paper["channel"], paper["received_at"]
    filed = await client.post("/v1/filings", json=paper)
    assert filed.status_code == 201, filed.text
    return f"/v1/filings/{filed.json()['filing_id']}"


@pytest.fixture
def act(client, filing):
    async def post(desk: str, version: int, **body):
        headers = {"If-Match": f'"{version}"'}
        answer = await client.post(f"{filing}/{desk}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer

    return post


@pytest.fixture
def propose(client, filing):
    async def post(corrects: str, event: int, to: str | None, **changes):
        proposal = {
            "corrects": corrects,
            "event_number": event,
            "corrected_at": to,
            "reason_code": "system_not_updated",
            "reason": "Cổng chuyển chậm",
            "evidence": "Nhật ký cổng dịch vụ công 03/9/2022",
            **changes,
        }
        return await client.post(f"{filing}/corrections", json=proposal)

    return post


@pytest.fixture
def decide(client, filing, bearer):
    async def post(number: int, version: int, *, how="approval", by="officer-2", **body):
        headers = bearer("dossiers:approve", agency="*", subject=by)
        return await client.post(
            f"{filing}/corrections/{number}/{how}",
            json=body or None,
            headers={**headers, "If-Match": f'"{version}"'},
        )

    return post


@pytest.fixture
def read(client, filing):
    async def get(what: str = "") -> dict:
        answer = await client.get(f"{filing}{what}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


async def test_when_a_filing_was_filed_is_corrected_and_both_times_stay_on_record(
    propose, decide, read
):
    proposed = await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed"), proposed.text
    assert (await read())["version"] == 1
    approved = await decide(1, 1)
    assert (approved.status_code, approved.headers["etag"]) == (200, '"2"'), approved.text
    assert (approved.json()["state"], approved.json()["decided_by"]) == ("approved", "officer-2")
    found = await read()
    assert found["filed_at"] == found["status_since"] == "2022-09-03T09:00:00Z"
    assert (found["status"], found["version"]) == (1, 2)
    first, corrected = (await read("/events"))["items"]
    assert first["occurred_at"] == "2022-09-03T13:00:00Z"
    assert (corrected["kind"], corrected["recorded_by"]) == ("corrected", "officer-2")
    details = corrected["details"]
    assert (details["corrects"], details["proposed_by"]) == ("filed_at", "officer-1")
    assert details["before"].startswith("2022-09-03T13:00:00")
    assert details["after"].startswith("2022-09-03T09:00:00")
    (listed,) = (await read("/corrections"))["items"]
    assert listed == approved.json()


@pytest.mark.parametrize(
    ("desk", "body", "corrects"),
    [
        ("refusal", {"reason": "Thiếu", "refused_at": ASKED["asked_at"]}, "refused_at"),
        ("supplement-requests", ASKED, "supplement_asked_at"),
        ("withdrawal-requests", {"asked_at": ASKED["asked_at"]}, "moved_at"),
    ],
)
async def test_every_act_on_a_filing_has_its_time_corrected(
    act, propose, decide, read, desk, body, corrects
):
    status = (await act(desk, 1, **body)).json()["status"]
    assert (await propose(corrects, 2, "2022-09-04T08:00:00+07:00")).status_code == 201
    assert (await decide(1, 2)).status_code == 200
    found = await read()
    assert (found["status"], found["status_since"]) == (status, "2022-09-04T01:00:00Z")


async def test_a_refusal_that_never_was_lets_the_filing_be_accepted(
    act, client, filing, propose, decide, read, agency
):
    await act("refusal", 1, reason="Thiếu tờ khai")
    assert (await propose("end", 2, None)).status_code == 201
    assert (await decide(1, 2)).status_code == 200
    found = await read()
    assert (found["status"], found["status_since"]) == (1, "2022-09-03T13:00:00Z")
    absent = await client.get(f"{filing}/forms/03")
    assert (absent.status_code, absent.json()["code"]) == (409, "nothing_refused")
    accepted = await act("acceptance", 3, accepted_at="2022-09-05T08:00:00+07:00")
    assert accepted.json()["code"] == f"{agency}-220905-0001"
    again = await propose("refused_at", 2, "2022-09-04T08:00:00+07:00")
    assert (again.status_code, again.json()["code"]) == (409, "event_void")


async def test_a_filing_is_corrected_after_its_acceptance_and_stays_before_it(
    act, propose, decide, read
):
    code = (await act("acceptance", 1, accepted_at="2022-09-05T08:00:00+07:00")).json()["code"]
    await propose("filed_at", 1, "2022-09-05T08:00:01+07:00")
    late = await decide(1, 2)
    assert (late.status_code, late.json()["code"]) == (409, "history_out_of_order")
    assert late.json()["details"]["kind"] == "accepted"
    assert (await decide(1, 2, how="rejection", reason="Sau khi tiếp nhận")).status_code == 200
    await propose("filed_at", 1, "2022-09-05T08:00:00+07:00")
    assert (await decide(2, 3)).status_code == 200
    found = await read()
    assert (found["status"], found["code"], found["version"]) == (2, code, 4)
    assert found["filed_at"] == "2022-09-05T01:00:00Z"


async def test_a_receipt_follows_the_filing_as_corrected(act, client, propose, decide, bearer):
    code = (await act("acceptance", 1, accepted_at="2022-09-05T08:00:00+07:00")).json()["code"]
    receipt = {
        "corrects": "received_at",
        "event_number": 1,
        "corrected_at": "2022-09-03T17:00:00+07:00",
        "reason_code": "system_not_updated",
        "reason": "Phần mềm ghi nhầm",
        "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
    }
    path = f"/v1/dossiers/{code}/corrections"
    assert (await client.post(path, json=receipt)).status_code == 201
    headers = {**bearer("dossiers:approve", agency="*", subject="officer-2"), "If-Match": '"1"'}
    early = await client.post(f"{path}/1/approval", headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "history_out_of_order")
    await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")
    assert (await decide(1, 2)).status_code == 200
    assert (await client.post(f"{path}/1/approval", headers=headers)).status_code == 200
    await propose("filed_at", 1, "2022-09-03T17:00:01+07:00")
    assert (await decide(2, 3)).json()["code"] == "history_out_of_order"


@pytest.mark.parametrize(
    ("corrects", "event", "to", "status", "problem"),
    [
        ("filed_at", 1, FILED_AT, 409, "nothing_to_correct"),
        ("filed_at", 1, None, 422, "correction_unclear"),
        ("filed_at", 1, "2030-01-01T00:00:00Z", 422, "in_the_future"),
        ("filed_at", 1, "1999-12-30T00:00:00Z", 422, "too_long_ago"),
        ("received_at", 1, "2022-09-03T16:00:00+07:00", 422, "not_what_was_recorded"),
        ("refused_at", 2, "2022-09-03T16:00:00+07:00", 422, "unknown_event"),
    ],
)
async def test_a_proposal_says_what_its_event_recorded(
    propose, corrects, event, to, status, problem
):
    answer = await propose(corrects, event, to)
    assert (answer.status_code, answer.json()["code"]) == (status, problem), answer.text


BEFORE_ITS_DAY = "2022-08-31T16:00:00+07:00"
ON_ITS_FIRST_DAY = "2022-09-01T00:00:00+07:00"


@pytest.fixture
def published(catalog, later):
    """Have the catalogue tell other versions of the filing's procedure, changed like this."""

    def publish(*versions: dict) -> None:
        (known,) = catalog.procedures["1.001193"]
        catalog.procedures["1.001193"] = [{**known, **changes} for changes in versions]
        later(hours=1)

    return publish


async def test_a_filing_is_not_moved_to_a_day_without_its_procedure(
    propose, decide, published, read
):
    published({"valid_from": "2022-09-01"})
    refused = await propose("filed_at", 1, BEFORE_ITS_DAY)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "procedure_not_in_force")
    assert problem["details"] == {"procedure_code": "1.001193", "on": "2022-08-31"}
    assert (await read("/corrections"))["items"] == []
    assert (await propose("filed_at", 1, ON_ITS_FIRST_DAY)).status_code == 201
    assert (await decide(1, 1)).status_code == 200
    assert (await read())["filed_at"] == "2022-08-31T17:00:00Z"


async def test_a_filing_is_not_moved_to_a_day_on_which_its_procedure_was_not_filed_online(
    propose, catalog, published
):
    at_the_desk = catalog.procedures["1.001193"][0]["filing_methods"][:1]
    published(
        {"filing_methods": at_the_desk, "valid_to": "2022-09-01"},
        {"version_number": 2, "valid_from": "2022-09-01"},
    )
    refused = await propose("filed_at", 1, BEFORE_ITS_DAY)
    assert (refused.status_code, refused.json()["code"]) == (409, "channel_not_offered")
    assert (await propose("filed_at", 1, ON_ITS_FIRST_DAY)).status_code == 201


async def test_a_day_proposed_before_the_catalogue_changed_is_looked_at_again(
    propose, decide, published, read
):
    assert (await propose("filed_at", 1, BEFORE_ITS_DAY)).status_code == 201
    published({"valid_from": "2022-09-01"})
    refused = await decide(1, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "procedure_not_in_force")
    assert (await read())["filed_at"] == "2022-09-03T13:00:00Z"
    assert (await decide(1, 1, how="rejection", reason="Chưa có thủ tục")).status_code == 200


async def test_what_leaves_the_day_of_a_filing_alone_asks_the_catalogue_nothing(
    act, propose, decide, catalog, published
):
    await act("refusal", 1, reason="Thiếu", refused_at=ASKED["asked_at"])
    published()
    catalog.is_away = True
    assert (await propose("refused_at", 2, "2022-09-04T08:00:00+07:00")).status_code == 201
    assert (await decide(1, 2)).status_code == 200


async def test_one_correction_of_an_event_waits_at_a_time(propose, decide):
    assert (await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")).status_code == 201
    second = await propose("filed_at", 1, "2022-09-03T15:00:00+07:00")
    assert (second.status_code, second.json()["code"]) == (409, "correction_pending")
    assert (await decide(1, 1, how="rejection", reason="Nhầm")).status_code == 200
    assert (await propose("filed_at", 1, "2022-09-03T15:00:00+07:00")).status_code == 201


async def test_whoever_proposed_does_not_decide_and_nobody_decides_twice(propose, decide, read):
    await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")
    own = await decide(1, 1, by="officer-1")
    assert (own.status_code, own.json()["code"]) == (403, "own_correction")
    rejected = await decide(1, 1, how="rejection", reason="Không có căn cứ")
    assert rejected.json()["decision_reason"] == "Không có căn cứ"
    assert (await read())["filed_at"] == "2022-09-03T13:00:00Z"
    again = await decide(1, 2)
    assert (again.status_code, again.json()["code"]) == (409, "correction_decided")
    unknown = await decide(9, 2)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_correction")


async def test_two_approvers_at_once_make_one_event(propose, decide, read):
    await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")
    answers = await asyncio.gather(*(decide(1, 1, by=f"officer-{n}") for n in (2, 3)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    kinds = [event["kind"] for event in (await read("/events"))["items"]]
    assert kinds == ["filed", "corrected"]


async def test_a_decision_names_the_version_of_the_filing(client, filing, propose, bearer):
    await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")
    headers = bearer("dossiers:approve", agency="*", subject="officer-2")
    answer = await client.post(f"{filing}/corrections/1/approval", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


async def test_filings_of_others_have_no_corrections(client, filing, bearer):
    stranger = bearer("dossiers:receive", "dossiers:read", agency="H56")
    listed = await client.get(f"{filing}/corrections", headers=stranger)
    assert (listed.status_code, listed.json()["code"]) == (404, "unknown_filing")


async def test_a_repeated_proposal_is_one_proposal(client, filing, read):
    paper = {
        "corrects": "filed_at",
        "event_number": 1,
        "corrected_at": "2022-09-03T16:00:00+07:00",
        "reason_code": "system_not_updated",
        "reason": "Cổng chuyển chậm",
        "evidence": "Nhật ký cổng",
    }
    key = {"Idempotency-Key": f"filing-correction-{filing[-12:]}"}
    answers = [
        await client.post(f"{filing}/corrections", json=paper, headers=key) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    page = await read("/corrections?limit=1")
    assert (len(page["items"]), page["next_cursor"]) == (1, None)


async def test_the_database_knows_no_decision_of_an_author(app, filing, propose):
    await propose("filed_at", 1, "2022-09-03T16:00:00+07:00")
    with pytest.raises(Exception, match="ck_filing_corrections_decided"):
        async with app.state.sessions.begin() as tx:
            await tx.execute(
                text(
                    "update filing_corrections set state = 'approved', decided_at = now(),"
                    " decided_by = proposed_by where filing_id = :filing"
                ),
                {"filing": filing.rpartition("/")[2]},
            )

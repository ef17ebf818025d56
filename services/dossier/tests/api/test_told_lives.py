"""Histories that were moved here keep what was lawful about them."""

import json

import pytest

NDJSON = {"content-type": "application/x-ndjson"}
PERIOD = "from=2022-06-15&to=2022-09-14"


@pytest.fixture
def a_life(agency):
    """A dossier received on Monday 4 July and due on the 7th, unless something moves it."""

    def line(**changes) -> dict:
        return {
            "external_id": "cu-1",
            "agency_code": agency,
            "procedure_code": "1.001193",
            "channel": "direct",
            "received_at": "2022-07-04T08:00:00+07:00",
            "applicant": {"full_name": "Người nộp mẫu 001"},
            **changes,
        }

    return line


DUE = {"due_on": "2022-07-20", "reason": "Chờ ý kiến cơ quan khác"}
APOLOGY = {
    "apologised_on": "2022-07-06",
    "promised_on": "2022-07-20",
    "reason_code": "other_agency",
    "reason": "Chờ xác minh",
}


def asked(day: int, received: int | None = None, kind: str = "supplement") -> dict:
    received_at = None if received is None else f"2022-07-{received:02d}T09:00:00+07:00"
    asked_at = f"2022-07-{day:02d}T09:00:00+07:00"
    return {"kind": kind, "asked_at": asked_at, "received_at": received_at, "reason": "Thiếu"}


@pytest.fixture
def importing(client):
    async def send(*lines: dict) -> list[dict]:
        body = "\n".join(json.dumps(line) for line in lines)
        answer = await client.post("/v1/dossier-imports", content=body, headers=NDJSON)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    return send


@pytest.fixture
def stored(client, importing):
    async def send(line: dict) -> dict:
        (outcome,) = await importing(line)
        assert outcome["outcome"] == "stored", outcome
        return (await client.get(f"/v1/dossiers/{outcome['code']}")).json()

    return send


@pytest.fixture
def figures(client, agency):
    async def read() -> dict:
        answer = await client.get(f"/v1/figures?agency={agency}&{PERIOD}")
        return {figure["key"]: figure["value"] for figure in answer.json()["figures"]}

    return read


async def test_a_due_date_moved_lawfully_before_counts_and_explains_itself(
    client, a_life, stored, figures
):
    dossier = await stored(a_life(due_date=DUE, settled_at="2022-07-18T09:00:00+07:00"))
    assert dossier["due_on"] == "2022-07-20"
    counted = await figures()
    assert (counted["dossiers.settled.early"], counted["dossiers.settled.late"]) == (1, 0)
    assert counted["dossiers.settled.late.as_first_recorded"] == 0
    why = (await client.get(f"/v1/dossiers/{dossier['code']}/due-date")).json()
    assert (why["agrees"], why["counted_due_on"]) == (True, "2022-07-20")
    receipt, told = why["legs"]
    assert (receipt["due_on"], receipt["reason"]) == ("2022-07-07", None)
    assert (told["kind"], told["reason"]) == ("told", "Chờ ý kiến cơ quan khác")
    events = (await client.get(f"/v1/dossiers/{dossier['code']}/events")).json()["items"]
    assert events[0]["details"] == {"imported": True, "due_on": "2022-07-07"}
    assert events[1]["details"] == {"imported": True, "due_on_before": "2022-07-07", **DUE}


async def test_an_apology_sent_before_is_counted_and_not_owed_again(
    client, a_life, stored, figures
):
    dossier = await stored(a_life(apology=APOLOGY))
    assert (dossier["due_on"], dossier["promised_on"]) == ("2022-07-07", "2022-07-20")
    assert (await figures())["dossiers.apologies"] == 1
    again = await client.post(
        f"/v1/dossiers/{dossier['code']}/apologies",
        json={
            "reason_code": "agency",
            "reason": "Thiếu người",
            "promised_on": "2022-07-25",
            "sent_at": "2022-07-06T10:00:00+07:00",
        },
        headers={"If-Match": f'"{dossier["version"]}"'},
    )
    assert (again.status_code, again.json()["code"]) == (409, "apology_already_sent")
    form = await client.get(f"/v1/dossiers/{dossier['code']}/forms/04")
    assert form.headers["content-type"] == "application/pdf"


async def test_supplements_of_the_past_move_the_due_date_and_are_listed(client, a_life, stored):
    dossier = await stored(a_life(pauses=[asked(5, 18)], settled_at="2022-07-21T09:00:00+07:00"))
    assert (dossier["status"], dossier["due_on"]) == (9, "2022-07-21")
    found = await client.get(f"/v1/dossiers/{dossier['code']}/supplement-requests")
    (request,) = found.json()["items"]
    assert (request["reason"], request["items"]) == ("Thiếu", [])
    assert request["supplied_at"] == "2022-07-18T02:00:00Z"
    form = await client.get(f"/v1/dossiers/{dossier['code']}/forms/02")
    assert form.headers["content-type"] == "application/pdf"


@pytest.mark.parametrize(
    ("kind", "status", "desk", "following"),
    [("supplement", 5, "supplements", 2), ("payment", 6, "payments", 4)],
)
async def test_what_waits_when_it_is_moved_goes_on_at_the_desk(
    client, a_life, stored, kind, status, desk, following
):
    dossier = await stored(a_life(pauses=[asked(6, kind=kind)], status=status))
    assert dossier["status"] == status
    answer = await client.post(
        f"/v1/dossiers/{dossier['code']}/{desk}", json={}, headers={"If-Match": '"2"'}
    )
    assert (answer.status_code, answer.json()["status"]) == (200, following), answer.text


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"stopped_at": "2022-07-08T09:00:00+07:00"}, ["received", "stopped"]),
        (
            {"withdrawn_at": "2022-07-08T09:00:00+07:00"},
            ["received", "withdrawal_asked", "stopped"],
        ),
    ],
)
async def test_what_was_stopped_or_withdrawn_has_ended(
    client, a_life, stored, figures, changes, kinds
):
    dossier = await stored(a_life(**changes, end_reason="Không đủ điều kiện"))
    assert (dossier["status"], dossier["end_kind"]) == (8, "stopped")
    events = (await client.get(f"/v1/dossiers/{dossier['code']}/events")).json()["items"]
    assert [event["kind"] for event in events] == kinds
    assert events[1]["details"]["reason"] == "Không đủ điều kiện"
    assert (await figures())["dossiers.pending"] == 0


async def test_a_dossier_is_found_by_its_previous_code_and_by_its_external_id(
    client, a_life, stored, agency, bearer
):
    dossier = await stored(a_life(previous_code="HS-2022/0815"))
    await stored(a_life(external_id="cu-2"))
    assert dossier["previous_code"] == "HS-2022/0815"
    own = {"code", "external_id", "previous_code"}
    narrow = bearer("dossiers:read", agency=agency)
    for headers in (narrow, bearer("dossiers:read", agency="*")):
        for query in ({"previous_code": "HS-2022/0815"}, {"external_id": "cu-1", "agency": agency}):
            answer = await client.get("/v1/dossiers", params=query, headers=headers)
            (found,) = answer.json()["items"]
            assert {name: found[name] for name in own} == {name: dossier[name] for name in own}
    nothing = await client.get("/v1/dossiers?previous_code=HS-2022%2F0816", headers=narrow)
    assert nothing.json()["items"] == []


@pytest.mark.parametrize(
    "more",
    [{"due_date": DUE}, {"apology": APOLOGY}, {"previous_code": "HS-1"}, {"pauses": [asked(5, 6)]}],
)
async def test_a_line_that_tells_more_than_it_did_is_never_passed_over(a_life, importing, more):
    plain, told = a_life(), a_life(**more)
    outcomes = [(await importing(line))[0]["outcome"] for line in (plain, told)]
    assert outcomes == ["stored", "rejected"]
    told = {**told, "external_id": "cu-2"}
    plain = {**plain, "external_id": "cu-2"}
    outcomes = [(await importing(line))[0]["outcome"] for line in (told, told, plain)]
    assert outcomes == ["stored", "duplicate", "duplicate"]


async def test_an_open_dossier_keeps_the_due_date_told_when_the_calendar_changes(
    client, a_life, stored, catalog, agency, later
):
    told, counted = (
        await stored(a_life(due_date=DUE)),
        await stored(a_life(external_id="cu-2")),
    )
    catalog.days_off = [*catalog.days_off, "2022-07-06"]
    run = await client.post(
        "/v1/due-date-recomputations",
        json={"reason": "Nghỉ bù", "first_day": "2022-07-06", "last_day": "2022-07-06"},
    )
    assert run.status_code == 201, run.text
    await client.post(f"/v1/due-date-recomputations/{run.json()['run_id']}/batches?size=1000")
    days = [
        (await client.get(f"/v1/dossiers/{dossier['code']}")).json()["due_on"]
        for dossier in (told, counted)
    ]
    assert days == ["2022-07-20", "2022-07-08"]


async def test_counts_kept_ahead_agree_with_told_lives(client, a_life, importing, agency):
    lines = [
        a_life(external_id="a", due_date=DUE, settled_at="2022-07-18T09:00:00+07:00"),
        a_life(external_id="b", pauses=[asked(5, 18)]),
        a_life(external_id="c", pauses=[asked(5)], withdrawn_at="2022-08-01T09:00:00+07:00"),
        a_life(external_id="d", apology=APOLOGY, settled_at="2022-07-18T09:00:00+07:00"),
    ]
    assert {outcome["outcome"] for outcome in await importing(*lines)} == {"stored"}
    assert (await client.post("/v1/figure-folds", json={})).status_code == 200
    answer = await client.post("/v1/figure-verifications", json={"agency_code": agency})
    assert answer.status_code == 200, answer.text
    assert answer.json()["differences"] == [], answer.text

import asyncio
from datetime import timedelta
from itertools import chain

import pytest

WARD = "H56.18.26"


async def receive(client, paper, **headers):
    return await client.post("/v1/dossiers", json=paper, headers=headers)


async def test_a_receipt_tells_the_code_and_the_due_date(client, a_dossier, agency):
    answer = await receive(client, a_dossier())

    receipt = answer.json()
    assert answer.status_code == 201, answer.text
    assert receipt["code"] == f"{agency}-220831-0001"
    assert receipt["received_on"] == "2022-08-31"
    assert receipt["due_on"] == "2022-09-07"  # domain.md 10, vector 5
    assert (receipt["status"], receipt["version"]) == (2, 1)
    assert receipt["applicant_name"] == "Người nộp mẫu 001"


async def test_without_an_instant_a_dossier_is_received_now(client, a_dossier, agency):
    paper = a_dossier()
    del paper["received_at"]
    assert (await receive(client, paper)).json()["received_on"] == "2022-10-15"


@pytest.mark.parametrize(
    ("instant", "day"),
    [("2022-09-14T23:59:59+07:00", "220914"), ("2022-09-14T17:00:00Z", "220915")],
)
async def test_the_code_carries_the_local_day(client, a_dossier, instant, day):
    answer = await receive(client, a_dossier(received_at=instant))
    assert answer.json()["code"].split("-")[1] == day


async def test_serials_of_a_day_have_no_gap_whatever_is_refused_between(client, a_dossier):
    await receive(client, a_dossier(external_id="a"))
    refused = await receive(client, a_dossier(external_id="a"))
    third = await receive(client, a_dossier(external_id="b"))
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate_dossier")
    assert third.json()["code"].endswith("-0002")


async def test_sixteen_clients_at_one_agency_leave_no_gap_and_no_duplicate(client, a_dossier):
    async def one_client(number: int) -> list[str]:
        answers = [await receive(client, a_dossier(subject=f"{number}")) for _ in range(6)]
        assert {answer.status_code for answer in answers} == {201}
        return [answer.json()["code"] for answer in answers]

    codes = chain.from_iterable(await asyncio.gather(*map(one_client, range(16))))
    assert sorted(int(code.rsplit("-", 1)[1]) for code in codes) == list(range(1, 97))


async def test_the_same_key_and_body_get_the_same_receipt(client, a_dossier, app):
    paper = a_dossier()
    del paper["received_at"]
    keyed = {"Idempotency-Key": "k-1"}
    first = await receive(client, paper, **keyed)
    later = app.state.clock() + timedelta(hours=1)
    app.state.clock = lambda: later
    again = await receive(client, paper, **keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await receive(client, paper)).json()["code"].endswith("-0002")


async def test_the_same_key_at_the_same_moment_opens_one_dossier(client, a_dossier):
    keyed = {"Idempotency-Key": "k-2"}
    answers = await asyncio.gather(*(receive(client, a_dossier(), **keyed) for _ in range(8)))
    assert {answer.json()["code"] for answer in answers} == {answers[0].json()["code"]}


async def test_a_key_with_another_body_is_refused(client, a_dossier):
    keyed = {"Idempotency-Key": "k-3"}
    await receive(client, a_dossier(), **keyed)
    answer = await receive(client, a_dossier(subject="khác"), **keyed)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_refused_intake_leaves_its_key_unused(client, a_dossier):
    keyed = {"Idempotency-Key": "k-4"}
    await receive(client, a_dossier(external_id="x"))
    await receive(client, a_dossier(external_id="x"), **keyed)
    assert (await receive(client, a_dossier(external_id="y"), **keyed)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"procedure_code": "9.999999"}, 422, "unknown_procedure"),
        ({"agency_code": "H99.99"}, 422, "unknown_agency"),
        ({"procedure_code": "1.000002", "received_at": "2022-09-01T09:00:00+07:00"}, 409, None),
        ({"procedure_code": "1.000003", "channel": "postal"}, 409, "channel_not_offered"),
        ({"received_at": "2022-10-15T03:00:01Z"}, 422, "in_the_future"),
        ({"received_at": "1999-12-31T09:00:00+07:00"}, 422, "too_long_ago"),
        ({"received_at": "9999-12-31T23:59:59Z"}, 422, "invalid_fields"),
        ({"received_at": "2022-08-31T10:00:00"}, 422, "invalid_fields"),
        ({"channel": "online"}, 422, "invalid_fields"),
        ({"channel": 1}, 422, "invalid_fields"),
        ({"applicant": {"full_name": "a\x00b"}}, 422, "invalid_fields"),
        ({"applicant": {"full_name": " "}}, 422, "invalid_fields"),
        ({"applicant": []}, 422, "invalid_fields"),
        ({"components_count": -1}, 422, "invalid_fields"),
        ({"components_count": 10**30}, 422, "invalid_fields"),
        ({"subject": "x" * 20_001}, 422, "invalid_fields"),
        ({"surprise": 1}, 422, "invalid_fields"),
    ],
)
async def test_a_bad_paper_is_refused_precisely_and_takes_no_serial(
    client, a_dossier, changes, status, code
):
    answer = await receive(client, a_dossier(**changes))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == (code or "procedure_not_in_force")
    assert (await receive(client, a_dossier())).json()["code"].endswith("-0001")


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 20_000, b'{"a":' * 20_000, b"\xff\xfe", b"1"])
async def test_a_body_that_is_no_paper_is_refused(client, body):
    headers = {"content-type": "application/json"}
    answer = await client.post("/v1/dossiers", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_token_of_another_agency_receives_nothing_here(client, a_dossier, bearer):
    answer = await receive(client, a_dossier(), **bearer("dossiers:receive", agency=WARD))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_agency")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("", 401), ("Bearer ", 401), ("Bearer x.y.z", 401), ("Basic eDp5", 401)],
)
async def test_without_a_good_token_nothing_is_received(client, a_dossier, authorization, status):
    answer = await receive(client, a_dossier(), Authorization=authorization)
    assert (answer.status_code, answer.json()["code"]) == (status, "unauthenticated")


async def test_a_token_without_the_scope_receives_nothing(client, a_dossier, bearer):
    answer = await receive(client, a_dossier(), **bearer("dossiers:read", agency="*"))
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")

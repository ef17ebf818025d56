import asyncio
import json
import time

import pytest
from dossier.schemas.imports import LineOutcome

NDJSON = {"content-type": "application/x-ndjson"}


async def send(client, *lines, headers=None) -> list[dict]:
    body = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    answer = await client.post(
        "/v1/dossier-imports", content=body, headers={**NDJSON, **(headers or {})}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_history_is_stored_with_the_code_of_its_own_day(client, a_history, agency):
    (outcome,) = await send(client, a_history(1))
    assert outcome == {"line": 1, "outcome": "stored", "code": f"{agency}-220704-0001"}
    dossier = (await client.get(f"/v1/dossiers/{outcome['code']}")).json()
    assert (dossier["status"], dossier["version"], dossier["due_on"]) == (10, 3, "2022-07-07")
    assert (dossier["ended_on"], dossier["return_method"]) == ("2022-07-06", "direct")
    events = (await client.get(f"/v1/dossiers/{outcome['code']}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["received", "settled", "returned"]
    assert {event["recorded_at"] for event in events} == {"2022-10-15T03:00:00Z"}


async def test_an_open_history_goes_on_at_the_desk(client, a_history):
    line = a_history(1, status=4)
    del line["settled_at"], line["returned_at"]
    (outcome,) = await send(client, line)
    answer = await client.post(
        f"/v1/dossiers/{outcome['code']}/settlement", json={}, headers={"If-Match": '"2"'}
    )
    assert (answer.status_code, answer.json()["status"]) == (200, 9)


async def test_lines_known_before_are_duplicates_with_their_code(client, a_history):
    first = await send(client, a_history(1), a_history(2), a_history(1))
    again = await send(client, a_history(1), a_history(3))
    assert [line["outcome"] for line in first] == ["stored", "stored", "duplicate"]
    assert first[2]["code"] == first[0]["code"]
    assert [line["outcome"] for line in again] == ["duplicate", "stored"]
    assert again[0]["code"] == first[0]["code"]
    assert again[1]["code"].endswith("-0003")


async def test_the_day_counter_is_raised_so_that_the_desk_goes_on_behind_it(
    client, a_history, a_dossier
):
    await send(client, *(a_history(number) for number in range(1, 6)))
    receipt = await client.post(
        "/v1/dossiers", json=a_dossier(received_at="2022-07-04T10:00:00+07:00")
    )
    assert receipt.json()["code"].endswith("-0006")


async def test_serials_follow_the_order_of_receipt(client, a_history):
    late = a_history(1, received_at="2022-07-04T11:00:00+07:00")
    early = a_history(2, received_at="2022-07-04T07:30:00+07:00")
    first, second = await send(client, late, early)
    assert (first["code"][-4:], second["code"][-4:]) == ("0002", "0001")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"procedure_code": "9.999999"}, "unknown_procedure"),
        ({"agency_code": "H99"}, "unknown_agency"),
        ({"received_at": "2023-01-01T00:00:00Z"}, "in_the_future"),
        ({"settled_at": "2022-07-01T00:00:00Z"}, "inconsistent_history"),
        ({"status": 2}, "inconsistent_history"),
        ({"status": 11}, "invalid_fields"),
        ({"received_at": "9999-12-31T00:00:00Z"}, "invalid_fields"),
        ({"applicant": {"full_name": "\x00"}}, "invalid_fields"),
        ({"external_id": None}, "invalid_fields"),
        ({"applicant": {"full_name": "x" * 70_000}}, "line_too_long"),
    ],
)
async def test_a_bad_line_is_rejected_by_itself(client, a_history, changes, code):
    outcomes = await send(client, a_history(1), a_history(2, **changes), a_history(3))
    assert [line["outcome"] for line in outcomes] == ["stored", "rejected", "stored"]
    assert outcomes[1]["problem"]["code"] == code
    assert outcomes[1]["problem"]["detail"]
    assert outcomes[2]["code"].endswith("-0002")


@pytest.mark.parametrize(
    "line", [b"{", b"nothing", b"[" * 20_000, b"[]", b"\xff", b"1", b"null", "{}".encode("utf-16")]
)
async def test_a_line_that_is_no_paper_is_rejected(client, a_history, line):
    outcomes = await send(client, line, a_history(1))
    assert [outcome["outcome"] for outcome in outcomes] == ["rejected", "stored"]
    assert outcomes[0]["problem"]["code"] == "malformed_json"


async def test_a_field_that_should_be_an_object_is_pointed_at(client, a_history):
    (outcome,) = await send(client, {**a_history(1), "applicant": "Người nộp mẫu"})
    assert outcome["problem"]["code"] == "invalid_fields"
    assert outcome["problem"]["pointers"] == ["applicant"]


async def test_blank_lines_are_numbered_but_not_answered(client, a_history):
    outcomes = await send(client, b"", a_history(1), b"  ", a_history(2), b"")
    assert [outcome["line"] for outcome in outcomes] == [2, 4]


async def test_an_empty_file_gets_an_empty_answer(client):
    assert await send(client) == []


async def test_a_client_imports_into_its_own_part_of_the_tree(client, a_history, bearer):
    headers = bearer("dossiers:import", agency="H56")
    (outcome,) = await send(client, a_history(1), headers=headers)
    assert outcome["problem"]["code"] == "not_your_agency"


async def test_without_the_scope_nothing_is_imported(client, a_history, bearer):
    answer = await client.post(
        "/v1/dossier-imports",
        content=json.dumps(a_history(1)),
        headers={**NDJSON, **bearer("dossiers:receive")},
    )
    assert answer.status_code == 403


async def test_procedures_are_asked_once_for_a_whole_file(client, a_history, catalog):
    await send(client, *(a_history(number) for number in range(600)))
    assert catalog.asked.count("procedure 1.001193") == 1


async def test_a_file_longer_than_any_body_is_stored_in_time(client, a_history):
    lines = [a_history(number, subject="x" * 1_000) for number in range(1, 1_501)]
    started = time.perf_counter()
    outcomes = await send(client, *lines)
    assert {outcome["outcome"] for outcome in outcomes} == {"stored"}
    assert [outcome["line"] for outcome in outcomes] == list(range(1, 1_501))
    assert time.perf_counter() - started < 6  # 389 lines in 1.5 s, and a shared machine


async def test_a_torn_stream_keeps_whole_batches_only(client, a_history, agency):
    async def torn():
        for number in range(500):
            yield json.dumps(a_history(number)).encode() + b"\n"
        yield b'{"external_id": "cu-'

    answer = await client.post("/v1/dossier-imports", content=torn(), headers=NDJSON)
    outcomes = [json.loads(line)["outcome"] for line in answer.text.splitlines()]
    assert outcomes == ["stored"] * 500 + ["rejected"]


async def test_an_answer_is_what_the_interface_says(client, a_history):
    for outcome in await send(client, a_history(1), a_history(1), b"{"):
        LineOutcome.model_validate(outcome)


async def test_an_imported_dossier_is_found_by_name_and_by_who_imported_it(
    client, a_history, agency, bearer
):
    (outcome,) = await send(client, a_history(1, applicant={"full_name": "Trần Thị Đào"}))
    headers = bearer("dossiers:read", "dossiers:search", agency=agency)
    for query in ("applicant=dao", "intake_officer=officer-1"):
        answer = await client.get(f"/v1/dossiers?{query}", headers=headers)
        assert [item["code"] for item in answer.json()["items"]] == [outcome["code"]]


async def test_a_name_is_found_whatever_stands_between_its_words(client, a_history, agency, bearer):
    (outcome,) = await send(client, a_history(1, applicant={"full_name": 'HTX "Hoa Sen"/Y’Bar'}))
    headers = bearer("dossiers:read", "dossiers:search", agency=agency)
    for term in ("hoa sen", '"hoa', "y'bar", "sen/y", "htx-hoa"):
        answer = await client.get("/v1/dossiers", params={"applicant": term}, headers=headers)
        assert [item["code"] for item in answer.json()["items"]] == [outcome["code"]], term


async def test_a_line_that_only_the_database_refuses_takes_nobody_along(
    client, a_history, app, agency
):
    async with app.state.engine.begin() as connection:
        # A rule that the application does not know of, as a later schema may have.
        await connection.exec_driver_sql(
            "alter table dossiers add constraint no_such_subject check (subject <> 'cấm')"
        )
    try:
        bad = {5, 17}
        outcomes = await send(
            client,
            *(a_history(n, subject="cấm" if n in bad else "được") for n in range(1, 31)),
        )
    finally:
        async with app.state.engine.begin() as connection:
            await connection.exec_driver_sql("alter table dossiers drop constraint no_such_subject")
    assert [o["line"] for o in outcomes if o["outcome"] == "rejected"] == [5, 17]
    assert {o["problem"]["code"] for o in outcomes if o["outcome"] == "rejected"} == {
        "not_storable"
    }
    serials = sorted(int(o["code"][-4:]) for o in outcomes if o["outcome"] == "stored")
    assert serials == list(range(1, 29))


async def test_imports_and_the_desk_at_once_leave_no_gap_and_no_duplicate(
    client, a_history, a_dossier
):
    async def at_the_desk(number: int) -> str:
        paper = a_dossier(received_at="2022-07-04T10:00:00+07:00", external_id=f"ban-{number}")
        return (await client.post("/v1/dossiers", json=paper)).json()["code"]

    lines = [a_history(number) for number in range(1, 201)]
    first, second, *desk = await asyncio.gather(
        send(client, *lines), send(client, *reversed(lines)), *map(at_the_desk, range(20))
    )
    stored = [o["code"] for o in first + second if o["outcome"] == "stored"]
    assert len(stored) == 200
    assert {o["code"] for o in first} == {o["code"] for o in second} == set(stored)
    assert sorted(int(code[-4:]) for code in stored + desk) == list(range(1, 221))


async def test_an_unknown_procedure_is_asked_for_once_a_batch(client, a_history, catalog):
    lines = [a_history(number, procedure_code="9.999999") for number in range(200)]
    assert {o["outcome"] for o in await send(client, *lines)} == {"rejected"}
    assert catalog.asked.count("procedure 9.999999") == 1


async def test_imported_due_dates_are_those_of_the_desk(client, a_history, a_dossier):
    hours = ["07:29:59", "11:45:00", "17:00:00", "17:00:01", "23:59:59"]
    days = ["2022-07-01", "2022-07-02", "2022-08-31", "2022-09-01"]
    for procedure in ("1.001193", "1.000001"):
        instants = [f"{day}T{hour}+07:00" for day in days for hour in hours]
        histories = [
            a_history(f"{procedure}-{at}", procedure_code=procedure, received_at=at)
            for at in instants
        ]
        for line in histories:
            del line["settled_at"], line["returned_at"]
        for at, outcome in zip(instants, await send(client, *histories), strict=True):
            imported = (await client.get(f"/v1/dossiers/{outcome['code']}")).json()
            paper = a_dossier(received_at=at, procedure_code=procedure)
            at_the_desk = (await client.post("/v1/dossiers", json=paper)).json()
            assert imported["due_on"] == at_the_desk["due_on"], at


async def test_a_line_sent_again_is_a_duplicate_however_the_dossier_went_on(client, a_history):
    line = a_history(1, status=4)
    del line["settled_at"], line["returned_at"]
    (first,) = await send(client, line)
    await client.post(
        f"/v1/dossiers/{first['code']}/settlement", json={}, headers={"If-Match": '"2"'}
    )
    assert await send(client, line) == [{**first, "outcome": "duplicate"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"procedure_code": "1.000004"},
        {"channel": "direct"},
        {"received_at": "2022-07-04T08:00:01+07:00"},
        {"settled_at": "2022-07-06T09:00:01+07:00"},
        {"applicant": {"full_name": "Người nộp mẫu khác"}},
    ],
)
@pytest.mark.parametrize("together", [False, True])
async def test_another_dossier_under_a_known_id_is_rejected_and_never_lost(
    client, a_history, changes, together
):
    line, other = a_history(1), a_history(1, **changes)
    if together:
        first, second = await send(client, line, other)
    else:
        (first,), (second,) = await send(client, line), await send(client, other)
    assert (first["outcome"], second["outcome"]) == ("stored", "rejected")
    assert second["problem"]["code"] == "external_id_reused"
    assert first["code"] in second["problem"]["detail"]


async def test_lines_are_not_rejected_because_the_catalogue_is_away(client, a_history, catalog):
    stored = [a_history(number) for number in range(1, 4)]
    await send(client, *stored)
    catalog.is_away = True
    catalog.procedures["1.000777"] = catalog.procedures["1.001193"]
    unseen = [a_history(number, procedure_code="1.000777") for number in range(4, 2_000)]
    assert await send(client, *unseen) == []
    catalog.is_away = False
    outcomes = await send(client, *stored, *unseen)
    assert [o["outcome"] for o in outcomes] == ["duplicate"] * 3 + ["stored"] * len(unseen)


async def test_a_corrected_dossier_is_known_by_what_was_told_before_and_by_what_is_true(
    client, a_history, bearer
):
    line, right = a_history(1), a_history(1, received_at="2022-07-04T09:00:00+07:00")
    wrong = a_history(1, received_at="2022-07-04T10:00:00+07:00")
    (first,) = await send(client, line)
    path = f"/v1/dossiers/{first['code']}/corrections"
    proposal = {
        "corrects": "received_at",
        "event_number": 1,
        "corrected_at": right["received_at"],
        "reason_code": "system_not_updated",
        "reason": "Giờ nhận ghi sai",
        "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
    }
    proposed = await client.post(path, json=proposal)
    assert proposed.status_code == 201, proposed.text
    approved = await client.post(
        f"{path}/1/approval",
        headers={
            **bearer("dossiers:approve", agency="*", subject="officer-2"),
            "If-Match": '"3"',
        },
    )
    assert approved.status_code == 200, approved.text
    outcomes = [(await send(client, told))[0]["outcome"] for told in (line, right, wrong)]
    assert outcomes == ["duplicate", "duplicate", "rejected"]


async def test_what_stands_before_the_line_the_catalogue_is_asked_for_is_stored(
    client, a_history, catalog
):
    await send(client, a_history(0))
    catalog.is_away = True
    known = [a_history(number) for number in range(1, 600)]
    unseen = a_history(600, procedure_code="1.000778")  # no copy of it is kept
    outcomes = await send(client, *known[:-1], b"{", unseen, known[-1])
    assert [o["outcome"] for o in outcomes] == ["stored"] * 598 + ["rejected"]
    assert [o["line"] for o in outcomes] == list(range(1, 600))


async def test_a_byte_order_mark_costs_no_line(client, a_history):
    line = b"\xef\xbb\xbf" + json.dumps(a_history(1)).encode()
    assert [o["outcome"] for o in await send(client, line, a_history(2))] == ["stored", "stored"]

import pytest

THE_NOTICE = {"note": "Quốc khánh", "decided_by": "Thủ tướng Chính phủ"}


@pytest.fixture
async def code(client, a_dossier) -> str:
    answer = await client.post("/v1/dossiers", json=a_dossier())
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


@pytest.fixture
def act(client, code):
    async def post(desk: str, version: int, **body) -> dict:
        answer = await client.post(
            f"/v1/dossiers/{code}/{desk}", json=body, headers={"If-Match": f'"{version}"'}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


async def explained(client, code) -> dict:
    answer = await client.get(f"/v1/dossiers/{code}/due-date")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_due_date_names_each_day_and_the_notice_that_took_it(client, code):
    found = await explained(client, code)
    assert (found["due_on"], found["counted_due_on"], found["agrees"]) == (
        "2022-09-07",
        "2022-09-07",
        True,
    )
    (leg,) = found["legs"]
    assert (leg["kind"], leg["counts_from"], leg["law"][:11]) == (
        "receipt",
        "2022-08-31",
        "our reading",
    )
    days = {day["day"]: day for day in leg["days"]}
    assert {day: (told["outcome"], told["reason"]) for day, told in days.items()} == {
        "2022-08-31": ("start", None),
        "2022-09-01": ("skipped", "day_off"),
        "2022-09-02": ("skipped", "day_off"),
        "2022-09-03": ("skipped", "weekend"),
        "2022-09-04": ("skipped", "weekend"),
        "2022-09-05": ("counted", None),
        "2022-09-06": ("counted", None),
        "2022-09-07": ("counted", None),
    }
    assert THE_NOTICE.items() <= days["2022-09-01"].items()
    assert days["2022-09-07"]["ordinal"] == 3


async def test_a_receipt_after_closing_says_why_it_counts_later(client, a_dossier):
    late = a_dossier(received_at="2022-08-31T17:01:00+07:00")
    code = (await client.post("/v1/dossiers", json=late)).json()["code"]
    leg = (await explained(client, code))["legs"][0]
    assert (leg["counts_from"], leg["postponed_because"]) == ("2022-09-05", "after_closing")
    told = {day["day"]: (day["outcome"], day["reason"]) for day in leg["days"]}
    assert list(told.items())[:6] == [
        ("2022-08-31", ("skipped", "after_closing")),
        ("2022-09-01", ("skipped", "day_off")),
        ("2022-09-02", ("skipped", "day_off")),
        ("2022-09-03", ("skipped", "weekend")),
        ("2022-09-04", ("skipped", "weekend")),
        ("2022-09-05", ("start", None)),
    ]
    assert THE_NOTICE.items() <= leg["days"][1].items()


async def test_each_stop_tells_its_due_dates_and_the_law(client, code, act):
    asked_at = "2022-09-05T08:00:00+07:00"
    items = [{"component": "Giấy chứng sinh", "what_is_missing": "Bản sao"}]
    await act("supplement-requests", 1, asked_at=asked_at, reason="Thiếu bản sao", items=items)
    standing = await explained(client, code)
    assert standing["legs"][-1]["kind"] == "standing"
    assert standing["legs"][-1]["stop"]["to_at"] is None
    moved = await act("supplements", 2, received_at="2022-09-12T09:00:00+07:00")
    found = await explained(client, code)
    last = found["legs"][-1]
    assert (last["kind"], last["law"]) == ("restarted", "NĐ 61/2018/NĐ-CP art. 19.4")
    assert (last["due_on_before"], last["due_on"]) == ("2022-09-07", "2022-09-15")
    assert found["due_on"] == moved["due_on"] == "2022-09-15"


async def test_after_a_new_day_off_the_explanation_admits_the_difference(
    client, code, catalog, later
):
    catalog.days_off.append("2022-09-06")
    later(minutes=1)
    found = await explained(client, code)
    assert (found["due_on"], found["counted_due_on"], found["agrees"]) == (
        "2022-09-07",
        "2022-09-08",
        False,
    )


async def test_a_dossier_out_of_sight_is_not_explained(client, code, bearer):
    stranger = bearer("dossiers:read", agency="H56.18")
    answer = await client.get(f"/v1/dossiers/{code}/due-date", headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_dossier")


async def preview(client, **body) -> dict:
    asked = {"agency_code": "H56.18.26", "received_at": "2022-08-31T10:00:00+07:00", **body}
    answer = await client.post("/v1/due-dates:preview", json=asked)
    return {**answer.json(), "status_code": answer.status_code}


async def test_a_preview_of_a_procedure_counts_as_a_receipt_would(client):
    found = await preview(client, procedure_code="1.001193", channel="direct")
    assert (found["status_code"], found["due_on"]) == (200, "2022-09-07")
    assert found["limit"] == {"value": 3, "unit": "working_day", "cutoff": None}


@pytest.mark.parametrize(
    ("limit", "due_on"),
    [
        ({"value": 8, "unit": "working_hour"}, "2022-09-05"),
        ({"value": 1, "unit": "month"}, "2022-09-30"),
        ({"value": 0, "unit": "working_day", "cutoff": "09:00"}, "2022-09-05"),
        ({"value": None, "unit": "none"}, None),
    ],
)
async def test_a_preview_of_a_free_limit(client, limit, due_on):
    found = await preview(client, limit=limit)
    assert (found["status_code"], found["due_on"]) == (200, due_on)


async def test_what_came_after_the_cut_off_says_so_and_by_what_reading(client):
    limit = {"value": 0, "unit": "working_day"}
    found = await preview(client, limit=limit, received_at="2022-08-30T15:30:00+07:00")
    assert found["due_on"] == "2022-08-31"
    assert found["limit"] == {**limit, "cutoff": "15:00"}
    (leg,) = found["legs"]
    assert (leg["counts_from"], leg["postponed_because"]) == ("2022-08-30", "after_cutoff")
    assert [day["reason"] for day in leg["days"]] == ["after_cutoff", None]
    assert "cut-off" in leg["law"]


async def test_a_count_that_ends_on_a_day_off_names_the_notice(client):
    limit = {"value": 1, "unit": "calendar_day"}
    found = await preview(client, limit=limit)
    (_, ended_on, *passed, moved_to) = found["legs"][0]["days"]
    assert (ended_on["outcome"], ended_on["reason"]) == ("counted", "day_off")
    assert THE_NOTICE.items() <= ended_on.items()
    assert [day["reason"] for day in passed] == ["day_off", "weekend", "weekend"]
    assert (moved_to["outcome"], moved_to["reason"]) == ("moved_to", None)


@pytest.mark.parametrize(("policy", "due_on"), [("restart", "2022-09-15"), ("pause", "2022-09-14")])
async def test_a_preview_reckons_with_stops(client, policy, due_on):
    stop = {
        "kind": "supplement",
        "from_at": "2022-09-05T08:00:00+07:00",
        "to_at": "2022-09-12T09:00:00+07:00",
    }
    found = await preview(
        client,
        limit={"value": 3, "unit": "working_day"},
        supplement_policy=policy,
        stops=[stop, {"kind": "payment", "from_at": "2022-09-13T08:00:00+07:00"}],
    )
    assert found["due_on"] == due_on
    assert [leg["kind"] for leg in found["legs"]][2] == "standing"


@pytest.mark.parametrize(
    ("stops"),
    [
        [("2022-08-30T08:00:00+07:00", None)],
        [("2022-09-05T08:00:00+07:00", "2022-09-04T08:00:00+07:00")],
        [("2022-09-05T08:00:00+07:00", None), ("2022-09-06T08:00:00+07:00", None)],
    ],
)
async def test_a_preview_refuses_stops_out_of_order(client, stops):
    given = [{"kind": "payment", "from_at": a, "to_at": b} for a, b in stops]
    found = await preview(client, limit={"value": 3, "unit": "working_day"}, stops=given)
    assert (found["status_code"], found["code"]) == (422, "out_of_order")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"procedure_code": "1.001193"},
        {"channel": "direct"},
        {"procedure_code": "1.001193", "channel": "direct", "supplement_policy": "pause"},
        {"procedure_code": "1.001193", "limit": {"value": 3, "unit": "working_day"}},
        {
            "procedure_code": "1.001193",
            "channel": "direct",
            "limit": {"value": 3, "unit": "working_day"},
        },
    ],
)
async def test_a_preview_is_of_a_procedure_or_of_a_limit(client, body):
    assert (await preview(client, **body))["status_code"] == 422


async def test_a_preview_of_what_the_catalogue_does_not_know(client):
    limit = {"value": 3, "unit": "working_day"}
    assert (await preview(client, agency_code="H99", limit=limit))["code"] == "unknown_agency"
    found = await preview(client, procedure_code="9.999999", channel="direct")
    assert found["code"] == "unknown_procedure"


async def test_a_preview_needs_a_reader(client, bearer):
    body = {"agency_code": "H56", "received_at": "2022-08-31T10:00:00+07:00"}
    answer = await client.post("/v1/due-dates:preview", json=body, headers=bearer("x"))
    assert answer.status_code == 403

import json
from datetime import UTC, date, datetime

import pytest
from dossier.domain.figures import DIMENSIONS
from dossier.main import _measure
from kernel.periods import ReportingPeriod

Q3 = "from=2022-06-15&to=2022-09-14"
TOTAL = ("dossiers.total",)
READINGS = ("dossiers.corrections", "dossiers.late.reason.", "dossiers.settled.late.")
NDJSON = {"content-type": "application/x-ndjson"}


@pytest.fixture
async def quarter(client, agency):
    """Eleven dossiers: 4 online, 6 direct, 1 postal; 5 early, 3 on time, 2 late, 1 pending."""
    rows = [
        *[("online", "2022-07-04", "2022-07-05", "1.001193")] * 3,
        *[("direct", "2022-07-04", "2022-07-06", "1.001193")] * 2,
        *[("direct", "2022-07-04", "2022-07-07", "1.000004")] * 3,
        ("direct", "2022-07-04", "2022-07-08", "1.000001"),
        ("online", "2022-07-04", "2022-07-11", "1.001193"),
        ("postal", "2022-09-14", None, "1.001193"),
    ]
    lines = [
        {
            "external_id": str(number),
            "agency_code": agency,
            "procedure_code": procedure,
            "channel": channel,
            "received_at": f"{received}T09:00:00+07:00",
            "settled_at": ended and f"{ended}T09:00:00+07:00",
            "applicant": {"full_name": "Người nộp mẫu"},
        }
        for number, (channel, received, ended, procedure) in enumerate(rows)
    ]
    answer = await client.post(
        "/v1/dossier-imports", content="\n".join(map(json.dumps, lines)), headers=NDJSON
    )
    assert answer.text.count('"stored"') == 11
    await client.post(
        "/v1/certified-copies",
        json={"agency_code": agency, "certified_on": "2022-07-04", "copy_count": 7},
    )
    return agency


async def figures(client, agency, more="") -> list[dict]:
    answer = await client.get(f"/v1/figures?agency={agency}&{Q3}{more}")
    assert answer.status_code == 200, answer.text
    return answer.json()["figures"]


async def test_figures_are_counted_from_dossiers(client, quarter):
    found = {f["key"]: f["value"] for f in await figures(client, quarter)}
    assert {key: found[key] for key in found if not key.startswith(READINGS)} == {
        "dossiers.received": 11,
        "dossiers.received.online": 4,
        "dossiers.received.direct": 6,
        "dossiers.received.postal": 1,
        "dossiers.carried_over": 0,
        "dossiers.total": 11,
        "dossiers.settled": 10,
        "dossiers.settled.early": 5,
        "dossiers.settled.on_time": 3,
        "dossiers.settled.late": 2,
        "dossiers.settled.with_result.early": 5,
        "dossiers.settled.with_result.on_time": 3,
        "dossiers.settled.with_result.late": 2,
        "dossiers.settled.without_result": 0,
        "dossiers.pending": 1,
        "dossiers.pending.in_time": 1,
        "dossiers.pending.overdue": 0,
        "dossiers.online.settled.late": 1,
        "dossiers.apologies": 0,
        "dossiers.returned.postal": 0,
        "dossiers.received.online.share": 36.4,
        "dossiers.settled.in_time_rate": 80.0,
        "dossiers.progress_public": 100.0,
        "dossiers.online.procedures": 1,
        "certified_copies": 7,
    }


@pytest.mark.parametrize("by", DIMENSIONS)
async def test_every_figure_lists_as_many_records_as_it_says(client, quarter, by):
    for figure in await figures(client, quarter, f"&by={by}"):
        records, cursor = [], ""
        while cursor is not None:
            page = await client.get(f"{figure['evidence_url']}&limit=3{cursor}")
            assert page.status_code == 200, page.text
            body = page.json()
            records += body["items"]
            cursor = f"&cursor={body['next_cursor']}" if body["next_cursor"] else None
        is_rate = figure["kind"] == "ratio"
        whole, part = figure["denominator"], figure["numerator"]
        assert len(records) == body["total"] == (whole if is_rate else figure["value"])
        contributed = sum(record["contribution"] for record in records)
        assert contributed == body["total_contribution"] == (part if is_rate else figure["value"])
        assert len({record["record_id"] for record in records}) == len(records)


@pytest.mark.parametrize(
    "key", ["dossiers.late.reason.unstated", "dossiers.settled.late.as_first_recorded"]
)
async def test_a_later_page_still_tells_the_number_of_all(client, quarter, key):
    path = f"/v1/figures/{key}/evidence?agency={quarter}&{Q3}&limit=1"
    first = (await client.get(path)).json()
    later = (await client.get(f"{path}&cursor={first['next_cursor']}")).json()
    assert first["total"] == later["total"] == 2
    assert first["items"] != later["items"]
    assert later["next_cursor"] is None


async def test_fields_sum_up_to_the_total_and_none_is_dropped(client, quarter):
    rows = await figures(client, quarter, "&by=procedure_field")
    fields = {row["dimensions"].get("procedure_field") for row in rows}
    assert fields == {None, "ho-tich", "dat-dai", "khac"}
    totals = {row["key"]: row for row in rows if not row["dimensions"]}
    for key in {row["key"] for row in rows if row["dimensions"]}:
        total = totals[key]
        part = "value" if total["denominator"] is None else "numerator"
        values = [row[part] for row in rows if row["key"] == key and row["dimensions"]]
        assert sum(values) == total[part]


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("procedure", {"1.001193", "1.000004", "1.000001"}),
        ("channel", {"online", "direct", "postal"}),
        ("officer", {"officer-1"}),
    ],
)
async def test_figures_are_kept_by_procedure_channel_and_officer(client, quarter, by, values):
    rows = await figures(client, quarter, f"&by={by}")
    found = {row["dimensions"].get(by): row["value"] for row in rows if row["key"] in TOTAL}
    assert set(found) == {None, *values}
    assert found.pop(None) == 11 == sum(found.values())


@pytest.mark.parametrize("by", DIMENSIONS)
async def test_every_figure_of_dossiers_is_broken_down_and_each_part_lists_its_records(
    client, quarter, by
):
    rows = await figures(client, quarter, f"&by={by}")
    totals = {row["key"]: row for row in rows if not row["dimensions"]}
    parts = [row for row in rows if row["dimensions"]]
    assert {row["key"] for row in parts} == set(totals) - {"certified_copies"}
    for key in ("dossiers.late.reason.unstated", "dossiers.settled.late.as_first_recorded"):
        own = [row for row in parts if row["key"] == key]
        assert sum(row["value"] for row in own) == totals[key]["value"] == 2
        for row in own:
            page = (await client.get(row["evidence_url"])).json()
            assert page["total"] == len(page["items"]) == row["value"]


async def test_an_assigned_dossier_counts_for_its_case_officer(client, quarter):
    page = await client.get(f"/v1/dossiers?agency={quarter}&status=2")
    (pending,) = page.json()["items"]
    body, version = {"officer": "officer-9"}, {"If-Match": f'"{pending["version"]}"'}
    path = f"/v1/dossiers/{pending['code']}/case-officer"
    assert (await client.post(path, json=body, headers=version)).status_code == 200
    rows = await figures(client, quarter, "&by=officer")
    found = {row["dimensions"].get("officer"): row["value"] for row in rows if row["key"] in TOTAL}
    assert found == {None: 11, "officer-1": 10, "officer-9": 1}


async def test_what_is_not_kept_by_a_dimension_is_refused_by_it(client, quarter):
    path = f"/v1/figures/certified_copies/evidence?agency={quarter}&{Q3}&channel=online"
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "breakdown_not_offered")


async def test_without_cases_a_rate_is_absent_not_zero(client, agency):
    found = {f["key"]: f for f in await figures(client, agency)}
    assert found["dossiers.received"]["value"] == 0
    rate = found["dossiers.settled.in_time_rate"]
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (None, 0, 0)


async def test_figures_as_known_before_the_records_are_empty(client, quarter):
    before = {
        f["key"]: f["value"]
        for f in await figures(client, quarter, "&known_at=2022-10-15T02:59:59Z")
    }
    assert (before["dossiers.received"], before["certified_copies"]) == (0, 0)
    then = await figures(client, quarter, "&known_at=2022-10-15T03:00:00Z")
    assert then[0]["value"] == 11


async def test_the_answer_says_up_to_which_record_it_reaches(client, quarter):
    answer = (await client.get(f"/v1/figures?agency={quarter}&{Q3}")).json()
    assert answer["watermark"] == "2022-10-15T03:00:00+00:00"
    assert answer["known_at"] == "2022-10-15T03:00:00Z"


async def test_subordinates_count_with_their_superior_when_asked(client, quarter, catalog):
    above = quarter.rsplit(".", 1)[0]
    catalog.agencies.add(above)
    own = {f["key"]: f["value"] for f in await figures(client, above)}
    both = {
        f["key"]: f["value"] for f in await figures(client, above, "&include_subordinates=true")
    }
    assert own["dossiers.received"] == 0
    assert both["dossiers.received"] >= 11


async def test_an_agency_that_has_ended_still_answers_for_its_quarter(
    client, quarter, catalog, bearer
):
    above = quarter.rsplit(".", 1)[0]
    catalog.agencies |= {above}
    catalog.agencies.discard(quarter)
    catalog.ended.add(quarter)
    town = bearer("figures:read", agency=above, subject="town")
    question = f"/v1/figures?agency={above}&{Q3}&include_subordinates=true"
    answer = await client.get(question, headers=town)
    assert answer.status_code == 200, answer.text
    counted = {f["key"]: f["value"] for f in answer.json()["figures"]}
    own = {f["key"]: f["value"] for f in await figures(client, quarter)}
    assert counted["dossiers.received"] >= own["dossiers.received"] == 11
    ward = bearer("figures:read", agency=quarter, subject="ward")
    answer = await client.get(f"/v1/figures?agency={quarter}&{Q3}", headers=ward)
    assert answer.status_code == 200, answer.text


async def test_figures_of_another_agency_are_refused(client, quarter, bearer):
    headers = bearer("figures:read", agency="H56")
    for path in ("/v1/figures?", "/v1/figures/dossiers.received/evidence?"):
        answer = await client.get(f"{path}agency={quarter}&{Q3}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_agency")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/v1/figures?agency=H99&{Q3}", 422, "unknown_agency"),
        (f"/v1/figures/nothing/evidence?agency=H56&{Q3}", 404, "unknown_figure"),
        ("/v1/figures?agency=H56&from=2022-09-15&to=2022-09-14", 422, "empty_period"),
        (f"/v1/figures?agency=H56&{Q3}&by=colour", 422, "invalid_fields"),
        (f"/v1/figures?agency=H56&{Q3}&until=now", 400, "unknown_parameter"),
        (f"/v1/figures/certified_copies/evidence?agency=H56&{Q3}&cursor=x", 400, "bad_cursor"),
        (f"/v1/figures/dossiers.total/evidence?agency=H56&{Q3}&limit=501", 422, "invalid_fields"),
    ],
)
async def test_a_bad_question_is_refused_precisely(client, path, status, code):
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_copies_of_a_day_are_stated_once(client, quarter):
    paper = {"agency_code": quarter, "certified_on": "2022-07-04", "copy_count": 8}
    again = await client.post("/v1/certified-copies", json=paper)
    assert (again.status_code, again.json()["code"]) == (409, "copies_already_recorded")
    tomorrow = {**paper, "certified_on": "2022-10-16"}
    assert (await client.post("/v1/certified-copies", json=tomorrow)).status_code == 422


async def test_gauges_measure_the_same_figures(app, client, quarter):
    period = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
    measured = {f.key: f.value for f in await _measure(app, quarter, period)}
    assert (measured["dossiers.received"], measured["certified_copies"]) == (11, 7)


@pytest.mark.parametrize(
    ("last_day", "today", "overdue"), [("2022-12-14", 18, 0), ("2022-12-14", 20, 1)]
)
async def test_nothing_is_overdue_before_its_day_comes(
    client, a_dossier, agency, app, last_day, today, overdue
):
    paper = a_dossier(received_at="2022-10-14T09:00:00+07:00")
    receipt = (await client.post("/v1/dossiers", json=paper)).json()
    assert receipt["due_on"] == "2022-10-19"
    app.state.clock = lambda: datetime(2022, 10, today, 3, tzinfo=UTC)
    query = f"agency={agency}&from=2022-09-15&to={last_day}"
    answer = (await client.get(f"/v1/figures?{query}")).json()
    values = {figure["key"]: figure["value"] for figure in answer["figures"]}
    assert (values["dossiers.pending"], values["dossiers.pending.overdue"]) == (1, overdue)
    evidence = await client.get(f"/v1/figures/dossiers.pending.overdue/evidence?{query}")
    assert len(evidence.json()["items"]) == overdue

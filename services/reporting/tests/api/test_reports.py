"""A report from its first line to its seal."""

import asyncio
from datetime import datetime

import pytest

QUARTER = {"scheme": "legal", "kind": "quarter", "year": 2022, "number": 3}


def by_key(report):
    return {f["key"]: f for f in report["figures"] if not f["dimensions"]}


async def test_a_draft_knows_its_days_and_whom_it_is_for(client, draft, officer, ward):
    head = await draft()
    assert head["period"] == QUARTER | {
        "from": "2022-06-15",
        "to": "2022-09-14",
        "label": "quý III năm 2022",
    }
    assert head["agency"] == {"code": ward, "name": "UBND phường Phú Sơn"}
    assert head["parent_agency"] == {"code": "H56.18", "name": "UBND thị xã Bỉm Sơn"}
    assert (head["state"], head["version"], head["due_on"]) == ("draft", 1, None)
    report = (await client.get(f"/v1/reports/{head['report_id']}", headers=officer)).json()
    assert report["partial"] is True
    assert report["digest"] is None


async def test_the_parent_is_asked_as_of_the_last_day(draft, world):
    await draft()
    assert {url.params["on"] for url in world.asked if "on" in url.params} == {"2022-09-14"}


async def test_a_collection_brings_every_figure_with_its_source(collected):
    report = await collected()
    figures = by_key(report)
    assert figures["dossiers.received"]["value"] == 389
    assert figures["rating.score"]["value"] == 13.4
    assert figures["rating.class"]["value"] == "Tốt"
    assert figures["report.dossiers.paper_share"]["numerator"] == 258
    assert figures["dossiers.received"]["source"] == "dossier"
    assert {s["service"]: (s["outcome"], s["watermark"]) for s in report["sources"]} == {
        "catalog": ("ok", "42"),
        "dossier": ("ok", "42"),
        "rating": ("ok", "42"),
    }
    assert report["partial"] is False
    assert report["counted_indicators"] == [1, 2, 3, 4, 5, 6, 7]


async def test_the_form_is_filled_per_field_with_a_total(collected):
    form = (await collected())["form"]
    assert [(row["label"], row["cells"]["3"]) for row in form["rows"]] == [
        ("Tư pháp – Hộ tịch", 389),
        ("Tổng cộng", 389),
    ]
    assert form["columns"][2]["formula"] == "4+5+6"


async def test_one_live_draft_per_agency_and_period(client, draft, officer, ward):
    await draft()
    body = QUARTER | {"agency_code": ward}
    second = await client.post("/v1/reports", json=body, headers=officer)
    assert (second.status_code, second.json()["code"]) == (409, "draft_exists")


async def test_two_officers_at_once_open_one_draft(client, rules, officer, ward):
    body = QUARTER | {"agency_code": ward}
    posts = [client.post("/v1/reports", json=body, headers=officer) for _ in range(5)]
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_the_same_key_opens_one_draft(client, rules, officer, ward):
    body = QUARTER | {"agency_code": ward}
    headers = officer | {"Idempotency-Key": f"draft-{ward}"}
    first = await client.post("/v1/reports", json=body, headers=headers)
    again = await client.post("/v1/reports", json=body, headers=headers)
    assert first.json() == again.json()
    other = await client.post("/v1/reports", json=body | {"number": 2}, headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_silent_source_makes_the_report_partial_and_it_says_so(
    client, collected, sealing, officer, world
):
    world.away = {"rating"}
    report = await collected()
    assert report["partial"] is True
    assert {s["service"]: s["outcome"] for s in report["sources"]}["rating"] == "unavailable"
    assert "dossiers.received" in by_key(report)
    found = [f for f in report["findings"] if f["check_id"] == "source_unavailable"]
    assert [f["computed"] for f in found] == ["rating"]
    answer = await sealing(report["report_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "partial_report")
    world.away = set()
    path = f"/v1/reports/{report['report_id']}"
    again = await client.post(f"{path}/collections", json={}, headers=officer)
    assert again.json()["partial"] is False
    assert (await sealing(report["report_id"])).status_code == 200


async def test_an_answer_that_cannot_be_read_is_no_answer(collected, world):
    world.set("rating", "rating.score", [1, 2])
    report = await collected()
    assert report["partial"] is True


async def test_without_the_catalogue_the_own_agency_can_still_be_read(
    client, collected, officer, world
):
    report = await collected()
    world.away = {"catalog"}
    path = f"/v1/reports/{report['report_id']}"
    assert (await client.get(path, headers=officer)).status_code == 200
    answer = await client.post(f"{path}/collections", json={}, headers=officer)
    assert answer.json()["partial"] is True


async def test_without_the_catalogue_no_draft_is_opened(client, rules, officer, ward, world):
    world.away = {"catalog"}
    answer = await client.post("/v1/reports", json=QUARTER | {"agency_code": ward}, headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")
    assert answer.headers["Retry-After"]


async def test_sealing_twice_gives_the_same_digest(client, collected, sealing, officer):
    report = await collected()
    first = (await sealing(report["report_id"])).json()
    second = (await sealing(report["report_id"])).json()
    assert first == second
    assert first["digest"].startswith("sha256:")
    read = (await client.get(f"/v1/reports/{report['report_id']}", headers=officer)).json()
    assert (read["state"], read["digest"], read["sealed_at"]) == (
        "sealed",
        first["digest"],
        first["sealed_at"],
    )


async def test_a_second_draft_over_the_same_records_has_the_same_digest(collected, sealing, app):
    first = await sealing((await collected())["report_id"])
    app.state.clock = lambda: datetime.fromisoformat("2022-11-01T00:00:00Z")
    second = await sealing((await collected())["report_id"])
    assert first.json()["report_id"] != second.json()["report_id"]
    assert first.json()["digest"] == second.json()["digest"]


async def test_other_records_have_another_digest(collected, sealing, world):
    first = await sealing((await collected())["report_id"])
    world.set("dossier", "certified_copies", 289)
    second = await sealing((await collected())["report_id"])
    assert first.json()["digest"] != second.json()["digest"]


async def test_figures_of_the_period_stay_when_the_next_period_has_come(
    client, collected, officer, world
):
    report = await collected()
    known_at = report["known_at"]
    answer = await client.post(
        f"/v1/reports/{report['report_id']}/collections",
        json={"known_at": known_at},
        headers=officer,
    )
    assert answer.status_code == 200
    again = (await client.get(f"/v1/reports/{report['report_id']}", headers=officer)).json()
    assert again["figures"] == report["figures"]
    asked = [url for url in world.asked if url.path == "/v1/figures"]
    assert {(url.params["from"], url.params["to"]) for url in asked} == {
        ("2022-06-15", "2022-09-14")
    }
    assert len({url.params["known_at"] for url in asked}) == 1


async def test_a_report_is_as_of_the_one_instant_that_every_keeper_answers_for(collected, world):
    closed = world.closed_until["dossier"] = "2022-10-15T02:59:00+00:00"
    report = await collected()
    instant = datetime.fromisoformat(closed)
    assert datetime.fromisoformat(report["known_at"]) == instant
    assert {datetime.fromisoformat(s["known_at"]) for s in report["sources"]} == {instant}
    asked = [url.params for url in world.asked if url.path == "/v1/figures"]
    # First as of now; then by field, and everything anew, as of what the first answer told.
    assert [params["known_at"] for params in asked].count(closed) == len(asked) - 3
    assert {params["known_at"] for params in asked if "by" in params} == {closed}


async def test_an_unbalanced_report_is_not_sealed(collected, sealing, world):
    world.set("dossier", "dossiers.settled.late", 4)
    report = await collected()
    found = {f["check_id"] for f in report["findings"] if f["severity"] == "error"}
    assert {"balance_flow", "balance_figures"} <= found
    answer = await sealing(report["report_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "unbalanced_report")


async def test_carried_over_continues_the_sealed_report_before(collected, sealing, world):
    await sealing((await collected(number=2))["report_id"])
    world.set("dossier", "dossiers.carried_over", 2)
    world.set("dossier", "dossiers.total", 391)
    world.set("dossier", "dossiers.pending", 2)
    world.set("dossier", "dossiers.pending.in_time", 2)
    report = await collected(number=3)
    errors = [f for f in report["findings"] if f["severity"] == "error"]
    assert [f["check_id"] for f in errors] == ["balance_carried_over"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/collections", {}),
        ("put", "/narratives/staffing", {"text": "khác"}),
        ("post", "/stated-figures", {"stated": []}),
    ],
)
async def test_a_sealed_report_never_changes(
    client, collected, sealing, officer, method, path, body
):
    report = await collected()
    await sealing(report["report_id"])
    url = f"/v1/reports/{report['report_id']}"
    before = (await client.get(url, headers=officer)).json()
    answer = await client.request(
        method, f"{url}{path}", json=body, headers=officer | {"If-Match": '"0"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "report_sealed")
    assert (await client.get(url, headers=officer)).json() == before


async def test_a_draft_without_figures_is_not_sealed(draft, sealing):
    answer = await sealing((await draft())["report_id"])
    assert answer.json()["code"] == "not_collected"


async def test_a_running_period_is_not_sealed(collected, sealing):
    report = await collected(number=4)
    answer = await sealing(report["report_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "period_not_over")


async def test_sealing_names_the_version_that_was_read(client, collected, officer):
    report = await collected()
    url = f"/v1/reports/{report['report_id']}/seal"
    assert (await client.post(url, headers=officer)).status_code == 428
    stale = await client.post(url, headers=officer | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


async def test_knowledge_of_the_future_is_refused(client, draft, officer):
    head = await draft()
    answer = await client.post(
        f"/v1/reports/{head['report_id']}/collections",
        json={"known_at": "2030-01-01T00:00:00Z"},
        headers=officer,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "known_in_future")


async def test_sections_are_written_over_the_version_that_was_read(client, draft, officer):
    url = f"/v1/reports/{(await draft())['report_id']}/narratives/direction"

    async def write(text, version):
        return await client.put(
            url, json={"text": text}, headers=officer | {"If-Match": f'"{version}"'}
        )

    first = await write("Kế hoạch số 31", 0)
    assert (first.status_code, first.json()["version"], first.headers["ETag"]) == (200, 1, '"1"')
    assert (await write("đè lên", 0)).status_code == 412
    assert (await write("Kế hoạch số 32", 1)).json()["version"] == 2
    assert (await client.put(url, json={"text": "x"}, headers=officer)).status_code == 428


async def test_two_officers_writing_at_once_lose_nothing(client, draft, officer):
    url = f"/v1/reports/{(await draft())['report_id']}/narratives/staffing"
    headers = officer | {"If-Match": '"0"'}
    writes = [client.put(url, json={"text": f"bản {n}"}, headers=headers) for n in range(4)]
    answers = await asyncio.gather(*writes)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_an_unknown_section_is_refused(client, draft, officer):
    url = f"/v1/reports/{(await draft())['report_id']}/narratives/weather"
    answer = await client.put(url, json={"text": "x"}, headers=officer | {"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_section")


async def test_missing_sections_are_named(client, collected, officer):
    report = await collected()
    missing = {section["section"] for section in report["missing_sections"]}
    assert {"direction", "staffing", "next_tasks"} <= missing
    url = f"/v1/reports/{report['report_id']}"
    await client.put(
        f"{url}/narratives/staffing",
        json={"text": "02 công chức"},
        headers=officer | {"If-Match": '"0"'},
    )
    again = (await client.get(url, headers=officer)).json()
    assert missing - {s["section"] for s in again["missing_sections"]} == {"staffing"}
    assert again["narratives"][0]["text"] == "02 công chức"


async def test_a_fresh_copy_is_not_sent_again(client, collected, officer):
    report = await collected()
    url = f"/v1/reports/{report['report_id']}"
    tag = (await client.get(url, headers=officer)).headers["ETag"]
    assert (await client.get(url, headers=officer | {"If-None-Match": tag})).status_code == 304


async def test_reports_are_listed_page_by_page_newest_period_first(client, draft, officer, ward):
    for number in (1, 2, 3):
        await draft(number=number)
    seen, cursor = [], None
    while True:
        params = {"agency": ward, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/reports", params=params, headers=officer)).json()
        seen += [item["period"]["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [3, 2, 1]
    sealed = await client.get("/v1/reports", params={"state": "sealed"}, headers=officer)
    assert sealed.json()["items"] == []


async def test_reports_of_others_are_unknown(client, collected, bearer, ward, world):
    report = await collected()
    world.add_agency("H56.19", "UBND huyện khác", "district")
    stranger = bearer("reports:read", "reports:write", agency="H56.19")
    town = bearer("reports:read", agency="H56.18")
    url = f"/v1/reports/{report['report_id']}"
    assert (await client.get(url, headers=stranger)).json()["code"] == "unknown_report"
    assert (await client.get(url, headers=town)).status_code == 200
    assert (await client.get("/v1/reports", headers=stranger)).json()["items"] == []
    refused = await client.post(
        "/v1/reports", json=QUARTER | {"agency_code": ward}, headers=stranger
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "outside_reach")


async def test_an_agency_that_the_catalogue_does_not_know(client, rules, bearer):
    answer = await client.post(
        "/v1/reports",
        json=QUARTER | {"agency_code": "H99.99"},
        headers=bearer("reports:write", agency="*"),
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_agency")

import pytest


@pytest.fixture(autouse=True)
async def fields(clerk):
    await clerk.field()


async def read(client, code="2.000815", on="2022-09-14"):
    return await client.get(f"/v1/procedures/{code}", params={"on": on})


async def add_version(clerk, body, etag, code="2.000815"):
    return await clerk.post(f"/v1/procedures/{code}/versions", body, **{"If-Match": etag})


def without_code(body):
    return {name: value for name, value in body.items() if name != "code"}


async def test_a_procedure_is_read_as_of_a_day(clerk, client, procedure_body):
    await clerk.procedure(valid_from="2022-01-04")
    body = procedure_body(name="Tên mới", valid_from="2022-08-01")
    answer = await add_version(clerk, body, '"1"')
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    old, new = await read(client, on="2022-07-31"), await read(client, on="2022-08-01")
    assert (old.json()["version_number"], old.json()["valid_to"]) == (1, "2022-08-01")
    assert (new.json()["name"], new.json()["valid_to"]) == ("Tên mới", None)
    assert (await read(client, on="2022-01-03")).status_code == 404


async def test_what_was_recorded_is_what_is_read(clerk, client, procedure_body):
    body = procedure_body(cutoff_time="15:00", legal_basis=["23/2015/NĐ-CP"], result="Bản sao")
    await clerk.procedure(**body)
    found = (await read(client)).json()
    method = {**body["filing_methods"][0], "fee_vnd": 0, "charge_vnd": 0, "description": None}
    assert found["filing_methods"] == [method]
    assert found["components"] == [{**body["components"][0], "copy_count": 0}]
    for name in ("name", "steps", "applicants", "cutoff_time", "legal_basis", "result"):
        assert found[name] == body[name]
    assert found["field_name"] == "Chứng thực"
    assert found["supplement_policy"] == "restart"


async def test_versions_are_copied_by_tag(clerk, client, procedure_body):
    await clerk.procedure()
    path = "/v1/procedures/2.000815/versions"
    first = await client.get(path)
    tag = {"If-None-Match": first.headers["etag"]}
    assert (await client.get(path, headers=tag)).status_code == 304
    await add_version(clerk, without_code(procedure_body(valid_from="2023-01-01")), '"1"')
    changed = await client.get(path, headers=tag)
    ranges = [(v["valid_from"], v["valid_to"]) for v in changed.json()["versions"]]
    assert ranges == [("2022-01-04", "2023-01-01"), ("2023-01-01", None)]


@pytest.mark.parametrize(
    ("etag", "change", "status", "code"),
    [
        ('"1"', {"valid_from": "2022-01-04"}, 409, "version_not_later"),
        ('"1"', {"valid_from": "2021-01-04"}, 409, "version_not_later"),
        ('"2"', {}, 412, "version_changed"),
        ("x", {}, 400, "bad_header"),
        ('"1"', {"code": "2.000816"}, 422, "code_differs"),
        ('"1"', {"field_code": "khac"}, 422, "unknown_procedure_field"),
        ('"1"', {"decision_number": "không có"}, 422, "unknown_decision"),
    ],
)
async def test_a_version_that_is_refused(clerk, procedure_body, etag, change, status, code):
    await clerk.procedure()
    body = procedure_body(valid_from="2023-01-01") | change
    answer = await add_version(clerk, body, etag)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_version_needs_the_tag_of_what_it_replaces(clerk, procedure_body):
    await clerk.procedure()
    answer = await clerk.post("/v1/procedures/2.000815/versions", procedure_body())
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


async def test_a_procedure_is_recorded_once(clerk, procedure_body):
    await clerk.procedure()
    answer = await clerk.post("/v1/procedures", procedure_body())
    assert (answer.status_code, answer.json()["code"]) == (409, "procedure_exists")


async def test_only_a_complete_procedure_is_published(clerk, procedure_body):
    await clerk.decision()
    body = procedure_body(steps=[], decision_number="01/QĐ-UBND")
    answer = await clerk.post("/v1/procedures", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "procedure_incomplete")
    assert answer.json()["details"]["missing"] == "steps"
    draft = await clerk.post("/v1/procedures", {**body, "decision_number": None})
    assert (draft.status_code, draft.json()["published"]) == (201, False)
    effect = {"kind": "new", "procedure_code": "2.000815", "effective_on": "2022-02-01"}
    head = {"number": "2", "decided_on": "2022-02-01", "issued_by": "x", "title": "x"}
    late = await clerk.post("/v1/publication-decisions", {**head, "effects": [effect]})
    assert (late.status_code, late.json()["code"]) == (422, "procedure_incomplete")


async def test_a_decision_that_comes_first_asks_for_completeness_as_well(clerk, procedure_body):
    await clerk.decision(
        effects=[{"kind": "new", "procedure_code": "2.000815", "effective_on": "2022-02-01"}]
    )
    answer = await clerk.post("/v1/procedures", procedure_body(components=[]))
    assert answer.json()["code"] == "procedure_incomplete"
    await clerk.procedure()


async def test_an_abolished_procedure_is_out_of_force_from_that_day(clerk, client):
    await clerk.procedure()
    await clerk.decision(
        effects=[{"kind": "abolished", "procedure_code": "2.000815", "effective_on": "2022-09-01"}]
    )
    assert (await read(client, on="2022-08-31")).json()["valid_to"] == "2022-09-01"
    assert (await read(client, on="2022-09-01")).json()["code"] == "procedure_not_found"


async def test_an_online_level_keeps_the_words_of_its_day(clerk, client):
    await clerk.procedure()
    path = "/v1/procedures/2.000815/online-levels"
    old = {"vocabulary": "levels_1_4", "level": "level_4", "valid_from": "2022-01-04"}
    await clerk.recorded(path, old)
    after_the_change = (await read(client, on="2022-09-14")).json()
    assert after_the_change["online_level"] == "level_4"
    new = {"vocabulary": "partly_fully", "level": "fully_online", "valid_from": "2022-10-01"}
    await clerk.recorded(path, new)
    assert (await read(client, on="2022-10-01")).json()["online_level"] == "fully_online"
    again = await clerk.post(path, new)
    assert (again.status_code, again.json()["code"]) == (409, "online_level_exists")


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (("levels_1_4", "level_4", "2022-08-15"), "vocabulary_not_in_force"),
        (("partly_fully", "level_4", "2022-08-15"), "level_outside_vocabulary"),
    ],
)
async def test_an_online_level_in_the_wrong_words_is_refused(clerk, level, code):
    await clerk.procedure()
    body = dict(zip(("vocabulary", "level", "valid_from"), level, strict=True))
    answer = await clerk.post("/v1/procedures/2.000815/online-levels", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_procedures_are_listed_as_of_a_day_by_field_level_and_agency(clerk, client):
    await clerk.tree()
    await clerk.field("ho-tich", "Hộ tịch")
    await clerk.procedure("1.000001")
    await clerk.procedure("1.000002", field_code="ho-tich", level="province")
    await clerk.procedure("1.000003", valid_from="2022-12-01")
    await clerk.assign("1.000001", valid_from="2022-01-04", valid_to="2022-09-01")
    await clerk.assign("1.000001", valid_from="2022-10-01", desk="elsewhere")
    for asked, codes in [
        ({"on": "2022-09-14"}, ["1.000001", "1.000002"]),
        ({"on": "2022-12-01"}, ["1.000001", "1.000002", "1.000003"]),
        ({"on": "2022-09-14", "field": "ho-tich"}, ["1.000002"]),
        ({"on": "2022-09-14", "level": "commune"}, ["1.000001"]),
        ({"on": "2022-08-31", "agency": "H56.18.26"}, ["1.000001"]),
        ({"on": "2022-09-01", "agency": "H56.18.26"}, []),
        ({"on": "2022-10-01", "agency": "H56.18.26"}, ["1.000001"]),
    ]:
        page = (await client.get("/v1/procedures", params=asked)).json()
        assert [line["code"] for line in page["items"]] == codes, asked


async def test_the_pages_of_a_list_make_the_whole(clerk, client):
    codes = [f"1.{number:06}" for number in range(1, 6)]
    for code in codes:
        await clerk.procedure(code)
    seen, asked = [], {"on": "2022-09-14", "limit": 2}
    while True:
        page = (await client.get("/v1/procedures", params=asked)).json()
        seen += [line["code"] for line in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert seen == codes


async def test_a_ward_does_not_write_what_holds_for_everybody(clerk, clerk_of, procedure_body):
    await clerk.tree()
    ward, province = clerk_of("H56.18.26"), clerk_of("H56")
    answer = await ward.post("/v1/procedures", procedure_body())
    assert (answer.status_code, answer.json()["code"]) == (403, "catalogue_wide_write")
    assert (await province.post("/v1/procedures", procedure_body())).status_code == 201


async def test_an_import_says_of_every_line_what_became_of_it(clerk, client, procedure_body):
    await clerk.procedure("1.000001")
    level = {"vocabulary": "levels_1_4", "level": "level_3", "valid_from": "2022-01-04"}
    wrong = {**level, "valid_from": "2022-09-01"}
    lines = [
        procedure_body("1.000001"),
        procedure_body("1.000002", online_level=level),
        procedure_body("1.000003", field_code="khac"),
        procedure_body("1.000004", steps=[]),
        procedure_body("1.000005", online_level=wrong),
        procedure_body("1.000002"),
    ]
    decision = {
        "number": "7/QĐ",
        "decided_on": "2022-01-04",
        "issued_by": "UBND tỉnh",
        "title": "Công bố",
    }
    report = await clerk.recorded(
        "/v1/procedure-imports", {"decision": decision, "procedures": lines}
    )
    assert (report["stored"], report["duplicate"], report["rejected"]) == (1, 1, 4)
    assert [
        (line["line"], line["outcome"], (line["problem"] or {}).get("code"))
        for line in report["lines"]
    ] == [
        (1, "duplicate", None),
        (2, "stored", None),
        (3, "rejected", "unknown_procedure_field"),
        (4, "rejected", "procedure_incomplete"),
        (5, "rejected", "vocabulary_not_in_force"),
        (6, "rejected", "repeated_in_request"),
    ]
    found = (await read(client, "1.000002")).json()
    assert (found["decision_number"], found["published"], found["online_level"]) == (
        "7/QĐ",
        True,
        "level_3",
    )
    again = await clerk.recorded(
        "/v1/procedure-imports", {"decision": decision, "procedures": lines[1:2]}
    )
    assert again["duplicate"] == 1


async def test_decisions_are_listed_with_what_they_do(clerk, client):
    effect = {"kind": "new", "procedure_code": "2.000815", "effective_on": "2022-01-04"}
    for number in ("1", "2", "3"):
        await clerk.decision(number, effects=[effect])
    first = (await client.get("/v1/publication-decisions", params={"limit": 2})).json()
    asked = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await client.get("/v1/publication-decisions", params=asked)).json()
    assert [each["number"] for each in first["items"] + second["items"]] == ["1", "2", "3"]
    assert first["items"][0]["effects"] == [effect]
    assert second["next_cursor"] is None


async def test_a_decision_and_a_field_are_recorded_once(clerk):
    await clerk.decision()
    head = {"number": "01/QĐ-UBND", "decided_on": "2022-01-04", "issued_by": "x", "title": "x"}
    assert (await clerk.post("/v1/publication-decisions", head)).json()["code"] == "decision_exists"
    field = {"code": "chung-thuc", "name": "x"}
    assert (await clerk.post("/v1/procedure-fields", field)).json()["code"] == (
        "procedure_field_exists"
    )
    effect = {"kind": "new", "procedure_code": "2.000815", "effective_on": "2022-01-04"}
    twice = {**head, "number": "9", "effects": [effect, effect]}
    assert (await clerk.post("/v1/publication-decisions", twice)).json()["code"] == (
        "repeated_in_request"
    )


async def test_procedure_fields_are_listed_by_code(clerk, client):
    await clerk.field("ho-tich", "Hộ tịch")
    page = (await client.get("/v1/procedure-fields", params={"limit": 1})).json()
    asked = {"limit": 1, "cursor": page["next_cursor"]}
    rest = (await client.get("/v1/procedure-fields", params=asked)).json()
    assert [field["name"] for field in page["items"] + rest["items"]] == ["Chứng thực", "Hộ tịch"]

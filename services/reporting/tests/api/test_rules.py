"""Data releases of rules and the windows they give."""

import json
from pathlib import Path

import pytest

RELEASES = Path(__file__).parents[2] / "releases"


def release(name):
    return json.loads((RELEASES / name).read_text())


@pytest.fixture
def keeper(bearer):
    return bearer("periods:write", "reports:read", agency="*")


async def test_periods_of_a_year(client, rules, officer):
    answer = await client.get("/v1/periods", params={"year": 2022}, headers=officer)
    assert [(p["from"], p["to"]) for p in answer.json()["periods"]] == [
        ("2021-12-15", "2022-03-14"),
        ("2022-03-15", "2022-06-14"),
        ("2022-06-15", "2022-09-14"),
        ("2022-09-15", "2022-12-14"),
    ]
    calendar = {"year": 2022, "scheme": "calendar", "kind": "half_year"}
    answer = await client.get("/v1/periods", params=calendar, headers=officer)
    assert [p["label"] for p in answer.json()["periods"]] == [
        "6 tháng đầu năm 2022",
        "6 tháng cuối năm 2022",
    ]


async def test_loading_a_release_again_changes_nothing(client, rules, keeper):
    before = (await client.get("/v1/period-schemes", headers=keeper)).json()
    body = release("period-schemes.json")
    again = await client.post("/v1/period-schemes", json=body, headers=keeper)
    assert (again.status_code, again.json()) == (
        201,
        {"release": body["release"], "rules": 11},
    )
    assert (await client.get("/v1/period-schemes", headers=keeper)).json() == before
    assert len(before["schemes"]) == 8
    forms = (await client.get("/v1/report-forms", headers=keeper)).json()["forms"]
    assert [(form["code"], len(form["columns"])) for form in forms] == [("II.06a", 13)]


@pytest.mark.parametrize(
    ("path", "name", "change"),
    [
        ("/v1/period-schemes", "period-schemes.json", {"deadlines": []}),
        ("/v1/period-schemes", "period-schemes.json", {"release": "same-days-again"}),
        ("/v1/report-forms", "form-ii06a.json", {"title": "khác"}),
    ],
)
async def test_a_release_of_other_content_is_refused(client, rules, keeper, path, name, change):
    answer = await client.post(path, json=release(name) | change, headers=keeper)
    assert (answer.status_code, answer.json()["code"]) == (409, "release_differs")


async def test_a_rule_that_leaves_gaps_is_refused(client, keeper):
    rule = release("period-schemes.json")["schemes"][0] | {
        "to_rule": {"day": 10, "month_offset": 0}
    }
    answer = await client.post(
        "/v1/period-schemes", json={"release": "gaps", "schemes": [rule]}, headers=keeper
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed_rule")


async def test_a_form_that_contradicts_itself_is_refused(client, keeper):
    body = release("form-ii06a.json") | {"version": 2}
    body["columns"][2]["formula"] = "4+99"
    answer = await client.post("/v1/report-forms", json=body, headers=keeper)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed_form")


async def test_a_period_without_a_form_names_what_to_load(client, rules, officer, ward):
    asked = {
        "agency_code": ward,
        "kind": "quarter",
        "year": 2022,
        "number": 3,
        "form_code": "II.99",
    }
    answer = await client.post("/v1/reports", json=asked, headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_report_form")
    assert "POST /v1/report-forms" in answer.json()["detail"]


async def test_a_period_without_a_rule_names_what_to_load(client, rules, officer, ward):
    asked = {"agency_code": ward, "kind": "quarter", "year": 2015, "number": 3}
    answer = await client.post("/v1/reports", json=asked, headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_period_rule")
    assert "period-schemes.json" in answer.json()["detail"]


async def test_rules_are_for_their_keepers(client, officer):
    body = release("period-schemes.json")
    answer = await client.post("/v1/period-schemes", json=body, headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")

"""The score sheet of a ward, with and without an assessment."""

import pytest


async def sheet(client, officer, quarter):
    answer = await client.get("/v1/scores", headers=officer, params=quarter)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_seven_counted_indicators_of_phu_son(client, officer, phu_son, quarter, assess):
    assert (await assess(phu_son)).status_code == 201
    found = await sheet(client, officer, quarter)
    assert [one["points"] for one in found["indicators"] if one["counted"]] == [
        1.8, 1.8, 2.0, 2.0, 2.0, 2.0, 1.8,
    ]  # fmt: skip
    assert (found["total"], found["maximum"], found["counted"]) == (13.4, 14, 7)
    assert (found["class"], found["class_code"]) == ("Tốt", "good")
    assert [one["not_counted_reason"] for one in found["indicators"][7:]] == ["not_assessed"] * 2


async def test_without_an_assessment_everything_with_data_counts(client, officer, phu_son, quarter):
    found = await sheet(client, officer, quarter)
    assert (found["total"], found["maximum"], found["counted"]) == (16.4, 18, 9)
    assert (found["class"], found["assessment_reason"]) == ("Xuất sắc", None)


async def test_a_ward_without_records_says_why_nothing_is_counted(client, officer, quarter):
    found = await sheet(client, officer, quarter)
    reasons = {one["number"]: one["not_counted_reason"] for one in found["indicators"]}
    assert reasons[1] == "no_settled_dossiers"
    assert reasons[3] == "no_answers"
    assert reasons[9] == "no_dossiers_received"


async def test_a_period_before_any_set_has_no_sheet(client, officer, phu_son):
    asked = {"agency": phu_son, "from": "2017-01-01", "to": "2017-03-31"}
    found = await sheet(client, officer, asked)
    assert (found["indicator_set"], found["indicators"], found["total"]) == (None, [], None)


async def test_one_assessment_per_agency_and_period(agency, assess):
    first, second = await assess(agency), await assess(agency)
    assert first.json()["counted_indicators"] == list(range(1, 8))
    assert (second.status_code, second.json()["code"]) == (409, "duplicate_assessment")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"indicator_set": "none"}, 404, "unknown_indicator_set"),
        ({"counted_indicators": [1, 12]}, 422, "unknown_indicators"),
        ({"counted_indicators": []}, 422, "invalid_fields"),
        ({"from": "2022-09-15"}, 422, "empty_period"),
        ({"from": "2017-01-01", "to": "2017-03-31"}, 422, "indicator_set_not_in_force"),
        ({"agency_code": "H56.18.26"}, 403, "agency_not_yours"),
    ],
)
async def test_refused_assessments(agency, assess, changes, status, code):
    answer = await assess(agency, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_neighbour_away_is_said_and_not_guessed(client, officer, quarter, neighbours):
    neighbours.catalog.is_away = True
    answer = await client.get("/v1/scores", headers=officer, params=quarter)
    assert (answer.status_code, answer.json()["details"]) == (503, {"neighbour": "catalog"})

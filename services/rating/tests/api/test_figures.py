"""Every figure is computed from records, lists as many as it says, and can be asked again."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rating.domain.figures import DEFINITIONS
from rating.main import measure

BEFORE_BALLOTS = datetime(2022, 8, 1, tzinfo=UTC)


async def figures(client, officer, quarter, **asked):
    answer = await client.get("/v1/figures", headers=officer, params={**quarter, **asked})
    assert answer.status_code == 200, answer.text
    return {one["key"]: one for one in answer.json()["figures"]}


async def values(client, officer, quarter, **asked):
    found = await figures(client, officer, quarter, **asked)
    return {key: one["value"] for key, one in found.items()}


async def every_page(client, officer, address, limit=100):
    separator = "&" if "?" in address else "?"
    items, cursor, pages = [], None, 0
    while True:
        page = await client.get(
            f"{address}{separator}limit={limit}" + (f"&cursor={cursor}" if cursor else ""),
            headers=officer,
        )
        assert page.status_code == 200, page.text
        body, pages = page.json(), pages + 1
        assert len(body["items"]) <= limit
        items, cursor = items + body["items"], body["next_cursor"]
        if cursor is None:
            return body, items, pages


def a_complaint(agency, **changes):
    return {
        "agency_code": agency,
        "kind": "conduct",
        "received_at": "2022-08-05T03:00:00Z",
        "subject": "Thái độ",
        "content": "Nội dung phản ánh mẫu.",
        **changes,
    }


@pytest.fixture
async def full_quarter(phu_son, assess, client, officer, ended_dossier):
    """Phú Sơn with an assessment and three pieces of feedback: on time, late, open."""
    await assess(phu_son)
    complaint = a_complaint(phu_son, dossier_code=ended_dossier(1))
    late = a_complaint(phu_son, kind="both", received_at="2022-06-20T03:00:00Z")
    pending = a_complaint(phu_son, kind="regulation", received_at="2022-09-12T03:00:00Z")
    for body, answered_at in (
        (complaint, "2022-08-10T03:00:00Z"),
        (late, "2022-08-10T03:00:00Z"),
        (pending, None),
    ):
        received = await client.post("/v1/feedback", headers=officer, json=body)
        if answered_at:
            await client.post(
                f"/v1/feedback/{received.json()['feedback_id']}/answer",
                headers=officer,
                json={"answered_at": answered_at, "answer": "Đã trả lời."},
            )
    return phu_son


async def test_the_figures_of_phu_son(client, officer, phu_son, quarter, assess):
    await assess(phu_son)
    found = await values(client, officer, quarter)
    assert list(found) == list(DEFINITIONS)
    assert [found[f"rating.indicator.{number}"] for number in range(1, 10)] == [
        1.8, 1.8, 2.0, 2.0, 2.0, 2.0, 1.8, 2.0, 1.0,
    ]  # fmt: skip
    assert found["rating.score"] == 13.4
    assert found["rating.maximum"] == 14
    assert found["rating.indicators_counted"] == 7
    assert found["rating.class"] == "Tốt"
    assert (found["rating.score.all"], found["rating.class.all"]) == (16.4, "Xuất sắc")
    assert found["satisfaction.ballots"] == 125
    assert [
        found[f"satisfaction.{level}"] for level in ("not_satisfied", "satisfied", "very_satisfied")
    ] == [0.0, 18.4, 81.6]
    assert found["feedback.received"] == 0
    assert found["feedback.answered_on_time"] is None


async def test_without_an_assessment_the_assessed_sum_is_absent(client, officer, phu_son, quarter):
    found = await figures(client, officer, quarter)
    assert found["rating.score"]["value"] is None
    assert found["rating.score.all"]["value"] == 16.4
    assert found["rating.indicator.1"]["numerator"] == 702
    assert found["rating.indicator.1"]["denominator"] == 389


async def test_the_feedback_figures(client, officer, full_quarter, quarter):
    found = await figures(client, officer, quarter)
    assert found["feedback.received"]["value"] == 3
    assert found["feedback.received.regulation"]["value"] == 2
    assert found["feedback.received.conduct"]["value"] == 2
    assert found["feedback.answered"]["value"] == 2
    judged = found["feedback.answered_on_time"]
    assert (judged["value"], judged["numerator"], judged["denominator"]) == (50.0, 1, 2)
    assert found["rating.indicator.8"]["value"] == 0.0


async def test_feedback_on_conduct_takes_its_dossiers_points(
    client, officer, full_quarter, quarter
):
    found = await figures(client, officer, quarter)
    assert found["rating.indicator.1"]["numerator"] == 702
    assert found["rating.indicator.7"]["numerator"] == 700
    _, records, _ = await every_page(client, officer, found["rating.indicator.7"]["evidence_url"])
    complained = [one for one in records if one["attributes"]["conduct_feedback"] == "true"]
    assert [one["record_id"] for one in complained] == [f"{full_quarter}-220720-0001"]


async def test_every_figure_lists_as_many_records_as_it_says(
    client, officer, full_quarter, quarter
):
    for figure in (await figures(client, officer, quarter)).values():
        head, records, _ = await every_page(client, officer, figure["evidence_url"])
        contributed = sum(Decimal(str(one["contribution"])) for one in records)
        assert head["total"] == len(records), figure
        assert Decimal(str(head["total_contribution"])) == contributed, figure
        assert len({one["record_id"] for one in records}) == len(records)
        match figure["kind"]:
            case "count":
                assert figure["value"] == len(records)
            case "ratio" | "average":
                assert (figure["numerator"], figure["denominator"]) == (contributed, len(records))
            case "total":
                assert Decimal(str(figure["value"])) == contributed


@pytest.mark.parametrize(
    "key", ["rating.score.all", "feedback.received", "feedback.answered_on_time"]
)
async def test_pages_of_one_record_list_the_same(client, officer, full_quarter, quarter, key):
    address = (await figures(client, officer, quarter))[key]["evidence_url"]
    at_once = (await every_page(client, officer, address))[1]
    one_by_one = await every_page(client, officer, address, 1)
    assert (one_by_one[1], one_by_one[2]) == (at_once, len(at_once))


async def test_evidence_of_satisfaction_has_pages_of_the_size_asked(
    client, officer, phu_son, quarter
):
    address = (await figures(client, officer, quarter))["satisfaction.very_satisfied"][
        "evidence_url"
    ]
    head, records, pages = await every_page(client, officer, address, 50)
    assert (head["total"], head["total_contribution"], len(records), pages) == (125, 102, 125, 3)


async def test_what_was_recorded_later_is_not_known_before(client, officer, agency, quarter, cast):
    await cast(agency, "satisfied", 2)
    await cast(agency, "not_satisfied", 1, recorded_at=datetime(2022, 9, 30, tzinfo=UTC))
    ballots = [
        (await values(client, officer, quarter, known_at=at))["satisfaction.ballots"]
        for at in ("2022-08-01T00:00:00Z", "2022-09-01T00:00:00Z", "2022-10-01T00:00:00Z")
    ]
    assert ballots == [0, 2, 3]


async def test_the_answer_of_tomorrow_does_not_change_yesterdays_figures(
    client, officer, full_quarter, quarter
):
    then = await values(client, officer, quarter, known_at="2022-10-02T00:00:00Z")
    assert then["feedback.received"] == 0
    now = await values(client, officer, quarter)
    assert now["feedback.received"] == 3


async def test_a_ballot_counts_on_its_local_day(client, officer, agency, quarter, cast):
    for instant in ("2022-06-14T16:59:59+00:00", "2022-09-14T17:00:00+00:00"):
        await cast(agency, "satisfied", 1, cast_at=datetime.fromisoformat(instant))
    assert (await values(client, officer, quarter))["satisfaction.ballots"] == 0
    for instant in ("2022-06-14T17:00:00+00:00", "2022-09-14T16:59:59+00:00"):
        await cast(agency, "satisfied", 1, cast_at=datetime.fromisoformat(instant))
    assert (await values(client, officer, quarter))["satisfaction.ballots"] == 2


async def test_subordinates_are_pooled_and_must_be_within_sight(
    client, officer, bearer, agency, neighbours, cast
):
    district = agency.rpartition(".")[0]
    neighbours.catalog.codes = {district, agency, f"{district}.999"}
    await cast(agency, "satisfied", 1)
    await cast(f"{district}.999", "very_satisfied", 1)
    asked = {"agency": district, "from": "2022-06-15", "to": "2022-09-14"}
    above = bearer("figures:read", agency=district)
    own = await values(client, above, asked)
    pooled = await values(client, above, asked, include_subordinates="true")
    assert (own["satisfaction.ballots"], pooled["satisfaction.ballots"]) == (0, 2)
    below = await client.get("/v1/figures", headers=officer, params=asked)
    assert (below.status_code, below.json()["code"]) == (403, "agency_not_yours")


async def test_the_watermark_names_all_three_services(client, officer, phu_son, quarter):
    answer = await client.get("/v1/figures", headers=officer, params=quarter)
    assert answer.json()["watermark"] == ("rating=2022-08-02T03:00:00+00:00;dossier=d1;catalog=c1")


@pytest.mark.parametrize("neighbour", ["catalog", "dossiers"])
async def test_figures_need_both_neighbours(client, officer, quarter, neighbours, neighbour):
    getattr(neighbours, neighbour).is_away = True
    answer = await client.get("/v1/figures", headers=officer, params=quarter)
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")


async def test_unknown_figures_agencies_and_cursors(client, officer, bearer, phu_son, quarter):
    async def refused(key, headers=officer, **changes):
        answer = await client.get(
            f"/v1/figures/{key}/evidence", headers=headers, params={**quarter, **changes}
        )
        return answer.status_code, answer.json()["code"]

    assert await refused("rating.indicator.99") == (404, "unknown_figure")
    everywhere = bearer("figures:read", agency="*")
    assert await refused("rating.score", everywhere, agency="Z99") == (422, "unknown_agency")
    for key in (
        "rating.indicator.1",
        "rating.score.all",
        "satisfaction.ballots",
        "feedback.received",
    ):
        assert await refused(key, cursor="bm90LWEtY3Vyc29y") == (400, "bad_cursor")
    assert await refused("rating.score.all", cursor="Wy0xXQ") == (400, "bad_cursor")


async def test_the_gauges_get_the_same_values(app, neighbours, phu_son, client, officer, quarter):
    asked = await values(client, officer, quarter)
    app.state.settings.metrics_from, app.state.settings.metrics_to = None, None
    period = app.state.metrics_period()
    measured = await measure(app, phu_son, period)
    assert {one.key for one in measured} == set(asked)
    assert next(one.value for one in measured if one.key == "satisfaction.ballots") == 125

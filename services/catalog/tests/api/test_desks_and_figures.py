import pytest

WARD = "H56.18.26"
QUARTER = {"agency": WARD, "from": "2022-06-15", "to": "2022-09-14"}
CODES = ["1.000001", "1.000002", "1.000003"]


@pytest.fixture
async def ward(clerk):
    """Three procedures of the ward: published, posted and online to different degrees."""
    await clerk.tree()
    await clerk.field()
    await clerk.field("ho-tich", "Hộ tịch")
    await clerk.decision()
    await clerk.procedure("1.000001", decision_number="01/QĐ-UBND")
    await clerk.procedure("1.000002", decision_number="01/QĐ-UBND")
    await clerk.procedure("1.000003", field_code="ho-tich")
    await clerk.assign("1.000001", "1.000002")
    await clerk.assign("1.000003", desk="received_and_returned")
    for code, level in [("1.000001", "level_3"), ("1.000002", "level_4")]:
        body = {"vocabulary": "levels_1_4", "level": level, "valid_from": "2022-01-04"}
        await clerk.recorded(f"/v1/procedures/{code}/online-levels", body)
    await post(clerk, "desk", CODES)
    await post(clerk, "agency_portal", CODES[:1])
    await review(clerk, cut("1.000001"), {"procedure_code": "1.000002", "outcome": "kept"})
    return clerk


def cut(code):
    return {
        "procedure_code": code,
        "before_working_days": 3,
        "after_working_days": 2,
        "outcome": "cut",
    }


async def post(clerk, place, codes, agency=WARD):
    body = {"agency_code": agency, "place": place, "posted_on": "2022-02-01"}
    return await clerk.recorded("/v1/postings", {**body, "procedure_codes": codes})


def review_of(*outcomes, number="12/KH-UBND"):
    return {
        "agency_code": WARD,
        "document_number": number,
        "document_on": "2022-01-14",
        "reviewed_on": "2022-07-20",
        "outcomes": list(outcomes),
    }


async def review(clerk, *outcomes):
    return await clerk.recorded("/v1/reviews", review_of(*outcomes))


async def figures(clerk, **more):
    answer = await clerk.client.get(
        "/v1/figures", params={**QUARTER, **more}, headers=clerk.headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def by_key(clerk, **more):
    return {
        figure["key"]: figure
        for figure in (await figures(clerk, **more))["figures"]
        if not figure["dimensions"]
    }


async def test_the_figures_of_the_ward(ward):
    found = await by_key(ward)
    values = {
        key: (figure["value"], figure["numerator"], figure["denominator"])
        for key, figure in found.items()
    }
    assert values == {
        "procedures.in_force": (3, None, None),
        "procedures.published": (66.7, 2, 3),
        "procedures.posted": (33.3, 1, 3),
        "procedures.posted.desk": (100.0, 3, 3),
        "procedures.posted.agency_portal": (33.3, 1, 3),
        "procedures.posted.national_database": (0.0, 0, 3),
        "procedures.online": (2, None, None),
        "procedures.online.level_3": (1, None, None),
        "procedures.online.level_4": (1, None, None),
        "procedures.online.partly_online": (0, None, None),
        "procedures.online.fully_online": (0, None, None),
        "procedures.online.share": (66.7, 2, 3),
        "procedures.settled_at_desk": (66.7, 2, 3),
        "procedures.received_and_returned_at_desk": (100.0, 3, 3),
        "reviews.time_limit_cut": (50.0, 1, 2),
    }


async def test_every_figure_lists_as_many_records_as_it_says(ward):
    """Follow each figure's own address, page by page."""
    answer = await figures(ward, by="procedure_field")
    assert len(answer["figures"]) == 15 * 3
    for figure in answer["figures"]:
        items, cursor = [], None
        while True:
            address = f"{figure['evidence_url']}&limit=2"
            page = await ward.client.get(
                address if cursor is None else f"{address}&cursor={cursor}", headers=ward.headers
            )
            assert page.status_code == 200, page.text
            items += page.json()["items"]
            cursor = page.json()["next_cursor"]
            if cursor is None:
                break
        contributions = sum(item["contribution"] for item in items)
        assert page.json()["total"] == len(items)
        assert page.json()["total_contribution"] == contributions
        if figure["kind"] == "count":
            assert len(items) == contributions == figure["value"]
        else:
            assert (contributions, len(items)) == (figure["numerator"], figure["denominator"])


async def test_a_field_has_its_own_figures(ward):
    answer = await figures(ward, by="procedure_field")
    in_force = {
        figure["dimensions"].get("procedure_field"): figure["value"]
        for figure in answer["figures"]
        if figure["key"] == "procedures.in_force"
    }
    assert in_force == {None: 3, "chung-thuc": 2, "ho-tich": 1}


async def test_the_town_counts_a_procedure_once_and_as_its_weakest_ward_does(ward):
    await ward.agency("H56.18.27", "commune", "H56.18")
    await ward.assign("1.000001", agency="H56.18.27", desk="elsewhere")
    alone = await by_key(ward, agency="H56.18")
    assert alone["procedures.in_force"]["value"] == 0
    assert alone["procedures.published"]["value"] is None
    together = await by_key(ward, agency="H56.18", include_subordinates=True)
    assert together["procedures.in_force"]["value"] == 3
    assert together["procedures.settled_at_desk"]["numerator"] == 1
    assert together["procedures.posted.desk"]["numerator"] == 2


async def test_what_is_recorded_later_leaves_what_was_known_then(ward):
    then = await figures(ward)
    await ward.procedure("1.000009")
    await ward.assign("1.000009")
    now = await figures(ward)
    again = await figures(ward, known_at=then["known_at"])
    assert (then["figures"][0]["value"], now["figures"][0]["value"]) == (3, 4)
    assert again == then
    assert then["watermark"] != now["watermark"]


async def test_nothing_is_known_before_it_is_recorded(ward):
    asked = await figures(ward, known_at="2199-12-31T00:00:00Z")
    assert asked["known_at"] < "2199"
    await ward.procedure("1.000009")
    await ward.assign("1.000009")
    assert await figures(ward, known_at=asked["known_at"]) == asked


async def test_a_later_procedure_leaves_an_earlier_period_as_it_was(ward):
    await ward.procedure("1.000009", valid_from="2022-10-01")
    await ward.assign("1.000009", valid_from="2022-10-01")
    assert (await by_key(ward))["procedures.in_force"]["value"] == 3


async def test_an_agency_outside_the_actor_s_tree_is_refused(ward, clerk_of):
    other = clerk_of("H56.18.26")
    answer = await other.client.get(
        "/v1/figures", params={**QUARTER, "agency": "H56"}, headers=other.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_own_agencies")
    town = clerk_of("H56.18")
    assert (await by_key(town))["procedures.in_force"]["value"] == 3


@pytest.mark.parametrize(
    ("path", "change", "status", "code"),
    [
        ("", {"agency": "H57"}, 404, "agency_not_found"),
        ("", {"from": "2022-09-15"}, 422, "empty_period"),
        ("", {"by": "officer"}, 422, "breakdown_not_offered"),
        ("", {"by": "ward"}, 422, "invalid_fields"),
        ("", {"x": "1"}, 400, "unknown_parameter"),
        ("/no.such.figure/evidence", {}, 404, "unknown_figure"),
        ("/procedures.online/evidence", {"cursor": "x"}, 400, "bad_cursor"),
        ("/procedures.online/evidence", {"limit": "501"}, 422, "invalid_fields"),
    ],
)
async def test_a_question_that_makes_no_sense(clerk, path, change, status, code):
    answer = await clerk.client.get(
        f"/v1/figures{path}", params={**QUARTER, **change}, headers=clerk.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_gauges_show_the_figures(ward, app):
    from catalog.main import _measure  # noqa: PLC0415 - the wiring is private to the application

    measured = await _measure(app, WARD, app.state.metrics_period())
    assert {figure.key: figure.value for figure in measured}["procedures.in_force"] == 3


async def test_what_is_recorded_twice_is_refused_whole(ward):
    line = {"procedure_code": "1.000001", "valid_from": "2022-01-04", "desk": "elsewhere"}
    new = {**line, "valid_from": "2022-05-01"}
    body = {"agency_code": WARD, "assignments": [new, line]}
    answer = await ward.post("/v1/agency-procedures", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "assignment_exists")
    assert (await ward.post("/v1/agency-procedures", {**body, "assignments": [new]})).is_success
    posting = {"agency_code": WARD, "place": "desk", "posted_on": "2022-02-01"}
    answer = await ward.post("/v1/postings", {**posting, "procedure_codes": CODES[:1]})
    assert (answer.status_code, answer.json()["code"]) == (409, "posting_exists")
    answer = await ward.post("/v1/reviews", review_of(cut("1.000003")))
    assert (answer.status_code, answer.json()["code"]) == (409, "review_exists")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (
            "/v1/postings",
            {"place": "desk", "posted_on": "2022-02-02", "procedure_codes": ["9.999999"]},
            "unknown_procedure",
        ),
        (
            "/v1/postings",
            {"place": "desk", "posted_on": "2022-02-02", "procedure_codes": CODES[:1] * 2},
            "repeated_in_request",
        ),
        (
            "/v1/agency-procedures",
            {
                "assignments": [
                    {
                        "procedure_code": CODES[0],
                        "valid_from": "2023-01-04",
                        "valid_to": "2023-01-04",
                        "desk": "elsewhere",
                    }
                ]
            },
            "range_reversed",
        ),
        (
            "/v1/reviews",
            review_of({**cut(CODES[0]), "after_working_days": 3}, number="2"),
            "outcome_contradicts_days",
        ),
    ],
)
async def test_what_does_not_fit_is_refused(ward, path, body, code):
    answer = await ward.post(path, {"agency_code": WARD, **body})
    assert answer.status_code == 422
    assert answer.json()["code"] == code


async def test_an_unknown_agency_is_named(clerk):
    body = {"agency_code": "H99", "place": "desk", "posted_on": "2022-02-02"}
    answer = await clerk.post("/v1/postings", {**body, "procedure_codes": CODES[:1]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_agency")

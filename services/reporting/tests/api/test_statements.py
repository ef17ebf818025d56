"""Figures that somebody typed, posted to be checked."""

import asyncio

import pytest

Q3 = {"scheme": "legal", "kind": "quarter", "year": 2022, "number": 3}
SEED = {
    "stated": [
        {"key": "procedures.in_force", "value": 220, "section": "I.1", "unit": "TTHC"},
        {"key": "procedures.online", "value": 42, "section": "I.2"},
        {"key": "procedures.online.level_3", "value": 8, "section": "I.2"},
        {"key": "procedures.online.level_4", "value": 34, "section": "I.2"},
        {"key": "dossiers.online.procedures", "value": 7, "section": "I.2", "unit": "HS"},
        {
            "key": "reviews.time_limit_cut", "value": 100, "section": "I.2",
            "numerator": 7, "denominator": 7,
        },
        {"key": "dossiers.received", "value": 389, "section": "I.4"},
        {"key": "dossiers.received.online", "value": 131, "section": "I.4"},
        {"key": "dossiers.received.direct", "value": 258, "section": "I.4"},
        {
            "key": "dossiers.received.online.share", "value": 100, "section": "I.4",
            "numerator": 131, "unit": "%",
        },
        {"key": "dossiers.carried_over", "value": 0, "section": "I.4"},
        {"key": "dossiers.settled", "value": 389, "section": "I.4"},
        {"key": "dossiers.settled.early", "value": 316, "section": "I.4"},
        {"key": "dossiers.settled.on_time", "value": 70, "section": "I.4"},
        {"key": "dossiers.settled.late", "value": 3, "section": "I.4"},
        {"key": "dossiers.apologies", "value": 0, "section": "I.4", "text": "Không"},
        *(
            {"key": f"rating.indicator.{n}", "value": value, "section": "I.5.đ", "unit": "điểm"}
            for n, value in enumerate([1.8, 1.8, 2, 2, 2, 2, 1.8], start=1)
        ),
        {"key": "rating.score", "value": "11,4", "section": "I.5.đ"},
        {"key": "rating.maximum", "value": 12, "section": "I.5.đ"},
        {"key": "rating.class", "value": "Khá", "section": "I.5.đ"},
        {"key": "satisfaction.not_satisfied", "value": 0, "section": "I.5.đ"},
        {"key": "satisfaction.satisfied", "value": 18.4, "section": "I.5.đ"},
        {"key": "satisfaction.very_satisfied", "value": 81.6, "section": "I.5.đ"},
        {"key": "procedures.online.level_3", "value": 34, "section": "I.6.a"},
        {"key": "procedures.online.level_4", "value": 8, "section": "I.6.a"},
        {
            "key": "dossiers.received.online", "value": 128, "section": "I.6.a",
            "period": {"kind": "quarter", "number": 2, "year": 2022},
            "entity": "UBND thị xã Bỉm Sơn",
        },
        {"key": "certified_copies", "value": 288, "section": "I.6.b", "unit": "hồ sơ"},
    ],
    "events": [{"date": "2022-06-13", "text": "Thông báo số 36/TB-UBND", "section": "I.2"}],
}  # fmt: skip
SLIPS = {
    "score_sum",
    "score_maximum",
    "class_mismatch",
    "indicators_missing",
    "sections_disagree",
    "share_mismatch",
    "unit_mismatch",
    "late_without_apology",
    "copies_exceed_dossiers",
    "period_quoted",
    "event_outside_period",
    "vocabulary_superseded",
    "entity_mismatch",
    "percentage_without_n",
}


@pytest.fixture
def check(client, rules, officer, ward):
    async def checked(body, headers=officer):
        asked = Q3 | {"agency_code": ward} | body
        return await client.post("/v1/stated-figure-checks", json=asked, headers=headers)

    return checked


async def test_the_seed_report_is_checked_without_keeping_anything(check, world):
    answer = await check(SEED)
    assert answer.status_code == 200, answer.text
    assert {finding["check_id"] for finding in answer.json()["findings"]} == SLIPS
    assert not [url for url in world.asked if url.path == "/v1/figures"]


async def test_consistent_statements_are_not_flagged(check):
    findings = (await check(SEED)).json()["findings"]
    assert not [f for f in findings if f["check_id"].startswith("balance_")]
    assert not [f for f in findings if "reviews.time_limit_cut" in f["keys"]]


async def test_against_records_the_records_are_asked(check):
    findings = (await check(SEED | {"against_records": True})).json()["findings"]
    differing = {f["keys"][0] for f in findings if f["check_id"] == "differs_from_records"}
    assert differing == {
        "rating.score",
        "rating.maximum",
        "rating.class",
        "dossiers.received.online",
        "dossiers.received.online.share",
    }


async def test_a_silent_record_keeper_is_named(check, world):
    world.away = {"rating"}
    findings = (await check({"stated": [], "against_records": True})).json()["findings"]
    assert [(f["check_id"], f["computed"]) for f in findings] == [("source_unavailable", "rating")]


async def test_attached_figures_are_checked_again_after_a_collection(client, draft, officer):
    url = f"/v1/reports/{(await draft())['report_id']}"
    read = {"If-Match": '"1"'}
    first = await client.post(f"{url}/stated-figures", json=SEED, headers=officer | read)
    assert first.headers["etag"] == '"2"'
    assert {f["check_id"] for f in first.json()["findings"]} == SLIPS
    await client.post(f"{url}/collections", json={}, headers=officer)
    report = (await client.get(url, headers=officer)).json()
    stated = {f["check_id"] for f in report["findings"] if f["origin"] == "stated"}
    assert stated == SLIPS | {"differs_from_records"}
    read = {"If-Match": f'"{report["version"]}"'}
    again = await client.post(f"{url}/stated-figures", json={"stated": []}, headers=officer | read)
    assert not [f for f in again.json()["findings"] if f["origin"] == "stated"]


async def test_nobody_replaces_stated_figures_unseen(client, draft, officer):
    url = f"/v1/reports/{(await draft())['report_id']}/stated-figures"
    unsaid = await client.post(url, json=SEED, headers=officer)
    assert (unsaid.status_code, unsaid.json()["code"]) == (428, "version_required")
    read = {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(
            client.post(url, json=stated, headers=officer | read)
            for stated in (SEED, {"stated": []})
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_errors_in_a_typed_report_do_not_keep_ours_from_being_sealed(
    client, collected, sealing, officer
):
    report = await collected()
    url = f"/v1/reports/{report['report_id']}/stated-figures"
    read = {"If-Match": f'"{report["version"]}"'}
    attached = await client.post(url, json=SEED, headers=officer | read)
    assert attached.status_code == 200, attached.text
    assert (await sealing(report["report_id"])).status_code == 200


@pytest.mark.parametrize(
    "item",
    [
        {"key": "a", "value": -1},
        {"key": "a", "value": True},
        {"key": "a", "value": None},
        {"key": "a", "value": 1e300},
        {"key": "a", "value": 0.1234567},
        {"key": "A B", "value": 1},
        {"key": "a", "value": "x\u0000y"},
        {"key": "a", "value": 1, "extra": 1},
        {"key": "a", "value": 1, "period": {"kind": "quarter", "number": 5}},
        {"key": "a", "value": 1, "period": {"kind": "decade", "number": 1}},
        {"key": "a", "value": 1, "denominator": -1},
    ],
)
async def test_malformed_statements_are_refused(check, item):
    answer = await check({"stated": [item]})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"number": 5}, 422, "no_such_period"),
        ({"year": 2015}, 409, "no_period_rule"),
        ({"scheme": "lunar"}, 422, "unknown_scheme"),
        ({"agency_code": "H77"}, 403, "outside_reach"),
        ({"agency_code": "../x"}, 422, "invalid_fields"),
        ({"events": [{"date": "9999-12-31", "text": "x"}]}, 422, "invalid_fields"),
    ],
)
async def test_a_check_needs_a_period_and_an_agency(check, change, status, code):
    answer = await check({"stated": []} | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)

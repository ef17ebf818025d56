"""From a figure to its records, and the report as a file."""

from datetime import datetime

import pytest


async def records(client, officer, report, key, **params):
    found, cursor, totals = [], None, set()
    while True:
        answer = await client.get(
            f"/v1/reports/{report['report_id']}/figures/{key}/evidence",
            params=params | ({"cursor": cursor} if cursor else {}),
            headers=officer,
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        totals.add(page["total"])
        cursor = page["next_cursor"]
        if cursor is None:
            assert totals == {len(found)}
            return found


@pytest.mark.parametrize(
    ("key", "part", "count"),
    [
        ("dossiers.received", None, 389),
        ("dossiers.received.online.share", "denominator", 389),
        ("dossiers.received.online.share", "numerator", 131),
        ("report.dossiers.paper_share", "numerator", 258),
        ("report.dossiers.paper_share", "denominator", 389),
        ("report.dossiers.paper_share", None, 389),
        ("report.procedures.online_used_share", "numerator", 7),
        ("report.procedures.online_used_share", "denominator", 42),
    ],
)
async def test_a_figure_lists_as_many_records_as_it_says(
    client, collected, officer, key, part, count
):
    report = await collected()
    params = {"limit": 100} | ({"part": part} if part else {})
    found = await records(client, officer, report, key, **params)
    assert len({record["record_id"] for record in found}) == count


async def test_evidence_is_replayed_as_known_at_the_collection(
    client, collected, officer, world, app
):
    report = await collected()
    app.state.clock = lambda: datetime.fromisoformat("2023-05-01T00:00:00Z")
    await records(client, officer, report, "dossiers.received", limit=500)
    asked = [url for url in world.asked if url.path.endswith("/evidence")]
    assert {url.params["known_at"] for url in asked} == {"2022-10-15T03:00:00+00:00"}


async def test_evidence_of_one_field(client, collected, officer, world):
    report = await collected()
    figure = next(f for f in report["figures"] if f["dimensions"])
    answer = await client.get(figure["evidence_url"], headers=officer)
    assert answer.status_code == 200
    assert world.asked[-1].params["procedure_field"] == "tu-phap"


@pytest.mark.parametrize(
    ("key", "params", "status", "code"),
    [
        ("dossiers.unheard_of", {}, 404, "unknown_figure"),
        ("dossiers.received", {"procedure_field": "khong-co"}, 404, "unknown_figure"),
        ("rating.class", {}, 404, "unknown_figure"),
        ("dossiers.received", {"cursor": "abc"}, 400, "bad_cursor"),
        ("report.dossiers.paper_share", {"cursor": "abc"}, 400, "bad_cursor"),
        ("report.dossiers.paper_share", {"cursor": "WzksIiJd"}, 400, "bad_cursor"),
        ("dossiers.received", {"limit": 501}, 422, "invalid_fields"),
        ("dossiers.received", {"part": "half"}, 422, "invalid_fields"),
        ("DROP TABLE", {}, 422, "invalid_fields"),
    ],
)
async def test_what_has_no_evidence_is_refused(
    client, collected, officer, key, params, status, code
):
    report = await collected()
    answer = await client.get(
        f"/v1/reports/{report['report_id']}/figures/{key}/evidence", params=params, headers=officer
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_neighbour_that_is_away_is_said(client, collected, officer, world):
    report = await collected()
    world.away = {"dossier"}
    answer = await client.get(
        f"/v1/reports/{report['report_id']}/figures/dossiers.received/evidence", headers=officer
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")


@pytest.mark.parametrize(
    ("paper", "begins", "media_type"),
    [
        ("json", b"{", "application/json"),
        ("docx", b"PK", "wordprocessingml"),
        ("pdf", b"%PDF", "application/pdf"),
    ],
)
async def test_a_report_is_given_as_a_file(client, collected, officer, paper, begins, media_type):
    report = await collected()
    answer = await client.get(
        f"/v1/reports/{report['report_id']}/document", params={"format": paper}, headers=officer
    )
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert media_type in answer.headers["Content-Type"]
    assert f"bao-cao-quarter-3-2022.{paper}" in answer.headers["Content-Disposition"]


async def test_a_report_that_nothing_was_collected_for_is_printed_too(client, draft, officer):
    head = await draft()
    for paper in ("docx", "pdf"):
        answer = await client.get(
            f"/v1/reports/{head['report_id']}/document", params={"format": paper}, headers=officer
        )
        assert answer.status_code == 200

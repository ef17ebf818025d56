"""The quarter of ward Phú Sơn comes out of records, contradicts itself nowhere, and stays."""

import asyncio
import io
import json
from collections import Counter
from decimal import Decimal

import docx
import httpx
import pypdf
import pytest
from tthc import demo_data
from tthc.report_api import ReportDesk

WINDOW = {"agency": "H56.18.26", "from": "2022-06-15", "to": "2022-09-14"}
KEEPERS = ("catalog", "dossier", "rating")
SLIPS = {
    1: ("score_sum", "rating.score"),
    2: ("score_maximum", "rating.maximum"),
    3: ("class_mismatch", "rating.class"),
    4: ("indicators_missing", "rating.indicator.8"),
    5: ("sections_disagree", "procedures.online.level_3"),
    6: ("share_mismatch", "dossiers.received.online.share"),
    7: ("unit_mismatch", "dossiers.online.procedures"),
    8: ("late_without_apology", "dossiers.settled.late"),
    9: ("copies_exceed_dossiers", "certified_copies"),
    10: ("sections_disagree", "dossiers.received.online"),
    11: ("period_quoted", "dossiers.received.online"),
    13: ("vocabulary_superseded", "procedures.online.level_4"),
    14: ("entity_mismatch", "rating.indicator.1"),
    15: ("percentage_without_n", "satisfaction.satisfied"),
}
CONSISTENT = {
    "131 + 258 = 389": "dossiers.received",
    "316 + 70 + 3 = 389": "dossiers.settled",
    "8 + 34 = 42": "procedures.online",
    "7/7 = 100 %": "reviews.time_limit_cut",
}


@pytest.fixture(scope="module")
def figures(sealed):
    return {
        figure["key"]: figure for figure in sealed.report["figures"] if not figure["dimensions"]
    }


@pytest.fixture(scope="module")
def slips(sealed):
    return [finding for finding in sealed.report["findings"] if finding["origin"] == "stated"]


def number(value):
    return Decimal(str(value)) if isinstance(value, int | float) else value


def expected():
    return [
        (figure["key"], figure["value"]) for figure in demo_data.read("expected.json")["figures"]
    ]


@pytest.mark.parametrize(("key", "value"), expected())
def test_a_figure_comes_out_of_the_records(figures, key, value):
    assert number(figures[key]["value"]) == number(value)


def test_no_source_was_away_and_each_says_how_far_it_knew(sealed):
    assert not sealed.report["partial"]
    assert {source["service"] for source in sealed.report["sources"]} == set(KEEPERS)
    for source in sealed.report["sources"]:
        assert source["outcome"] == "ok"
        assert source["watermark"]


def test_the_form_balances_and_ends_in_the_total(sealed):
    *rows, total = sealed.report["form"]["rows"]
    assert {column: cell for column, cell in total["cells"].items() if int(column) >= 3} == {
        "3": 389,
        "4": 131,
        "5": 258,
        "6": 0,
        "7": 389,
        "8": 316,
        "9": 70,
        "10": 3,
        "11": 0,
        "12": 0,
        "13": 0,
    }
    for column, cell in total["cells"].items():
        if int(column) >= 3:
            assert sum(row["cells"][column] for row in rows) == cell
    broken = [f for f in sealed.report["findings"] if f["check_id"].startswith("balance_")]
    assert broken == []


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_of_the_printed_report_is_found(slips, slip):
    check_id, key = SLIPS[slip]
    assert any(f["check_id"] == check_id and key in f["keys"] for f in slips), check_id


def test_the_five_events_outside_the_window_are_found(slips):
    outside = [f["stated"] for f in slips if f["check_id"] == "event_outside_period"]
    assert sorted(outside) == sorted(
        ["02/06/2022", "13/06/2022", "05/07/2021", "28/04/2022", "07/01/2022"]
    )


@pytest.mark.parametrize("statement", CONSISTENT)
def test_a_consistent_statement_is_not_flagged(slips, statement):
    key = CONSISTENT[statement]
    assert [
        f for f in slips if key in f["keys"] and f["check_id"] != "copies_exceed_dossiers"
    ] == []


def test_percentages_that_sum_to_100_lack_only_their_n(slips):
    found = {f["check_id"] for f in slips if "satisfaction.satisfied" in f["keys"]}
    assert found == {"percentage_without_n"}


def test_sealing_again_gives_the_same_digest(sealed):
    assert sealed.exit_code == 0
    assert sealed.again["digest"] == sealed.report["digest"]
    assert sealed.report["digest"].startswith("sha256:")


async def all_figures(stack):
    known = {}
    for name in KEEPERS:
        async with stack.service(name, "figures:read") as keeper:
            answer = await keeper.get("/v1/figures", params=WINDOW)
            assert answer.status_code == 200, answer.text
            for figure in answer.json()["figures"]:
                known[figure["key"]] = (
                    figure["value"],
                    figure["numerator"],
                    figure["denominator"],
                )
    return known


def next_quarter(line):
    dossier = json.loads(line)
    for moment in ("received_at", "settled_at", "returned_at"):
        dossier[moment] = f"2022-09-{15 if moment == 'received_at' else 26}{dossier[moment][10:]}"
    return json.dumps({**dossier, "external_id": f"Q4-{dossier['external_id']}"})


@pytest.fixture(scope="module")
async def known_before(loaded, sealed):
    """Every figure as it was before 40 dossiers of the next quarter came in."""
    before = await all_figures(loaded)
    lines = (demo_data.FOLDER / "dossiers.ndjson").read_text(encoding="utf-8").splitlines()[:40]
    async with loaded.service("dossier", "dossiers:import") as dossier:
        answer = await dossier.post(
            "/v1/dossier-imports",
            content="\n".join(map(next_quarter, lines)).encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
    outcomes = Counter(json.loads(line)["outcome"] for line in answer.text.splitlines())
    assert outcomes == {"stored": 40}
    return before


async def test_dossiers_of_the_next_quarter_leave_the_figures_as_they_are(loaded, known_before):
    assert await all_figures(loaded) == known_before


async def test_a_second_report_on_the_same_quarter_gets_the_same_seal(loaded, sealed, known_before):
    scopes = ("reports:write", "reports:read", "reports:seal")
    async with loaded.service("reporting", *scopes) as reporting:
        desk = ReportDesk(reporting)
        opened = await reporting.post("/v1/reports", json=demo_data.read("report.json"))
        assert opened.status_code == 201, opened.text
        report = await desk.report(opened.json()["report_id"])
        await desk.write(report, demo_data.read("narratives.json"))
        await desk.state(report, demo_data.read("stated.json"))
        second = await desk.seal(await desk.collect(report))
    assert second["report_id"] != sealed.report["report_id"]
    assert second["digest"] == sealed.report["digest"]


async def evidence(service: httpx.AsyncClient, path: str):
    """Return the stated total and every record, page by page."""
    items, cursor = [], None
    while True:
        onward = {"cursor": cursor} if cursor else {}
        page = await service.get(httpx.URL(path).copy_merge_params({"limit": 500, **onward}))
        assert page.status_code == 200, f"{path}: {page.text}"
        content = page.json()
        items += content["items"]
        cursor = content["next_cursor"]
        if cursor is None:
            return content["total"], items


async def disagreements(service: httpx.AsyncClient, figures):
    """Follow every figure's own link to its records; return where the two disagree."""
    room = asyncio.Semaphore(8)

    async def one(figure):
        async with room:
            return disagreement(figure, *await evidence(service, figure["evidence_url"]))

    present = [figure for figure in figures if figure["value"] is not None]
    assert present
    found = await asyncio.gather(*map(one, present))
    return [each for each in found if each]


def disagreement(figure, total, items):
    """Tell how a figure and its records disagree by the rule of its kind; None when they agree."""
    contributions = sum(Decimal(str(item["contribution"])) for item in items)
    rules = {
        "count": lambda: (total, contributions) == (figure["value"], figure["value"]),
        "ratio": lambda: (total, contributions) == (figure["denominator"], figure["numerator"]),
        "average": lambda: (total, contributions) == (figure["denominator"], figure["numerator"]),
        "total": lambda: contributions == number(figure["value"]),
        "label": lambda: total > 0,
    }
    agrees = total == len(items) and rules[figure["kind"]]()
    return (
        None if agrees else (figure["key"], figure["kind"], figure["value"], total, contributions)
    )


@pytest.mark.parametrize("name", KEEPERS)
async def test_every_figure_lists_as_many_records_as_it_says(loaded, sealed, name):
    async with loaded.service(name, "figures:read") as keeper:
        answer = await keeper.get("/v1/figures", params=WINDOW)
        assert await disagreements(keeper, answer.json()["figures"]) == []


async def test_every_figure_of_the_report_lists_as_many_records_as_it_says(loaded, sealed):
    collected = [f for f in sealed.report["figures"] if f["source"] in KEEPERS]
    async with loaded.service("reporting", "reports:read") as reporting:
        assert await disagreements(reporting, collected) == []


async def test_a_ratio_of_two_figures_shows_the_records_of_each(loaded, sealed):
    derived = [f for f in sealed.report["figures"] if f["source"] not in KEEPERS]
    assert derived
    async with loaded.service("reporting", "reports:read") as reporting:
        for figure in derived:
            for part in ("numerator", "denominator"):
                total, items = await evidence(reporting, f"{figure['evidence_url']}?part={part}")
                assert total == len(items) == figure[part], figure["key"]


async def test_the_report_shows_the_records_of_its_figures(loaded, sealed):
    async with loaded.service("reporting", "reports:read") as reporting:
        page = await reporting.get(f"{sealed.path}/figures/dossiers.settled.late/evidence")
    assert page.status_code == 200, page.text
    assert page.json()["total"] == len(page.json()["items"]) == 3
    assert {item["attributes"]["channel"] for item in page.json()["items"]} == {"direct"}


def test_the_report_is_there_as_json_docx_and_pdf(sealed):
    assert set(sealed.files) == {".json", ".docx", ".pdf"}
    written = json.loads(sealed.files[".json"].read_text(encoding="utf-8"))
    assert written["digest"] == sealed.report["digest"]
    document = docx.Document(io.BytesIO(sealed.files[".docx"].read_bytes()))
    assert any("389" in paragraph.text for paragraph in document.paragraphs)
    pages = pypdf.PdfReader(sealed.files[".pdf"]).pages
    assert any("389" in page.extract_text() for page in pages)

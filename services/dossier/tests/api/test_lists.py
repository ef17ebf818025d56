import asyncio
import csv
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from dossier.schemas.look_up import DossierLine
from dossier.usecases import exporting, sheets
from kit.paging import Page

NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Nguyễn Thị Ánh"]


@pytest.fixture
async def receipts(client, a_dossier) -> list[dict]:
    papers = [
        a_dossier(
            received_at=f"2022-08-{day}T10:00:00+07:00",
            applicant={"full_name": name, "id_number": "000000000123", "phone": "0900000456"},
            subject="Đề nghị mẫu",
        )
        for day, name in zip((29, 30, 31), NAMES, strict=True)
    ]
    return [(await client.post("/v1/dossiers", json=paper)).json() for paper in papers]


@pytest.fixture
def searching(bearer, agency):
    return bearer("dossiers:read", "dossiers:search", agency=agency, subject="officer-7")


async def codes(client, query, headers=None) -> list[str]:
    answer = await client.get(f"/v1/dossiers?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


async def test_a_line_of_a_list_is_the_dossier_as_it_is_read_alone(client, receipts, agency):
    moved = f"/v1/dossiers/{receipts[0]['code']}"
    told = {"settled_at": "2022-08-31T23:59:59.120400+07:00"}
    done = await client.post(f"{moved}/settlement", json=told, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    listed = await client.get(f"/v1/dossiers?agency={agency}")
    Page[DossierLine].model_validate_json(listed.content)
    for item in listed.json()["items"]:
        alone = (await client.get(f"/v1/dossiers/{item['code']}")).json()
        assert alone.pop("applicant")["full_name"] == item["applicant_name"]
        assert item == alone


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=2&status=4", 3),
        ("status=4&status=5", 0),
        ("field=ho-tich", 3),
        ("field=dat-dai", 0),
        ("intake_officer=officer-1", 3),
        ("case_officer=officer-1", 0),
        ("timeliness=overdue", 3),
        ("timeliness=in_time", 0),
        ("timeliness=early", 0),
        ("due_from=2022-09-06", 2),
        ("due_to=2022-09-06", 2),
        ("ended_from=2022-01-01", 0),
        ("received_from=2022-08-30&received_to=2022-08-30", 1),
        ("procedure=1.001193&channel=direct&status=2&timeliness=overdue", 3),
    ],
)
async def test_a_list_is_narrowed(client, receipts, agency, query, count):
    assert len(await codes(client, f"agency={agency}&{query}")) == count


async def test_a_list_can_take_in_the_agencies_below(client, receipts, agency):
    above = agency.rpartition(".")[0]
    assert await codes(client, f"agency={above}") == []
    found = await codes(client, f"agency={agency}&include_subordinates=true")
    assert found == [receipt["code"] for receipt in reversed(receipts)]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("nguyen", [2, 0]),
        ("NGUYỄN", [2, 0]),
        ("van an", [0]),
        ("an", [2, 0]),
        ("binh", [1]),
        ("bi", [1]),
        ("inh", []),
        ("'); drop table dossiers", []),
        ("an:* | b", []),
    ],
)
async def test_a_name_is_found_without_its_accents(client, receipts, searching, term, found):
    answer = await client.get("/v1/dossiers", params={"applicant": term}, headers=searching)
    assert answer.status_code == 200, answer.text
    shown = [item["code"] for item in answer.json()["items"]]
    assert shown == [receipts[number]["code"] for number in found]


async def test_only_authorised_officers_search_for_names(client, receipts, agency, bearer):
    reader = bearer("dossiers:read", agency=agency)
    answer = await client.get("/v1/dossiers?applicant=an", headers=reader)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


@pytest.mark.parametrize("term", ["a", "\u0301\u0301", "á"])
async def test_a_term_that_finds_everybody_is_refused(client, searching, term):
    answer = await client.get("/v1/dossiers", params={"applicant": term}, headers=searching)
    assert (answer.status_code, answer.json()["code"]) == (422, "search_too_short")


async def test_a_search_is_recorded_without_its_term(client, receipts, searching, app, agency):
    answer = await client.get(
        "/v1/dossiers", params={"applicant": "Nguyễn", "agency": agency}, headers=searching
    )
    async with app.state.engine.connect() as connection:
        found = await connection.exec_driver_sql(
            "select s.*, a.code from personal_data_searches s join agencies a using (agency_id) "
            f"where request_id = '{answer.headers['x-request-id']}'"
        )
        row = found.mappings().one()
    assert (row["searched_by"], row["kind"], row["code"]) == ("officer-7", "list", agency)
    assert len(row["term_digest"]) == 32
    assert "nguyen" not in str(dict(row)).lower()


async def test_an_unknown_agency_has_nothing_below_it(client):
    answer = await client.get("/v1/dossiers?agency=H99&include_subordinates=true")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_agency")
    assert await codes(client, "agency=H99") == []


async def exported(client, query, headers=None):
    answer = await client.get(f"/v1/dossiers/export?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def csv_lines(answer) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def sheet_lines(answer, *, number: int = 1) -> list[list[str]]:
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    assert not list(sheet.iter(f"{space}f")), "a list holds no formula"
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{space}c")]
        for row in sheet.iter(f"{space}row")
    ]


async def test_a_list_is_exported_as_csv(client, receipts, agency, searching):
    answer = await exported(client, f"format=csv&agency={agency}", searching)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="ho-so-20221015.csv"'
    heading, *lines = csv_lines(answer)
    assert heading[:2] == ["Mã hồ sơ", "Cơ quan tiếp nhận"]
    assert [line[0] for line in lines] == [receipt["code"] for receipt in reversed(receipts)]
    assert [line[7] for line in lines] == NAMES[::-1]
    assert lines[0][9:11] == ["2022-08-31", "2022-09-07"]


async def test_a_list_is_exported_as_a_sheet(client, receipts, agency, searching):
    answer = await exported(client, f"format=xlsx&agency={agency}", searching)
    _heading, *lines = sheet_lines(answer)
    assert [line[0] for line in lines] == [receipt["code"] for receipt in reversed(receipts)]
    assert [line[7] for line in lines] == NAMES[::-1]


async def test_names_are_masked_for_who_may_not_search(client, receipts, agency, bearer):
    reader = bearer("dossiers:read", agency=agency)
    for answer, read in (
        (await exported(client, f"format=csv&agency={agency}", reader), csv_lines),
        (await exported(client, f"format=xlsx&agency={agency}", reader), sheet_lines),
    ):
        assert [line[7] for line in read(answer)[1:]] == [
            "N*** T*** Á***",
            "T*** T*** B***",
            "N*** V*** A***",
        ]


async def test_an_export_of_names_is_recorded(client, receipts, agency, searching, app):
    answer = await exported(client, f"format=csv&agency={agency}", searching)
    async with app.state.engine.connect() as connection:
        found = await connection.exec_driver_sql(
            "select kind, term_digest, searched_by from personal_data_searches "
            f"where request_id = '{answer.headers['x-request-id']}'"
        )
        assert found.one() == ("export", None, "officer-7")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
async def test_what_looks_like_a_formula_is_text(client, a_dossier, agency, searching, start):
    await client.post("/v1/dossiers", json=a_dossier(subject=f"x{start}", external_id=start))
    lines = csv_lines(await exported(client, f"format=csv&agency={agency}", searching))
    assert lines[1][16] == f"'{start.strip()}"
    lines = sheet_lines(await exported(client, f"format=xlsx&agency={agency}", searching))
    assert start.strip() in lines[1]


async def test_a_long_list_is_exported_whole(client, receipts, agency, searching, monkeypatch):
    monkeypatch.setattr(exporting, "_BATCH", 2)
    for form, read in (("csv", csv_lines), ("xlsx", sheet_lines)):
        lines = read(await exported(client, f"format={form}&agency={agency}", searching))
        assert len(lines) == 4


async def test_a_list_longer_than_a_sheet_goes_on_in_the_next(
    client, receipts, agency, searching, monkeypatch
):
    monkeypatch.setattr(exporting, "_BATCH", 2)
    monkeypatch.setattr(sheets, "LINES_PER_SHEET", 2)
    answer = await exported(client, f"format=xlsx&agency={agency}", searching)
    first, second = (sheet_lines(answer, number=number) for number in (1, 2))
    assert (len(first), len(second)) == (3, 2)
    assert first[0] == second[0]
    assert [line[7] for line in first[1:] + second[1:]] == NAMES[::-1]


async def test_an_empty_list_is_a_heading(client, agency):
    for form, read in (("csv", csv_lines), ("xlsx", sheet_lines)):
        assert len(read(await exported(client, f"format={form}&agency={agency}"))) == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("format=pdf", 422),
        ("format=csv&limit=5", 400),
        ("format=csv&colour=red", 400),
        ("format=csv&applicant=an", 403),
    ],
)
async def test_a_bad_question_is_refused(client, query, status):
    answer = await client.get(f"/v1/dossiers/export?{query}")
    assert answer.status_code == status, answer.text


async def test_many_exports_at_once_hold_no_connection_for_long(client, receipts, agency):
    asked = [exported(client, f"format=csv&agency={agency}") for _ in range(20)]
    for answer in await asyncio.gather(*asked):
        assert len(csv_lines(answer)) == 4

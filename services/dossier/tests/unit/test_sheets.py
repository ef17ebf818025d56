"""Workbooks that are sent while they are written."""

import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from dossier.usecases import sheets
from dossier.usecases.sheets import Column, StreamedBook

COLUMNS = (Column("Mã", 10), Column("Ngày", 12, is_of_days=True), Column("Tên", 30))
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HEADING = ["Mã", "Ngày", "Tên"]


def written(*pieces) -> bytes:
    book = StreamedBook(COLUMNS)
    return b"".join([*(book.add(piece) for piece in pieces), book.close()])


def parts(workbook: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}


def rows(workbook: bytes, *, sheet: int = 1) -> list[list[str]]:
    tree = ET.fromstring(parts(workbook)[f"xl/worksheets/sheet{sheet}.xml"])
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{SPACE}c")]
        for row in tree.iter(f"{SPACE}row")
    ]


def line(number: int) -> list:
    return [f"H{number}", date(2022, 8, 31), f"Người nộp <mẫu> & {number}"]


def test_pieces_make_one_sheet_in_order():
    workbook = written([line(1), line(2)], [line(3)])
    assert rows(workbook) == [
        HEADING,
        *([f"H{number}", "44804", f"Người nộp <mẫu> & {number}"] for number in (1, 2, 3)),
    ]
    sheet = parts(workbook)["xl/worksheets/sheet1.xml"]
    assert re.findall(r'<row r="(\d+)"', sheet) == ["1", "2", "3", "4"]
    assert "<dimension" not in sheet, "the size of a sheet is not known when it begins"


@pytest.mark.parametrize(
    "pieces",
    [([line(1)], [line(2)]), ([["H1", None, "x"]], [line(2)]), ([["H1", None, None]],)],
    ids=["days in both", "days in the second only", "no days at all"],
)
def test_every_piece_numbers_the_formats_as_the_workbook_does(pieces):
    found = parts(written(*pieces))
    styles = ET.fromstring(found["xl/styles.xml"])
    codes = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter(f"{SPACE}numFmt")}
    formats = list(styles.find(f"{SPACE}cellXfs"))
    for cell in ET.fromstring(found["xl/worksheets/sheet1.xml"]).iter(f"{SPACE}c"):
        own = formats[int(cell.get("s", "0"))]
        is_heading, is_day = cell.get("r")[1:] == "1", cell.get("t") is None
        assert (own.get("fontId") != "0") == is_heading
        assert (codes.get(own.get("numFmtId")) == "dd/mm/yyyy") == is_day


def test_a_workbook_is_sent_while_it_is_written():
    """Only what a zip holds back to compress it well is left for the end."""
    book = StreamedBook(COLUMNS)
    sent = [book.add([line(500 * piece + at) for at in range(500)]) for piece in range(12)]
    rest = book.close()
    assert sum(map(len, sent)) > 3 * len(rest)
    assert len(rows(b"".join([*sent, rest]))) == 6_001


def test_a_longer_list_goes_on_in_the_next_sheet(monkeypatch):
    monkeypatch.setattr(sheets, "LINES_PER_SHEET", 2)
    workbook = written([line(1), line(2)], [line(3), line(4)], [line(5)])
    assert [len(rows(workbook, sheet=number)) for number in (1, 2, 3)] == [3, 3, 2]
    names = ET.fromstring(parts(workbook)["xl/workbook.xml"]).iter(f"{SPACE}sheet")
    assert [each.get("sheetId") for each in names] == ["1", "2", "3"]


def test_a_sheet_ends_before_its_part_outgrows_the_zip(monkeypatch):
    monkeypatch.setattr(sheets, "BYTES_PER_SHEET", 1)
    workbook = written([line(1)], [line(2)])
    assert [len(rows(workbook, sheet=number)) for number in (1, 2)] == [2, 2]


@pytest.mark.parametrize("pieces", [[], [[]]])
def test_an_empty_list_is_a_heading(pieces):
    assert rows(written(*pieces)) == [HEADING]


@pytest.mark.parametrize("words", ["=1+1", "@x", "{=1}", "http://x", "1", "true", "a\x01b", " x "])
def test_words_are_words_whatever_they_look_like(words):
    workbook = written([[words, None, None]])
    sheet = parts(workbook)["xl/worksheets/sheet1.xml"]
    assert "<f" not in sheet
    assert "hyperlink" not in sheet
    assert re.findall(r'<c r="A2" t="(\w+)">', sheet) == ["inlineStr"]
    said = rows(workbook)[1][0]
    assert said == words.replace("\x01", "_x0001_")


def test_a_file_is_known_for_a_workbook_by_its_first_part():
    assert next(iter(parts(written([line(1)])))) == "_rels/.rels"

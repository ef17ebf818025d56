import io
import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from reporting.documents.builder import build_document
from reporting.documents.docx import render_docx


@pytest.fixture(scope="module")
def packed(a_report) -> bytes:
    return render_docx(build_document(a_report()))


@pytest.fixture(scope="module")
def paper(packed):
    return docx.Document(io.BytesIO(packed))


def test_the_page_is_a4_with_the_margins_of_official_papers(paper):
    portrait, landscape = paper.sections
    assert (round(portrait.page_width.mm), round(portrait.page_height.mm)) == (210, 297)
    assert (round(landscape.page_width.mm), round(landscape.page_height.mm)) == (297, 210)
    assert landscape.orientation == WD_ORIENT.LANDSCAPE
    assert round(portrait.left_margin.mm) == 30
    assert round(portrait.right_margin.mm) == 20
    assert round(portrait.top_margin.mm) == round(portrait.bottom_margin.mm) == 20


def test_the_page_number_is_left_out_on_the_first_page_only(paper):
    portrait, landscape = paper.sections
    assert portrait.different_first_page_header_footer
    assert not landscape.different_first_page_header_footer
    fields = portrait.header.paragraphs[0].paragraph_format.element.iter(qn("w:fldSimple"))
    assert [field.get(qn("w:instr")) for field in fields] == ["PAGE"]


def test_every_style_in_use_is_times_new_roman(paper):
    used = {paragraph.style.name for paragraph in paper.paragraphs}
    assert used == {"Normal", "Centred", "Heading 1", "Heading 2", "Heading 3"}
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        fonts = paper.styles[name].element.rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs")} == {
            "Times New Roman"
        }
        assert not [attribute for attribute in fonts.attrib if "Theme" in attribute]
    assert paper.styles["Normal"].font.size.pt == 14


def test_the_language_is_vietnamese(paper):
    languages = {found.get(qn("w:val")) for found in paper.styles.element.iter(qn("w:lang"))}
    assert languages == {"vi-VN"}
    assert paper.core_properties.language == "vi-VN"


def test_bordered_tables_repeat_their_head(paper):
    bordered = [table for table in paper.tables if list(table._tbl.iter(qn("w:tblBorders")))]
    heads = [len(list(table._tbl.iter(qn("w:tblHeader")))) for table in bordered]
    assert heads == [1, 4]


def test_merged_heads_are_read_as_one_cell(paper):
    form = paper.tables[-1]
    assert len(form.columns) == 13
    assert form.cell(0, 2)._tc is form.cell(0, 5)._tc
    assert form.cell(0, 0)._tc is form.cell(2, 0)._tc
    assert [cell.text for cell in form.rows[-1].cells[:4]] == ["", "Tổng cộng", "389", "131"]


def test_the_properties_are_those_of_the_report(paper):
    about = paper.core_properties
    assert about.title.startswith("BÁO CÁO Tình hình")
    assert about.author == "ỦY BAN NHÂN DÂN PHƯỜNG PHÚ SƠN"
    assert (about.created.year, about.modified.year) == (2022, 2022)


def test_no_part_of_the_package_carries_the_time_of_printing(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}

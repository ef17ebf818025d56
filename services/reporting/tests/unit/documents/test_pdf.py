import io

import pytest
from pypdf import PdfReader
from reporting.documents.builder import build_document
from reporting.documents.content import FindingLine, FormContent, FormRow
from reporting.documents.pdf import render_pdf

POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module")
def read(a_report):
    """Return a function: changed fields -> the printed PDF, opened."""
    return lambda **fields: PdfReader(io.BytesIO(render_pdf(build_document(a_report(**fields)))))


def test_pages_are_a4_and_the_wide_form_is_turned(read):
    sizes = [
        (round(page.mediabox.width / POINTS_PER_MM), round(page.mediabox.height / POINTS_PER_MM))
        for page in read().pages
    ]
    assert set(sizes[:-1]) == {(210, 297)}
    assert sizes[-1] == (297, 210)


def test_text_keeps_the_margins(read):
    """Also where a finding is longer than a page."""
    places = []
    report = read(findings=(FindingLine("error", "chữ " * 3000, "score_sum"),))

    def note(text, cm, tm, *_):
        if text.strip():
            places.append(_in_mm(cm, tm))

    for page in report.pages:
        page.extract_text(visitor_text=note)
    assert min(x for x, _ in places) >= 29.9
    assert min(y for _, y in places) >= 19.9


def _in_mm(cm, tm) -> tuple[float, float]:
    """Return where a text begins on its page, from the left and from the bottom."""
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    return x / POINTS_PER_MM, y / POINTS_PER_MM


def test_pages_are_numbered_from_the_second_on(read):
    first, second, *_ = (page.extract_text().split() for page in read().pages)
    assert first[0] != "1"
    assert second[0] == "2"


def test_the_vendored_fonts_are_embedded_and_no_other(read):
    names = set()
    for page in read().pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in inner["/FontDescriptor"].get_object()
            names.add(inner["/BaseFont"].partition("+")[2])
    assert {name.partition("-")[0] for name in names} == {"Tinos"}
    assert {"Tinos", "Tinos-Bold", "Tinos-Italic"} <= names


def test_the_file_names_its_title_language_and_archive_standard(read):
    pdf = read()
    assert pdf.metadata.title.startswith("BÁO CÁO Tình hình, kết quả")
    assert pdf.metadata.creation_date.year == 2022
    assert pdf.trailer["/Root"]["/Lang"].startswith("vi")
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfaid" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_the_head_of_a_long_form_is_repeated(read, columns):
    rows = tuple(FormRow(f"Lĩnh vực {at}", (0,) * 11) for at in range(60))
    pages = read(form=FormContent("II.06a", "BIỂU", columns, rows)).pages
    with_rows = [page.extract_text() for page in pages if "Lĩnh vực 3" in page.extract_text()]
    assert len(with_rows) > 1
    assert all("(13)" in text for text in with_rows)

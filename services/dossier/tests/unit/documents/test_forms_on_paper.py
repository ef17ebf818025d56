"""The forms as PDF: sizes, fonts, QR code, hostile words, the same bytes."""

import io
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import segno
from dossier.documents import pdf, registers, slips, wording
from dossier.documents.content import Applicant
from dossier.documents.pdf import render_pdf
from dossier.documents.qr import QUIET, qr_code
from dossier.domain.printed_forms import TT01_2018
from dossier.domain.procedures import Component
from kit.typeset import typeset
from pypdf import PdfReader

POINTS_PER_MM = 72 / 25.4
CODE = "H56.18.26-220831-0012"
FILING = "3f6c1a52-7f57-4c8e-9d8e-0a7a2b5f3c11"
HOSTILE = (
    r'#import "/etc/passwd" #panic("x") $x^2$ @label <tag> *bold* _it_ `code` \u{41} \ \\ // /* '
    r"[a] {b} = heading ~ --- ... ' & &amp; </w:t> %s {0} #{1+1} 100% № €"
)


@pytest.fixture
def papers(a_receipt, a_request, a_refusal, an_apology, a_sheet, a_step, a_book):
    return {
        "01": slips.receipt(a_receipt(), TT01_2018),
        "02": slips.supplement_request(a_request, TT01_2018),
        "03": slips.refusal(a_refusal, TT01_2018),
        "04": slips.apology(an_apology, TT01_2018),
        "05": registers.control_sheet(a_sheet(a_step(), a_step()), TT01_2018),
        "06": registers.follow_up_book(a_book(40), TT01_2018),
    }


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    boxes = [page.mediabox for page in opened(pdf).pages]
    return {(round(b.width / POINTS_PER_MM), round(b.height / POINTS_PER_MM)) for b in boxes}


@pytest.mark.parametrize(
    ("number", "size", "title"),
    [
        ("01", (148, 210), "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
        ("02", (148, 210), "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
        ("03", (148, 210), "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
        ("04", (148, 210), "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"),
        ("05", (210, 148), "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
        ("06", (297, 210), "SỔ THEO DÕI HỒ SƠ"),
    ],
)
def test_each_form_has_its_size_title_and_head(papers, words, number, size, title):
    pdf = render_pdf(papers[number])
    text = words(pdf)
    assert sizes(pdf) == {size}
    assert title in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert f"Mẫu số {number} - Thông tư 01/2018/TT-VPCP" in text
    assert opened(pdf).metadata.title.startswith(title)


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05"])
def test_a_usual_form_fits_on_one_page(papers, number):
    assert len(opened(render_pdf(papers[number])).pages) == 1


@pytest.mark.parametrize("number", ["01", "05", "06"])
def test_the_vendored_fonts_are_embedded_and_no_other(papers, number):
    names = set()
    for page in opened(render_pdf(papers[number])).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in inner["/FontDescriptor"].get_object()
            names.add(inner["/BaseFont"].partition("+")[2].partition("-")[0])
    assert names == {"Tinos"}


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06"])
def test_the_same_form_gives_the_same_bytes(papers, number):
    assert render_pdf(papers[number]) == render_pdf(papers[number])


def test_words_are_data_and_never_markup(a_receipt, a_request, a_refusal, words):
    who = Applicant(full_name=HOSTILE, address=HOSTILE, phone=HOSTILE, email=HOSTILE)
    receipt = a_receipt()
    matter = replace(receipt.matter, applicant=who, subject=HOSTILE, agency_name=HOSTILE)
    tidy = "".join(HOSTILE.split())
    for paper in (
        slips.receipt(replace(receipt, matter=matter), TT01_2018),
        slips.supplement_request(replace(a_request, matter=matter, items=(HOSTILE,)), TT01_2018),
        slips.refusal(replace(a_refusal, matter=matter, reason=HOSTILE), TT01_2018),
    ):
        text = words(render_pdf(paper)).replace(" ", "").replace("\u200b", "")
        assert text.count(tidy) >= 3


def test_a_hostile_book_is_only_a_book(a_book, a_sheet, a_step, words):
    book = a_book(1, applicant_name=HOSTILE, address=HOSTILE, note=HOSTILE)
    sheet = a_sheet(a_step(giver=HOSTILE, taker=HOSTILE, step_name=HOSTILE))
    for paper in (
        registers.follow_up_book(book, TT01_2018),
        registers.control_sheet(sheet, TT01_2018),
    ):
        assert "/etc/passwd" in words(render_pdf(paper)).replace(" ", "").replace("\u200b", "")


@pytest.mark.parametrize("length", [300, 20_000])
def test_a_word_longer_than_the_line_stays_on_the_page(a_refusal, length):
    slip = slips.refusal(replace(a_refusal, reason="x" * length), TT01_2018)
    widest = []
    for page in opened(render_pdf(slip)).pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_: widest.append(tm[4] * cm[0] + cm[4])
        )
    assert max(widest) / POINTS_PER_MM < 148 - 11


def test_every_page_of_a_long_form_says_which_it_is_and_of_what(a_refusal, a_sheet, a_step):
    for paper in (
        slips.refusal(replace(a_refusal, reason="chữ " * 2000), TT01_2018),
        registers.control_sheet(a_sheet(*(a_step() for _ in range(30))), TT01_2018),
    ):
        pages = opened(render_pdf(paper)).pages
        assert len(pages) > 2
        for at, page in enumerate(pages, start=1):
            assert f"Mã hồ sơ {CODE} – Trang {at}/{len(pages)}" in page.extract_text()


def receipt_of(papers, words: int):
    components = tuple(Component("Giấy tờ mẫu", 1, 0) for _ in range(words // 40))
    return slips.receipt(papers["a_receipt"](components=components), TT01_2018)


def request_for(papers, words: int):
    return slips.supplement_request(replace(papers["a_request"], reason="mẫu " * words), TT01_2018)


def refusal_for(papers, words: int):
    return slips.refusal(replace(papers["a_refusal"], reason="mẫu " * words), TT01_2018)


def apology_for(papers, words: int):
    return slips.apology(replace(papers["an_apology"], reason="mẫu " * words), TT01_2018)


@pytest.mark.parametrize("form", [receipt_of, request_for, refusal_for, apology_for])
def test_signatures_never_leave_the_text_they_are_set_under(
    a_receipt, a_request, a_refusal, an_apology, form
):
    """At any length: two lines of the text at least stand above them, also on a later page."""
    contents = {
        "a_receipt": a_receipt,
        "a_request": a_request,
        "a_refusal": a_refusal,
        "an_apology": an_apology,
    }
    lengths = set()
    for words in range(160, 440, 8):
        pages = opened(render_pdf(form(contents, words))).pages
        lengths.add(len(pages))
        above, signed, _ = pages[-1].extract_text().partition("(Ký")
        assert signed
        lines = [line for line in above.splitlines() if line.strip()]
        assert len(lines) - 1 >= 2, f"{words}: {lines}"  # the last of them says who signs
    assert lengths == {1, 2}


def test_an_empty_sheet_has_rows_to_fill_in(a_sheet, words):
    text = words(render_pdf(registers.control_sheet(a_sheet(), TT01_2018)))
    assert text.count("Giao:") == 2


def test_the_head_of_a_book_is_repeated(a_book):
    pages = opened(render_pdf(registers.follow_up_book(a_book(60), TT01_2018))).pages
    assert len(pages) > 1
    assert all("(13)" in page.extract_text() for page in pages)


def set_here(book) -> PdfReader:
    """Set a book in this process: no other is started for it, which a sweep would wait for."""
    template = Path(pdf.__file__).parent / "book.typ"
    return opened(typeset(template, asdict(book), dated_on=book.dated_on))


def test_what_closes_a_book_is_never_alone_on_a_page(a_book):
    lengths = set()
    for count in range(10, 40):
        pages = set_here(registers.follow_up_book(a_book(count), TT01_2018)).pages
        lengths.add(len(pages))
        last = pages[-1].extract_text().replace("\u200b", "")
        assert f"220831-{count:04}" in last
        assert f"Sổ có {wording.count(count)} hồ sơ" in last
    assert lengths == {1, 2, 3}


@pytest.mark.parametrize("address", ["Số 1 đường Mẫu " * 130, "x" * 2_000], ids=["words", "a word"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_row_taller_than_a_page_goes_on_on_the_next(a_book, address, count):
    book = registers.follow_up_book(a_book(count, address=address), TT01_2018)
    lowest, text = [], ""
    for page in set_here(book).pages:
        text += page.extract_text(
            visitor_text=lambda words, cm, tm, *_: lowest.append(tm[5] * cm[3] + cm[5])
        )
    assert min(y for y in lowest if y) > 0
    tidy = "".join(text.replace("\u200b", "").split())
    assert tidy.count("".join(address.split())[-40:]) >= count


def test_an_older_code_too_wide_for_its_column_breaks_between_its_parts(a_book):
    book = registers.follow_up_book(a_book(1, code="000.00.17.H56-220831-12345"), TT01_2018)
    text = set_here(book).pages[0].extract_text()
    assert "12345" in text
    assert "000.00.17.H56-" in text


def test_the_foot_of_a_filing_is_one_line(a_refusal, words):
    matter = replace(a_refusal.matter, code=FILING, code_label="Mã hồ sơ nộp trực tuyến")
    slip = slips.refusal(replace(a_refusal, matter=matter, reason="chữ " * 900), TT01_2018)
    foot = f"Mẫu số 03 - Thông tư 01/2018/TT-VPCP {FILING} – Trang 1/2"
    assert foot in words(render_pdf(slip))


def test_the_qr_code_is_that_of_the_dossier_code():
    """The outline, drawn on a grid, is the code's own square of modules."""
    drawn = qr_code(CODE)
    side = drawn.size - 2 * QUIET
    grid = [[0] * side for _ in range(side)]
    for run in drawn.outline.split("z")[:-1]:
        start, _, width = run.removeprefix("M").partition("h")
        along, down = (int(part) - QUIET for part in start.split())
        for step in range(int(width.partition("v")[0])):
            grid[down][along + step] = 1
    expected = segno.make_qr(CODE, error="q", boost_error=False)
    assert grid == [list(row) for row in expected.matrix]
    assert expected.mode == "alphanumeric"


def test_the_picture_tells_its_code_to_those_who_cannot_see_it(papers):
    tree = opened(render_pdf(papers["01"])).trailer["/Root"]["/StructTreeRoot"]

    def alternatives(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [found for inner in node for found in alternatives(inner)]
        if not isinstance(node, dict):
            return []
        own = [node["/Alt"]] if "/Alt" in node else []
        return own + (alternatives(node["/K"]) if "/K" in node else [])

    assert f"Mã QR: {CODE}" in alternatives(tree)

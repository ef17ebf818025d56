"""What DOCX and PDF share: the same words, the same numbers, the same bytes every time."""

import re

import pytest
from reporting.documents.builder import build_document
from reporting.documents.content import FindingLine
from reporting.documents.docx import render_docx
from reporting.documents.pdf import render_pdf

KEY_SENTENCES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "ỦY BAN NHÂN DÂN",
    "PHƯỜNG PHÚ SƠN",
    "BÁO CÁO",
    "Kính gửi: UBND thị xã Bỉm Sơn.",
    "có 220 thủ tục hành chính (TTHC)",
    "42 thủ tục trực tuyến (08 thủ tục mức độ 3, 34 thủ tục mức độ 4)",
    "đã tiếp nhận mới 389 hồ sơ",
    "33,7% (131/389 hồ sơ)",
    "quá hạn: 03 hồ sơ",
    "13,4/14 điểm (07 chỉ số được tính), xếp loại: Tốt",
    "81,6% (102/125 phiếu)",
    "288 bản sao",
    "Chưa có nội dung mục: Đề xuất, kiến nghị",
    "Kế hoạch số 31/KH-UBND ngày 28/4/2022",
    "KT. CHỦ TỊCH",
    "Người Ký Mẫu",
    "Nơi nhận:",
    "Biểu số II.06a/VPCP/KSTT",
)
HOSTILE = (
    r'#import "/etc/passwd" #panic("x") $x^2$ @label <tag> *bold* _it_ `code` \u{41} \ \\ // /* '
    r"[a] {b} = heading ~ --- ... \" ' & &amp; ]]> </w:t> %s {0} #{1+1} 100% № €"
)
NUMBER = re.compile(r"\d+(?:[.,/]\d+)*%?")


@pytest.fixture(params=["pdf", "docx"])
def rendered_words(request, pdf_words, docx_words):
    """Return a function: content -> the words of the file in one of the two formats."""
    render, words = {"pdf": (render_pdf, pdf_words), "docx": (render_docx, docx_words)}[
        request.param
    ]
    return lambda content: words(render(build_document(content)))


def test_key_sentences_are_printed(a_report, rendered_words):
    words = rendered_words(a_report())
    missing = [sentence for sentence in KEY_SENTENCES if sentence not in words]
    assert missing == []


def test_both_files_print_the_same_numbers(a_report, pdf_words, docx_words):
    document = build_document(a_report(digest="sha256:" + "0123456789abcdef" * 4))
    in_pdf = set(NUMBER.findall(pdf_words(render_pdf(document))))
    in_docx = set(NUMBER.findall(docx_words(render_docx(document))))
    page_numbers = {"2", "3", "4", "5"}
    assert in_pdf - page_numbers == in_docx - page_numbers
    assert {"389", "131", "258", "316", "70", "03", "13,4/14", "18,4%"} <= in_docx


def test_a_text_that_looks_like_markup_is_printed_as_it_stands(a_report, rendered_words):
    report = a_report(
        agency_name="UBND phường #x $y",
        narratives={"direction": HOSTILE, "#key": "chữ"},
        findings=(FindingLine("error", HOSTILE, "#id"),),
    )
    words = rendered_words(report)
    assert words.count(HOSTILE) == 2
    assert "UBND phường #x $y" in words
    assert "1. #key" in words


@pytest.mark.parametrize(
    "text",
    ["\x00\x01\x0b\x1f\x7f\x85", "\ud800", "\ufffe", "\u202e⛔😀𝕏\ue000", "=1+1", "  ", "\r\n\t"],
    ids=["control", "surrogate", "non-character", "emoji", "formula", "blank", "line ends"],
)
def test_no_character_breaks_a_file(a_report, rendered_words, text):
    report = a_report(narratives={"direction": f"đầu{text}cuối"})
    words = rendered_words(report)
    assert "đầu" in words
    assert "cuối" in words


def test_a_word_longer_than_the_page_is_not_lost(a_report, rendered_words):
    words = rendered_words(a_report(narratives={"direction": "x" * 500}))
    assert len(re.findall("x", words)) >= 500


def test_a_long_text_is_printed_to_its_end(a_report, rendered_words):
    text = "\n".join(f"- Việc thứ {at} đã làm xong." for at in range(400))
    assert "Việc thứ 399 đã làm xong." in rendered_words(a_report(narratives={"direction": text}))


def test_an_empty_report_can_be_printed(a_report, rendered_words):
    empty = a_report(
        figures={}, form=None, narratives={}, parent_name="", agency_name="", next_period_label=""
    )
    assert "chưa có số liệu" in rendered_words(empty)


def test_a_draft_and_a_sealed_report_can_be_told_apart(a_report, rendered_words):
    digest = "sha256:" + "0123456789abcdef" * 4
    assert "DỰ THẢO" in rendered_words(a_report())
    sealed = rendered_words(a_report(digest=digest))
    assert "DỰ THẢO" not in sealed
    assert digest in sealed


@pytest.mark.parametrize("render", [render_pdf, render_docx], ids=["pdf", "docx"])
def test_the_same_report_gives_the_same_bytes(a_report, render):
    first = render(build_document(a_report()))
    assert render(build_document(a_report())) == first
    assert render(build_document(a_report(digest="sha256:ab"))) != first

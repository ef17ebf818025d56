import pytest
from reporting.documents.builder import build_document
from reporting.documents.content import FigureValue, FindingLine
from reporting.documents.document import Paragraph, ParagraphKind, Section, Table
from reporting.domain.outline import OUTLINE


def flat(sections: tuple[Section, ...]) -> dict[str, Section]:
    found = {}
    for section in sections:
        found |= {section.number: section, **flat(section.sections)}
    return found


def texts(section: Section) -> str:
    return "\n".join(block.text for block in section.blocks if isinstance(block, Paragraph))


def remarks(sections: dict[str, Section]) -> list[str]:
    return [
        number
        for number, section in sections.items()
        for block in section.blocks
        if isinstance(block, Paragraph) and block.kind is ParagraphKind.REMARK
    ]


def test_every_place_of_the_outline_is_printed(a_report):
    printed = flat(build_document(a_report()).sections)
    assert {section.place for section in OUTLINE if section.place} <= printed.keys()


def test_headings_are_numbered_as_in_official_papers(a_report):
    sections = flat(build_document(a_report()).sections)
    assert sections["I"].heading == "I. TÌNH HÌNH, KẾT QUẢ KIỂM SOÁT THỦ TỤC HÀNH CHÍNH"
    assert sections["I.4"].heading == "4. Tình hình, kết quả giải quyết thủ tục hành chính"
    assert sections["I.5.đ"].heading == "đ) Đánh giá việc giải quyết thủ tục hành chính"
    assert sections["III"].heading == "III. PHƯƠNG HƯỚNG, NHIỆM VỤ QUÝ IV NĂM 2022"


def test_the_procedures_are_told_with_their_levels(a_report):
    said = texts(flat(build_document(a_report()).sections)["I.1"])
    assert "(ngày 14/09/2022) có 220 thủ tục hành chính (TTHC)" in said
    assert "42 thủ tục trực tuyến (08 thủ tục mức độ 3, 34 thủ tục mức độ 4)" in said


def test_what_came_in_and_what_was_settled_is_told(a_report):
    said = texts(flat(build_document(a_report()).sections)["I.4"])
    for sentence in (
        "đã tiếp nhận mới 389 hồ sơ",
        "tiếp nhận trực tuyến: 131 hồ sơ, tỷ lệ 33,7% (131/389 hồ sơ)",
        "tiếp nhận trực tiếp: 258 hồ sơ",
        "từ kỳ trước chuyển qua: 0 hồ sơ",
        "trước hạn: 316 hồ sơ; đúng hạn: 70 hồ sơ; quá hạn: 03 hồ sơ",
        "99,2% (386/389 hồ sơ)",
        "quá hạn: 0 văn bản; hồ sơ giải quyết quá hạn chưa có văn bản xin lỗi: 03 hồ sơ",
        "Chi tiết tại Biểu số II.06a kèm theo",
    ):
        assert sentence in said


def test_satisfaction_is_told_with_the_number_of_ballots(a_report):
    said = texts(flat(build_document(a_report()).sections)["I.5.đ"])
    assert "(N = 125 phiếu)" in said
    for share in ("0% (0/125 phiếu)", "18,4% (23/125 phiếu)", "81,6% (102/125 phiếu)"):
        assert share in said


def test_the_score_is_told_with_its_maximum_and_the_number_of_indicators(a_report):
    said = texts(flat(build_document(a_report()).sections)["I.5.đ"])
    assert "13,4/14 điểm (07 chỉ số được tính), xếp loại: Tốt" in said
    assert "mọi chỉ số" not in said


def test_the_score_over_all_indicators_is_told_beside_it(a_report):
    every = {
        "rating.score.all": FigureValue(16),
        "rating.maximum.all": FigureValue(18),
        "rating.indicators_counted.all": FigureValue(9),
        "rating.class.all": FigureValue("Xuất sắc"),
    }
    report = a_report(figures={**a_report().figures, **every})
    said = texts(flat(build_document(report).sections)["I.5.đ"])
    assert "mọi chỉ số có đủ số liệu: 16/18 điểm (09 chỉ số được tính), xếp loại: Xuất sắc" in said


def indicator_table(report) -> Table:
    blocks = flat(build_document(report).sections)["I.5.đ"].blocks
    [table] = [block for block in blocks if isinstance(block, Table)]
    return table


def test_indicators_are_listed_by_number_with_their_cases(a_report):
    rows = indicator_table(a_report(indicator_maximum=2)).rows
    assert [row[0] for row in rows] == ["1", "2", "3", "7"]
    assert [row[2] for row in rows] == ["1,8/2", "1,8/2", "2/2", "1,8/2"]
    assert [row[3] for row in rows] == ["389", "389", "125", "389"]


def test_indicators_outside_the_assessment_are_marked(a_report):
    rows = indicator_table(a_report(counted_indicators=(1, 2, 3))).rows
    assert [row[4] for row in rows] == ["Có", "Có", "Có", "Không"]


def test_another_indicator_set_brings_its_labels(a_report):
    labels = {1: "Công khai, minh bạch", 2: "Tiến độ"}
    table = indicator_table(a_report(indicator_labels=labels))
    assert table.rows[0][1:3] == ("Công khai, minh bạch", "1,8")


@pytest.mark.parametrize("received", [0, 12])
def test_feedback_is_told_with_its_kinds_unless_there_is_none(a_report, received):
    feedback = {
        "feedback.received": FigureValue(received),
        "feedback.received.regulation": FigureValue(5),
        "feedback.received.conduct": FigureValue(7),
        "feedback.answered": FigureValue(10),
        "feedback.answered_on_time": FigureValue(None, 9, 10),
    }
    said = texts(flat(build_document(a_report(figures=feedback)).sections)["I.3"])
    assert ("không có phản ánh, kiến nghị" in said) == (received == 0)
    assert ("90% (09/10 phản ánh, kiến nghị)" in said) == (received == 12)


def test_an_empty_report_says_that_there_are_no_data(a_report):
    empty = build_document(a_report(figures={}, form=None, narratives={}, parent_name=""))
    sections = flat(empty.sections)
    for number in ("I.1", "I.2", "I.3", "I.4", "I.5.d", "I.5.đ", "I.6.a", "I.6.b"):
        assert "chưa có số liệu" in texts(sections[number])
        assert not any(digit in texts(sections[number]) for digit in ("0%", " 0 "))
    assert "Biểu số II.06a: chưa có số liệu" in texts(sections["I.4"])


def test_missing_texts_are_named(a_report):
    sections = flat(build_document(a_report(narratives={})).sections)
    required = [section.place for section in OUTLINE if section.required]
    assert remarks(sections) == required
    assert texts(sections["I.7"]).startswith("(Chưa có nội dung mục: Truyền thông")


def test_one_text_may_stand_for_the_points_of_the_assessment(a_report):
    sections = flat(build_document(a_report(narratives={"assessment": "Đạt yêu cầu."})).sections)
    assert texts(sections["II"]) == "Đạt yêu cầu."
    assert not {"II.1", "II.2"} & sections.keys()


def test_a_point_beside_the_whole_assessment_is_printed(a_report):
    narratives = {"assessment": "Đạt yêu cầu.", "limitations": "Thiếu máy tính."}
    sections = flat(build_document(a_report(narratives=narratives)).sections)
    assert texts(sections["II.2"]) == "Thiếu máy tính."
    assert "II.1" not in sections


def test_a_text_of_no_section_is_not_lost(a_report):
    sections = flat(build_document(a_report(narratives={"flood": "Do bão lụt."})).sections)
    assert sections["V.1"].heading == "1. flood"
    assert texts(sections["V.1"]) == "Do bão lụt."


def test_lines_become_paragraphs_and_dashes_items(a_report):
    narratives = {"facilities": "Gồm:\n\n- phòng riêng\n• máy tính\nHết."}
    blocks = flat(build_document(a_report(narratives=narratives)).sections)["I.5.b"].blocks
    assert [block.printed for block in blocks] == [
        "Gồm:",
        "-\u00a0phòng riêng",
        "-\u00a0máy tính",
        "Hết.",
    ]


def test_an_introduction_that_announces_the_report_is_not_announced_again(a_report):
    written = build_document(a_report(narratives={"introduction": "Phường báo cáo như sau:"}))
    assert [block.text for block in written.introduction] == ["Phường báo cáo như sau:"]
    grounds = build_document(a_report(narratives={"introduction": "Thực hiện Công văn số 914."}))
    assert grounds.introduction[1].text.endswith("đến hết ngày 14/09/2022) với những nội dung sau:")


def test_control_characters_and_decomposed_letters_are_cleaned(a_report):
    narratives = {"direction": "Ke\u0302\u0301 hoa\u0323ch\x00 A\x0bB\ud800"}
    section = flat(build_document(a_report(narratives=narratives)).sections)["I.5.a"]
    assert texts(section).split() == ["Kế", "hoạch", "A", "B"]


def test_findings_are_printed_as_an_annex(a_report):
    findings = (
        FindingLine("error", "Tổng điểm 11,4 khác 13,4.", "score_sum"),
        FindingLine("odd", "Lạ.", ""),
    )
    *_, annex = build_document(a_report(findings=findings)).annexes
    assert annex.table.rows == (
        ("01", "Lỗi", "Tổng điểm 11,4 khác 13,4.", "score_sum"),
        ("02", "odd", "Lạ.", ""),
    )

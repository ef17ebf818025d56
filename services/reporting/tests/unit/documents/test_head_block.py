from datetime import date

import pytest
from reporting.documents.builder import build_document


def test_a_peoples_committee_prints_no_parent(a_report):
    head = build_document(a_report())
    assert head.parent_name == ""
    assert head.agency_lines == ("ỦY BAN NHÂN DÂN", "PHƯỜNG PHÚ SƠN")


def test_a_department_prints_its_parent(a_report):
    department = a_report(agency_name="Sở Tư pháp", parent_name="UBND tỉnh Thanh Hóa")
    head = build_document(department)
    assert (head.parent_name, head.agency_lines) == ("UBND TỈNH THANH HÓA", ("SỞ TƯ PHÁP",))
    assert head.place_and_date.startswith("Sở Tư pháp, ngày")


@pytest.mark.parametrize(
    ("number", "line"),
    [("", "Số:       /BC-UBND"), ("45", "Số: 45/BC-UBND"), ("45/BC-STP", "Số: 45/BC-STP")],
)
def test_the_number_leaves_room_until_it_is_known(a_report, number, line):
    assert build_document(a_report(number=number)).number_line == line


def test_the_place_is_the_name_of_the_unit(a_report):
    issued = build_document(a_report(issued_on=date(2022, 9, 16)))
    assert issued.place_and_date == "Phú Sơn, ngày 16 tháng 9 năm 2022"
    elsewhere = build_document(a_report(issued_on=date(2022, 9, 16), place="Bỉm Sơn"))
    assert elsewhere.place_and_date.startswith("Bỉm Sơn, ")


def test_a_draft_says_so_and_a_sealed_report_shows_its_digest(a_report):
    draft = build_document(a_report())
    assert (draft.mark, draft.seal) == ("DỰ THẢO", ())
    sealed = build_document(a_report(digest="sha256:ab", sealed_on=date(2022, 9, 16)))
    assert sealed.mark == ""
    assert sealed.seal == ("Số liệu đã niêm phong ngày 16/09/2022. Mã kiểm tra:", "sha256:ab")


def test_the_files_carry_the_day_of_the_seal_or_of_the_data(a_report):
    assert build_document(a_report()).dated_on == date(2022, 9, 14)
    sealed = build_document(a_report(digest="sha256:ab", sealed_on=date(2022, 9, 16)))
    assert sealed.dated_on == date(2022, 9, 16)


def test_recipients_begin_with_the_parent_and_end_with_the_archive(a_report):
    assert build_document(a_report()).recipients == ("UBND thị xã Bỉm Sơn (b/c)", "Lưu: VT")
    assert build_document(a_report(parent_name="")).recipients == ("Lưu: VT",)
    assert build_document(a_report(recipients=("Sở Nội vụ",))).recipients == ("Sở Nội vụ",)

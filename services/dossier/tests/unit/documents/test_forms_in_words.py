"""What the forms say, before they are set in type."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from dossier.documents import registers, slips, wording
from dossier.documents.content import Applicant, BookVolume
from dossier.documents.paper import Items, Line, Pair
from dossier.domain.due_date import TimeUnit
from dossier.domain.facts import Channel
from dossier.domain.printed_forms import TT01_2018


def entered(blocks) -> dict[str, str | None]:
    """Return what stands behind each label."""
    lines = []
    for block in blocks:
        if isinstance(block, Pair):
            lines += [block.left, block.right]
        elif isinstance(block, Line):
            lines.append(block)
    return {line.label: line.entered for line in lines}


def test_a_receipt_names_what_was_received_and_when_the_result_is_due(a_receipt):
    slip = slips.receipt(a_receipt(), TT01_2018)
    said = entered(slip.blocks)
    assert said["Tiếp nhận hồ sơ của"] == "Người nộp mẫu 001"
    assert said["Nội dung yêu cầu giải quyết"] == "Đăng ký khai sinh (mã thủ tục 1.001193)"
    assert said["Thời gian giải quyết hồ sơ theo quy định"] == "03 ngày làm việc"
    assert said["Thời gian nhận hồ sơ"] == "10 giờ 05 phút, ngày 31 tháng 8 năm 2022"
    assert said["Thời gian trả kết quả giải quyết hồ sơ"] == "ngày 07 tháng 9 năm 2022"
    assert said["Vào Sổ theo dõi hồ sơ năm 2022, số thứ tự"] == "220831-0012"
    assert slip.head.number == "Số: 220831-0012/TNHS"
    assert slip.head.place_and_date == "Phú Sơn, ngày 31 tháng 8 năm 2022"
    assert slip.head.agency == ("ỦY BAN NHÂN DÂN", "PHƯỜNG PHÚ SƠN")
    assert [signature.role for signature in slip.signatures] == [
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ]


def test_a_receipt_lists_the_components_with_originals_and_copies(a_receipt):
    slip = slips.receipt(a_receipt(), TT01_2018)
    listed = next(block for block in slip.blocks if isinstance(block, Items))
    assert listed.items == ("Tờ khai (bản chính: 01)", "Giấy chứng sinh (bản sao: 02)")


def test_what_nobody_recorded_is_left_to_be_filled_in_by_hand(a_receipt):
    bare = a_receipt(components=(), components_count=None, sets_count=None, due_on=None)
    bare = replace(bare, matter=replace(bare.matter, applicant=Applicant(full_name="Ai đó")))
    said = entered(slips.receipt(bare, TT01_2018).blocks)
    for label in (
        "Địa chỉ",
        "Số điện thoại",
        "Email",
        "Thành phần hồ sơ nộp gồm",
        "Số loại giấy tờ đã nộp",
        "Số lượng hồ sơ (bộ)",
        "Đăng ký nhận kết quả tại",
        "Thời gian trả kết quả giải quyết hồ sơ",
    ):
        assert said[label] is None, label


def test_the_applicants_own_words_come_before_the_procedures_name(a_receipt):
    receipt = a_receipt()
    receipt = replace(receipt, matter=replace(receipt.matter, subject="Khai sinh cho con"))
    said = entered(slips.receipt(receipt, TT01_2018).blocks)
    assert said["Nội dung yêu cầu giải quyết"] == "Khai sinh cho con"
    assert said["Thủ tục hành chính"] == "Đăng ký khai sinh (mã thủ tục 1.001193)"


def test_a_second_request_has_a_number_of_its_own(a_request):
    first = slips.supplement_request(a_request, TT01_2018)
    second = slips.supplement_request(replace(a_request, ordinal=2), TT01_2018)
    assert first.head.number == "Số: 220831-0012/HDHS"
    assert second.head.number == "Số: 220831-0012.2/HDHS"
    listed = next(block for block in first.blocks if isinstance(block, Items))
    assert listed.items == ("Bản sao giấy kết hôn", "Ghi đủ nơi sinh")


def test_a_refused_filing_leaves_room_for_a_number(a_refusal):
    matter = replace(a_refusal.matter, number=None, code_label="Mã hồ sơ nộp trực tuyến")
    slip = slips.refusal(replace(a_refusal, matter=matter), TT01_2018)
    assert slip.head.number == "Số:           /TCHS"
    assert slip.code_label == "Mã hồ sơ nộp trực tuyến"


def test_the_agency_itself_apologises_and_its_head_signs(an_apology):
    slip = slips.apology(an_apology, TT01_2018)
    assert slip.head.desk == ()
    assert [signature.role for signature in slip.signatures] == ["THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ"]
    assert entered(slip.blocks)["Thời gian hẹn trả kết quả"] == "ngày 07 tháng 9 năm 2022"
    assert slip.head.place_and_date == "Phú Sơn, ngày 06 tháng 9 năm 2022"


def test_a_sheet_has_a_row_per_hand_over_with_both_sides_time(a_sheet, a_step):
    (row,) = registers.control_sheet(a_sheet(a_step()), TT01_2018).rows
    assert (row.giver.at, row.giver.by) == ("10 giờ 40 phút, 31/08/2022", "can-bo-01")
    assert (row.taker.at, row.taker.by) == ("11 giờ 00 phút, 31/08/2022", "can-bo-02")
    assert row.note == "Thẩm định"


@pytest.mark.parametrize(
    ("resolver", "others"),
    [
        ("Ủy ban nhân dân phường Phú Sơn", "Phòng Tư pháp, Sở Mẫu; Sở Mẫu; Chi cục Sở Mẫu"),
        ("Sở Mẫu", "Chi cục Sở Mẫu"),
        ("Chi cục Sở Mẫu", "Phòng Tư pháp, Sở Mẫu; Sở Mẫu"),
    ],
)
def test_a_sheet_names_who_settles_and_who_else_had_the_dossier(a_sheet, a_step, resolver, others):
    desk = "Bộ phận một cửa, Ủy ban nhân dân phường Phú Sơn"
    hands = desk, "Phòng Tư pháp, Sở Mẫu", "Sở Mẫu", "Chi cục Sở Mẫu"
    steps = [a_step(giver=giver, taker=taker) for giver, taker in itertools.pairwise(hands)]
    said = entered(registers.control_sheet(a_sheet(*steps, resolver=resolver), TT01_2018).blocks)
    assert said["Cơ quan (bộ phận) giải quyết hồ sơ"] == resolver
    assert said["Cơ quan phối hợp giải quyết hồ sơ"] == others


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "Đúng hạn\nhạn 05/09/2022"),
        ({"due_on": date(2022, 9, 6)}, "Trước hạn\nhạn 06/09/2022"),
        ({"due_on": date(2022, 9, 1)}, "Quá hạn\nhạn 01/09/2022"),
        ({"completed_at": None}, "Đang giải quyết\nhạn 05/09/2022"),
        ({"completed_at": None, "due_on": None}, "Đang giải quyết"),
        ({"due_on": None}, "Đã giải quyết"),
    ],
)
def test_a_step_is_judged_against_its_own_limit(a_sheet, a_step, changes, outcome):
    (row,) = registers.control_sheet(a_sheet(a_step(**changes)), TT01_2018).rows
    assert row.outcome == outcome


def test_a_side_that_has_not_taken_over_yet_is_left_open(a_sheet, a_step):
    (row,) = registers.control_sheet(
        a_sheet(a_step(taken_at=None, taken_by=None, completed_at=None)), TT01_2018
    ).rows
    assert (row.taker.at, row.taker.by) == ("", "")


def test_a_book_has_thirteen_columns_and_says_how_many_dossiers(a_book):
    book = registers.follow_up_book(a_book(3), TT01_2018)
    assert {len(row) for row in book.rows} == {13}
    assert [row[0] for row in book.rows] == ["1", "2", "3"]
    assert book.rows[0][5] == "Phường Phú Sơn; 0900000456"
    assert book.closing == (
        "Sổ có 03 hồ sơ tiếp nhận trong năm 2022, in ngày 15 tháng 10 năm 2022."
    )
    assert registers.follow_up_book(a_book(3, month=8), TT01_2018).subtitle == "Tháng 8 năm 2022"


def test_a_volume_counts_on_and_says_on_its_cover_which_of_how_many_it_is(a_book):
    part = BookVolume(number=2, volumes_count=12, first_entry=1001, dossiers_count=11_500)
    volume = registers.follow_up_book(replace(a_book(3, month=8), volume=part), TT01_2018)
    assert [row[0] for row in volume.rows] == ["1001", "1002", "1003"]
    assert volume.cover == (
        "Quyển số 2 (sổ có 12 quyển)",
        "Từ số thứ tự 1001 đến số thứ tự 1003",
        "Từ hồ sơ H56.18.26-220831-0001 đến hồ sơ H56.18.26-220831-0003",
        "Nhận từ ngày 31/08/2022 đến ngày 31/08/2022",
    )
    assert volume.part == "Tháng 8 năm 2022, quyển số 2/12"
    assert volume.closing == (
        "Quyển số 2 có 03 hồ sơ (từ số thứ tự 1001 đến số thứ tự 1003) trong 11.500 hồ sơ tiếp "
        "nhận trong tháng 8 năm 2022, in ngày 15 tháng 10 năm 2022."
    )


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (3, TimeUnit.WORKING_DAY, "03 ngày làm việc"),
        (15, TimeUnit.CALENDAR_DAY, "15 ngày"),
        (8, TimeUnit.WORKING_HOUR, "08 giờ làm việc"),
        (1, TimeUnit.MONTH, "01 tháng"),
        (0, TimeUnit.WORKING_DAY, "trong ngày làm việc"),
        (None, TimeUnit.NONE, "không quy định thời hạn"),
    ],
)
def test_a_time_limit_in_words(value, unit, words):
    assert wording.time_limit(value, unit) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2022, 2, 5), "ngày 05 tháng 02 năm 2022"),
        (date(2022, 9, 14), "ngày 14 tháng 9 năm 2022"),
        (date(2022, 12, 1), "ngày 01 tháng 12 năm 2022"),
    ],
)
def test_days_and_months_are_padded_as_the_decree_says(day, words):
    assert wording.long_day(day) == words


def test_a_moment_is_told_in_local_time():
    assert wording.moment(datetime(2022, 9, 14, 17, 30, tzinfo=UTC)) == (
        "00 giờ 30 phút, ngày 15 tháng 9 năm 2022"
    )


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Ủy ban nhân dân phường Phú Sơn", ("ỦY BAN NHÂN DÂN", "PHƯỜNG PHÚ SƠN")),
        ("Uỷ ban nhân dân phường 5", ("ỦY BAN NHÂN DÂN", "PHƯỜNG 5")),
        ("UBND thị xã Bỉm Sơn", ("ỦY BAN NHÂN DÂN", "THỊ XÃ BỈM SƠN")),
        ("Sở Tư pháp", ("SỞ TƯ PHÁP",)),
    ],
)
def test_an_agency_in_the_head_of_a_paper(name, lines):
    assert wording.agency_lines(name) == lines


def test_a_place_that_is_not_known_is_left_to_be_filled_in(a_refusal):
    slip = slips.refusal(
        replace(a_refusal, matter=replace(a_refusal.matter, place=None)), TT01_2018
    )
    assert slip.head.place_and_date == f"{'.' * 24}, ngày 01 tháng 9 năm 2022"


def test_every_channel_and_count_has_words():
    assert set(wording.CHANNELS) == set(Channel)
    assert [wording.count(n) for n in (0, 3, 10, 1234)] == ["00", "03", "10", "1.234"]

"""The place before the date: the unit of administration that an agency's name names."""

import pytest
from dossier.domain.places import place

NAMED = [
    # committees of communes
    ("Ủy ban nhân dân phường Phú Sơn", "Phú Sơn"),
    ("Uỷ ban nhân dân xã Ia Piar", "Ia Piar"),
    ("UBND thị trấn Quảng Xương", "Quảng Xương"),
    ("UBND đặc khu Phú Quốc", "Phú Quốc"),
    ("UBND phường Xã Đàn", "Xã Đàn"),
    ("HĐND và UBND phường Phú Sơn", "Phú Sơn"),
    ("Phường Phú Sơn", "Phú Sơn"),
    ("UBND Phú Sơn", "Phú Sơn"),
    ("ỦY BAN NHÂN DÂN PHƯỜNG PHÚ SƠN", "Phú Sơn"),
    ("UBND  phường   Phú Sơn", "Phú Sơn"),
    # named by a number: with the kind
    ("Ủy ban nhân dân phường 5", "Phường 5"),
    ("UBND P. 12", "Phường 12"),
    ("UBND P5", "Phường 5"),
    ("UBND Quận 1", "Quận 1"),
    ("UBND Q.1", "Quận 1"),
    # the units it lies in are no part of its name
    ("UBND xã Tân Thành, huyện Yên Định", "Tân Thành"),
    ("UBND xã Tân Thành huyện Yên Định, tỉnh Thanh Hóa", "Tân Thành"),
    ("UBND phường Phú Sơn - thị xã Bỉm Sơn", "Phú Sơn"),
    ("UBND phường Phú Sơn (thị xã Bỉm Sơn)", "Phú Sơn"),
    ("UBND thành phố Thủ Đức thuộc Thành phố Hồ Chí Minh", "Thủ Đức"),
    # districts, towns, cities, provinces
    ("UBND thị xã Bỉm Sơn", "Bỉm Sơn"),
    ("UBND TX. Bỉm Sơn", "Bỉm Sơn"),
    ("UBND huyện đảo Phú Quý", "Phú Quý"),
    ("UBND TP. Thanh Hóa", "Thanh Hóa"),
    ("Ủy ban nhân dân thành phố Phan Rang - Tháp Chàm", "Phan Rang - Tháp Chàm"),
    ("Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu"),
    ("Ủy ban nhân dân thành phố Hà Nội", "Hà Nội"),
    # named after a person: with the kind
    ("Ủy ban nhân dân Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
    ("UBND TP Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
    ("Sở Tư pháp Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
    # others whose name says where they are
    ("Sở Tư pháp tỉnh Thanh Hóa", "Thanh Hóa"),
    ("Bảo hiểm xã hội thị xã Bỉm Sơn", "Bỉm Sơn"),
    ("Liên đoàn Lao động tỉnh Thanh Hóa", "Thanh Hóa"),
    ("Văn phòng HĐND và UBND tỉnh Thanh Hóa", "Thanh Hóa"),
    ("Ban Quản lý dự án đầu tư xây dựng huyện Thọ Xuân", "Thọ Xuân"),
    ("Phòng Quản lý đô thị thành phố Thanh Hóa", "Thanh Hóa"),
    ("Công an phường Phú Sơn", "Phú Sơn"),
]
NOT_NAMED = [
    "Sở Tư pháp",
    "Sở Lao động - Thương binh và Xã hội",
    "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
    "Ban Quản lý Khu kinh tế Nghi Sơn",
    "Ban Quản lý các khu công nghiệp tỉnh",
    "Chi cục Thuế khu vực thị xã Bỉm Sơn - Hà Trung",
    "Trạm Y tế liên xã Tân Thành - Tân Ninh",
    "Phòng Tư pháp",
    "Tỉnh ủy Thanh Hóa",
    "Huyện ủy Thọ Xuân",
    "Đội Quản lý thị trường số 5",
    "Bộ Tư pháp",
    "Cơ quan H56.18",
    "Thị xã",
]


@pytest.mark.parametrize(("name", "expected"), NAMED)
def test_an_agency_writes_the_name_of_its_unit(name, expected):
    assert place(name) == expected


@pytest.mark.parametrize("name", NOT_NAMED)
def test_a_name_without_a_unit_names_no_place(name):
    assert place(name) is None


def test_a_province_says_which_of_its_units_are_named_after_people():
    name = "Ủy ban nhân dân phường Lê Mẫu"
    assert place(name) == "Lê Mẫu"
    assert place(name, {"LÊ MẪU"}) == "Phường Lê Mẫu"

from datetime import date
from decimal import Decimal

import pytest
from reporting.documents import numbers_vi


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (3, "03"),
        (9, "09"),
        (10, "10"),
        (389, "389"),
        (1234, "1.234"),
        (10**6, "1.000.000"),
    ],
)
def test_small_counts_have_two_digits_and_large_ones_dots(number, written):
    assert numbers_vi.count(number) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("1.8", "1,8"),
        ("2.0", "2"),
        ("13.40", "13,4"),
        ("1234.5", "1.234,5"),
        ("100", "100"),
        ("0", "0"),
    ],
)
def test_decimals_have_a_comma_and_no_trailing_zeros(number, written):
    assert numbers_vi.decimal(Decimal(number)) == written


def test_a_number_in_exponent_notation_is_written_out():
    assert numbers_vi.decimal(Decimal("1E+2")) == "100"


def test_dates_are_day_month_year():
    assert numbers_vi.day(date(2022, 9, 4)) == "04/09/2022"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2022, 9, 5), "ngày 05 tháng 9 năm 2022"),
        (date(2023, 2, 15), "ngày 15 tháng 02 năm 2023"),
        (date(2023, 12, 31), "ngày 31 tháng 12 năm 2023"),
    ],
    ids=["NĐ 30/2020 month 9", "NĐ 30/2020 month 2", "NĐ 30/2020 month 12"],
)
def test_the_date_of_issue_pads_days_below_ten_and_months_one_and_two(value, written):
    assert numbers_vi.long_day(value) == written


def test_an_unknown_date_leaves_room_to_write():
    assert numbers_vi.long_day(None).split() == ["ngày", "tháng", "năm"]

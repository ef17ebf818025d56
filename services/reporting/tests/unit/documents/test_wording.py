from decimal import Decimal

import pytest
from reporting.documents.content import FigureValue
from reporting.documents.wording import ABSENT, Wording


def words(**figures: FigureValue) -> Wording:
    return Wording(figures)


def test_a_rate_is_printed_with_its_cases():
    rate = words(online=FigureValue(Decimal("33.7"), 131, 389)).rate("online", "hồ sơ")
    assert rate == "33,7% (131/389 hồ sơ)"


def test_a_rate_without_value_follows_from_its_cases():
    assert words(a=FigureValue(None, 386, 389)).rate("a", "hồ sơ") == "99,2% (386/389 hồ sơ)"


def test_a_stored_rate_is_not_recomputed():
    """Shares by largest remainder may differ from each share's own rounding."""
    assert words(a=FigureValue(Decimal("33.4"), 1, 3)).rate("a", "phiếu") == "33,4% (01/03 phiếu)"


def test_a_rate_over_no_cases_is_no_percentage():
    assert words(a=FigureValue(None, 0, 0)).rate("a", "hồ sơ") == "chưa phát sinh (0/0 hồ sơ)"


def test_a_rate_whose_cases_are_unknown_says_so():
    rate = words(a=FigureValue(Decimal("81.6"))).rate("a", "phiếu")
    assert rate == "81,6% (chưa có số lượng phiếu làm căn cứ)"


@pytest.mark.parametrize("figure", [None, FigureValue(None)], ids=["not collected", "absent"])
def test_an_absent_figure_is_not_zero(figure):
    absent = Wording({"a": figure} if figure else {})
    assert absent.plain("a") == ABSENT
    assert absent.counted("a", "hồ sơ") == ABSENT
    assert absent.rate("a", "hồ sơ") == ABSENT
    assert absent.points("a") == ABSENT
    assert absent.whole("a") is None
    assert absent.cases("a") == "–"


def test_a_zero_is_a_figure():
    assert words(a=FigureValue(0)).counted("a", "hồ sơ") == "0 hồ sơ"


@pytest.mark.parametrize(
    ("value", "plain", "points"),
    [
        (3, "03", "3"),
        (Decimal(3), "03", "3"),
        (Decimal("13.4"), "13,4", "13,4"),
        ("Tốt", "Tốt", "Tốt"),
    ],
)
def test_points_have_no_leading_zero(value, plain, points):
    figure = words(a=FigureValue(value))
    assert figure.plain("a") == plain
    assert figure.points("a") == points


def test_a_label_is_no_whole_number():
    assert words(a=FigureValue("Tốt")).whole("a") is None


def test_a_breakdown_leaves_out_empty_parts():
    levels = words(three=FigureValue(8), four=FigureValue(34), full=FigureValue(0))
    parts = [("three", "mức độ 3"), ("four", "mức độ 4"), ("full", "toàn trình"), ("x", "x")]
    assert levels.breakdown(parts, "thủ tục") == "08 thủ tục mức độ 3, 34 thủ tục mức độ 4"

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.ratios import Ratio, percentages, round_half_up

counts = st.lists(st.integers(0, 5_000), min_size=1, max_size=6)


def test_no_cases_is_not_zero_percent():
    assert Ratio(0, 0).percent() is None
    assert Ratio(0, 0).average() is None
    assert percentages([0, 0, 0]) is None


@pytest.mark.parametrize(
    ("ratio", "printed"),
    [(Ratio(386, 389), "99.2"), (Ratio(131, 389), "33.7"), (Ratio(7, 7), "100.0")],
)
def test_percentages_as_printed(ratio, printed):
    assert ratio.percent() == Decimal(printed)


def test_halves_round_up():
    assert round_half_up(Decimal("1.25"), 1) == Decimal("1.3")
    assert Ratio(1, 8).percent(0) == Decimal(13)


def test_points_per_dossier():
    assert Ratio(702, 389).average() == Decimal("1.8")


def test_rates_are_pooled_never_averaged():
    assert Ratio(1, 1) + Ratio(0, 3) == Ratio(1, 4)


def test_the_satisfaction_of_the_ward():
    assert percentages([0, 23, 102]) == (Decimal("0.0"), Decimal("18.4"), Decimal("81.6"))


def test_three_thirds_sum_to_a_hundred():
    assert percentages([1, 1, 1]) == (Decimal("33.4"), Decimal("33.3"), Decimal("33.3"))


@given(counts)
def test_percentages_sum_to_a_hundred_and_stay_within_a_step(counts):
    shares = percentages(counts)
    whole = sum(counts)
    if whole == 0:
        assert shares is None
        return
    assert sum(shares) == 100
    for count, share in zip(counts, shares, strict=True):
        assert abs(share - Decimal(100) * count / whole) < Decimal("0.1")
        assert (share == 0) or count > 0

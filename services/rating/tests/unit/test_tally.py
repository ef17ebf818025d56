"""Satisfaction: percentages that sum to 100.0, in any order of ballots, never without N."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rating.domain.facts import BallotAnswers, Satisfaction
from rating.domain.tally import tally


def cast(levels):
    counted = {}
    for level in levels:
        ballot = BallotAnswers(level, None, None, own_fault=False)
        counted[ballot] = counted.get(ballot, 0) + 1
    return tally(counted)


def test_phu_son_third_quarter_2022():
    found = cast([Satisfaction.SATISFIED] * 23 + [Satisfaction.VERY_SATISFIED] * 102)
    assert (found.ballots, found.counts) == (125, (0, 23, 102))
    assert found.percentages == (Decimal("0.0"), Decimal("18.4"), Decimal("81.6"))


def test_nobody_voted_is_absent_and_not_zero_percent():
    assert cast([]).percentages == (None, None, None)


levels = st.lists(st.sampled_from(Satisfaction), min_size=1, max_size=300)


@given(levels)
def test_percentages_sum_to_one_hundred(given_levels):
    assert sum(cast(given_levels).percentages) == Decimal(100)


@given(levels, st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(given_levels, random):
    shuffled = list(given_levels)
    random.shuffle(shuffled)
    assert cast(shuffled) == cast(given_levels)

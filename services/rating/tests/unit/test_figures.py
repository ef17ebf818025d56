"""Every figure is defined once, and absent is not zero."""

from decimal import Decimal
from pathlib import Path

import pytest
from kernel.ratios import Ratio
from rating.domain.facts import Facts, Satisfaction
from rating.domain.figures import (
    DEFINITIONS,
    FeedbackCounts,
    feedback_figures,
    indicator_figures,
    satisfaction_figures,
    sheet_figures,
)
from rating.domain.scoring import score_sheet
from rating.domain.tally import SatisfactionTally
from rating.schemas.indicator_sets import IndicatorSetPaper

RELEASE = Path(__file__).parents[2] / "releases" / "tt01-2018.json"
TT01 = IndicatorSetPaper.model_validate_json(RELEASE.read_text()).in_domain()
EMPTY = SatisfactionTally((0,) * len(Satisfaction))
NO_FEEDBACK = FeedbackCounts(0, 0, 0, 0, Ratio(0, 0))


def test_every_figure_given_is_defined_and_every_definition_given():
    given = [
        *indicator_figures(None),
        *sheet_figures(None, ""),
        *sheet_figures(None, ".all"),
        *satisfaction_figures(EMPTY),
        *feedback_figures(NO_FEEDBACK),
    ]
    assert [figure.key for figure in given] == list(DEFINITIONS)


def test_without_an_indicator_set_every_rating_figure_is_absent():
    figures = {one.key: one.value for one in (*indicator_figures(None), *sheet_figures(None, ""))}
    assert figures.pop("rating.indicators_counted") == 0
    assert set(figures.values()) == {None}


def test_shares_without_ballots_are_absent_with_n_zero():
    ballots, *shares = satisfaction_figures(EMPTY)
    assert ballots.value == 0
    assert {(share.value, share.denominator) for share in shares} == {(None, 0)}


def test_the_share_on_time_is_absent_when_nothing_was_due():
    assert feedback_figures(NO_FEEDBACK)[-1].value is None
    counts = FeedbackCounts(3, 2, 2, 2, Ratio(2, 3))
    assert feedback_figures(counts)[-1].value == Decimal("66.7")


def test_a_sheet_gives_sum_maximum_number_and_class():
    feedback_only = score_sheet(TT01, Facts(level="commune"))
    figures = {figure.key: figure.value for figure in sheet_figures(feedback_only, ".all")}
    assert figures == {
        "rating.score.all": Decimal(2),
        "rating.maximum.all": 2,
        "rating.indicators_counted.all": 1,
        "rating.class.all": "Yếu",
    }


def test_a_sheet_that_counts_nothing_is_absent():
    nothing = score_sheet(TT01, Facts(level="commune")).limited_to(frozenset())
    assert [figure.value for figure in sheet_figures(nothing, "")] == [None, None, 0, None]


@pytest.mark.parametrize("number", [5, 6, 8, 9])
def test_indicators_of_an_agency_say_which_figures_they_look_at(number):
    rule = next(one.rule for one in TT01.indicators if one.number == number)
    assert all(key.split(".")[0] in {"procedures", "dossiers", "feedback"} for key in rule.looks_at)

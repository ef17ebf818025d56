"""Every figure is defined once, and absent is not zero."""

from decimal import Decimal

from kernel.ratios import Ratio
from rating.domain.facts import Satisfaction
from rating.domain.figures import (
    DEFINITIONS,
    FeedbackCounts,
    feedback_figures,
    indicator_figures,
    satisfaction_figures,
    sheet_figures,
)
from rating.domain.tally import SatisfactionTally

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
    figures = [*indicator_figures(None), *sheet_figures(None, "")]
    assert {figure.value for figure in figures} == {None}


def test_shares_without_ballots_are_absent_with_n_zero():
    ballots, *shares = satisfaction_figures(EMPTY)
    assert ballots.value == 0
    assert {(share.value, share.denominator) for share in shares} == {(None, 0)}


def test_the_share_on_time_is_absent_when_nothing_was_due():
    assert feedback_figures(NO_FEEDBACK)[-1].value is None
    counts = FeedbackCounts(3, 2, 2, 2, Ratio(2, 3))
    assert feedback_figures(counts)[-1].value == Decimal("66.7")

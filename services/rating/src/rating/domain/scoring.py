"""The score sheet: indicators rounded one by one, then summed, never rescaled."""

from dataclasses import dataclass, replace
from decimal import Decimal

from kernel.ratios import Ratio

from rating.domain.facts import NO_CASES, Facts
from rating.domain.indicator_sets import ClassBand, Indicator, IndicatorSet
from rating.domain.rules import NotCounted

SCORE_PLACES = 1


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """Points earned of cases counted, and either the rounded score or why there is none."""

    indicator: Indicator
    earned: Ratio
    points: Decimal | None
    not_counted: NotCounted | None


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The scores of one agency and period, in the order of the indicator set."""

    indicator_set: IndicatorSet
    scores: tuple[IndicatorScore, ...]

    @property
    def counted(self) -> tuple[IndicatorScore, ...]:
        """Return the scores that enter the sum."""
        return tuple(score for score in self.scores if score.points is not None)

    @property
    def total(self) -> Decimal | None:
        """Return the raw sum of the rounded scores, None when nothing is counted."""
        if not self.counted:
            return None
        return sum((score.points or Decimal() for score in self.counted), Decimal())

    @property
    def maximum(self) -> int | None:
        """Return the most the counted indicators can give, None when nothing is counted."""
        return sum(score.indicator.max_points for score in self.counted) or None

    @property
    def ranking(self) -> ClassBand | None:
        """Return the class of the raw sum, None when nothing is counted."""
        return None if self.total is None else self.indicator_set.class_of(self.total)

    def limited_to(self, numbers: frozenset[int]) -> "ScoreSheet":
        """Return the sheet with only these indicators counted, as an assessment decided."""
        return ScoreSheet(
            self.indicator_set,
            tuple(
                score if score.indicator.number in numbers else _left_out(score)
                for score in self.scores
            ),
        )


def score_sheet(indicator_set: IndicatorSet, facts: Facts) -> ScoreSheet:
    """Score every indicator that has enough data.

    Each score is points earned / cases counted, rounded half up to one decimal before summing.

    Law: TT 01/2018/TT-VPCP art. 13-15
    """
    return ScoreSheet(
        indicator_set,
        tuple(_score(indicator, facts) for indicator in indicator_set.indicators),
    )


def _score(indicator: Indicator, facts: Facts) -> IndicatorScore:
    earned = indicator.rule.earned(facts)
    if isinstance(earned, NotCounted):
        return IndicatorScore(indicator, NO_CASES, None, earned)
    return IndicatorScore(indicator, earned, earned.average(SCORE_PLACES), None)


def _left_out(score: IndicatorScore) -> IndicatorScore:
    """Keep the reason of an indicator that had no data anyway: it says more."""
    return replace(score, points=None, not_counted=score.not_counted or NotCounted.NOT_ASSESSED)

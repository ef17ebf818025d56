"""Counting satisfaction: percentages that sum to 100.0, never without their N."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kernel.ratios import percentages

from rating.domain.facts import BallotAnswers, Satisfaction


@dataclass(frozen=True, slots=True)
class SatisfactionTally:
    """How many ballots chose each level, in the order of the scale."""

    counts: tuple[int, ...]

    @property
    def ballots(self) -> int:
        """Return N, the number of ballots."""
        return sum(self.counts)

    @property
    def percentages(self) -> tuple[Decimal | None, ...]:
        """Return the shares to one decimal by largest remainder; None each when N is 0."""
        return percentages(self.counts) or (None,) * len(self.counts)


def tally(ballots: Mapping[BallotAnswers, int]) -> SatisfactionTally:
    """Count the ballots of each level of satisfaction."""
    return SatisfactionTally(
        tuple(
            sum(count for answers, count in ballots.items() if answers.satisfaction is level)
            for level in Satisfaction
        )
    )

"""Indicator sets: dated data that says what is scored, by which rule, and what a score means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from rating.domain.errors import InconsistentIndicatorSet
from rating.domain.facts import Satisfaction
from rating.domain.rules import PostingPoints, Rule


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the score sheet: a rule and the most it can give."""

    number: int
    label_vi: str
    scored_per: Literal["dossier", "agency"]
    max_points: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class ClassBand:
    """Raw sums of at least `from_points` (and below the next band) have this class."""

    from_points: Decimal
    code: str
    name_vi: str


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """A set in force on `[valid_from, valid_to)`; bands run from the best class to the worst."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    legal_basis: str
    classes: tuple[ClassBand, ...]
    indicators: tuple[Indicator, ...]
    satisfaction_scale: tuple[tuple[Satisfaction, str], ...]

    def __post_init__(self) -> None:
        problem = next(_problems(self), None)
        if problem is not None:
            raise InconsistentIndicatorSet(set_code=self.code, problem=problem)

    @property
    def numbers(self) -> frozenset[int]:
        """Return the numbers of the indicators."""
        return frozenset(indicator.number for indicator in self.indicators)

    def is_in_force(self, day: date) -> bool:
        """Tell whether the set rates periods that end on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def class_of(self, total: Decimal) -> ClassBand:
        """Return the class of a raw sum, whatever its maximum: no rescaling rule exists.

        Law: TT 01/2018/TT-VPCP art. 13-15
        """
        return next(band for band in self.classes if total >= band.from_points)


def in_force(indicator_sets: Iterable[IndicatorSet], day: date) -> IndicatorSet | None:
    """Return the set that rates periods ending on `day`; of several, the newest one."""
    candidates = [candidate for candidate in indicator_sets if candidate.is_in_force(day)]
    return max(candidates, key=lambda one: (one.valid_from, one.code), default=None)


def _problems(candidate: IndicatorSet) -> Iterator[str]:
    """Name what does not fit together, first things first."""
    if candidate.valid_to is not None and candidate.valid_to <= candidate.valid_from:
        yield "valid_to must be after valid_from"
    if len(candidate.numbers) < len(candidate.indicators):
        yield "indicator numbers must be unique"
    bands = candidate.classes
    if any(upper.from_points <= lower.from_points for upper, lower in pairwise(bands)):
        yield "classes must run from the highest from_points to the lowest"
    if bands[-1].from_points != 0:
        yield "the last class must start from 0 points"
    if [step for step, _ in candidate.satisfaction_scale] != list(Satisfaction):
        yield "satisfaction_scale must list the three levels in order"
    for indicator in candidate.indicators:
        yield from _problems_of_rule(indicator)


def _problems_of_rule(indicator: Indicator) -> Iterator[str]:
    rule = indicator.rule
    if rule.most != indicator.max_points:
        yield f"indicator {indicator.number}: max_points is not what its rule can give"
    if isinstance(rule, PostingPoints) and len(rule.points_by_ways) != len(rule.figures) + 1:
        yield f"indicator {indicator.number}: points_by_ways must start at none and end at all"

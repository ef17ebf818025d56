"""Ratios, rounding and percentages: a rate is two integers until someone prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round to `places` decimals, halves away from zero, as Vietnamese reports do."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Ratio:
    """`part` of `whole`, kept as counts so that it can be pooled and traced to records."""

    part: int
    whole: int

    def percent(self, places: int = 1) -> Decimal | None:
        """Return 0-100 rounded half up, or None when `whole` is 0: no cases is not 0 %."""
        if self.whole == 0:
            return None
        return round_half_up(Decimal(100) * self.part / self.whole, places)

    def average(self, places: int = 1) -> Decimal | None:
        """Return `part / whole` rounded half up, or None when `whole` is 0."""
        if self.whole == 0:
            return None
        return round_half_up(Decimal(self.part) / self.whole, places)

    def __add__(self, other: "Ratio") -> "Ratio":
        """Pool the cases. Rates are never averaged."""
        return Ratio(self.part + other.part, self.whole + other.whole)


def percentages(counts: Sequence[int], places: int = 1) -> tuple[Decimal, ...] | None:
    """Return the shares of `counts` in percent, by largest remainder, so that they sum to 100.

    Ties go to the earlier count. None when all counts are 0.
    """
    whole = sum(counts)
    if whole == 0:
        return None
    units = 100 * 10**places
    floors = [count * units // whole for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: -(counts[i] * units % whole))
    for i in by_remainder[: units - sum(floors)]:
        floors[i] += 1
    return tuple(Decimal(floor).scaleb(-places) for floor in floors)

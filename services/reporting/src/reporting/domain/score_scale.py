"""How points become a class: dated, because indicator sets change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """Points per indicator, how many indicators the set has, and classes from best to worst."""

    code: str
    valid_from: date
    points_each: int
    indicators: int
    classes: tuple[tuple[Decimal, str], ...]

    def class_of(self, points: Decimal) -> str:
        """Return the class on the raw sum: no rule rescales when indicators are not counted.

        Law: TT 01/2018/TT-VPCP art. 15
        """
        return next(name for least, name in self.classes if points >= least)


SCALES: tuple[ScoreScale, ...] = (
    ScoreScale(
        code="tt01-2018",
        valid_from=date(2019, 1, 8),
        points_each=2,
        indicators=9,
        classes=(
            (Decimal(15), "Xuất sắc"),
            (Decimal(12), "Tốt"),
            (Decimal(9), "Khá"),
            (Decimal(6), "Trung bình"),
            (Decimal("-Infinity"), "Yếu"),
        ),
    ),
)
"""Indicator sets whose score is printed in quarterly reports, as rating's releases have them."""


def scale_in_force(on: date, scales: Sequence[ScoreScale] = SCALES) -> ScoreScale | None:
    """Return the scale in force on `on`, or None before the first."""
    fitting = [scale for scale in scales if scale.valid_from <= on]
    return max(fitting, key=lambda scale: scale.valid_from, default=None)

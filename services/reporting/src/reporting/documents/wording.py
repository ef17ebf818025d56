"""Figures in words: a count with its unit, a rate with its N, or that there are no data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kernel.ratios import Ratio, round_half_up

from reporting.documents import numbers_vi
from reporting.documents.content import FigureValue

ABSENT = "chưa có số liệu"
_NONE = FigureValue(None)


@dataclass(frozen=True, slots=True)
class Wording:
    """Write the figures of one report."""

    figures: Mapping[str, FigureValue]

    def has(self, *keys: str) -> bool:
        """Tell whether every one of these figures has a value."""
        return all(self._figure(key).value is not None for key in keys)

    def whole(self, key: str) -> int | None:
        """Return the figure as a whole number, or None when it is absent or not a number."""
        value = self._figure(key).value
        return None if value is None or isinstance(value, str) else int(value)

    def plain(self, key: str) -> str:
        """Write the value alone: `389`, `13,4`, `Tốt`."""
        value = self._figure(key).value
        if value is None:
            return ABSENT
        if isinstance(value, Decimal) and value != value.to_integral_value():
            return numbers_vi.decimal(value)
        return value if isinstance(value, str) else numbers_vi.count(int(value))

    def points(self, key: str) -> str:
        """Write points without a leading zero: `2`, `1,8`."""
        value = self._figure(key).value
        if value is None or isinstance(value, str):
            return value or ABSENT
        return numbers_vi.decimal(Decimal(value))

    def counted(self, key: str, unit: str) -> str:
        """Write a count with its unit: `389 hồ sơ`."""
        return f"{self.plain(key)} {unit}" if self.has(key) else ABSENT

    def cases(self, key: str) -> str:
        """Write the N of a figure, or a dash where it was not counted over cases."""
        whole = self._figure(key).denominator
        return "–" if whole is None else numbers_vi.count(whole)

    def rate(self, key: str, unit: str) -> str:
        """Write a percentage with its N: `33,7% (131/389 hồ sơ)`; 0 of 0 is no percentage."""
        figure = self._figure(key)
        if figure.denominator == 0:
            return f"chưa phát sinh (0/0 {unit})"
        rate = _percent(figure)
        if rate is None:
            return ABSENT
        if figure.numerator is None or figure.denominator is None:
            return f"{rate} (chưa có số lượng {unit} làm căn cứ)"
        part, whole = numbers_vi.count(figure.numerator), numbers_vi.count(figure.denominator)
        return f"{rate} ({part}/{whole} {unit})"

    def breakdown(self, parts: Iterable[tuple[str, str]], unit: str) -> str:
        """List the parts that are not zero: `08 thủ tục mức độ 3, 34 thủ tục mức độ 4`."""
        return ", ".join(
            f"{self.plain(key)} {unit} {label}" for key, label in parts if self.whole(key)
        )

    def _figure(self, key: str) -> FigureValue:
        return self.figures.get(key, _NONE)


def _percent(figure: FigureValue) -> str | None:
    """Write the stored percentage, or the one that follows from the counts."""
    value = figure.value
    if value is None and figure.numerator is not None and figure.denominator is not None:
        value = Ratio(figure.numerator, figure.denominator).percent()
    if value is None or isinstance(value, str):
        return value
    return numbers_vi.percent(round_half_up(Decimal(value), 1))

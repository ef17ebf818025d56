"""What a measure found: product beside floor, the target, and whether it is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of `out/bench.json`; without a target it only informs, and `met` is None."""

    name: str
    unit: str
    value: float | None
    floor: float | None = None
    ratio: float | None = None
    target: str | None = None
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """One number per round for the product and for its floor, and the errors of all rounds."""

    product: Sequence[float]
    floor: Sequence[float]
    errors: Sequence[str] = ()

    @property
    def ratio(self) -> float:
        """Return the median over the rounds of product ÷ floor."""
        return median(p / f for p, f in zip(self.product, self.floor, strict=True))


def failed(name: str, error: Exception) -> Result:
    """Say that a measure could not be taken, which is no better than a missed target."""
    why = " ".join(str(error).split())[:300] or type(error).__name__
    return Result(name=name, unit="", value=None, met=False, note=f"failed: {why}")


def at_least(name: str, unit: str, rounds: Rounds, share: float, *, note: str = "") -> Result:
    """Judge that the product reaches `share` of its floor."""
    is_met = rounds.ratio >= share
    return _compared(name, unit, rounds, target=f">= {share:g} x floor", is_met=is_met, note=note)


def at_most(name: str, unit: str, rounds: Rounds, times: float, *, note: str = "") -> Result:
    """Judge that the product takes no more than `times` its floor."""
    is_met = rounds.ratio <= times
    return _compared(name, unit, rounds, target=f"<= {times:g} x floor", is_met=is_met, note=note)


def within(
    name: str,
    unit: str,
    values: Sequence[float],
    limit: float,
    *,
    errors: Sequence[str] = (),
    note: str = "",
) -> Result:
    """Judge that the median of `values` stays within an absolute limit."""
    value = median(values)
    return Result(
        name=name,
        unit=unit,
        value=value,
        target=f"<= {limit:g}",
        met=value <= limit and not errors,
        note=_words(errors, note),
    )


def _compared(
    name: str, unit: str, rounds: Rounds, *, target: str, is_met: bool, note: str
) -> Result:
    return Result(
        name=name,
        unit=unit,
        value=median(rounds.product),
        floor=median(rounds.floor),
        ratio=rounds.ratio,
        target=target,
        met=is_met and not rounds.errors,
        note=_words(rounds.errors, note),
    )


def _words(errors: Sequence[str], note: str) -> str:
    return f"{len(errors)} errors, the first: {errors[0][:200]}" if errors else note

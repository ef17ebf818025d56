"""Formulas of report forms: sums and differences of columns, in integers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reporting.domain.errors import MalformedForm

_FORMULA = re.compile(r"\s*\d{1,2}\s*(?:[+-]\s*\d{1,2}\s*)*", re.ASCII)
_TERM = re.compile(r"([+-]?)\s*(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Formula:
    """`4+5+6` or `3-7`: signs and column numbers, as the form prints them."""

    terms: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Parse a formula; raise `MalformedForm` for anything but columns, `+` and `-`."""
        if not _FORMULA.fullmatch(text):
            raise MalformedForm(reason="formula", text=text)
        return cls(
            tuple((-1 if sign == "-" else 1, int(column)) for sign, column in _TERM.findall(text))
        )

    @property
    def columns(self) -> frozenset[int]:
        """Return the columns that the formula reads."""
        return frozenset(column for _, column in self.terms)

    def value(self, cells: Mapping[int, int | None]) -> int | None:
        """Return the result, or None when a cell it needs is absent."""
        total = 0
        for sign, column in self.terms:
            cell = cells.get(column)
            if cell is None:
                return None
            total += sign * cell
        return total

    def __str__(self) -> str:
        signed = "".join(f"{'-' if sign < 0 else '+'}{column}" for sign, column in self.terms)
        return signed.removeprefix("+")

"""What a figure is: defined once, computed from records, able to list them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

NO_DIMENSIONS: Mapping[str, str] = MappingProxyType({})
"""Those of a figure that is not broken down."""


class FigureKind(StrEnum):
    """How a figure and its evidence must agree; `contribution` is a number on each record.

    * `count`: as many records as the value, each contributing 1.
    * `ratio`: as many records as the denominator; contributions sum to the numerator;
      the value is the percentage.
    * `average`: as `ratio`, but the value is numerator / denominator (points per dossier).
    * `total`: contributions sum to the value; there is no denominator.
    * `label`: a word chosen by a rule (a class), with the records the rule looked at.
    """

    COUNT = "count"
    RATIO = "ratio"
    AVERAGE = "average"
    TOTAL = "total"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """One figure of the control report: `key` is dotted, stable, and never renamed.

    `unit` is what is counted (`procedure`, `dossier`, `ballot`, `copy`, `point`, `percent`, …);
    `law` is the instrument, or `our reading`.
    """

    key: str
    label_vi: str
    unit: str
    kind: FigureKind
    definition_vi: str
    law: str

    @property
    def definition_id(self) -> str:
        """Return the identifier printed beside each value; a changed definition gets a new one."""
        return f"{self.key}@1"


class Figure(NamedTuple):
    """The value of one definition for one agency and period.

    `value` is None when it is absent: no cases, or not enough data. Absent is not 0. A tuple, since
    a breakdown has thousands and making one costs a third of a dataclass.
    """

    key: str
    value: int | Decimal | str | None
    numerator: int | None = None
    denominator: int | None = None
    dimensions: Mapping[str, str] = NO_DIMENSIONS

"""Figures of a report: those the record keepers answered and those composed of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from kernel.figures import FigureKind
from kernel.ratios import Ratio

Value: TypeAlias = int | Decimal | str | None
REPORTING = "reporting"
PROCEDURE_FIELD = "procedure_field"
COUNTED = "rating.indicators_counted"
_INDICATOR = re.compile(r"rating\.indicator\.([1-9]\d?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One figure as a report keeps it: the answer of a source, or our own composition.

    `value` None means absent, which is not 0. `definition`, `law` and `source` are copied from
    the source so that a sealed report explains itself years later.
    """

    key: str
    label: str
    value: Value
    unit: str
    kind: FigureKind
    source: str
    definition_id: str
    definition: str
    law: str
    numerator: int | None = None
    denominator: int | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str]:
        """Return what is unique within a report: the key and the procedure field, or empty."""
        return self.key, self.dimensions.get(PROCEDURE_FIELD, "")


@dataclass(frozen=True, slots=True)
class Composition:
    """A ratio of figures: each part is a sum of counts, so its evidence is theirs."""

    key: str
    label_vi: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    definition_vi: str
    law: str

    def components(self, part: str) -> tuple[str, ...]:
        """Return the figures whose records are the evidence of `numerator` or `denominator`."""
        return self.numerator if part == "numerator" else self.denominator


COMPOSITIONS: tuple[Composition, ...] = (
    Composition(
        key="report.dossiers.paper_share",
        label_vi="Tỷ lệ hồ sơ tiếp nhận trực tiếp và qua bưu chính",
        numerator=("dossiers.received.direct", "dossiers.received.postal"),
        denominator=("dossiers.received",),
        definition_vi="Cột 5 của biểu II.06a trên tổng số hồ sơ mới tiếp nhận trong kỳ.",
        law="TT 01/2020/TT-VPCP, biểu II.06a",
    ),
    Composition(
        key="report.dossiers.late_share",
        label_vi="Tỷ lệ hồ sơ giải quyết quá hạn",
        numerator=("dossiers.settled.late",),
        denominator=("dossiers.settled",),
        definition_vi="Cột 10 trên cột 7 của biểu II.06a.",
        law="TT 01/2020/TT-VPCP, biểu II.06a",
    ),
    Composition(
        key="report.procedures.online_used_share",
        label_vi="Tỷ lệ thủ tục trực tuyến có phát sinh hồ sơ trực tuyến",
        numerator=("dossiers.online.procedures",),
        denominator=("procedures.online",),
        definition_vi=(
            "Thủ tục có hồ sơ trực tuyến trong kỳ trên số thủ tục cung cấp trực tuyến cuối kỳ."
        ),
        law="our reading",
    ),
)
"""Ratios that no record keeper answers itself, over figures of one or more of them."""

COMPOSITION_OF = {composition.key: composition for composition in COMPOSITIONS}


def composed(figures: Iterable[ReportFigure]) -> list[ReportFigure]:
    """Return the compositions whose component figures are all there."""
    counts = totals(figures)
    return [
        _compose(composition, counts)
        for composition in COMPOSITIONS
        if all(key in counts for key in composition.numerator + composition.denominator)
    ]


def _compose(composition: Composition, counts: Mapping[str, int]) -> ReportFigure:
    ratio = Ratio(
        sum(counts[key] for key in composition.numerator),
        sum(counts[key] for key in composition.denominator),
    )
    return ReportFigure(
        key=composition.key,
        label=composition.label_vi,
        value=ratio.percent(),
        unit="percent",
        kind=FigureKind.RATIO,
        source=REPORTING,
        definition_id=f"{composition.key}@1",
        definition=composition.definition_vi,
        law=composition.law,
        numerator=ratio.part,
        denominator=ratio.whole,
    )


def totals(figures: Iterable[ReportFigure]) -> dict[str, int]:
    """Return the whole numbers among the figures that have no dimension, by key."""
    return {
        figure.key: figure.value
        for figure in figures
        if not figure.dimensions and isinstance(figure.value, int)
    }


def undimensioned(figures: Iterable[ReportFigure]) -> dict[str, ReportFigure]:
    """Return the figures of the whole agency, by key."""
    return {figure.key: figure for figure in figures if not figure.dimensions}


def by_procedure_field(figures: Iterable[ReportFigure]) -> dict[str, dict[str, int | None]]:
    """Return the counts per procedure field: field code, then figure key."""
    table: dict[str, dict[str, int | None]] = {}
    for figure in figures:
        code = figure.dimensions.get(PROCEDURE_FIELD)
        if code is not None:
            value = figure.value if isinstance(figure.value, int) else None
            table.setdefault(code, {})[figure.key] = value
    return table


def plain(value: Value) -> str | None:
    """Return the one text that equal values share: `1.8`, `2` for 2 and for 2.0."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return None if value is None else str(value)


def indicator_numbers(keys: Iterable[str]) -> tuple[int, ...] | None:
    """Return the numbers of indicator figures in order; None when there is none."""
    matches = (_INDICATOR.fullmatch(key) for key in keys)
    return tuple(sorted({int(match[1]) for match in matches if match})) or None

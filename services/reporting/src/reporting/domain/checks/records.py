"""Stated figures against the figures computed from records."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from kernel.figures import FigureKind
from kernel.ratios import Ratio, round_half_up

from reporting.domain.figures import ReportFigure
from reporting.domain.findings import Finding, Severity, distinct, shown
from reporting.domain.known_figures import INDICATORS, unit_of
from reporting.domain.statement import StatedFigure, Statement, places

_OF_THE_SET = ("rating.score", "rating.maximum", "rating.class", "rating.indicators_counted")
_ALL = ".all"
"""Ends the keys that say what they would be with every indicator counted that has data."""


def differences(statement: Statement) -> Iterator[Finding]:
    """Find stated figures that the records do not bear out, at the precision printed.

    A figure that the records do not have is not judged: absent is not wrong.
    """
    for figure in statement.figures:
        record = _record_of(figure.key, statement)
        if record is None or record.value is None or _agrees(figure, record):
            continue
        yield Finding(
            "differs_from_records",
            Severity.ERROR,
            f"{record.label}: báo cáo ghi {_stated(figure)}, hồ sơ cho {_recorded(record)}.",
            keys=(figure.key,),
            stated=_stated(figure),
            computed=_recorded(record),
            sections=distinct([figure.section]),
        )


def unknown_keys(statement: Statement) -> Iterator[Finding]:
    """Tell of figures that nobody keeps records of: unread is not the same as right."""
    if statement.records is None:
        return
    for key, figures in statement.by_key():
        if key not in statement.records and unit_of(key) is None:
            yield Finding(
                "figure_unknown",
                Severity.NOTICE,
                f"Không có số liệu mang mã “{key}”; nội dung này chưa được đối chiếu với hồ sơ.",
                keys=(key,),
                stated=shown(figures[0].value),
                sections=distinct(figure.section for figure in figures),
            )


def _record_of(key: str, statement: Statement) -> ReportFigure | None:
    """Return the record a stated figure claims to be.

    A report that prints more indicators than the agency counts prints their sum: whoever prints
    as many as there are data for is compared with the sum of those.
    """
    records = statement.records or {}
    every = records.get(f"rating.indicators_counted{_ALL}")
    if key in _OF_THE_SET and every is not None:
        printed = sum(bool(statement.of(indicator)) for indicator in INDICATORS)
        if printed == every.value:
            return records.get(f"{key}{_ALL}")
    return records.get(key)


def _agrees(figure: StatedFigure, record: ReportFigure) -> bool:
    number = figure.number
    if isinstance(record.value, str) or number is None:
        return str(figure.value).casefold() == str(record.value).casefold()
    parts = ((figure.numerator, record.numerator), (figure.denominator, record.denominator))
    if any(None not in pair and pair[0] != pair[1] for pair in parts):
        return False
    value = Decimal(record.value or 0)
    return number in _readings(record, value, places(number))


def _readings(record: ReportFigure, value: Decimal, decimals: int) -> set[Decimal | None]:
    """Return what the record's value may be printed as with so many decimals."""
    readings: set[Decimal | None] = {round_half_up(value, decimals)}
    if record.numerator is not None and record.denominator is not None:
        ratio = Ratio(record.numerator, record.denominator)
        exact: Mapping[FigureKind, Decimal | None] = {
            FigureKind.RATIO: ratio.percent(decimals),
            FigureKind.AVERAGE: ratio.average(decimals),
        }
        readings.add(exact.get(record.kind))
    return readings


def _stated(figure: StatedFigure) -> str:
    if figure.numerator is None or figure.denominator is None:
        return shown(figure.value)
    return f"{shown(figure.value)} ({shown(figure.numerator)}/{shown(figure.denominator)})"


def _recorded(record: ReportFigure) -> str:
    if record.numerator is None or record.denominator is None:
        return shown(record.value)
    return f"{shown(record.value)} ({shown(record.numerator)}/{shown(record.denominator)})"

"""Stated points: the sum, the maximum, the class, and what was left out."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reporting.domain.figures import ReportFigure
from reporting.domain.findings import Finding, Severity, distinct, shown
from reporting.domain.known_figures import INDICATORS
from reporting.domain.score_scale import ScoreScale, scale_in_force
from reporting.domain.statement import Statement

_SCORE, _MAXIMUM, _CLASS = "rating.score", "rating.maximum", "rating.class"


def wrong_scores(statement: Statement) -> Iterator[Finding]:
    """Check the printed points of the indicators against sum, maximum, class and the full set.

    Law: TT 01/2018/TT-VPCP art. 15
    """
    scale = scale_in_force(statement.window.last_day)
    if scale is None:
        return
    stated = {key: statement.numbers(key)[0] for key in INDICATORS if statement.numbers(key)}
    if stated:
        total = sum(stated.values(), Decimal(0))
        yield from _wrong_sum(statement, stated, total)
        yield from _wrong_maximum(statement, scale, tuple(stated))
        yield from _missing_indicators(statement, scale, stated, total)
    yield from _wrong_class(statement, scale, stated)


def _wrong_sum(
    statement: Statement, stated: Mapping[str, Decimal], total: Decimal
) -> Iterator[Finding]:
    for printed in statement.numbers(_SCORE):
        if printed != total:
            terms = " + ".join(shown(points) for points in stated.values())
            yield Finding(
                "score_sum",
                Severity.ERROR,
                f"Tổng điểm ghi {shown(printed)} nhưng {terms} = {shown(total)}.",
                keys=(_SCORE, *stated),
                stated=shown(printed),
                computed=shown(total),
                sections=statement.sections(_SCORE, *stated),
            )


def _wrong_maximum(
    statement: Statement, scale: ScoreScale, counted: tuple[str, ...]
) -> Iterator[Finding]:
    maximum = scale.points_each * len(counted)
    for printed in statement.numbers(_MAXIMUM):
        if printed != maximum:
            yield Finding(
                "score_maximum",
                Severity.ERROR,
                f"Điểm chuẩn ghi {shown(printed)} nhưng {len(counted)} chỉ số, mỗi chỉ số "
                f"{scale.points_each} điểm, có tối đa {maximum} điểm.",
                keys=(_MAXIMUM, *counted),
                stated=shown(printed),
                computed=shown(maximum),
                sections=statement.sections(_MAXIMUM),
            )


def _wrong_class(
    statement: Statement, scale: ScoreScale, stated: Mapping[str, Decimal]
) -> Iterator[Finding]:
    scores = [sum(stated.values(), Decimal(0))] if stated else list(statement.numbers(_SCORE))
    for points in scores[:1]:
        fitting = scale.class_of(points)
        for figure in statement.of(_CLASS):
            if str(figure.value).casefold() != fitting.casefold():
                yield Finding(
                    "class_mismatch",
                    Severity.ERROR,
                    f"Xếp loại ghi “{figure.value}” nhưng {shown(points)} điểm là loại "
                    f"“{fitting}”.",
                    keys=(_CLASS, _SCORE),
                    stated=str(figure.value),
                    computed=fitting,
                    sections=distinct([figure.section]),
                )


def _missing_indicators(
    statement: Statement, scale: ScoreScale, stated: Mapping[str, Decimal], total: Decimal
) -> Iterator[Finding]:
    missing = [key for key in INDICATORS[: scale.indicators] if key not in stated]
    if not missing:
        return
    numbers = ", ".join(key.rpartition(".")[2] for key in missing)
    known = _points_of(missing, statement.records)
    added = total + sum(known.values(), Decimal(0))
    computed = "; ".join(
        f"chỉ số {key.rpartition('.')[2]}: {shown(points)}" for key, points in known.items()
    )
    what_if = (
        f" Theo hồ sơ: {computed}; tính cả các chỉ số này là {shown(added)} điểm, "
        f"loại “{scale.class_of(added)}”."
        if known
        else ""
    )
    yield Finding(
        "indicators_missing",
        Severity.WARNING,
        f"Thiếu chỉ số {numbers} trong {scale.indicators} chỉ số của bộ chỉ số.{what_if}",
        keys=tuple(missing),
        stated=f"{len(stated)}/{scale.indicators}",
        computed=computed or None,
        sections=statement.sections(*stated),
    )


def _points_of(keys: list[str], records: Mapping[str, ReportFigure] | None) -> dict[str, Decimal]:
    values = {key: records[key].value for key in keys if records and key in records}
    return {key: Decimal(v) for key, v in values.items() if isinstance(v, int | Decimal)}

"""Stated figures against the words around them: units, periods, entities, vocabulary, N."""

from collections.abc import Iterator
from datetime import date
from unicodedata import normalize

from reporting.domain.calendar import PeriodKind
from reporting.domain.findings import Finding, Severity, distinct, shown
from reporting.domain.known_figures import (
    LEVELS,
    SATISFACTION,
    SHARES,
    UNIT_LABELS,
    unit_of,
    units_meant,
)
from reporting.domain.statement import QuotedPeriod, StatedFigure, Statement

LEVELS_SUPERSEDED_ON = date(2022, 8, 15)
"""Law: NĐ 42/2022/NĐ-CP (in force from 15/8/2022: một phần, toàn trình)"""

_ROMAN = ("I", "II", "III", "IV")


def wrong_units(statement: Statement) -> Iterator[Finding]:
    """Find figures printed in another unit than what they count: procedures as dossiers."""
    for figure in statement.figures:
        counted = unit_of(figure.key)
        printed = units_meant(figure.unit) if figure.unit else ()
        if counted is None or not printed or counted in printed:
            continue
        if "percent" in printed and figure.key in SHARES:
            continue
        yield Finding(
            "unit_mismatch",
            Severity.ERROR,
            f"Ghi {shown(figure.value)} {figure.unit} nhưng số liệu này đếm "
            f"{UNIT_LABELS[counted]}, không phải {UNIT_LABELS[printed[0]]}.",
            keys=(figure.key,),
            stated=figure.unit,
            computed=UNIT_LABELS[counted],
            sections=distinct([figure.section]),
        )


def late_without_apology(statement: Statement) -> Iterator[Finding]:
    """Find late dossiers with fewer letters of apology.

    Law: NĐ 61/2018/NĐ-CP art. 19.9
    """
    late = max(statement.numbers("dossiers.settled.late"), default=None)
    letters = max(statement.numbers("dossiers.apologies"), default=None)
    if late is None or letters is None or letters >= late:
        return
    keys = ("dossiers.settled.late", "dossiers.apologies")
    yield Finding(
        "late_without_apology",
        Severity.WARNING,
        f"{shown(late)} hồ sơ quá hạn nhưng chỉ có {shown(letters)} văn bản xin lỗi. Nếu hồ sơ "
        "chỉ quá hạn trên phần mềm thì số quá hạn sai; nếu số quá hạn đúng thì thiếu văn bản "
        "xin lỗi.",
        keys=keys,
        stated=shown(letters),
        computed=shown(late),
        sections=statement.sections(*keys),
    )


def other_periods(statement: Statement) -> Iterator[Finding]:
    """Find figures that the text gives for another period than the report's."""
    quoted: dict[QuotedPeriod, list[StatedFigure]] = {}
    for figure in statement.figures:
        if figure.period is not None and not _is_own(statement, figure.period):
            quoted.setdefault(figure.period, []).append(figure)
    for period, figures in quoted.items():
        yield Finding(
            "period_quoted",
            Severity.ERROR,
            f"Báo cáo {statement.name.label} nhưng nội dung dẫn số liệu của {_label(period)}.",
            keys=distinct(figure.key for figure in figures),
            stated=_label(period),
            computed=statement.name.label,
            sections=distinct(figure.section for figure in figures),
        )


def _is_own(statement: Statement, period: QuotedPeriod) -> bool:
    name = statement.name
    same_year = period.year is None or period.year == name.year
    return same_year and (period.kind, period.number) == (name.kind, name.number)


def _label(period: QuotedPeriod) -> str:
    year = f" năm {period.year}" if period.year else ""
    if period.kind is PeriodKind.QUARTER:
        return f"quý {_ROMAN[period.number - 1]}{year}"
    if period.kind is PeriodKind.MONTH:
        return f"tháng {period.number:02d}{year}"
    if period.kind is PeriodKind.HALF_YEAR:
        return f"6 tháng {'đầu' if period.number == 1 else 'cuối'}{year or ' năm'}"
    return year.strip() or "năm khác"


def events_outside(statement: Statement) -> Iterator[Finding]:
    """Find events that the report presents as the period's work but which lie outside it."""
    window = statement.window
    days = f"{window.start:%d/%m/%Y} – {window.last_day:%d/%m/%Y}"
    for event in statement.events:
        if event.day not in window:
            yield Finding(
                "event_outside_period",
                Severity.WARNING,
                f"Sự kiện ngày {event.day:%d/%m/%Y} nằm ngoài kỳ báo cáo ({days}): {event.text}",
                stated=f"{event.day:%d/%m/%Y}",
                computed=days,
                sections=distinct([event.section]),
            )


def superseded_vocabulary(statement: Statement) -> Iterator[Finding]:
    """Find levels 1 to 4 of online services in a report whose period ends after their time.

    Law: NĐ 42/2022/NĐ-CP (in force from 15/8/2022: một phần, toàn trình)
    """
    keys = distinct(figure.key for figure in statement.figures if figure.key in LEVELS)
    if not keys or statement.window.last_day < LEVELS_SUPERSEDED_ON:
        return
    yield Finding(
        "vocabulary_superseded",
        Severity.WARNING,
        "Từ 15/8/2022 dịch vụ công trực tuyến phân theo một phần, toàn trình; “mức độ 3”, "
        "“mức độ 4” không còn dùng cho ngày cuối kỳ báo cáo.",
        keys=keys,
        stated="mức độ 1–4",
        computed="một phần / toàn trình",
        sections=statement.sections(*keys),
    )


def other_entities(statement: Statement) -> Iterator[Finding]:
    """Find figures whose text speaks of another agency than the one that reports."""
    own = {_plain(statement.agency_name), _plain(statement.agency_code)}
    others: dict[str, list[StatedFigure]] = {}
    for figure in statement.figures:
        if figure.entity is not None and _plain(figure.entity) not in own:
            others.setdefault(figure.entity, []).append(figure)
    for entity, figures in others.items():
        yield Finding(
            "entity_mismatch",
            Severity.WARNING,
            f"Nội dung nói về “{entity}”, không phải “{statement.agency_name}”.",
            keys=distinct(figure.key for figure in figures),
            stated=entity,
            computed=statement.agency_name,
            sections=distinct(figure.section for figure in figures),
        )


def _plain(name: str) -> str:
    """Return a name as everybody writes it: a ward, its `UBND` and its `Ủy ban` are one."""
    words = " ".join(normalize("NFC", name).casefold().replace("uỷ", "ủy").split())
    return words.replace("ủy ban nhân dân", "ubnd").removeprefix("ubnd ")


def percentages_without_n(statement: Statement) -> Iterator[Finding]:
    """Find percentages of which the report nowhere says how many cases they are of."""
    keys = distinct(
        figure.key
        for figure in statement.figures
        if figure.key in SHARES and figure.denominator is None and not _has_n(statement, figure.key)
    )
    groups = [key for key in keys if key not in SATISFACTION]
    satisfaction = [key for key in keys if key in SATISFACTION]
    for group in [*([key] for key in groups), satisfaction]:
        if group:
            yield Finding(
                "percentage_without_n",
                Severity.WARNING,
                "Tỷ lệ phần trăm không kèm tổng số (N) làm mẫu số.",
                keys=tuple(group),
                stated=" / ".join(
                    f"{shown(figure.value)} %" for key in group for figure in statement.of(key)
                ),
                sections=statement.sections(*group),
            )


def _has_n(statement: Statement, key: str) -> bool:
    wholes = SHARES[key].denominator
    return bool(wholes) and all(statement.numbers(whole) for whole in wholes)

"""Checks of a report's own computed figures, sources and texts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reporting.domain.figures import ReportFigure, totals, undimensioned
from reporting.domain.findings import Finding, Origin, Severity, shown
from reporting.domain.forms import Cells, FilledForm, Imbalance, imbalances
from reporting.domain.known_figures import SHARES
from reporting.domain.outline import Section, missing_sections

OK, UNAVAILABLE = "ok", "unavailable"
_SERVICES = {
    "catalog": "Danh mục thủ tục hành chính",
    "dossier": "Hồ sơ một cửa",
    "rating": "Đánh giá, hài lòng",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What one record keeper answered at a collection, up to which record, as known when."""

    service: str
    outcome: str
    watermark: str | None
    known_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What the cross-checks look at; `previous` is the total row of the period before."""

    figures: Sequence[ReportFigure]
    sources: Sequence[Source]
    written: Collection[str]
    filled: FilledForm
    previous: Cells | None

    @property
    def is_partial(self) -> bool:
        """Tell whether a source did not answer."""
        return any(source.outcome != OK for source in self.sources)

    @property
    def missing(self) -> list[Section]:
        """Return the sections of which the report says nothing."""
        present = {figure.key for figure in self.figures if not figure.dimensions}
        return missing_sections(self.written, present)


def cross_check(draft: Draft) -> list[Finding]:
    """Return the findings on a draft: sources, balance, apologies, scores, missing sections."""
    known = undimensioned(draft.figures)
    return [
        *sources_away(draft.sources),
        *_unbalanced(draft),
        *_figures_missing(draft, known),
        *_wrong_shares(known),
        *_late_without_apology(known),
        *_indicators_not_counted(known),
        *_sections_missing(draft.missing),
    ]


def sources_away(sources: Sequence[Source]) -> Iterator[Finding]:
    """Name the record keepers that did not answer."""
    for source in sources:
        if source.outcome != OK:
            yield _finding(
                "source_unavailable",
                Severity.ERROR,
                f"Không lấy được số liệu từ dịch vụ {_SERVICES.get(source.service, source.service)}"
                f" ({source.service}); báo cáo chưa đầy đủ và không thể chốt.",
                computed=source.service,
            )


def _unbalanced(draft: Draft) -> Iterator[Finding]:
    counts = totals(draft.figures)
    for broken in imbalances(draft.filled, figures=counts, previous=draft.previous):
        yield _finding(
            broken.check_id,
            Severity.ERROR,
            f"Biểu {draft.filled.form.code}, dòng “{broken.place}”: {broken.left} = "
            f"{shown(broken.left_value)} khác {broken.right} = {shown(broken.right_value)}.",
            keys=_keys_of(draft.filled, broken),
            computed=f"{shown(broken.left_value)} ≠ {shown(broken.right_value)}",
        )


def _keys_of(filled: FilledForm, broken: Imbalance) -> tuple[str, ...]:
    named = [c for c in filled.form.columns if f"({c.number})" in (broken.left, broken.right)]
    keys = [key for c in named for key in ((c.agrees_with,) if c.agrees_with else c.figures)]
    return tuple(dict.fromkeys(keys))


def _figures_missing(draft: Draft, known: Mapping[str, ReportFigure]) -> Iterator[Finding]:
    missing = sorted(draft.filled.form.figure_keys - known.keys())
    if missing and not draft.is_partial:
        yield _finding(
            "figures_missing",
            Severity.ERROR,
            f"Thiếu số liệu của biểu {draft.filled.form.code}: {', '.join(missing)}.",
            keys=tuple(missing),
        )


def _wrong_shares(known: Mapping[str, ReportFigure]) -> Iterator[Finding]:
    """Find ratios that are not the ratio of the counts that the same answers hold."""
    counts = totals(known.values())
    for key in sorted(SHARES.keys() & known.keys()):
        ratio, share = known[key], SHARES[key]
        for answered, components in (
            (ratio.numerator, share.numerator),
            (ratio.denominator, share.denominator),
        ):
            counted = _counted(components, counts)
            if answered is not None and counted is not None and answered != counted:
                yield _finding(
                    "share_mismatch",
                    Severity.ERROR,
                    f"{ratio.label}: tính trên {shown(answered)}, số liệu là {shown(counted)}.",
                    keys=(key, *components),
                    computed=f"{shown(answered)} ≠ {shown(counted)}",
                )


def _counted(components: tuple[str, ...], counts: Mapping[str, int]) -> int | None:
    if not components or any(component not in counts for component in components):
        return None
    return sum(counts[component] for component in components)


def _late_without_apology(known: Mapping[str, ReportFigure]) -> Iterator[Finding]:
    """Tell how many late dossiers went without a letter of apology.

    Law: NĐ 61/2018/NĐ-CP art. 19.9
    """
    figure = known.get("dossiers.settled.late.without_apology")
    if figure is not None and isinstance(figure.value, int) and figure.value > 0:
        yield _finding(
            "late_without_apology",
            Severity.NOTICE,
            f"{shown(figure.value)} hồ sơ giải quyết quá hạn không có văn bản xin lỗi và hẹn lại "
            "ngày trả kết quả.",
            keys=("dossiers.settled.late", "dossiers.apologies", figure.key),
            computed=shown(figure.value),
        )


def _indicators_not_counted(known: Mapping[str, ReportFigure]) -> Iterator[Finding]:
    counted = known.get("rating.indicators_counted")
    every = known.get("rating.indicators_counted.all")
    score, maximum = known.get("rating.score.all"), known.get("rating.maximum.all")
    if counted is None or every is None or _number(counted) >= _number(every):
        return
    what_if = (
        f" Tính cả: {shown(score.value)}/{shown(maximum.value)} điểm."
        if score is not None and maximum is not None
        else ""
    )
    yield _finding(
        "indicators_not_counted",
        Severity.NOTICE,
        f"Chấm {shown(counted.value)} chỉ số trong khi có đủ số liệu cho {shown(every.value)} "
        f"chỉ số.{what_if}",
        keys=("rating.indicators_counted", "rating.score", "rating.score.all"),
        computed=f"{shown(counted.value)}/{shown(every.value)}",
    )


def _number(figure: ReportFigure) -> Decimal:
    return Decimal(figure.value) if isinstance(figure.value, int | Decimal) else Decimal(0)


def _sections_missing(missing: Sequence[Section]) -> Iterator[Finding]:
    for section in missing:
        yield _finding(
            "section_missing",
            Severity.NOTICE,
            f"Mục {section.place} “{section.title}” chưa có nội dung.",
            computed=section.key,
            sections=(section.place,),
        )


def _finding(
    check_id: str,
    severity: Severity,
    message: str,
    *,
    keys: tuple[str, ...] = (),
    computed: str | None = None,
    sections: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        check_id,
        severity,
        message,
        keys=keys,
        computed=computed,
        sections=sections,
        origin=Origin.RECORDS,
    )

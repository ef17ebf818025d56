"""The figures of rating: what each one is, and how score sheet, tally and register give them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kernel.figures import Figure, FigureDefinition, FigureKind
from kernel.ratios import Ratio

from rating.domain.facts import Satisfaction
from rating.domain.scoring import ScoreSheet
from rating.domain.tally import SatisfactionTally

_TT01 = "TT 01/2018/TT-VPCP art. 13-15"
_ND20 = "NĐ 20/2008/NĐ-CP"
_OURS = "our reading"

INDICATOR_PREFIX = "rating.indicator."
_INDICATORS = {
    1: ("Chỉ số 1: Tổng thời gian giải quyết so với quy định", "Hồ sơ kết thúc trong kỳ: trước hạn 2, đúng hạn 1, quá hạn 0 điểm; tổng điểm chia số hồ sơ, làm tròn một chữ số.", _TT01),
    2: ("Chỉ số 2: Thời gian thực hiện của từng cơ quan tham gia giải quyết", "Như chỉ số 1, tính cho từng cơ quan tham gia; khi chưa ghi nhận chuyển xử lý thì mỗi hồ sơ có một cơ quan tham gia là nơi tiếp nhận.", _TT01),
    3: ("Chỉ số 3: Số lần phải liên hệ với nơi tiếp nhận hồ sơ", "Phiếu đánh giá có trả lời: 0 lần 2, 1 lần 1, nhiều hơn 0 điểm; không tính phiếu mà người nộp tự nhận lỗi.", _TT01),
    4: ("Chỉ số 4: Số lượng cơ quan, đơn vị, tổ chức phải liên hệ", "Phiếu đánh giá có trả lời: 0 cơ quan 2, 1 cơ quan 1, nhiều hơn 0 điểm.", _TT01),
    5: ("Chỉ số 5: Tiếp nhận, giải quyết, trả kết quả tại Bộ phận Một cửa", "Tỷ lệ thủ tục giải quyết tại Bộ phận Một cửa đạt mức của cấp: 2 điểm; 100 % tiếp nhận và trả tại đó: 1; còn lại 0.", _TT01),
    6: ("Chỉ số 6: Công khai thủ tục hành chính", "100 % niêm yết tại Bộ phận Một cửa và 100 % trên Cổng thông tin: 2 điểm; một trong hai: 1; còn lại 0.", _TT01),
    7: ("Chỉ số 7: Thái độ của cán bộ, công chức, viên chức", "Trước hạn và không có phản ánh về hành vi 2, đúng hạn và không có phản ánh 1, còn lại 0 điểm (quá hạn không có phản ánh cũng là 0). Phản ánh tính đến ngày cuối kỳ.", "our reading of TT 01/2018/TT-VPCP art. 15 (indicator 7)"),
    8: ("Chỉ số 8: Tiếp thu, giải trình phản ánh, kiến nghị", "Không có phản ánh phải trả lời trong kỳ hoặc 100 % đúng hạn: 2 điểm; từ 90 %: 1; còn lại 0.", _TT01),
    9: ("Chỉ số 9: Dịch vụ công trực tuyến", "Từ 20 % thủ tục và từ 30 % hồ sơ trực tuyến, không hồ sơ trực tuyến quá hạn: 2 điểm; từ 15 % hồ sơ, không quá hạn: 1; còn lại 0.", "our reading of TT 01/2018/TT-VPCP art. 15 (indicator 9)"),
}  # fmt: skip

_ASSESSED = "Theo các chỉ số được tính trong đánh giá đã ghi nhận của kỳ; không có đánh giá thì không tính chỉ số nào nên không có điểm."
_ALL = "Theo mọi chỉ số có đủ dữ liệu, không phụ thuộc đánh giá đã ghi nhận."

_SATISFACTION_LABELS = {
    Satisfaction.NOT_SATISFIED: "Không hài lòng",
    Satisfaction.SATISFIED: "Hài lòng",
    Satisfaction.VERY_SATISFIED: "Rất hài lòng",
}


def _definitions() -> Iterator[FigureDefinition]:
    for number, (label, definition, law) in _INDICATORS.items():
        yield FigureDefinition(
            f"{INDICATOR_PREFIX}{number}", label, "point", FigureKind.AVERAGE, definition, law
        )
    for suffix, which in (("", _ASSESSED), (".all", _ALL)):
        yield FigureDefinition(
            f"rating.score{suffix}",
            "Tổng điểm đánh giá",
            "point",
            FigureKind.TOTAL,
            f"Tổng điểm các chỉ số, mỗi chỉ số làm tròn một chữ số trước khi cộng. {which}",
            _TT01,
        )
        yield FigureDefinition(
            f"rating.maximum{suffix}",
            "Điểm tối đa của các chỉ số được tính",
            "point",
            FigureKind.TOTAL,
            f"Tổng điểm tối đa, không quy đổi thang điểm. {which}",
            _TT01,
        )
        yield FigureDefinition(
            f"rating.indicators_counted{suffix}",
            "Số chỉ số được tính",
            "indicator",
            FigureKind.COUNT,
            f"Số chỉ số có đủ dữ liệu và được tính. {which}",
            _TT01,
        )
        yield FigureDefinition(
            f"rating.class{suffix}",
            "Xếp loại",
            "class",
            FigureKind.LABEL,
            f"Xếp loại theo tổng điểm thô. {which}",
            _TT01,
        )
    yield FigureDefinition(
        "satisfaction.ballots",
        "Số phiếu đánh giá mức độ hài lòng",
        "ballot",
        FigureKind.COUNT,
        "Phiếu đánh giá có ngày đánh giá trong kỳ.",
        _OURS,
    )
    for level, label in _SATISFACTION_LABELS.items():
        yield FigureDefinition(
            f"satisfaction.{level}",
            f"Mức độ hài lòng: {label}",
            "percent",
            FigureKind.RATIO,
            "Tỷ lệ trên tổng số phiếu trong kỳ, chia phần dư lớn nhất để ba mức cộng đủ 100,0 %.",
            _OURS,
        )
    yield FigureDefinition(
        "feedback.received",
        "Phản ánh, kiến nghị đã tiếp nhận",
        "feedback",
        FigureKind.COUNT,
        "Phản ánh, kiến nghị tiếp nhận trong kỳ.",
        _ND20,
    )
    yield FigureDefinition(
        "feedback.received.regulation",
        "Phản ánh, kiến nghị về quy định hành chính",
        "feedback",
        FigureKind.COUNT,
        "Tiếp nhận trong kỳ, nội dung về quy định (phản ánh cả hai nội dung được tính ở cả hai).",
        _ND20,
    )
    yield FigureDefinition(
        "feedback.received.conduct",
        "Phản ánh, kiến nghị về hành vi hành chính",
        "feedback",
        FigureKind.COUNT,
        "Tiếp nhận trong kỳ, nội dung về hành vi (phản ánh cả hai nội dung được tính ở cả hai).",
        _ND20,
    )
    yield FigureDefinition(
        "feedback.answered",
        "Phản ánh, kiến nghị đã trả lời",
        "feedback",
        FigureKind.COUNT,
        "Phản ánh, kiến nghị có ngày trả lời trong kỳ.",
        _ND20,
    )
    yield FigureDefinition(
        "feedback.answered_on_time",
        "Phản ánh, kiến nghị trả lời đúng hạn",
        "percent",
        FigureKind.RATIO,
        "Trên số phản ánh đã trả lời hoặc trở thành quá hạn trong kỳ; mỗi phản ánh được xét một lần.",
        "our reading of NĐ 20/2008/NĐ-CP",
    )


DEFINITIONS: Mapping[str, FigureDefinition] = MappingProxyType(
    {definition.key: definition for definition in _definitions()}
)


@dataclass(frozen=True, slots=True)
class FeedbackCounts:
    """The feedback register of one agency and period."""

    received: int
    received_regulation: int
    received_conduct: int
    answered: int
    on_time: Ratio


def indicator_figures(sheet: ScoreSheet | None) -> list[Figure]:
    """Return the nine indicators; one without enough data, or without a set, is absent."""
    scores = {score.indicator.number: score for score in sheet.scores} if sheet else {}
    return [
        Figure(f"{INDICATOR_PREFIX}{number}", scores[number].points, scores[number].earned.part, scores[number].earned.whole)
        if number in scores
        else Figure(f"{INDICATOR_PREFIX}{number}", None)
        for number in _INDICATORS
    ]  # fmt: skip


def sheet_figures(sheet: ScoreSheet | None, suffix: str) -> list[Figure]:
    """Return sum, maximum, number counted and class; nothing counted has no sum and no class."""
    return [
        Figure(f"rating.score{suffix}", sheet.total if sheet else None),
        Figure(f"rating.maximum{suffix}", sheet.maximum if sheet else None),
        Figure(f"rating.indicators_counted{suffix}", len(sheet.counted) if sheet else 0),
        Figure(f"rating.class{suffix}", sheet.ranking.name_vi if sheet and sheet.ranking else None),
    ]


def satisfaction_figures(tally: SatisfactionTally) -> list[Figure]:
    """Return N and the three shares; the shares are absent when nobody voted."""
    shares = zip(Satisfaction, tally.percentages, tally.counts, strict=True)
    return [
        Figure("satisfaction.ballots", tally.ballots),
        *(
            Figure(f"satisfaction.{level}", percent, count, tally.ballots)
            for level, percent, count in shares
        ),
    ]


def feedback_figures(counts: FeedbackCounts) -> list[Figure]:
    """Return the figures of the feedback register."""
    return [
        Figure("feedback.received", counts.received),
        Figure("feedback.received.regulation", counts.received_regulation),
        Figure("feedback.received.conduct", counts.received_conduct),
        Figure("feedback.answered", counts.answered),
        Figure(
            "feedback.answered_on_time",
            counts.on_time.percent(),
            counts.on_time.part,
            counts.on_time.whole,
        ),
    ]

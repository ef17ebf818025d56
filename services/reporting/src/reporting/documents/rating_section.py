"""The point on rating: the table of indicators, the class, and satisfaction."""

from collections.abc import Mapping
from types import MappingProxyType

from reporting.documents.content import ReportContent
from reporting.documents.document import Align, HeaderCell, Paragraph, Table
from reporting.documents.sentences import item
from reporting.documents.wording import ABSENT, Wording

_INDICATORS: Mapping[int, str] = MappingProxyType(
    {
        1: "Tổng thời gian giải quyết thủ tục hành chính so với thời gian cho phép theo quy định "
        "của pháp luật",
        2: "Thời gian thực hiện của từng cơ quan, đơn vị tham gia giải quyết (kể cả đơn vị phối "
        "hợp) so với quy định",
        3: "Số lần phải liên hệ với nơi tiếp nhận hồ sơ để hoàn thiện hồ sơ thủ tục hành chính "
        "(kể cả liên hệ theo hình thức trực tuyến)",
        4: "Số lượng cơ quan, đơn vị, tổ chức phải liên hệ để hoàn thiện hồ sơ thủ tục hành chính "
        "(kể cả liên hệ theo hình thức trực tuyến)",
        5: "Thực hiện tổ chức tiếp nhận hồ sơ, giải quyết, trả kết quả tại Bộ phận Một cửa "
        "(mô hình “4 tại chỗ”)",
        6: "Công khai các thủ tục hành chính",
        7: "Thái độ của cán bộ, công chức, viên chức khi hướng dẫn lập hồ sơ, tiếp nhận hồ sơ và "
        "giải quyết thủ tục hành chính",
        8: "Tiếp nhận, xử lý các phản ánh, kiến nghị của tổ chức, cá nhân đối với việc giải quyết "
        "thủ tục hành chính",
        9: "Tiến độ và chất lượng cung cấp dịch vụ công trực tuyến của cơ quan có thẩm quyền",
    }
)
"""The nine indicators of TT 01/2018/TT-VPCP; a later set brings its own labels."""
_PREFIX = "rating.indicator."
_HEADS = ("Chỉ số", "Nội dung", "Điểm", "Số lượt (N)", "Tính vào tổng điểm")
_WIDTHS = (16, 84, 18, 20, 22)


def rating(content: ReportContent, words: Wording) -> tuple[Paragraph | Table, ...]:
    """Say the score of every indicator, the sum with its maximum, and how content people are."""
    table = _indicators(content, words)
    indicators: tuple[Paragraph | Table, ...] = (Paragraph(f"Các chỉ số đánh giá: {ABSENT}."),)
    if table:
        indicators = (Paragraph("Kết quả đánh giá theo các chỉ số như sau:"), table)
    return (*indicators, *_totals(words), *_satisfaction(words))


def _indicators(content: ReportContent, words: Wording) -> Table | None:
    labels = _INDICATORS if content.indicator_labels is None else content.indicator_labels
    numbers = sorted(
        {int(key.removeprefix(_PREFIX)) for key in content.figures if _is_indicator(key)}
    )
    if not numbers:
        return None
    rows = [
        (
            str(number),
            labels.get(number, ""),
            _points(content, words, number),
            words.cases(f"{_PREFIX}{number}"),
            "Có" if number in (content.counted_indicators or ()) else "Không",
        )
        for number in numbers
    ]
    columns = len(_HEADS) - (content.counted_indicators is None)
    return Table(
        widths=_WIDTHS[:columns],
        aligns=(Align.CENTER, Align.LEFT, *(Align.CENTER,) * (columns - 2)),
        header=tuple(HeaderCell(0, at, 1, 1, head) for at, head in enumerate(_HEADS[:columns])),
        rows=tuple(row[:columns] for row in rows),
    )


def _is_indicator(key: str) -> bool:
    return key.startswith(_PREFIX) and key.removeprefix(_PREFIX).isdecimal()


def _points(content: ReportContent, words: Wording, number: int) -> str:
    key = f"{_PREFIX}{number}"
    maximum = f"/{content.indicator_maximum}" if content.indicator_maximum else ""
    return words.points(key) + (maximum if words.has(key) else "")


def _totals(words: Wording) -> tuple[Paragraph, ...]:
    text = _total(words, "")
    counted = Paragraph(f"Tổng điểm đánh giá: {text}.")
    if not words.has("rating.score.all"):
        return (counted,)
    return (
        counted,
        Paragraph(f"Nếu tính mọi chỉ số có đủ số liệu: {_total(words, '.all')}."),
    )


def _total(words: Wording, suffix: str) -> str:
    if not words.has(f"rating.score{suffix}"):
        return ABSENT
    return (
        f"{words.points(f'rating.score{suffix}')}/{words.points(f'rating.maximum{suffix}')} điểm "
        f"({words.counted(f'rating.indicators_counted{suffix}', 'chỉ số được tính')}), "
        f"xếp loại: {words.plain(f'rating.class{suffix}')}"
    )


def _satisfaction(words: Wording) -> tuple[Paragraph, ...]:
    ballots = words.counted("satisfaction.ballots", "phiếu")
    levels = (
        ("Không hài lòng", "satisfaction.not_satisfied"),
        ("Hài lòng", "satisfaction.satisfied"),
        ("Rất hài lòng", "satisfaction.very_satisfied"),
    )
    return (
        Paragraph(
            "Đánh giá chung về mức độ hài lòng trong việc giải quyết thủ tục hành chính "
            f"(N = {ballots}):"
        ),
        *(item(f"{label}: {words.rate(key, 'phiếu')}.") for label, key in levels),
    )

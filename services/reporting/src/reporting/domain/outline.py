"""The outline of the quarterly report: what it must say, and what is missing."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One section, written by officers, computed from figures, or both.

    `figures` are those it prints; `required` tells whether a missing text is named as missing;
    `stands_for` are the sections that one text may replace.
    """

    key: str
    place: str
    title: str
    required: bool = False
    figures: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()


OUTLINE: tuple[Section, ...] = (
    Section("introduction", "", "Mở đầu"),
    Section(
        "publication",
        "I.1",
        "Công bố, công khai thủ tục hành chính",
        figures=("procedures.in_force", "procedures.published"),
    ),
    Section(
        "review",
        "I.2",
        "Rà soát, đơn giản hóa thủ tục hành chính",
        figures=("reviews.time_limit_cut", "procedures.online"),
    ),
    Section(
        "feedback",
        "I.3",
        "Tiếp nhận, xử lý phản ánh, kiến nghị",
        figures=("feedback.received",),
    ),
    Section(
        "settling",
        "I.4",
        "Tình hình, kết quả giải quyết thủ tục hành chính",
        figures=("dossiers.received", "dossiers.settled", "dossiers.pending"),
    ),
    Section("direction", "I.5.a", "Công tác chỉ đạo và triển khai thực hiện", required=True),
    Section("facilities", "I.5.b", "Cơ sở vật chất, trang thiết bị", required=True),
    Section("staffing", "I.5.c", "Bố trí, phân công cán bộ, công chức", required=True),
    Section(
        "posting",
        "I.5.d",
        "Niêm yết và công khai thủ tục hành chính",
        figures=("procedures.posted",),
    ),
    Section(
        "rating",
        "I.5.đ",
        "Đánh giá việc giải quyết thủ tục hành chính",
        figures=("rating.score", "satisfaction.ballots"),
    ),
    Section(
        "online_services",
        "I.6.a",
        "Dịch vụ công trực tuyến",
        figures=("procedures.online", "dossiers.received.online"),
    ),
    Section(
        "certified_copies",
        "I.6.b",
        "Chứng thực bản sao điện tử từ bản chính",
        figures=("certified_copies",),
    ),
    Section(
        "communication", "I.7", "Truyền thông hỗ trợ kiểm soát thủ tục hành chính", required=True
    ),
    Section("assessment", "II", "Đánh giá chung", stands_for=("strengths", "limitations")),
    Section("strengths", "II.1", "Thuận lợi, kết quả đạt được", required=True),
    Section("limitations", "II.2", "Tồn tại, hạn chế", required=True),
    Section("next_tasks", "III", "Phương hướng, nhiệm vụ kỳ tới", required=True),
    Section("proposals", "IV", "Đề xuất, kiến nghị", required=True),
)
"""Law: NĐ 63/2010/NĐ-CP art. 35"""

SECTION = {section.key: section for section in OUTLINE}


def missing_sections(written: Collection[str], figures: Collection[str]) -> list[Section]:
    """Return the sections of which the report says nothing, in the order of the outline.

    A section of figures is missing when none of its figures is there and nobody wrote a text.
    """
    replaced = {key for name in written if name in SECTION for key in SECTION[name].stands_for}
    return [
        section
        for section in OUTLINE
        if section.key not in written
        and section.key not in replaced
        and (section.required or section.figures)
        and not any(key in figures for key in section.figures)
    ]

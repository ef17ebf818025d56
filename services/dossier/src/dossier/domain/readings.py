"""Two readings of one end: what was first recorded of it, and what corrections made of it."""

from collections.abc import Sequence

from kernel.figures import FigureDefinition, FigureKind
from kernel.periods import ReportingPeriod

from dossier.domain.facts import FOREVER, Facts, Timeliness, timeliness

CORRECTIONS = "dossiers.corrections"
FIRST_LATE = "dossiers.settled.late.as_first_recorded"
SOFTWARE_ONLY = "dossiers.settled.late.in_software_only"

READINGS: tuple[FigureDefinition, ...] = (
    FigureDefinition(
        CORRECTIONS,
        "Số lần đính chính đã được duyệt",
        "correction",
        FigureKind.COUNT,
        "Đính chính đã được duyệt của các hồ sơ thuộc tổng số hồ sơ nhận giải quyết trong kỳ "
        "(mới tiếp nhận và kỳ trước chuyển qua).",
        "our reading",
    ),
    FigureDefinition(
        FIRST_LATE,
        "Giải quyết quá hạn theo lần ghi nhận đầu tiên",
        "dossier",
        FigureKind.COUNT,
        "Hồ sơ mà lần đầu ghi nhận kết thúc thì kết thúc trong kỳ và sau ngày đến hạn, "
        "không kể các đính chính về sau.",
        "our reading",
    ),
    FigureDefinition(
        SOFTWARE_ONLY,
        "Quá hạn chỉ trên phần mềm",
        "dossier",
        FigureKind.COUNT,
        "Hồ sơ quá hạn theo lần ghi nhận đầu tiên trong kỳ, nhưng đã kết thúc trước hoặc đúng hạn "
        "theo thời điểm được đính chính.",
        "our reading",
    ),
)
"""Each report can state both readings, and how many corrections lie between them."""


def first_recorded(versions: Sequence[Facts]) -> Facts | None:
    """Return the facts as they stood when an end was first recorded; None while none was.

    `versions` are in the order in which they were recorded.

    Law: our reading (what was first recorded stays a figure of its own)
    """
    return next((facts for facts in versions if facts.ended_on != FOREVER), None)


def readings(versions: Sequence[Facts], period: ReportingPeriod) -> frozenset[str]:
    """Return in which of the two counted readings a dossier appears; the last version holds."""
    first = first_recorded(versions)
    if first is None or first.ended_on not in period or not _is_late(first):
        return frozenset()
    holds = versions[-1]
    if holds.ended_on == FOREVER or _is_late(holds):
        return frozenset({FIRST_LATE})
    return frozenset({FIRST_LATE, SOFTWARE_ONLY})


def _is_late(facts: Facts) -> bool:
    return timeliness(facts.ended_on, facts.due_on) is Timeliness.LATE

"""The figures that reporting itself is the keeper of: its reports and what was found in them."""

from collections.abc import Mapping
from types import MappingProxyType

from kernel.figures import Figure, FigureDefinition, FigureKind

_OURS = "our reading"
_COUNTED = (
    ("reports.draft", "Báo cáo đang soạn", "report", "Báo cáo của đơn vị chưa chốt."),
    ("reports.sealed", "Báo cáo đã chốt", "report", "Báo cáo của đơn vị đã chốt, có mã băm."),
    ("reports.findings.error", "Lỗi số liệu", "finding", "Lỗi trong các báo cáo đang soạn."),
    ("reports.findings.warning", "Cảnh báo", "finding", "Cảnh báo trong báo cáo đang soạn."),
    ("reports.findings.notice", "Lưu ý", "finding", "Lưu ý trong các báo cáo đang soạn."),
)
DEFINITIONS: Mapping[str, FigureDefinition] = MappingProxyType(
    {
        key: FigureDefinition(key, label, unit, FigureKind.COUNT, definition, _OURS)
        for key, label, unit, definition in _COUNTED
    }
)


def own_figures(states: Mapping[str, int], severities: Mapping[str, int]) -> list[Figure]:
    """Return the gauges of an agency; a state or severity that nothing is in counts 0."""
    counted = {f"reports.{state}": count for state, count in states.items()}
    counted |= {f"reports.findings.{name}": count for name, count in severities.items()}
    return [Figure(key, counted.get(key, 0)) for key in DEFINITIONS]

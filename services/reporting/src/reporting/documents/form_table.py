"""Form II.06a and the grouped head of any form, from its list of columns."""

from collections.abc import Sequence
from itertools import groupby

from reporting.documents import numbers_vi
from reporting.documents.content import FormColumn, FormContent, FormRow
from reporting.documents.document import Align, HeaderCell, Table

_RECEIVED = "Số hồ sơ nhận giải quyết"
_SETTLED = "Số lượng hồ sơ đã giải quyết"
_PENDING = "Số lượng hồ sơ đang giải quyết"
_WITHIN = "Trong đó: "

II_06A_TITLE = "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"
II_06A_COLUMNS: tuple[FormColumn, ...] = (
    FormColumn(1, "TT"),
    FormColumn(2, "Lĩnh vực, công việc giải quyết theo cấp"),
    FormColumn(3, "Tổng số", _RECEIVED),
    FormColumn(4, "Trong đó: Trực tuyến", _RECEIVED),
    FormColumn(5, "Trong đó: Trực tiếp, dịch vụ bưu chính", _RECEIVED),
    FormColumn(6, "Từ kỳ trước", _RECEIVED),
    FormColumn(7, "Tổng số", _SETTLED),
    FormColumn(8, "Trước hạn", _SETTLED),
    FormColumn(9, "Đúng hạn", _SETTLED),
    FormColumn(10, "Quá hạn", _SETTLED),
    FormColumn(11, "Tổng số", _PENDING),
    FormColumn(12, "Trong hạn", _PENDING),
    FormColumn(13, "Quá hạn", _PENDING),
)
"""Law: TT 01/2020/TT-VPCP, biểu II.06a"""

_LABEL_COLUMNS = 2
_WIDTHS = (11, 50)
_COUNT_WIDTH = 18


def header_cells(columns: Sequence[FormColumn]) -> tuple[HeaderCell, ...]:
    """Lay out the head: groups above labels, and a last row with the columns' numbers."""
    paths = [_path(column) for column in columns]
    depth = max(len(path) for path in paths)
    cells = [cell for level in range(depth) for cell in _level(paths, level, depth)]
    cells += [
        HeaderCell(depth, at, 1, 1, f"({column.number})") for at, column in enumerate(columns)
    ]
    return tuple(cells)


def form_table(form: FormContent) -> Table:
    """Set a filled form as a table; an absent cell is a dash, the total is the last row."""
    rows = [_row(numbers_vi.count(at), row) for at, row in enumerate(form.rows, start=1)]
    if form.total is not None:
        rows.append(_row("", form.total))
    counted = len(form.columns) - _LABEL_COLUMNS
    return Table(
        widths=(*_WIDTHS, *(_COUNT_WIDTH,) * counted),
        aligns=(Align.CENTER, Align.LEFT, *(Align.CENTER,) * counted),
        header=header_cells(form.columns),
        rows=tuple(rows),
        total=form.total is not None,
    )


def _row(ordinal: str, row: FormRow) -> tuple[str, ...]:
    cells = ("–" if cell is None else numbers_vi.count(cell) for cell in row.cells)
    return (ordinal, row.label, *cells)


def _path(column: FormColumn) -> tuple[str, ...]:
    """Return the heads above and including the label: group, `Trong đó`, label."""
    label = column.label
    within = ("Trong đó",) if label.startswith(_WITHIN) else ()
    own = label.removeprefix(_WITHIN)
    return tuple(head for head in (column.group, *within, own) if head)


def _level(paths: Sequence[tuple[str, ...]], level: int, depth: int) -> list[HeaderCell]:
    """Return the cells that begin in row `level`; neighbours under the same heads are joined."""
    cells: list[HeaderCell] = []
    at = 0
    for (heads, is_leaf, _), members in groupby(
        enumerate(paths),
        key=lambda item: (
            item[1][: level + 1],
            len(item[1]) == level + 1,
            item[0] if len(item[1]) <= level + 1 else None,
        ),
    ):
        span = len(list(members))
        if len(heads) == level + 1:
            row_span = depth - level if is_leaf else 1
            cells.append(HeaderCell(level, at, row_span, span, heads[level]))
        at += span
    return cells

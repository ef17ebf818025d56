"""A filled form as a table: the grouped head from its columns, and the total row."""

from collections.abc import Sequence
from itertools import takewhile

from reporting.documents import numbers_vi
from reporting.documents.content import FormColumn, FormContent, FormRow
from reporting.documents.document import Align, HeaderCell, Table

_WITHIN = "Trong đó: "

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
    counted = len(form.columns) - _LABEL_COLUMNS
    rows = [_row(numbers_vi.count(at), row, counted) for at, row in enumerate(form.rows, start=1)]
    if form.total is not None:
        rows.append(_row("", form.total, counted))
    return Table(
        widths=(*_WIDTHS, *(_COUNT_WIDTH,) * counted),
        aligns=(Align.CENTER, Align.LEFT, *(Align.CENTER,) * counted),
        header=header_cells(form.columns),
        rows=tuple(rows),
        total=form.total is not None,
    )


def _row(ordinal: str, row: FormRow, counted: int) -> tuple[str, ...]:
    if len(row.cells) != counted:
        raise ValueError(f"row {row.label!r} has {len(row.cells)} cells for {counted} columns")
    cells = ("–" if cell is None else numbers_vi.count(cell) for cell in row.cells)
    return (ordinal, row.label, *cells)


def _path(column: FormColumn) -> tuple[str, ...]:
    """Return the heads from the top down to the label: group, `Trong đó`, label."""
    group = (column.group,) if column.group else ()
    within = ("Trong đó",) if column.label.startswith(_WITHIN) else ()
    return (*group, *within, column.label.removeprefix(_WITHIN))


def _level(paths: Sequence[tuple[str, ...]], level: int, depth: int) -> list[HeaderCell]:
    """Return the cells that begin in row `level`: labels reach down, groups reach sideways."""
    cells: list[HeaderCell] = []
    for at, path in enumerate(paths):
        if len(path) == level + 1:
            cells.append(HeaderCell(level, at, depth - level, 1, path[level]))
        elif len(path) > level and (at == 0 or not _same_group(paths[at - 1], path, level)):
            cells.append(HeaderCell(level, at, 1, _span(paths[at:], level), path[level]))
    return cells


def _span(paths: Sequence[tuple[str, ...]], level: int) -> int:
    """Return how many columns, from the first one on, stand under the first one's group."""
    return sum(1 for _ in takewhile(lambda path: _same_group(paths[0], path, level), paths))


def _same_group(one: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    """Tell whether two columns stand under one group in row `level`; a label is no group."""
    return min(len(one), len(other)) > level + 1 and one[: level + 1] == other[: level + 1]

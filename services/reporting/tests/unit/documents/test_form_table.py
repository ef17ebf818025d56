import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.documents.content import FormColumn, FormContent, FormRow
from reporting.documents.form_table import form_table, header_cells


def test_the_head_of_ii_06a_groups_its_thirteen_columns(columns):
    cells = header_cells(columns)
    groups = {(cell.text, cell.column, cell.column_span) for cell in cells if cell.row == 0}
    assert ("Số hồ sơ nhận giải quyết", 2, 4) in groups
    assert ("Số lượng hồ sơ đã giải quyết", 6, 4) in groups
    assert ("Số lượng hồ sơ đang giải quyết", 10, 3) in groups
    [within] = [cell for cell in cells if cell.text == "Trong đó"]
    assert (within.column, within.column_span) == (3, 2)
    assert [cell.text for cell in cells if cell.row == 3] == [f"({n})" for n in range(1, 14)]


NAMES = st.sampled_from(["", "A", "B", "Trong đó: x", "Trong đó: y"])


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=12))
def test_a_head_covers_every_place_once(heads):
    columns = [FormColumn(at, label, group) for at, (label, group) in enumerate(heads, start=1)]
    covered = [
        (row, column)
        for cell in header_cells(columns)
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    ]
    assert sorted(covered) == sorted(set(covered))
    assert len(covered) == len(columns) * (1 + max(row for row, _ in covered))


def test_cells_are_written_and_absent_ones_are_dashes(columns):
    row = FormRow("Hộ tịch", (1234, 3, None, 0, 0, 0, 0, 0, 0, 0, 0))
    table = form_table(FormContent("II.06a", "", columns, (row,)))
    assert table.rows[0][:6] == ("01", "Hộ tịch", "1.234", "03", "–", "0")
    assert not table.total


def test_the_total_is_the_last_row_without_ordinal(columns):
    total = FormRow("Tổng cộng", (0,) * 11)
    table = form_table(FormContent("II.06a", "", columns, (), total))
    assert table.total
    assert table.rows[-1][:2] == ("", "Tổng cộng")


def test_a_row_that_does_not_fit_the_columns_is_refused(columns):
    row = FormRow("Hộ tịch", (1, 2, 3))
    with pytest.raises(ValueError, match="3 cells for 11 columns"):
        form_table(FormContent("II.06a", "", columns, (row,)))

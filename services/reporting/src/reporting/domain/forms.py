"""Report forms as data: columns, formulas and checks drive both computing and checking."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reporting.domain.errors import MalformedForm, NoReportForm
from reporting.domain.formula import Formula

Cells = Mapping[int, int | None]
OTHER_FIELD = "khac"


class ClassificationPolicy(StrEnum):
    """Where a version of a form prints dossiers that ended without a result.

    Law: our reading (a version of a form says where it prints what ended without a result)
    """

    BY_END_DATE = "by_end_date"
    """Early, on time or late by the day of their end, like any other."""
    AS_ON_TIME = "as_on_time"
    """All of them as settled on time."""


_SETTLED = "dossiers.settled"
_READ_AS: Mapping[ClassificationPolicy, Mapping[str, tuple[str, ...]]] = {
    ClassificationPolicy.BY_END_DATE: {},
    ClassificationPolicy.AS_ON_TIME: {
        f"{_SETTLED}.early": (f"{_SETTLED}.with_result.early",),
        f"{_SETTLED}.on_time": (f"{_SETTLED}.with_result.on_time", f"{_SETTLED}.without_result"),
        f"{_SETTLED}.late": (f"{_SETTLED}.with_result.late",),
    },
}
"""The figures that a policy counts in the place of one that a column names."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: text (neither figures nor formula), counted (`figures`), or computed (`formula`).

    A counted cell is the sum of its figures; `agrees_with` names the figure that must equal the
    total row's cell.
    """

    number: int
    label: str
    group: str = ""
    figures: tuple[str, ...] = ()
    formula: Formula | None = None
    agrees_with: str | None = None

    @property
    def is_text(self) -> bool:
        """Tell whether the column holds the ordinal or the name of the row."""
        return not self.figures and self.formula is None


class CheckKind(StrEnum):
    """What a check of a form compares."""

    ROW = "row"
    """On every row and on the total: `left` equals `right`."""
    TOTAL_IS_SUM = "total_is_sum"
    """Every counted cell of the total row is the sum of the rows."""
    PREVIOUS_PERIOD = "previous_period"
    """The total's `left` equals `right` of the total of the period before."""
    AGREES = "agrees"
    """The total row equals the figures that its columns name in `agrees_with`."""


@dataclass(frozen=True, slots=True)
class Check:
    """One identity that the form must keep."""

    check_id: str
    kind: CheckKind
    left: Formula | None = None
    right: Formula | None = None

    def __post_init__(self) -> None:
        needs_sides = self.kind in (CheckKind.ROW, CheckKind.PREVIOUS_PERIOD)
        if needs_sides != (self.left is not None and self.right is not None):
            raise MalformedForm(reason="check_sides", check_id=self.check_id)


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a form, valid from `valid_from` up to, but without, `valid_to`."""

    code: str
    version: int
    title: str
    unit: str
    legal_basis: str
    valid_from: date
    valid_to: date | None
    row_source: str
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    classification_policy: ClassificationPolicy = ClassificationPolicy.BY_END_DATE

    def __post_init__(self) -> None:
        numbers = [column.number for column in self.columns]
        if numbers != list(range(1, len(numbers) + 1)):
            raise MalformedForm(reason="column_numbers", code=self.code)
        counted = {column.number for column in self.columns if column.figures}
        known = counted | {column.number for column in self.columns if column.formula}
        for column in self.columns:
            if column.formula and column.figures:
                raise MalformedForm(reason="column_counted_and_computed", column=column.number)
            if column.formula and not column.formula.columns <= counted:
                raise MalformedForm(reason="formula_reads_counted_columns", column=column.number)
            if column.agrees_with in _READ_AS[self.classification_policy]:
                raise MalformedForm(reason="agrees_with_another_policy", column=column.number)
        for check in self.checks:
            sides = [side for side in (check.left, check.right) if side]
            if any(not side.columns <= known for side in sides):
                raise MalformedForm(reason="check_columns", check_id=check.check_id)

    @property
    def figure_keys(self) -> frozenset[str]:
        """Return the figures that the counted columns need."""
        return frozenset(key for column in self.columns for key in self._read(column))

    def _read(self, column: Column) -> list[str]:
        """Return the figures that a column adds up under the form's policy."""
        instead = _READ_AS[self.classification_policy]
        return [read for key in column.figures for read in instead.get(key, (key,))]

    def cells(self, counts: Mapping[str, int | None]) -> dict[int, int | None]:
        """Compute one row: counted cells first, then formulas over them."""
        row = {
            column.number: _sum(counts.get(key) for key in self._read(column))
            for column in self.columns
            if column.figures
        }
        computed = {c.number: c.formula.value(row) for c in self.columns if c.formula}
        return dict(sorted({**row, **computed}.items()))


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the procedure field's code and name, and its cells by column number."""

    field_code: str
    label: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The rows in printing order and the total row.

    The total is computed from the agency's own figures, not by adding the rows, so that the check
    "total = sum of rows" can fail.
    """

    form: Form
    rows: tuple[Row, ...]
    total: Cells


@dataclass(frozen=True, slots=True)
class Imbalance:
    """An identity that does not hold: where, and both sides."""

    check_id: str
    place: str
    left: str
    right: str
    left_value: int
    right_value: int


def form_in_force(forms: Iterable[Form], code: str, on: date) -> Form:
    """Return the version of form `code` in force on `on`; raise `NoReportForm` when none is."""
    fitting = [
        form
        for form in forms
        if form.code == code
        and form.valid_from <= on
        and (form.valid_to is None or on < form.valid_to)
    ]
    if not fitting:
        raise NoReportForm(form=code, on=on.isoformat())
    return max(fitting, key=lambda form: (form.valid_from, form.version))


def fill(
    form: Form,
    *,
    per_field: Mapping[str, Mapping[str, int | None]],
    total: Mapping[str, int | None],
    names: Mapping[str, str],
) -> FilledForm:
    """Fill the form: one row per procedure field by name, fields without name by their code.

    Dossiers without a field come last, under "Khác"; none is dropped. A field without a count
    that the agency as a whole has, has none of these dossiers.

    Law: TT 01/2020/TT-VPCP, biểu II.06a
    """
    zeros = {key: 0 for key, value in total.items() if value is not None}
    rows = [
        Row(code, _name(code, names), form.cells({**zeros, **counts}))
        for code, counts in per_field.items()
    ]
    rows.sort(key=lambda row: (row.field_code == OTHER_FIELD, _alphabetical(row.label), row.label))
    return FilledForm(form, tuple(rows), form.cells(total))


def _name(code: str, names: Mapping[str, str]) -> str:
    return names.get(code, "Khác" if code == OTHER_FIELD else code)


def _alphabetical(label: str) -> str:
    """Return the letters without marks: near enough to Vietnamese order for a list of fields."""
    letters = unicodedata.normalize("NFD", label.casefold().replace("đ", "dz"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def imbalances(
    filled: FilledForm, *, figures: Mapping[str, int], previous: Cells | None
) -> list[Imbalance]:
    """Return every identity of the form that the filled form breaks.

    A side with an absent cell is not judged: what is absent is reported as missing elsewhere.
    `previous` is the total row of the sealed report of the period before, if there is one.
    """
    found: list[Imbalance] = []
    for check in filled.form.checks:
        if check.kind is CheckKind.ROW:
            found += _rows_broken(filled, check)
        elif check.kind is CheckKind.TOTAL_IS_SUM:
            found += _sums_broken(filled, check)
        elif check.kind is CheckKind.AGREES:
            found += _agreements_broken(filled, check, figures)
        elif previous is not None:
            found += _compare(check, "kỳ trước", filled.total, previous)
    return found


def _rows_broken(filled: FilledForm, check: Check) -> list[Imbalance]:
    places = [(row.label, row.cells) for row in filled.rows] + [("Tổng cộng", filled.total)]
    return [one for place, cells in places for one in _compare(check, place, cells, cells)]


def _compare(check: Check, place: str, ours: Cells, theirs: Cells) -> list[Imbalance]:
    left = check.left.value(ours) if check.left else None
    right = check.right.value(theirs) if check.right else None
    if left is None or right is None or left == right:
        return []
    sides = (_sides(check.left), _sides(check.right))
    return [Imbalance(check.check_id, place, *sides, left, right)]


def _sides(formula: Formula | None) -> str:
    return "" if formula is None else " + ".join(f"({c})" for _, c in formula.terms)


def _sums_broken(filled: FilledForm, check: Check) -> list[Imbalance]:
    found = []
    for number, total in filled.total.items():
        parts = [row.cells.get(number) for row in filled.rows]
        summed = sum(part for part in parts if part is not None)
        if total is not None and None not in parts and summed != total:
            found.append(
                Imbalance(
                    check.check_id, "Tổng cộng", f"({number})", "tổng các dòng", total, summed
                )
            )
    return found


def _agreements_broken(
    filled: FilledForm, check: Check, figures: Mapping[str, int]
) -> list[Imbalance]:
    found = []
    for column in filled.form.columns:
        cell = filled.total.get(column.number)
        stated = figures.get(column.agrees_with or "")
        if cell is not None and stated is not None and cell != stated:
            found.append(
                Imbalance(
                    check.check_id,
                    "Tổng cộng",
                    f"({column.number})",
                    str(column.agrees_with),
                    cell,
                    stated,
                )
            )
    return found


def _sum(values: Iterable[int | None]) -> int | None:
    """Add up; one absent value makes the sum absent."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total

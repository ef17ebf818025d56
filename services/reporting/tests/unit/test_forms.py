import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.domain.errors import MalformedForm, NoReportForm
from reporting.domain.forms import (
    Check,
    CheckKind,
    Column,
    Form,
    fill,
    form_in_force,
    imbalances,
)
from reporting.domain.formula import Formula
from reporting.schemas.rules import ReportForm

RELEASE = Path(__file__).parents[2] / "releases" / "form-ii06a.json"
II06A = ReportForm.model_validate_json(RELEASE.read_text()).form()
BASE = {
    "dossiers.received.online": 131,
    "dossiers.received.direct": 258,
    "dossiers.received.postal": 0,
    "dossiers.carried_over": 0,
    "dossiers.settled.early": 316,
    "dossiers.settled.on_time": 70,
    "dossiers.settled.late": 3,
    "dossiers.pending.in_time": 0,
    "dossiers.pending.overdue": 0,
}
TOTALS = BASE | {"dossiers.total": 389, "dossiers.settled": 389, "dossiers.pending": 0}


def filled(per_field=None, total=TOTALS, names=None):
    fields = {"tu-phap": BASE} if per_field is None else per_field
    return fill(II06A, per_field=fields, total=total, names=names or {})


def broken(form, figures=TOTALS, previous=None):
    return {one.check_id for one in imbalances(form, figures=figures, previous=previous)}


@pytest.mark.parametrize(
    ("text", "cells", "value"),
    [
        ("4+5+6", {4: 131, 5: 258, 6: 0}, 389),
        ("3-7", {3: 389, 7: 380}, 9),
        ("12", {12: 5}, 5),
        ("4+5", {4: 1}, None),
        ("4+5", {4: 1, 5: None}, None),
    ],
)
def test_formulas(text, cells, value):
    assert Formula.parse(text).value(cells) == value
    assert str(Formula.parse(text)) == text


@pytest.mark.parametrize("text", ["", "4+", "+4", "4*5", "a+b", "4++5", "100+1", "-4"])
def test_a_formula_knows_columns_plus_and_minus_only(text):
    with pytest.raises(MalformedForm):
        Formula.parse(text)


def test_the_row_of_the_seed_report_is_computed_and_balances():
    form = filled()
    assert form.total[3] == 389
    assert form.total[7] == 389
    assert form.total[11] == 0
    assert broken(form) == set()


def under(policy: str, **changes):
    body = json.loads(RELEASE.read_text()) | {"classification_policy": policy} | changes
    return ReportForm.model_validate(body).form()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("by_end_date", {8: 316, 9: 70, 10: 3}), ("as_on_time", {8: 310, 9: 78, 10: 1})],
)
def test_a_version_says_where_dossiers_without_a_result_are_printed(policy, expected):
    """Law: our reading; six early ones and two late ones were stopped, given back or withdrawn."""
    counted = TOTALS | {
        "dossiers.settled.with_result.early": 310,
        "dossiers.settled.with_result.on_time": 70,
        "dossiers.settled.with_result.late": 1,
        "dossiers.settled.without_result": 8,
    }
    form = under(policy)
    assert form.figure_keys <= set(counted)
    printed = fill(form, per_field={"tu-phap": counted}, total=counted, names={})
    for cells in (printed.total, printed.rows[0].cells):
        assert {number: cells[number] for number in (8, 9, 10)} == expected
        assert cells[7] == 389
    assert broken(printed) == set()


def test_a_version_that_says_nothing_prints_them_by_their_end_and_keeps_its_digest():
    said = json.loads(RELEASE.read_text()) | {"classification_policy": "by_end_date"}
    form = ReportForm.model_validate(said)
    assert form.form() == II06A
    assert (
        form.model_dump_json()
        == ReportForm.model_validate_json(RELEASE.read_text()).model_dump_json()
    )
    assert "classification_policy" not in form.model_dump_json()
    said |= {"classification_policy": "as_on_time"}
    assert "as_on_time" in ReportForm.model_validate(said).model_dump_json()


def test_a_column_agrees_with_no_figure_that_its_policy_reads_otherwise():
    columns = json.loads(RELEASE.read_text())["columns"]
    columns[9]["agrees_with"] = "dossiers.settled.late"
    assert under("by_end_date", columns=columns)
    with pytest.raises(MalformedForm):
        under("as_on_time", columns=columns)


counts = st.integers(0, 10_000)


@st.composite
def balanced_rows(draw):
    early, on_time, late, in_time, overdue = (draw(counts) for _ in range(5))
    whole = early + on_time + late + in_time + overdue
    online = draw(st.integers(0, whole))
    carried = draw(st.integers(0, whole - online))
    postal = draw(st.integers(0, whole - online - carried))
    return dict(
        zip(
            BASE,
            [
                *(online, whole - online - carried - postal, postal, carried),
                *(early, on_time, late, in_time, overdue),
            ],
            strict=True,
        )
    )


def pooled(rows):
    total = {key: sum(row[key] for row in rows) for key in BASE}
    settled = sum(v for k, v in total.items() if "settled" in k)
    pending = sum(v for k, v in total.items() if "pending" in k)
    sums = {
        "dossiers.total": settled + pending,
        "dossiers.settled": settled,
        "dossiers.pending": pending,
    }
    return total | sums


@given(st.lists(balanced_rows(), max_size=6))
def test_balanced_figures_are_never_flagged(rows):
    total = pooled(rows)
    form = filled({f"field-{n}": row for n, row in enumerate(rows)}, total)
    assert broken(form, total, previous={11: total["dossiers.carried_over"]}) == set()


@given(st.lists(balanced_rows(), min_size=1, max_size=4), st.data())
def test_one_changed_count_is_always_flagged(rows, data):
    total = pooled(rows)
    place = data.draw(st.integers(0, len(rows)))
    key = data.draw(st.sampled_from(sorted(BASE)))
    change = data.draw(st.integers(1, 50))
    changed = [dict(row) for row in rows]
    if place == len(rows):
        total = total | {key: total[key] + change}
    else:
        changed[place][key] += change
    form = filled({f"field-{n}": row for n, row in enumerate(changed)}, total)
    assert broken(form, total)


@given(balanced_rows(), balanced_rows())
def test_the_total_of_two_fields_is_the_form_of_their_pool(one, other):
    together = filled({"a": one, "b": other}, pooled([one, other])).total
    for number in range(3, 14):
        assert together[number] == II06A.cells(one)[number] + II06A.cells(other)[number]


def test_what_was_pending_is_what_is_carried_over():
    assert broken(filled(), previous={11: 2}) == {"balance_carried_over"}
    assert broken(filled(), previous={11: 0}) == set()


def test_figures_that_disagree_with_the_form_are_found():
    assert broken(filled(), TOTALS | {"dossiers.total": 390}) == {"balance_figures"}


def test_a_field_without_dossiers_of_a_kind_has_none_of_them():
    form = filled({"tu-phap": {"dossiers.received.online": 131, "dossiers.settled.early": 131}})
    assert form.rows[0].cells[13] == 0


def test_absent_figures_stay_absent_and_are_not_judged():
    form = filled({}, {})
    assert set(form.total.values()) == {None}
    assert broken(form, {}) == set()
    partly = filled({"x": {"dossiers.carried_over": 1}}, {"dossiers.carried_over": 1})
    assert partly.total[3] is None
    assert broken(partly, {}) == set()


def test_rows_without_which_the_total_cannot_be_are_missed():
    assert "balance_rows" in broken(filled({}))


def test_rows_go_by_name_and_others_come_last():
    names = {"a": "Đất đai", "b": "Chứng thực", "khac": "Lĩnh vực khác"}
    form = filled({key: {} for key in ["khac", "a", "b", "zz"]}, names=names)
    assert [row.label for row in form.rows] == ["Chứng thực", "Đất đai", "zz", "Lĩnh vực khác"]
    assert filled({"khac": BASE}).rows[0].label == "Khác"


def test_the_version_in_force_on_the_last_day_is_used():
    assert form_in_force([II06A], "II.06a", date(2022, 9, 14)) is II06A
    with pytest.raises(NoReportForm):
        form_in_force([II06A], "II.06a", date(2019, 9, 14))
    with pytest.raises(NoReportForm):
        form_in_force([II06A], "II.07b", date(2022, 9, 14))
    later = ReportForm.model_validate(
        json.loads(RELEASE.read_text()) | {"version": 2, "valid_from": "2025-01-01"}
    ).form()
    ended = ReportForm.model_validate(
        json.loads(RELEASE.read_text()) | {"valid_to": "2025-01-01"}
    ).form()
    assert form_in_force([II06A, later], "II.06a", date(2025, 3, 14)) is later
    with pytest.raises(NoReportForm):
        form_in_force([ended], "II.06a", date(2025, 1, 1))


def a_form(columns, checks=()):
    return Form("X", 1, "x", "x", "x", date(2020, 1, 1), None, "procedure_field", columns, checks)


@pytest.mark.parametrize(
    ("columns", "checks"),
    [
        pytest.param((Column(2, "b"),), (), id="numbers start at 1"),
        pytest.param((Column(1, "a", figures=("k",), formula=Formula.parse("1")),), (), id="both"),
        pytest.param((Column(1, "a", formula=Formula.parse("1")),), (), id="reads itself"),
        pytest.param(
            (Column(1, "a", figures=("k",)), Column(2, "b", formula=Formula.parse("3"))),
            (),
            id="unknown column",
        ),
        pytest.param(
            (Column(1, "a", figures=("k",)),),
            (Check("balance_x", CheckKind.ROW, Formula.parse("1"), Formula.parse("9")),),
            id="check of an unknown column",
        ),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(columns, checks):
    with pytest.raises(MalformedForm):
        a_form(columns, checks)


def test_a_check_has_the_sides_that_its_kind_needs():
    with pytest.raises(MalformedForm):
        Check("balance_x", CheckKind.ROW, Formula.parse("1"))
    with pytest.raises(MalformedForm):
        Check("balance_x", CheckKind.AGREES, Formula.parse("1"), Formula.parse("1"))


def test_text_columns_hold_no_counts():
    assert [column.number for column in II06A.columns if column.is_text] == [1, 2]
    assert len(II06A.figure_keys) == 9

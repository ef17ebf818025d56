"""Which forms are in force: dated sets, one per circular."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from dossier.domain.paper_errors import NoFormsInForce, UnknownForm
from dossier.domain.printed_forms import (
    FORM_SETS,
    TT01_2018,
    FormKind,
    FormTemplate,
    forms_on,
    paper_number,
)


def test_tt_01_2018_has_six_forms():
    assert [form.number for form in TT01_2018.forms] == ["01", "02", "03", "04", "05", "06"]
    assert {form.kind for form in TT01_2018.forms} == set(FormKind)
    assert TT01_2018.numbered("05").kind is FormKind.CONTROL_SHEET
    assert TT01_2018.of_kind(FormKind.RECEIPT).sign == "TNHS"


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2019, 1, 8), "tt01-2018"), (date(2025, 1, 1), "tt01-2018")],
)
def test_the_set_in_force_on_the_day_is_taken(day, code):
    assert forms_on(day).code == code


def test_before_the_first_set_there_are_no_forms():
    with pytest.raises(NoFormsInForce):
        forms_on(date(2019, 1, 7))


def test_a_later_circular_is_one_more_row():
    change = date(2030, 1, 1)
    seventh = FormTemplate("07", FormKind.RECEIPT, ("MẪU THỬ",))
    later = replace(TT01_2018, code="later", valid_from=change, forms=(*TT01_2018.forms, seventh))
    sets = (replace(TT01_2018, valid_to=change), later)
    assert forms_on(date(2029, 12, 31), sets) is sets[0]
    assert forms_on(change, sets).numbered("07") is seventh


def test_a_number_the_set_lacks_is_refused_with_those_it_has():
    with pytest.raises(UnknownForm) as refused:
        TT01_2018.numbered("07")
    assert refused.value.details["numbers"] == "01, 02, 03, 04, 05, 06"


def test_sets_follow_each_other_without_overlap():
    for before, after in pairwise(FORM_SETS):
        assert before.valid_to == after.valid_from


def test_a_paper_is_numbered_by_the_dossier_code():
    assert paper_number(date(2022, 8, 31), 12) == "220831-0012"
    assert paper_number(date(2022, 8, 31), 12345) == "220831-12345"

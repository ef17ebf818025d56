from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.codes import AgencyCode, DossierCode, MalformedCode, ProcedureCode


def test_the_twelfth_dossier_of_the_day_reads_as_the_circular_says():
    code = DossierCode(AgencyCode("H56.18.26"), date(2022, 7, 15), 12)
    assert str(code) == "H56.18.26-220715-0012"


@pytest.mark.parametrize("text", ["H56", "H56.18", "H56.18.26", "000.00.00.H56", "000.00.18.H56"])
def test_both_forms_of_agency_codes_are_read(text):
    assert str(AgencyCode.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "H5", "h56", "H56.", "H56.18.26.1.2", "H56\n", "Ｈ56", "H５6"]
)
def test_other_texts_are_no_agency_code(text):
    with pytest.raises(MalformedCode):
        AgencyCode.parse(text)


def test_a_local_copy_has_the_identity_of_the_national_procedure():
    copy = ProcedureCode.parse("1.001193.000.00.00.H56")
    assert copy.root == ProcedureCode.parse("1.001193").root
    assert copy.publisher == "000.00.00.H56"
    assert str(copy) == "1.001193.000.00.00.H56"
    assert str(ProcedureCode.parse("1.001193")) == "1.001193"


@pytest.mark.parametrize("text", ["1.00119", "1.0011933", "1001193", "1.001193.", "x"])
def test_other_texts_are_no_procedure_code(text):
    with pytest.raises(MalformedCode):
        ProcedureCode.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "H56.18.26-220230-0001",  # no such day
        "H56.18.26-220715-0000",  # serials start at 1
        "H56.18.26-220715-00012",  # would name 0012 twice
        "H56.18.26-220715-12",
        "x-220715-0012",
        "H56.18.26",
    ],
)
def test_other_texts_are_no_dossier_code(text):
    with pytest.raises(MalformedCode):
        DossierCode.parse(text)


def test_serials_start_at_one():
    with pytest.raises(ValueError, match="start at 1"):
        DossierCode(AgencyCode("H56"), date(2022, 7, 15), 0)


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), serial=st.integers(1, 999_999_999))
def test_a_code_is_read_back_as_it_was_written(day, serial):
    code = DossierCode(AgencyCode("H56.18.26"), day, serial)
    assert DossierCode.parse(str(code)) == code

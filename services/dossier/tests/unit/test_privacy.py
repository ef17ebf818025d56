"""What of an applicant is shown to whom."""

import pytest
from dossier.domain.privacy import (
    sees_people,
    shown_name,
    shown_number,
    shown_subject,
    view_of_people,
)


@pytest.mark.parametrize(
    ("scopes", "sees"),
    [
        ({"dossiers:read"}, False),
        ({"dossiers:read", "figures:read", "dossiers:approve", "dossiers:import"}, False),
        ((), False),
        ({"dossiers:read", "dossiers:process"}, True),
        ({"dossiers:read", "dossiers:receive"}, True),
        ({"dossiers:read", "dossiers:search"}, True),
    ],
)
def test_names_are_for_who_works_with_applicants_or_may_look_them_up(scopes, sees):
    assert sees_people(scopes) is sees


def test_a_masked_name_shows_first_letters_only():
    assert shown_name("Nguyễn Văn An", in_clear=False) == "N*** V*** A***"
    assert shown_name("Nguyễn Văn An", in_clear=True) == "Nguyễn Văn An"


def test_a_copy_without_names_is_called_otherwise_than_one_with_them():
    assert view_of_people(in_clear=True) is None
    assert view_of_people(in_clear=False) == "masked"


def test_a_subject_is_hidden_as_a_whole_and_none_stays_none():
    assert shown_subject("Khai sinh cho Nguyễn Văn An", in_clear=False) == "***"
    assert shown_subject("Khai sinh", in_clear=True) == "Khai sinh"
    assert shown_subject(None, in_clear=False) is None
    assert shown_subject(None, in_clear=True) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [(None, None), ("000000000123", "*********123"), ("123456", "******"), ("1234567", "****567")],
)
def test_a_number_shows_its_end_only_where_enough_is_hidden(number, shown):
    assert shown_number(number) == shown

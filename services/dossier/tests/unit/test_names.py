import unicodedata

import pytest
from dossier.domain.names import folded, is_found
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Nguyễn Văn Đức", "nguyen van duc"),
        ("ĐẶNG THỊ ƯỚC", "dang thi uoc"),
        ("  Lê \t Quỳnh   Như ", "le quynh nhu"),
        ("Hoàng Hữu Nghĩa", "hoang huu nghia"),
        ("Công ty TNHH Mẫu 01", "cong ty tnhh mau 01"),
        ("\u0301", ""),
        ("\u00d0ặng \u00f0ức", "dang duc"),
        ('Công ty TNHH "Hoa Sen Vàng"', "cong ty tnhh hoa sen vang"),
        ("Nguyễn Văn Kiên/Trần Thị Liễu", "nguyen van kien tran thi lieu"),
        ("Xi-măng", "xi mang"),
        ("Y’Bar", "y bar"),
        ("?!", ""),
    ],
)
def test_a_name_is_searched_without_its_accents(name, plain):
    assert folded(name) == plain


@given(st.text(max_size=60))
def test_both_encodings_of_a_name_fold_alike(name):
    assert folded(unicodedata.normalize("NFC", name)) == folded(unicodedata.normalize("NFD", name))


@given(st.text(max_size=60))
def test_what_is_folded_stays_as_it_is(name):
    assert folded(folded(name)) == folded(name)


@pytest.mark.parametrize(
    ("term", "finds"),
    [
        ("nguyen van an", True),
        ("an", True),
        ("van nguyen", True),
        ("nguyen v", True),
        ("ng", True),
        ("nguy van", False),
        ("anh", False),
        ("guyen", False),
    ],
)
def test_whole_words_and_the_beginning_of_the_last_find_a_name(term, finds):
    assert is_found("nguyen van an", term) is finds


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ('Công ty TNHH "Hoa Sen Vàng"', "hoa sen"),
        ("Nguyễn Văn Kiên/Trần Thị Liễu", "Kiên"),
        ("Nguyễn Văn Kiên/Trần Thị Liễu", "trần thị l"),
        ("Nhà máy Xi-măng", "xi măng"),
        ("Nhà máy xi măng", "Xi-măng"),
        ("Y’Bar Niê", "Y'Bar"),
        ("Đặng Văn Đức", "\u00d0ức"),
    ],
)
def test_what_stands_between_words_hides_none(name, term):
    assert is_found(folded(name), folded(term))

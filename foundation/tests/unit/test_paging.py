import base64
from datetime import date

import pytest
from kit.errors import BadCursor
from kit.paging import decode_cursor, encode_cursor


def packed(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_cursor_gives_back_what_was_packed():
    cursor = encode_cursor(date(2022, 9, 14), 7, "H56.18.26")
    assert decode_cursor(cursor, date, int, str) == (date(2022, 9, 14), 7, "H56.18.26")
    assert decode_cursor(None, int) is None


@pytest.mark.parametrize(
    "text", ["[true]", "[1.5]", "[9223372036854775808]", '["1"]', "[null]", "[1,2]", "{}", "x"]
)
def test_a_number_in_a_cursor_is_a_whole_number_and_no_truth_value(text):
    with pytest.raises(BadCursor):
        decode_cursor(packed(text), int)

"""Which dossier an external id belongs to: the log tells."""

from datetime import UTC, datetime

import pytest
from dossier.domain.told import Content

RECEIVED, SETTLED, RETURNED = (datetime(2022, 7, day, 1, tzinfo=UTC) for day in (4, 6, 7))


def content(*instants, procedure="1.001193", name="Người nộp mẫu") -> Content:
    return Content(procedure, "direct", name, frozenset(instants))


@pytest.mark.parametrize(
    ("told", "is_the_same"),
    [
        (content(RECEIVED), True),
        (content(RECEIVED, SETTLED), True),
        (content(RECEIVED, SETTLED, RETURNED), False),
        (content(RETURNED), False),
        (content(RECEIVED, procedure="1.000004"), False),
        (content(RECEIVED, name="Người nộp mẫu khác"), False),
    ],
)
def test_a_dossier_is_the_one_told_of_when_its_log_says_all_that_is_told(told, is_the_same):
    assert content(RECEIVED, SETTLED).says(told) is is_the_same


def test_a_line_that_tells_more_of_what_decides_about_lateness_is_no_duplicate():
    plain = content(RECEIVED, SETTLED)
    moved = plain._replace(marks=frozenset({"due_date_told 2022-07-20"}))
    assert moved.says(plain)
    assert not plain.says(moved)

from dataclasses import dataclass
from datetime import date, timedelta

from catalog.domain.validity import Validity, latest_by, tile
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(2020, 1, 1), date(2020, 3, 1))


@dataclass(frozen=True)
class Row:
    valid_from: date


@given(st.sets(DAYS, min_size=1), st.lists(DAYS), DAYS)
def test_versions_never_overlap(starts, cuts, day):
    ranges = tile(sorted(starts), cuts)
    assert sum(day in held for held in ranges) <= 1


@given(st.sets(DAYS, min_size=1), st.integers(0, 100))
def test_versions_leave_no_gap_after_the_first_day(starts, later):
    day = min(starts) + timedelta(days=later)
    assert sum(day in held for held in tile(sorted(starts))) == 1


@given(st.sets(DAYS), DAYS)
def test_the_row_in_force_is_the_one_whose_range_holds_the_day(starts, day):
    rows = [Row(start) for start in sorted(starts)]
    ranges = zip(rows, tile(sorted(starts)), strict=True)
    assert latest_by(rows, on=day) == next((row for row, held in ranges if day in held), None)


def test_an_abolition_ends_the_version_before_it():
    first, second = date(2022, 1, 1), date(2023, 1, 1)
    assert tile([first, second], [date(2022, 6, 1)]) == (
        Validity(first, date(2022, 6, 1)),
        Validity(second),
    )


def test_a_version_that_begins_on_the_day_of_an_abolition_stands():
    day = date(2022, 6, 1)
    assert tile([date(2022, 1, 1), day], [day]) == (
        Validity(date(2022, 1, 1), day),
        Validity(day),
    )

from datetime import date

from catalog.domain.calendar import CalendarDay, DayKind, digest, merge
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.lists(
    st.builds(
        CalendarDay,
        day=st.dates(date(2022, 1, 1), date(2022, 1, 9)),
        kind=st.sampled_from(DayKind),
        note=st.just("nghỉ"),
        decided_by=st.just("Thủ tướng Chính phủ"),
        source=st.sampled_from(["a", "b"]),
    ),
    unique_by=lambda each: each.day,
)


@given(st.lists(DAYS, max_size=4))
def test_the_later_release_wins_day_by_day(releases):
    merged = {each.day: each for each in merge(releases)}
    for release in reversed(releases):
        for each in release:
            assert merged.pop(each.day, each).day == each.day
    assert merged == {}


def test_a_correction_replaces_only_the_days_it_names():
    first, second = date(2022, 9, 1), date(2022, 9, 2)
    old = [CalendarDay(day, DayKind.OFF, "a", "b", "c") for day in (first, second)]
    new = CalendarDay(first, DayKind.MAKE_UP_WORK, "d", "e", "f")
    assert merge([old, [new]]) == (new, old[1])


@given(DAYS, st.randoms())
def test_the_fingerprint_of_a_release_does_not_depend_on_its_order(days, random):
    shuffled = random.sample(days, len(days))
    assert digest(days) == digest(shuffled)

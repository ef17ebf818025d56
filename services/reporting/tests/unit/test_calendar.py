from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from reporting.domain import calendar
from reporting.domain.calendar import DayRule, DeadlineRule, PeriodKind, PeriodName, PeriodRule
from reporting.domain.errors import MalformedRule, NoPeriodRule, NoSuchPeriod, UnknownScheme

QUARTER, MONTH = PeriodKind.QUARTER, PeriodKind.MONTH
HALF, YEAR = PeriodKind.HALF_YEAR, PeriodKind.YEAR
START = date(2019, 3, 12)


def a_rule(kind=QUARTER, *, scheme="legal", valid_from=START, valid_to=None, first=15, last=14):
    offset = 0 if first == 1 else -1
    return PeriodRule(
        scheme, kind, DayRule(first, offset), DayRule(last, 0), valid_from, valid_to, "NĐ"
    )


LEGAL = tuple(a_rule(kind) for kind in PeriodKind)
RULES = LEGAL + tuple(a_rule(kind, scheme="calendar", first=1, last=0) for kind in PeriodKind)


def the_window(year, number, kind=QUARTER, scheme="legal"):
    days = calendar.window(RULES, PeriodName(scheme, kind, year, number))
    return days.start, days.last_day


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        pytest.param((2022, 3), date(2022, 6, 15), date(2022, 9, 14), id="NĐ 09/2019 Đ.12 Q3"),
        pytest.param((2023, 1), date(2022, 12, 15), date(2023, 3, 14), id="NĐ 09/2019 Đ.12 Q1"),
        pytest.param((2022, 2), date(2022, 3, 15), date(2022, 6, 14), id="NĐ 09/2019 Đ.12 Q2"),
        pytest.param((2022, 4), date(2022, 9, 15), date(2022, 12, 14), id="NĐ 09/2019 Đ.12 Q4"),
        pytest.param(
            (2022, 1, HALF), date(2021, 12, 15), date(2022, 6, 14), id="NĐ 09/2019 Đ.12 first half"
        ),
        pytest.param(
            (2022, 1, YEAR), date(2021, 12, 15), date(2022, 12, 14), id="NĐ 09/2019 Đ.12 year"
        ),
        pytest.param(
            (2022, 1, MONTH), date(2021, 12, 15), date(2022, 1, 14), id="NĐ 09/2019 Đ.12 month"
        ),
        pytest.param(
            (2024, 1, QUARTER, "calendar"), date(2024, 1, 1), date(2024, 3, 31), id="calendar Q1"
        ),
        pytest.param(
            (2024, 2, MONTH, "calendar"), date(2024, 2, 1), date(2024, 2, 29), id="leap February"
        ),
    ],
)
def test_windows_of_the_schemes(asked, first, last):
    assert the_window(*asked) == (first, last)


@given(
    st.integers(2020, 2190),
    st.sampled_from(list(PeriodKind)),
    st.sampled_from(["legal", "calendar"]),
)
def test_the_periods_of_a_year_tile_it(year, kind, scheme):
    names = [PeriodName(scheme, kind, year, n) for n in calendar.numbers(kind)]
    windows = [calendar.window(RULES, name) for name in names]
    whole = calendar.window(RULES, PeriodName(scheme, YEAR, year, 1))
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert (windows[0].start, windows[-1].end) == (whole.start, whole.end)


def test_the_rule_in_force_at_the_end_of_the_nominal_period_counts():
    later = a_rule(first=1, last=0, valid_from=date(2025, 1, 1))
    earlier = a_rule(valid_to=date(2025, 1, 1))
    rules = (earlier, later)
    assert calendar.window(rules, PeriodName("legal", QUARTER, 2024, 4)) == ReportingPeriod(
        date(2024, 9, 15), date(2024, 12, 15)
    )
    assert calendar.window(rules, PeriodName("legal", QUARTER, 2025, 1)).start == date(2025, 1, 1)


def test_of_two_rules_in_force_the_younger_counts():
    rules = (a_rule(), a_rule(first=1, last=0, valid_from=date(2025, 1, 1)))
    assert calendar.rule_in_force(rules, PeriodName("legal", QUARTER, 2025, 2)) == rules[1]


def test_no_rule_is_a_precise_refusal():
    with pytest.raises(NoPeriodRule):
        calendar.window((), PeriodName("legal", QUARTER, 2022, 3))
    with pytest.raises(NoPeriodRule):
        calendar.window(RULES, PeriodName("legal", QUARTER, 2018, 3))
    with pytest.raises(UnknownScheme):
        calendar.window(RULES, PeriodName("lunar", QUARTER, 2022, 3))


@pytest.mark.parametrize(
    ("kind", "year", "number"),
    [
        (QUARTER, 2022, 5),
        (QUARTER, 2022, 0),
        (HALF, 2022, 3),
        (YEAR, 2022, 2),
        (MONTH, 2022, 13),
        (QUARTER, 1900, 1),
        (QUARTER, 9999, 4),
    ],
)
def test_a_period_that_no_year_has_is_refused(kind, year, number):
    with pytest.raises(NoSuchPeriod):
        PeriodName("legal", kind, year, number)


@pytest.mark.parametrize(
    ("kind", "number", "label"),
    [
        (QUARTER, 3, "quý III năm 2022"),
        (MONTH, 7, "tháng 07 năm 2022"),
        (HALF, 1, "6 tháng đầu năm 2022"),
        (HALF, 2, "6 tháng cuối năm 2022"),
        (YEAR, 1, "năm 2022"),
    ],
)
def test_periods_have_their_vietnamese_names(kind, number, label):
    assert PeriodName("legal", kind, 2022, number).label == label


def test_neighbouring_periods():
    first = PeriodName("legal", QUARTER, 2022, 1)
    last = PeriodName("legal", QUARTER, 2021, 4)
    assert first.previous == last
    assert last.following == first
    assert first.following.previous == first
    assert PeriodName("legal", QUARTER, calendar.FIRST_YEAR, 1).previous is None
    assert PeriodName("legal", QUARTER, calendar.LAST_YEAR, 4).following is None


def test_a_rule_whose_windows_overlap_or_leave_gaps_is_refused():
    with pytest.raises(MalformedRule):
        a_rule(first=15, last=20)
    with pytest.raises(MalformedRule):
        PeriodRule("x", MONTH, DayRule(28, 0), DayRule(1, 0), START, None, "")


@pytest.mark.parametrize(("day", "offset"), [(29, 0), (-1, 0), (1, 13), (1, -13)])
def test_a_day_rule_has_bounds(day, offset):
    with pytest.raises(MalformedRule):
        DayRule(day, offset)


def a_deadline(level="province", day=25, valid_from=START, valid_to=None):
    return DeadlineRule(level, QUARTER, DayRule(day, 0), valid_from, valid_to, "NĐ")


@pytest.mark.parametrize(
    ("level", "due"),
    [
        pytest.param("province", date(2022, 9, 25), id="NĐ 09/2019 Đ.13"),
        pytest.param("commune", None, id="inner deadlines are the province's to set"),
    ],
)
def test_deadlines(level, due):
    name = PeriodName("legal", QUARTER, 2022, 3)
    assert calendar.due_on((a_deadline(),), name, level) == due


def test_a_later_deadline_replaces_the_earlier():
    rules = (a_deadline(), a_deadline(day=20, valid_from=date(2024, 1, 1)))
    assert calendar.due_on(rules, PeriodName("legal", QUARTER, 2024, 1), "province").day == 20
    assert calendar.due_on(rules, PeriodName("legal", QUARTER, 2023, 1), "province").day == 25

"""Windows tile the year; a period is answered from windows only when they fill it."""

import itertools
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from dossier.domain.figures import COUNTED
from dossier.domain.rollups import MEASURES, Window, WindowRule, counted, running, tiles, windows
from hypothesis import given
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod

RELEASE = Path(__file__).parents[2] / "releases" / "stat-periods.json"
QUARTERS = WindowRule(
    "legal_quarter", ("03-15", "06-15", "09-15", "12-15"), date(2021, 12, 15), "NĐ 09/2019"
)
HALVES = WindowRule(
    "half_month",
    tuple(f"{month:02}-{day:02}" for month in range(1, 13) for day in (1, 15)),
    date(2021, 12, 15),
    "",
)
KNOWN = [*windows(QUARTERS, until=date(2022, 10, 15)), *windows(HALVES, until=date(2022, 10, 15))]
CELL = dict.fromkeys(MEASURES, 0)


def period(first: str, last: str) -> ReportingPeriod:
    return ReportingPeriod.between(date.fromisoformat(first), date.fromisoformat(last))


def spans(chain: list[Window]) -> list[tuple[str, str]]:
    return [(str(window.starts_on), str(window.ends_on)) for window in chain]


def test_the_legal_quarters_follow_each_other_without_a_gap():
    found = windows(QUARTERS, until=date(2022, 10, 15))
    assert spans(found) == [
        ("2021-12-15", "2022-03-14"),
        ("2022-03-15", "2022-06-14"),
        ("2022-06-15", "2022-09-14"),
        ("2022-09-15", "2022-12-14"),
    ]
    assert found[0].code == "legal_quarter/2021-12-15"


@given(st.dates(date(2015, 1, 1), date(2099, 1, 1)))
def test_every_day_lies_in_one_window_of_each_released_rule(day):
    for rule in json.loads(RELEASE.read_text())["rules"]:
        begins = date.fromisoformat(rule["valid_from"])
        known = windows(
            WindowRule(rule["scheme"], tuple(rule["starts"]), begins, rule["legal_basis"]),
            until=day,
        )
        assert sum(window.starts_on <= day <= window.ends_on for window in known) == 1
        assert known[0].starts_on == begins


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("2022-06-15", "2022-09-14"), [("2022-06-15", "2022-09-14")]),
        (
            ("2022-03-15", "2022-09-14"),
            [("2022-03-15", "2022-06-14"), ("2022-06-15", "2022-09-14")],
        ),
        (("2022-08-01", "2022-08-14"), [("2022-08-01", "2022-08-14")]),
        (
            ("2022-06-15", "2022-07-14"),
            [("2022-06-15", "2022-06-30"), ("2022-07-01", "2022-07-14")],
        ),
        (("2022-06-20", "2022-09-14"), []),
        (("2022-10-01", "2022-12-31"), []),
        (
            ("2022-09-15", "2022-10-02"),
            [("2022-09-15", "2022-09-30"), ("2022-10-01", "2022-10-14")],
        ),
        (("2022-09-15", "2022-09-20"), [("2022-09-15", "2022-09-30")]),
    ],
)
def test_a_period_is_filled_by_the_longest_windows_within_it(asked, expected):
    for known in (KNOWN, KNOWN[::-1]):
        assert spans(tiles(period(*asked), known)) == expected


@given(st.dates(date(2022, 1, 1), date(2022, 9, 1)), st.integers(0, 60))
def test_windows_that_fill_a_period_touch_and_begin_with_it(start, length):
    asked = ReportingPeriod.between(start, start + timedelta(days=length))
    chain = tiles(asked, KNOWN)
    if chain:
        assert chain[0].starts_on == asked.start
        assert chain[-1].ends_on >= asked.last_day
        for one, following in itertools.pairwise(chain):
            assert one.ends_on + timedelta(days=1) == following.starts_on


def test_a_cell_adds_up_to_every_counted_figure():
    cell = {name: 2**place for place, name in enumerate(MEASURES)}
    found = counted(cell)
    assert set(found) == {*(definition.key for definition in COUNTED), "dossiers.settled.in_time"}
    assert found["dossiers.received"] == 1 + 2 + 4
    assert found["dossiers.total"] == found["dossiers.received"] + found["dossiers.carried_over"]
    assert found["dossiers.settled"] == (
        found["dossiers.settled.in_time"] + found["dossiers.settled.late"]
    )
    assert found["dossiers.settled"] == found["dossiers.settled.without_result"] + sum(
        found[f"dossiers.settled.with_result.{how}"] for how in ("early", "on_time", "late")
    )


def test_what_pends_in_a_running_period_is_what_came_and_has_not_gone():
    cell = {
        **CELL,
        "carried_over": 3,
        "received_direct": 5,
        "settled_late": 2,
        "pending_overdue": 9,
    }
    now = counted(running(cell, overdue=1))
    assert now["dossiers.pending"] == 6
    assert now["dossiers.pending.overdue"] == 1
    assert now["dossiers.pending.in_time"] == 5

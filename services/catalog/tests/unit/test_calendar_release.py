"""The release of official days, against two other sources."""

import csv
from datetime import date
from pathlib import Path

import holidays
from catalog.domain.calendar import DayKind

ROOT = Path(__file__).parents[4]
RELEASE = ROOT / "services/catalog/releases/working-calendar-2021-2026.csv"
FACTS = ROOT.parent / "shared/data"
SWAP_OF_2026 = {date(2026, 1, 2): DayKind.OFF, date(2026, 1, 10): DayKind.MAKE_UP_WORK}
"""Văn bản 12729/VPCP-KGVX, 25/12/2025: later than the library's release."""


def released():
    with RELEASE.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def kinds():
    return {date.fromisoformat(row["day"]): DayKind(row["kind"]) for row in released()}


def test_every_day_is_named_once_in_order_and_says_who_decided_it():
    days = [row["day"] for row in released()]
    assert days == sorted(set(days))
    assert all(row["note"] and row["decided_by"] and row["source"] for row in released())


def test_make_up_days_are_saturdays():
    saturdays = {day.weekday() for day, kind in kinds().items() if kind is DayKind.MAKE_UP_WORK}
    assert saturdays == {5}


def test_the_release_agrees_with_the_library_but_for_the_swap_it_does_not_know():
    library = holidays.country_holidays("VN", years=range(2021, 2027))
    known = dict.fromkeys(library, DayKind.OFF)
    known |= {
        day: DayKind.MAKE_UP_WORK for day in library.weekend_workdays if day >= date(2021, 1, 1)
    }
    assert kinds() == known | SWAP_OF_2026


def facts(file):
    effects = {"day_off": DayKind.OFF, "working_day": DayKind.MAKE_UP_WORK}
    with file.open(encoding="utf-8", newline="") as rows:
        return {
            date.fromisoformat(row["date"]): effects[row["effect"]] for row in csv.DictReader(rows)
        }


def test_the_release_agrees_with_the_facts_collected_beside_the_repository():
    """Where the folder of facts exists, the file must be in it; elsewhere there is no such file."""
    collected = [facts(file) for file in FACTS.glob("holidays_vn_2021_2026.csv")]
    assert collected == [kinds()] * FACTS.is_dir()

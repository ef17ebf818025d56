"""Indicator sets are dated data; one that contradicts itself is refused."""

import json
from datetime import date
from pathlib import Path

import pytest
from rating.domain.errors import InconsistentIndicatorSet
from rating.domain.indicator_sets import in_force
from rating.schemas.indicator_sets import IndicatorSetPaper

RELEASE = Path(__file__).parents[2] / "releases" / "tt01-2018.json"


def a_set(**changes):
    body = {**json.loads(RELEASE.read_text()), **changes}
    return IndicatorSetPaper.model_validate(body).in_domain()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 12, 31), None),
        (date(2019, 1, 1), "old"),
        (date(2022, 12, 31), "old"),
        (date(2023, 1, 1), "new"),
        (date(2024, 1, 1), "old"),
    ],
)
def test_the_newest_set_in_force_on_the_last_day_rates(day, expected):
    old = a_set(code="old", valid_from="2019-01-01")
    new = a_set(code="new", valid_from="2023-01-01", valid_to="2024-01-01")
    found = in_force([new, old], day)
    assert (found.code if found else None) == expected


def without_last_band(body):
    body["classes"].pop()


def bands_upside_down(body):
    body["classes"].reverse()


def same_number_twice(body):
    body["indicators"][1]["number"] = 1


def valid_for_no_day(body):
    body["valid_to"] = body["valid_from"]


def scale_upside_down(body):
    body["satisfaction_scale"].reverse()


def more_points_than_the_rule_gives(body):
    body["indicators"][8]["max_points"] = 3


def ways_without_points(body):
    body["indicators"][5]["scoring"]["points_by_ways"] = [1, 2]


@pytest.mark.parametrize(
    "spoil",
    [
        without_last_band,
        bands_upside_down,
        same_number_twice,
        valid_for_no_day,
        scale_upside_down,
        more_points_than_the_rule_gives,
        ways_without_points,
    ],
)
def test_a_set_that_contradicts_itself_is_refused(spoil):
    body = json.loads(RELEASE.read_text())
    spoil(body)
    with pytest.raises(InconsistentIndicatorSet):
        IndicatorSetPaper.model_validate(body).in_domain()


@pytest.mark.parametrize("number", range(1, 10))
def test_every_rule_of_the_release_can_give_its_maximum(number):
    indicator = next(one for one in a_set().indicators if one.number == number)
    assert indicator.rule.most == indicator.max_points == 2

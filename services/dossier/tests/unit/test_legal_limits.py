from datetime import UTC, date, datetime, timedelta

import pytest
from dossier.domain.desk import Desk
from dossier.domain.errors import SupplementsUsedUp, SupplementTooLate
from dossier.domain.limits import (
    APOLOGY_LEADS,
    SUPPLEMENT_LIMITS,
    CountLimit,
    LegalLimit,
    last_day_to_ask,
    limit_on,
    require_apology_in_time,
    require_supplement_in_time,
    require_supplement_left,
)
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DESK = Desk(
    WorkingCalendar(frozenset({date(2022, 9, 1), date(2022, 9, 2)}), frozenset({date(2022, 9, 10)}))
)


def at(day: str, hour: int = 9) -> datetime:
    local = datetime.fromisoformat(day).replace(hour=hour, tzinfo=LOCAL_ZONE)
    return local.astimezone(UTC)


@pytest.mark.parametrize(
    ("received_at", "last_day"),
    [
        pytest.param(at("2022-08-15"), date(2022, 8, 18), id="a Monday"),
        pytest.param(at("2022-08-18"), date(2022, 8, 23), id="over a weekend"),
        pytest.param(at("2022-08-31"), date(2022, 9, 7), id="over Quốc khánh 2022"),
        pytest.param(at("2022-08-31", 18), date(2022, 9, 8), id="after closing"),
        pytest.param(at("2022-09-08"), date(2022, 9, 12), id="with a make-up Saturday"),
    ],
)
def test_a_supplement_is_asked_for_within_three_working_days(received_at, last_day):
    (limit,) = SUPPLEMENT_LIMITS
    assert last_day_to_ask(received_at, limit, DESK) == last_day
    asked_at = at(last_day.isoformat(), 23)
    require_supplement_in_time(received_at, asked_at=asked_at, desk=DESK)
    with pytest.raises(SupplementTooLate) as refused:
        require_supplement_in_time(received_at, asked_at=asked_at + timedelta(hours=1), desk=DESK)
    assert refused.value.details["last_day"] == last_day


def test_before_the_decree_the_law_set_no_days():
    long_ago = at("2018-06-20")
    require_supplement_in_time(long_ago, asked_at=at("2019-01-02"), desk=DESK)
    require_apology_in_time(date(2018, 6, 1), sent_at=long_ago)


@pytest.mark.parametrize("limits", [SUPPLEMENT_LIMITS, APOLOGY_LEADS])
def test_the_decree_is_in_force_from_its_day(limits):
    assert limit_on(limits, date(2018, 6, 20)) is None
    assert limit_on(limits, date(2018, 6, 21)) is limits[0]


def test_a_rule_that_changes_is_another_row():
    old = LegalLimit(3, "old", date(2018, 6, 21), date(2025, 1, 1))
    new = LegalLimit(2, "new", date(2025, 1, 1))
    assert limit_on((old, new), date(2024, 12, 31)) is old
    assert limit_on((old, new), date(2025, 1, 1)) is new


ONCE = CountLimit(1, "quy chế một cửa mẫu", date(2022, 1, 1), date(2023, 1, 1))
TWICE = CountLimit(2, "quy chế sau", date(2023, 1, 1))


@pytest.mark.parametrize(
    ("received", "asked_before", "counts", "is_left"),
    [
        pytest.param("2022-08-31", 0, (ONCE, TWICE), True, id="the first"),
        pytest.param("2022-08-31", 1, (ONCE, TWICE), False, id="once was the most"),
        pytest.param("2022-12-31", 1, (ONCE, TWICE), False, id="the last day of the old row"),
        pytest.param("2023-01-01", 1, (ONCE, TWICE), True, id="the first day of the new row"),
        pytest.param("2023-01-01", 2, (ONCE, TWICE), False, id="twice was the most"),
        pytest.param("2021-12-31", 9, (ONCE, TWICE), True, id="before any row"),
        pytest.param("2022-08-31", 9, (), True, id="no row at all"),
    ],
)
def test_how_often_a_supplement_is_asked_for_is_a_dated_row(
    received, asked_before, counts, is_left
):
    if is_left:
        require_supplement_left(at(received), asked_before=asked_before, counts=counts)
        return
    with pytest.raises(SupplementsUsedUp) as refused:
        require_supplement_left(at(received), asked_before=asked_before, counts=counts)
    limit = limit_on(counts, date.fromisoformat(received))
    assert refused.value.details == {
        "most": limit.most,
        "asked_before": asked_before,
        "law": limit.law,
    }

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dossier.domain.desk import Desk
from dossier.domain.due_date import (
    SupplementPolicy,
    TimeLimit,
    TimeUnit,
    due_after_pause,
    due_after_supplement,
    due_date,
)
from dossier.domain.errors import TimeLimitTooLong
from hypothesis import given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE, local_day
from kernel.working_days import WorkingCalendar

DESK = Desk(
    WorkingCalendar(
        frozenset({date(2022, 9, 1), date(2022, 9, 2), date(2026, 1, 2)}),
        frozenset({date(2026, 1, 10)}),
    )
)
WD, CD, WH, MONTH, NONE = (
    TimeUnit.WORKING_DAY,
    TimeUnit.CALENDAR_DAY,
    TimeUnit.WORKING_HOUR,
    TimeUnit.MONTH,
    TimeUnit.NONE,
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("received_at", "value", "unit", "due_on"),
    [
        pytest.param("2022-08-31 10:00", 3, WD, "2022-09-07", id="domain.md 10, vector 5"),
        pytest.param("2022-07-04 08:00", 1, WD, "2022-07-05", id="day of receipt is day 0"),
        pytest.param("2022-07-08 10:00", 1, WD, "2022-07-11", id="Friday to Monday"),
        pytest.param("2022-07-08 17:00", 1, WD, "2022-07-11", id="at closing time still today"),
        pytest.param("2022-07-08 17:01", 1, WD, "2022-07-12", id="after closing: next opening"),
        pytest.param("2022-07-09 10:00", 1, WD, "2022-07-12", id="Saturday counts as Monday"),
        pytest.param("2022-09-01 10:00", 1, WD, "2022-09-06", id="holiday counts as next opening"),
        pytest.param("2026-01-09 10:00", 1, WD, "2026-01-10", id="make-up Saturday is worked"),
        pytest.param("2022-07-04 10:00", 4, CD, "2022-07-08", id="calendar days"),
        pytest.param("2022-07-04 10:00", 5, CD, "2022-07-11", id="never on a day off: Saturday"),
        pytest.param("2022-08-30 10:00", 2, CD, "2022-09-05", id="never on a day off: holiday"),
        pytest.param("2022-07-04 08:00", 4, WH, "2022-07-04", id="four hours end the same day"),
        pytest.param("2022-07-04 08:00", 7, WH, "2022-07-04", id="at closing time, not after it"),
        pytest.param(
            "2022-07-04 08:00", 8, WH, "2022-07-05", id="a desk's day has 7 hours and a half"
        ),
        pytest.param("2022-07-04 16:30", 2, WH, "2022-07-05", id="the rest on the next morning"),
        pytest.param("2022-07-04 12:00", 3, WH, "2022-07-04", id="the noon break is not counted"),
        pytest.param("2022-07-04 17:00", 1, WH, "2022-07-05", id="at closing nothing is left"),
        pytest.param("2022-07-04 17:30", 8, WH, "2022-07-06", id="after closing: next opening"),
        pytest.param("2022-07-08 16:00", 4, WH, "2022-07-11", id="hours skip the weekend"),
        pytest.param("2022-08-31 16:00", 2, WH, "2022-09-05", id="hours skip holidays"),
        pytest.param("2026-01-09 16:00", 4, WH, "2026-01-10", id="hours of a make-up Saturday"),
        pytest.param("2022-01-31 10:00", 1, MONTH, "2022-02-28", id="31 January and a month"),
        pytest.param("2024-01-31 10:00", 1, MONTH, "2024-02-29", id="leap day"),
        pytest.param("2022-11-30 10:00", 3, MONTH, "2023-02-28", id="over the year's end"),
        pytest.param("2022-06-30 10:00", 1, MONTH, "2022-08-01", id="30 July is a Saturday"),
        pytest.param("2022-07-04 10:00", 0, MONTH, "2022-07-04", id="no month at all"),
    ],
)
def test_a_due_date_follows_the_unit_and_the_calendar(received_at, value, unit, due_on):
    assert due_date(local(received_at), TimeLimit(value, unit), DESK) == date.fromisoformat(due_on)


@pytest.mark.parametrize("limit", [TimeLimit(None, NONE), TimeLimit(5, NONE), TimeLimit(None, WD)])
def test_without_a_limit_there_is_no_due_date(limit):
    assert due_date(local("2022-07-04 10:00"), limit, DESK) is None


@pytest.mark.parametrize(
    ("received_at", "limit", "due_on"),
    [
        ("2022-07-04 15:00", TimeLimit(0, WD), "2022-07-04"),
        ("2022-07-04 15:01", TimeLimit(0, WD), "2022-07-05"),
        ("2022-07-04 10:00", TimeLimit(1, WD, time(11)), "2022-07-04"),
        ("2022-07-04 11:01", TimeLimit(1, WD, time(11)), "2022-07-05"),
        ("2022-07-04 11:01", TimeLimit(4, WH, time(11)), "2022-07-05"),
        ("2022-07-04 10:00", TimeLimit(8, WH, time(11)), "2022-07-04"),
        ("2022-07-04 10:00", TimeLimit(9, WH, time(11)), "2022-07-05"),
        ("2022-07-04 16:00", TimeLimit(0, MONTH), "2022-07-05"),
        ("2022-07-04 18:00", TimeLimit(0, WD), "2022-07-05"),
        ("2022-07-09 16:00", TimeLimit(0, WD), "2022-07-11"),
        ("2022-07-04 11:01", TimeLimit(2, WD, time(11)), "2022-07-06"),
    ],
)
def test_a_same_day_procedure_is_due_today_until_its_cut_off(received_at, limit, due_on):
    assert due_date(local(received_at), limit, DESK) == date.fromisoformat(due_on)


@pytest.mark.parametrize(("value", "unit"), [(-1, WD), (3_651, CD), (601, MONTH)])
def test_a_limit_beyond_all_sense_is_refused(value, unit):
    with pytest.raises(TimeLimitTooLong):
        TimeLimit(value, unit)


def supplemented(policy, *, due_on="2022-07-08", stopped="2022-07-06 09:00", limit=5, unit=WD):
    return due_after_supplement(
        due_on and date.fromisoformat(due_on),
        stopped_at=local(stopped),
        resumed_at=local("2022-07-18 09:00"),
        limit=TimeLimit(limit, unit),
        policy=policy,
        desk=DESK,
    )


def test_a_completed_supplement_restarts_the_limit():
    assert supplemented(SupplementPolicy.RESTART) == date(2022, 7, 25)


def test_under_the_pausing_policy_only_the_rest_is_counted():
    assert supplemented(SupplementPolicy.PAUSE) == date(2022, 7, 20)


def test_a_pause_on_the_due_date_leaves_the_day_of_resuming():
    assert supplemented(SupplementPolicy.PAUSE, stopped="2022-07-08 09:00") == date(2022, 7, 18)


@pytest.mark.parametrize("policy", SupplementPolicy)
@pytest.mark.parametrize("stopped", ["2022-07-09 09:00", "2022-07-08 17:00:01", "2022-07-08 23:00"])
def test_a_stop_after_the_desk_closed_on_the_due_date_heals_nothing(policy, stopped):
    assert supplemented(policy, stopped=stopped) == date(2022, 7, 8)


@pytest.mark.parametrize("policy", SupplementPolicy)
def test_a_stop_while_the_desk_is_open_on_the_due_date_counts(policy):
    assert supplemented(policy, stopped="2022-07-08 16:59") > date(2022, 7, 8)


@pytest.mark.parametrize("policy", SupplementPolicy)
def test_a_stop_without_a_due_date_gives_none(policy):
    assert supplemented(policy, due_on=None) is None


@pytest.mark.parametrize("stopped", ["2022-07-06 09:00", "2022-07-11 09:00"])
def test_a_payment_pauses_calendar_days_too(stopped):
    due_on = due_after_pause(
        date(2022, 7, 8),
        stopped_at=local(stopped),
        resumed_at=local("2022-07-14 09:00"),
        limit=TimeLimit(4, CD),
        desk=DESK,
    )
    is_late_already = stopped > "2022-07-09"
    assert due_on == (date(2022, 7, 8) if is_late_already else date(2022, 7, 18))


@pytest.mark.parametrize(
    ("stopped", "resumed", "due_on"),
    [
        pytest.param("2022-07-04 10:00", "2022-07-06 08:00", "2022-07-07", id="the rest, in hours"),
        pytest.param("2022-07-05 16:00", "2022-07-06 09:00", "2022-07-06", id="an hour was left"),
        pytest.param("2022-07-05 16:59", "2022-07-07 09:00", "2022-07-07", id="a minute was left"),
        pytest.param("2022-07-05 17:30", "2022-07-07 09:00", "2022-07-05", id="nothing was left"),
        pytest.param("2022-07-06 08:00", "2022-07-07 09:00", "2022-07-05", id="it had run out"),
    ],
)
def test_a_payment_pauses_hours_up_to_the_closing_of_the_due_day(stopped, resumed, due_on):
    assert due_after_pause(
        date(2022, 7, 5),
        stopped_at=local(stopped),
        resumed_at=local(resumed),
        limit=TimeLimit(8, WH),
        desk=DESK,
    ) == date.fromisoformat(due_on)


@pytest.mark.parametrize("unit", [WD, CD, WH, MONTH])
@pytest.mark.parametrize("stopped", ["2022-07-05 09:00", "2022-07-05 19:00", "2022-07-09 09:00"])
def test_a_moment_of_waiting_moves_nothing(unit, stopped):
    limit = TimeLimit(60, unit)
    due_on = due_date(local("2022-07-04 10:00"), limit, DESK)
    stop = local(stopped)
    paused = due_after_pause(due_on, stopped_at=stop, resumed_at=stop, limit=limit, desk=DESK)
    assert paused == due_on


def test_a_due_date_that_has_become_a_day_off_stays_until_it_is_recomputed():
    at = local("2022-08-31 10:00")
    paused = due_after_pause(
        date(2022, 9, 2), stopped_at=at, resumed_at=at, limit=TimeLimit(2, WD), desk=DESK
    )
    assert paused == date(2022, 9, 2)


def test_a_pause_without_a_due_date_gives_none():
    at = local("2022-07-06 09:00")
    limit = TimeLimit(None, NONE)
    assert due_after_pause(None, stopped_at=at, resumed_at=at, limit=limit, desk=DESK) is None


instants = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2022, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
limits = st.builds(
    TimeLimit, st.integers(0, 60), st.sampled_from([WD, CD, WH, MONTH]), st.none() | st.times()
)


@given(instants, limits)
def test_a_due_date_is_a_working_day_not_before_the_receipt(received_at, limit):
    due_on = due_date(received_at, limit, DESK)
    assert DESK.calendar.is_working(due_on)
    assert due_on >= local_day(received_at)


@given(instants, limits, st.timedeltas(timedelta(0), timedelta(days=90)))
def test_a_pause_never_brings_the_due_date_nearer(stopped_at, limit, length):
    due_on = due_date(stopped_at, limit, DESK)
    paused = due_after_pause(
        due_on, stopped_at=stopped_at, resumed_at=stopped_at + length, limit=limit, desk=DESK
    )
    assert paused >= due_on

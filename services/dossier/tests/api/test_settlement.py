"""The result is issued: the clock ends, and the figures say early, on time or late."""

import pytest

AT = "2022-09-06T09:00:00+07:00"


async def test_a_result_is_issued_while_work_goes_on_and_in_no_other_status(standing):
    answer = await standing.press("settlement", settled_at=AT)
    if standing.status in (2, 4):
        assert (answer.status_code, answer.json()["status"]) == (200, 9)
    else:
        standing.assert_refused(answer)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("receiver", "not_your_act"),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
        ("resolver", None),
    ],
)
async def test_whoever_has_the_dossier_settles_it_and_nobody_else(refusal_of, shared, who, refusal):
    assert refusal_of(await shared.press("settlement", by=who, settled_at=AT)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-05T08:29:59+07:00", "out_of_order"),
        ("2022-09-05T08:30:00+07:00", None),
        ("2022-10-15T03:00:00Z", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_a_result_follows_what_brought_the_dossier_here(refusal_of, life, at, refusal):
    await life.bring(4)
    assert refusal_of(await life.press("settlement", settled_at=at)) == refusal


# Due on Wednesday 7 September 2022; the day counts to its last second, in Vietnam.
@pytest.mark.parametrize(
    ("at", "ended_on", "timely"),
    [
        ("2022-09-06T23:59:59+07:00", "2022-09-06", "early"),
        ("2022-09-06T17:00:00Z", "2022-09-07", "on_time"),
        ("2022-09-07T23:59:59+07:00", "2022-09-07", "on_time"),
        ("2022-09-07T17:00:00Z", "2022-09-08", "late"),
    ],
)
async def test_the_local_day_of_the_result_decides_whether_it_is_late(
    life, figure, at, ended_on, timely
):
    settled = await life.pressed("settlement", settled_at=at)
    assert (settled["ended_on"], settled["end_kind"]) == (ended_on, "settled")
    assert settled["due_on"] == "2022-09-07"
    each = ("early", "on_time", "late")
    counted = await figure(*(f"dossiers.settled.{name}" for name in each), "dossiers.pending")
    assert counted == [*(int(name == timely) for name in each), 0]


async def test_a_result_is_an_event_of_its_own(life):
    await life.bring(4)
    await life.pressed("settlement", settled_at=AT)
    assert await life.told() == {
        "kind": "settled",
        "from_status": 4,
        "to_status": 9,
        "occurred_at": "2022-09-06T02:00:00Z",
    }


async def test_a_settled_dossier_is_not_settled_again_by_a_move(life):
    await life.bring(9)
    life.assert_refused(await life.press("moves", to_status=9))

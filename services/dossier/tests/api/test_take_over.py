"""Confirming that a dossier arrived: the taking side's time."""

import pytest

AT = "2022-09-05T14:00:00+07:00"
TAKE_OVER = "hand-overs/1/take-over"


@pytest.mark.parametrize("status", [2, 4, 7])
async def test_what_is_on_its_way_is_taken_over_while_the_dossier_is_open(life, town, status):
    if status == 4:
        await life.bring(4)
    at = {"handed_over_at": "2022-09-05T09:00:00+07:00"}
    await life.pressed("hand-overs", to_agency_code=town, step_name="Thẩm định", **at)
    if status == 7:
        await life.pressed("withdrawal-requests", asked_at="2022-09-05T09:30:00+07:00")
    taken = await life.pressed(TAKE_OVER, taken_over_at=AT)
    assert (taken["status"], taken["resolver_agency_code"]) == (status, town)


async def test_nothing_is_taken_over_once_the_dossier_has_ended(handed):
    await handed.pressed("stop", reason="Trùng hồ sơ", stopped_at="2022-09-05T09:00:00+07:00")
    answer = await handed.press(TAKE_OVER, taken_over_at=AT)
    handed.assert_refused(answer)
    assert answer.json()["details"]["possible_in"] == [2, 4, 5, 6, 7]


async def test_a_dossier_that_was_never_handed_over_cannot_be_taken_over(standing):
    answer = await standing.press(TAKE_OVER, taken_over_at=AT)
    if standing.status in (8, 9, 10):
        standing.assert_refused(answer)
    else:
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_hand_over")


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("receiver", "not_your_act"),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
        ("resolver", None),
    ],
)
async def test_the_agency_it_was_handed_to_takes_it_over(refusal_of, handed, who, refusal):
    assert refusal_of(await handed.press(TAKE_OVER, by=who, taken_over_at=AT)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-05T07:59:59+07:00", "out_of_order"),
        ("2022-09-05T08:00:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_nothing_arrives_before_it_was_sent_or_in_the_future(refusal_of, handed, at, refusal):
    assert refusal_of(await handed.press(TAKE_OVER, taken_over_at=at)) == refusal


async def test_a_step_is_taken_over_once(shared):
    answer = await shared.press(TAKE_OVER)
    assert (answer.status_code, answer.json()["code"]) == (409, "step_not_open")


async def test_a_take_over_is_an_event_that_names_its_step_and_moves_no_date(handed):
    taken = await handed.pressed(TAKE_OVER, taken_over_at=AT)
    assert taken["due_on"] == "2022-09-07"
    assert await handed.told() == {
        "kind": "taken_over",
        "from_status": 2,
        "to_status": 2,
        "occurred_at": "2022-09-05T07:00:00Z",
    }
    assert (await handed.list("events"))[-1]["details"] == {"step_number": 1}
    (step,) = await handed.list("hand-overs")
    assert (step["taken_over_at"], step["completed_at"]) == ("2022-09-05T07:00:00Z", None)

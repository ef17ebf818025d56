"""A step is completed without handing on: the dossier goes back to the desk that received it."""

import pytest

AT = "2022-09-06T09:00:00+07:00"
COMPLETE = "hand-overs/1/completion"


@pytest.mark.parametrize("status", [2, 4, 5, 6, 7, 8, 9, 10])
async def test_a_step_is_completed_while_the_dossier_is_open(shared, agency, status):
    for desk, when, body in shared.way(status):
        by = "receiver" if desk in ("withdrawal-requests", "return") else "resolver"
        await shared.pressed(desk, by=by, **body, **{when: "2022-09-05T08:30:00+07:00"})
    answer = await shared.press(COMPLETE, completed_at=AT)
    if status in (8, 9, 10):
        shared.assert_refused(answer)
        assert answer.json()["details"]["possible_in"] == [2, 4, 5, 6, 7]
    else:
        completed = answer.json()
        assert answer.status_code == 200, answer.text
        assert (completed["status"], completed["resolver_agency_code"]) == (status, agency)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("receiver", "not_your_act"),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
        ("resolver", None),
    ],
)
async def test_whoever_took_it_over_completes_the_step(refusal_of, shared, who, refusal):
    assert refusal_of(await shared.press(COMPLETE, by=who, completed_at=AT)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-05T08:09:59+07:00", "out_of_order"),
        ("2022-09-05T08:10:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_a_step_is_not_completed_before_it_was_taken_over(refusal_of, shared, at, refusal):
    assert refusal_of(await shared.press(COMPLETE, completed_at=at)) == refusal


async def test_what_nobody_took_over_is_not_completed(handed):
    answer = await handed.press(COMPLETE, completed_at=AT)
    assert (answer.status_code, answer.json()["code"]) == (409, "step_not_open")


async def test_a_step_is_completed_once(shared):
    await shared.pressed(COMPLETE, completed_at=AT)
    answer = await shared.press(COMPLETE)
    assert (answer.status_code, answer.json()["code"]) == (409, "step_not_open")


async def test_a_completed_step_is_an_event_and_moves_no_date(shared):
    assert (await shared.pressed(COMPLETE, completed_at=AT))["due_on"] == "2022-09-07"
    assert await shared.told() == {
        "kind": "step_completed",
        "from_status": 2,
        "to_status": 2,
        "occurred_at": "2022-09-06T02:00:00Z",
    }
    assert (await shared.list("events"))[-1]["details"] == {"step_number": 1}

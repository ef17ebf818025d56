"""Work begins on an accepted dossier: whoever settles it does, and the clock runs on."""

import pytest

AT = "2022-09-06T09:00:00+07:00"


async def test_work_begins_on_an_accepted_dossier_and_on_no_other(standing):
    answer = await standing.press("processing", started_at=AT)
    if standing.status == 2:
        assert (answer.status_code, answer.json()["status"]) == (200, 4)
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
async def test_whoever_settles_begins_the_work_and_nobody_else(refusal_of, shared, who, refusal):
    assert refusal_of(await shared.press("processing", by=who, started_at=AT)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-08-31T09:59:59+07:00", "out_of_order"),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_work_begins_after_the_receipt_and_not_in_the_future(life, at, refusal):
    answer = await life.press("processing", started_at=at)
    assert (answer.status_code, answer.json()["code"]) == (422, refusal)
    assert len(await life.list("events")) == 1


async def test_the_beginning_of_work_is_an_event_and_moves_no_date(life):
    assert (await life.pressed("processing", started_at=AT))["due_on"] == "2022-09-07"
    assert await life.told() == {
        "kind": "in_process",
        "from_status": 2,
        "to_status": 4,
        "occurred_at": "2022-09-06T02:00:00Z",
    }
    assert (await life.list("events"))[-1]["details"] == {}


async def test_a_dossier_in_process_is_still_pending(life, figure):
    await life.pressed("processing", started_at=AT)
    assert await figure("dossiers.pending", "dossiers.settled") == [1, 0]

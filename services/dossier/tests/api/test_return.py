"""The result reaches the applicant: at the desk, by post or online."""

import pytest

AT = "2022-09-06T09:00:00+07:00"
METHODS = ("direct", "postal", "online")


async def test_a_result_is_returned_once_it_was_issued_and_never_before_or_again(standing):
    answer = await standing.press("return", returned_at=AT, method="direct")
    if standing.status == 9:
        assert (answer.status_code, answer.json()["status"]) == (200, 10)
    else:
        standing.assert_refused(answer)


@pytest.mark.parametrize("method", METHODS)
async def test_a_result_is_returned_at_the_desk_by_post_or_online(life, figure, method):
    await life.bring(9)
    returned = await life.pressed("return", returned_at=AT, method=method)
    assert returned["return_method"] == method
    (event,) = [event for event in await life.list("events") if event["kind"] == "returned"]
    assert event["details"] == {"method": method}
    assert await figure("dossiers.returned.postal") == [int(method == "postal")]


@pytest.mark.parametrize("paper", [{}, {"method": "pigeon"}, {"method": None}])
async def test_a_return_says_how(life, paper):
    await life.bring(9)
    answer = await life.press("return", returned_at=AT, **paper)
    assert answer.status_code == 422
    assert len(await life.list("events")) == 2


async def test_a_move_cannot_return_a_result_without_saying_how(life):
    await life.bring(9)
    answer = await life.press("moves", to_status=10)
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_its_paper")
    assert answer.json()["details"]["desk"] == "return"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("resolver", "not_your_act"),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
        ("receiver", None),
    ],
)
async def test_the_desk_that_received_returns_the_result(refusal_of, shared, who, refusal):
    await shared.bring(9, by="resolver")
    answer = await shared.press("return", by=who, returned_at=AT, method="direct")
    assert refusal_of(answer) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-05T08:29:59+07:00", "out_of_order"),
        ("2022-09-05T08:30:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_a_result_is_not_returned_before_it_was_issued(refusal_of, life, at, refusal):
    await life.bring(9)
    assert refusal_of(await life.press("return", returned_at=at, method="direct")) == refusal


async def test_a_result_that_is_fetched_late_was_still_issued_in_time(life, figure):
    await life.bring(9)
    returned = await life.pressed(
        "return", returned_at="2022-09-12T09:00:00+07:00", method="direct"
    )
    assert (returned["ended_on"], returned["due_on"]) == ("2022-09-05", "2022-09-07")
    assert await figure("dossiers.settled.early", "dossiers.settled.late") == [1, 0]
    assert await life.told() == {
        "kind": "returned",
        "from_status": 9,
        "to_status": 10,
        "occurred_at": "2022-09-12T02:00:00Z",
    }

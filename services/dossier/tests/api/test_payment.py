"""A financial obligation stops the clock until it is met."""

import pytest

AT = "2022-09-06T09:00:00+07:00"


def a_request(**changes) -> dict:
    return {
        "kind": "charge",
        "amount_vnd": 50_000,
        "asked_at": "2022-09-05T15:00:00+07:00",
        **changes,
    }


async def test_a_payment_request_stops_the_clock(client, code, act, last_event):
    asked = await act("payment-requests", 1, **a_request())
    assert (asked.status_code, asked.json()["status"]) == (200, 6), asked.text
    assert (await last_event())["details"] == {"kind": "charge", "amount_vnd": 50_000}
    (request,) = (await client.get(f"/v1/dossiers/{code}/payment-requests")).json()["items"]
    assert (request["kind"], request["amount_vnd"], request["paid_at"]) == ("charge", 50_000, None)


async def test_a_confirmed_payment_lets_the_rest_of_the_limit_run(client, code, act):
    await act("payment-requests", 1, **a_request())
    paid = await act("payments", 2, paid_at="2022-09-12T09:00:00+07:00")
    assert (paid.json()["status"], paid.json()["due_on"]) == (4, "2022-09-14")
    (request,) = (await client.get(f"/v1/dossiers/{code}/payment-requests")).json()["items"]
    assert request["paid_at"] == "2022-09-12T02:00:00Z"


@pytest.mark.parametrize(
    "changes", [{"kind": "gift"}, {"amount_vnd": 0}, {"amount_vnd": -1}, {"amount_vnd": 1.5}]
)
async def test_a_request_says_what_kind_of_money_and_how_much(act, changes):
    assert (await act("payment-requests", 1, **a_request(**changes))).status_code == 422


async def test_a_move_cannot_ask_for_money_without_saying_how_much(act):
    answer = await act("moves", 1, to_status=6)
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_its_paper")


async def test_no_payment_is_confirmed_that_was_not_asked_for(act):
    answer = await act("payments", 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "act_not_possible")


async def test_money_is_asked_for_once_at_a_time(act):
    await act("payment-requests", 1, **a_request())
    answer = await act("payment-requests", 2, **a_request())
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["details"]["allowed"] == [4, 7, 8]


async def test_no_more_money_is_asked_for_while_a_wish_to_withdraw_is_undecided(act):
    await act("payment-requests", 1, **a_request())
    await act("withdrawal-requests", 2, asked_at="2022-09-06T08:00:00+07:00")
    refused = await act("payment-requests", 3, **a_request(asked_at=AT))
    assert (refused.status_code, refused.json()["code"]) == (409, "act_not_possible")
    assert refused.json()["details"]["possible_in"] == [2, 4]


async def test_money_is_asked_for_while_work_goes_on_and_in_no_other_status(standing):
    answer = await standing.press("payment-requests", **a_request(asked_at=AT))
    if standing.status in (2, 4):
        assert (answer.status_code, answer.json()["status"]) == (200, 6)
    else:
        standing.assert_refused(answer)


async def test_a_payment_is_confirmed_only_while_one_is_awaited(standing):
    answer = await standing.press("payments", paid_at=AT)
    if standing.status == 6:
        assert (answer.status_code, answer.json()["status"]) == (200, 4)
    else:
        standing.assert_refused(answer)


@pytest.mark.parametrize(
    ("desk", "who", "refusal"),
    [
        ("payment-requests", "resolver", None),
        ("payment-requests", "receiver", "not_your_act"),
        ("payments", "resolver", None),
        ("payments", "receiver", None),
        *[(desk, "stranger", "unknown_dossier") for desk in ("payment-requests", "payments")],
        *[(desk, "reader", "missing_scope") for desk in ("payment-requests", "payments")],
    ],
)
async def test_whoever_settles_asks_and_either_side_confirms(
    refusal_of, shared, desk, who, refusal
):
    if desk == "payments":
        await shared.bring(6, by="resolver")
    body = a_request(asked_at=AT) if desk == "payment-requests" else {"paid_at": AT}
    assert refusal_of(await shared.press(desk, by=who, **body)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-05T08:29:59+07:00", "out_of_order"),
        ("2022-09-05T08:30:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_nothing_is_paid_before_it_was_asked_for(refusal_of, life, at, refusal):
    await life.bring(6)
    assert refusal_of(await life.press("payments", paid_at=at)) == refusal


async def test_a_dossier_that_waits_for_a_payment_is_in_time_however_long(life, figure):
    await life.bring(6)
    assert await figure("dossiers.pending.in_time", "dossiers.pending.overdue") == [1, 0]

"""NĐ 61/2018/NĐ-CP art. 19.9: once, at the latest one day before the due date."""

import pytest


def an_apology(**changes) -> dict:
    return {
        "reason_code": "agency",
        "reason": "Cán bộ nghỉ ốm",
        "promised_on": "2022-09-12",
        "sent_at": "2022-09-06T23:59:59+07:00",
        **changes,
    }


async def test_an_apology_promises_another_day_and_keeps_the_lawful_one(client, code, act):
    answer = await act("apologies", 1, **an_apology())
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    for dossier in (answer.json(), (await client.get(f"/v1/dossiers/{code}")).json()):
        assert (dossier["promised_on"], dossier["due_on"]) == ("2022-09-12", "2022-09-07")


async def test_an_apology_is_an_event_that_says_why_in_a_code(act, last_event):
    await act("apologies", 1, **an_apology(reason_code="system_not_updated"))
    event = await last_event()
    assert (event["kind"], event["from_status"], event["to_status"]) == ("apologised", 2, 2)
    assert event["details"] == {
        "reason_code": "system_not_updated",
        "promised_on": "2022-09-12",
        "sent_in_time": True,
    }


async def test_an_apology_on_the_due_date_is_refused_by_the_rule(client, code, act):
    answer = await act("apologies", 1, **an_apology(sent_at="2022-09-07T00:00:00+07:00"))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "apology_too_late")
    assert problem["details"]["last_day"] == "2022-09-06"
    assert problem["details"]["law"] == "NĐ 61/2018/NĐ-CP art. 19.9"
    assert (await client.get(f"/v1/dossiers/{code}")).json()["version"] == 1


async def test_a_dossier_gets_one_apology(client, code, act):
    await act("apologies", 1, **an_apology())
    second = await act("apologies", 2, **an_apology(promised_on="2022-09-20"))
    assert (second.status_code, second.json()["code"]) == (409, "apology_already_sent")
    dossier = (await client.get(f"/v1/dossiers/{code}")).json()
    assert (dossier["version"], dossier["promised_on"]) == (2, "2022-09-12")


async def test_an_ended_dossier_needs_no_apology(act):
    await act("settlement", 1)
    answer = await act("apologies", 2, **an_apology())
    assert (answer.status_code, answer.json()["code"]) == (409, "apology_not_due")


async def test_a_promise_before_the_due_date_is_none(act):
    answer = await act("apologies", 1, **an_apology(promised_on="2022-09-07"))
    assert (answer.status_code, answer.json()["code"]) == (422, "promised_too_early")


async def test_a_dossier_is_apologised_for_while_its_clock_runs_and_no_other(refusal_of, standing):
    answer = await standing.press("apologies", **an_apology())
    runs = standing.status in (2, 4, 7)
    assert refusal_of(answer) == (None if runs else "apology_not_due")
    if runs:
        assert answer.json()["status"] == standing.status


async def test_a_promise_is_made_once_the_supplement_has_come(life, refusal_of):
    """Made before, it would lie before the due date that the supplement brings."""
    await life.bring(5)
    early = an_apology(promised_on="2022-09-08", sent_at="2022-09-06T08:00:00+07:00")
    assert refusal_of(await life.press("apologies", **early)) == "apology_not_due"
    due = await life.pressed("supplements", received_at="2022-09-06T09:00:00+07:00")
    late = {**early, "sent_at": "2022-09-06T10:00:00+07:00"}
    assert refusal_of(await life.press("apologies", **late)) == "promised_too_early"
    told = await life.pressed("apologies", **{**late, "promised_on": "2022-09-12"})
    assert told["promised_on"] > told["due_on"] == due["due_on"] == "2022-09-09"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("resolver", None),
        ("receiver", None),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
    ],
)
async def test_either_side_apologises(refusal_of, shared, who, refusal):
    assert refusal_of(await shared.press("apologies", by=who, **an_apology())) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-08-31T09:59:59+07:00", "out_of_order"),
        ("2022-08-31T10:00:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_nobody_apologises_before_the_receipt_or_ahead(refusal_of, life, at, refusal):
    assert refusal_of(await life.press("apologies", **an_apology(sent_at=at))) == refusal


async def test_an_apology_is_a_figure_and_does_not_make_a_late_result_timely(life, figure):
    await life.pressed("apologies", **an_apology())
    await life.pressed("settlement", settled_at="2022-09-09T09:00:00+07:00")
    keys = ("apologies", "settled.late", "settled.late.without_apology")
    assert await figure(*(f"dossiers.{key}" for key in keys)) == [1, 1, 0]

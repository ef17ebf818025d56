"""NĐ 61/2018/NĐ-CP art. 19.9: once, at the latest one day before the due date."""


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

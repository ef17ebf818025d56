"""A filing is accepted: it becomes a dossier of that day, and is closed itself."""

import pytest

AT = "2022-09-06T09:00:00+07:00"


async def test_a_filing_is_accepted_while_it_waits_for_the_desk_or_for_what_it_lacked(
    standing_filing, agency
):
    answer = await standing_filing.press("acceptance", accepted_at=AT)
    if standing_filing.status in (1, 5):
        assert (answer.status_code, answer.json()["code"]) == (201, f"{agency}-220906-0001")
    else:
        standing_filing.assert_refused(answer)
        assert answer.json()["code"] == "filing_not_open"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("stranger", "unknown_filing"), ("reader", "missing_scope"), ("receiver", None)],
)
async def test_the_desk_it_was_filed_with_accepts_it(refusal_of, filed, who, refusal):
    assert refusal_of(await filed.press("acceptance", by=who, accepted_at=AT)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-03T19:59:59+07:00", "out_of_order"),
        ("2022-09-03T20:00:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_a_filing_is_accepted_after_it_was_filed_and_not_in_the_future(
    refusal_of, filed, at, refusal
):
    assert refusal_of(await filed.press("acceptance", accepted_at=at)) == refusal


# Saturday 3/9, 20:00 is received when it is accepted; the clock starts with the desk's hours.
@pytest.mark.parametrize(
    ("at", "received_on", "due_on"),
    [
        ("2022-09-05T08:00:00+07:00", "2022-09-05", "2022-09-08"),
        ("2022-09-05T17:00:01+07:00", "2022-09-05", "2022-09-09"),
        ("2022-09-04T08:00:00+07:00", "2022-09-04", "2022-09-08"),
    ],
)
async def test_the_limit_counts_from_the_acceptance_as_from_any_receipt(
    client, filed, figure, at, received_on, due_on
):
    receipt = (await filed.press("acceptance", accepted_at=at)).json()
    dossier = (await client.get(f"/v1/dossiers/{receipt['code']}")).json()
    assert (dossier["status"], dossier["channel"]) == (2, "online")
    assert (dossier["received_on"], dossier["due_on"]) == (received_on, due_on)
    assert await figure("dossiers.received.online", "dossiers.pending") == [1, 1]


async def test_an_acceptance_is_the_first_event_of_the_dossier(client, filed):
    receipt = (await filed.press("acceptance", accepted_at=AT)).json()
    (event,) = (await client.get(f"/v1/dossiers/{receipt['code']}/events")).json()["items"]
    assert (event["kind"], event["from_status"], event["to_status"]) == ("received", None, 2)
    assert event["occurred_at"] == "2022-09-06T02:00:00Z"

"""The applicant asks for the dossier back: it is given back, or work on it goes on."""

import pytest

ASKED = {"asked_at": "2022-09-05T15:00:00+07:00"}


async def test_a_dossier_given_back_has_ended(act, last_event):
    asked = await act("withdrawal-requests", 1, **ASKED, reason="Không còn nhu cầu")
    assert (asked.json()["status"], asked.json()["ended_on"]) == (7, None)
    given = await act("withdrawal", 2, withdrawn_at="2022-09-06T09:00:00+07:00")
    assert (given.json()["status"], given.json()["end_kind"]) == (8, "stopped")
    assert given.json()["ended_on"] == "2022-09-06"
    assert (await last_event())["details"] == {"withdrawn": True}


@pytest.mark.parametrize("from_status", [2, 4])
async def test_an_applicant_who_thinks_better_of_it_finds_the_dossier_where_it_was(
    act, from_status
):
    version = 1
    if from_status == 4:
        await act("processing", 1, started_at="2022-09-05T08:00:00+07:00")
        version = 2
    await act("withdrawal-requests", version, **ASKED)
    answer = await act("continuation", version + 1, continued_at="2022-09-06T09:00:00+07:00")
    assert (answer.json()["status"], answer.json()["due_on"]) == (from_status, "2022-09-07")


async def test_a_wish_to_withdraw_leads_nowhere_else(act):
    await act("withdrawal-requests", 1, **ASKED)
    answer = await act("settlement", 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["details"]["allowed"] == [2, 8]


@pytest.mark.parametrize("desk", ["withdrawal", "continuation"])
async def test_nobody_gives_back_what_nobody_asked_for(act, desk):
    answer = await act(desk, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "act_not_possible")


async def test_a_settled_dossier_cannot_be_withdrawn(act):
    await act("settlement", 1)
    answer = await act("withdrawal-requests", 2)
    assert (answer.status_code, answer.json()["details"]["allowed"]) == (409, [10])


@pytest.mark.parametrize("desk", ["withdrawal-requests", "withdrawal", "continuation"])
async def test_it_is_asked_back_while_open_and_given_back_or_gone_on_with_only_then(standing, desk):
    answer = await standing.press(desk)
    if standing.status in ((7,) if desk != "withdrawal-requests" else (2, 4, 5, 6)):
        assert answer.status_code == 200, answer.text
    else:
        standing.assert_refused(answer)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("receiver", None),
        ("resolver", "not_your_act"),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
    ],
)
@pytest.mark.parametrize("desk", ["withdrawal-requests", "withdrawal", "continuation"])
async def test_the_desk_that_received_deals_with_the_applicant(
    refusal_of, shared, desk, who, refusal
):
    if desk != "withdrawal-requests":
        await shared.pressed("withdrawal-requests", by="receiver", **ASKED)
    assert refusal_of(await shared.press(desk, by=who)) == refusal


@pytest.mark.parametrize(
    ("desk", "statuses", "to"),
    [("withdrawal-requests", (1, 5), 7), ("withdrawal", (7,), 8), ("continuation", (7,), 1)],
)
async def test_a_filing_is_asked_back_while_it_waits_and_given_back_or_gone_on_with_then(
    standing_filing, desk, statuses, to
):
    answer = await standing_filing.press(desk)
    if standing_filing.status in statuses:
        assert (answer.status_code, answer.json()["status"]) == (200, to)
    else:
        standing_filing.assert_refused(answer)
        refusal = "illegal_move" if desk == "withdrawal-requests" else "act_not_possible"
        assert answer.json()["code"] == refusal

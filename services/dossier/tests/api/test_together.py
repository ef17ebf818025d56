"""Requests that travel together hear what each would have heard alone."""

import asyncio
from collections import Counter

import pytest

MOVES = "/v1/dossiers/{}/moves"


@pytest.fixture
def calls_made(app, monkeypatch) -> list[int]:
    """How many calls the database was asked."""
    made = []
    lent = app.state.hot.connection

    def counted():
        made.append(1)
        return lent()

    monkeypatch.setattr(app.state.hot, "connection", counted)
    return made


async def receive(client, paper, key=None):
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post("/v1/dossiers", json=paper, headers=headers)


def serial_of(answer) -> int:
    return int(answer.json()["code"].rpartition("-")[2])


async def test_sixteen_intakes_at_once_are_a_few_calls(client, a_dossier, calls_made):
    await receive(client, a_dossier())  # the catalogue is known
    calls_made.clear()
    answers = await asyncio.gather(*(receive(client, a_dossier()) for _ in range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(calls_made) <= 4


async def test_who_is_refused_takes_nobody_along(client, a_dossier):
    await receive(client, a_dossier(external_id="known", subject="0"))
    papers = [a_dossier(subject=f"{number}") for number in range(12)]
    for place in (2, 7):
        papers[place]["external_id"] = "known"
    answers = await asyncio.gather(*(receive(client, paper) for paper in papers))
    told = [answer.status_code for answer in answers]
    assert told == [409 if place in (2, 7) else 201 for place in range(12)]
    assert answers[2].json()["code"] == "duplicate_dossier"
    stored = sorted(serial_of(answer) for answer in answers if answer.status_code == 201)
    assert stored == list(range(2, 12))


async def test_the_same_dossier_twice_at_once_is_received_once(client, a_dossier):
    answers = await asyncio.gather(
        *(receive(client, a_dossier(external_id="twice")) for _ in range(4))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}


async def test_keys_hold_within_a_call(client, a_dossier):
    same, other = a_dossier(), a_dossier(subject="khác")
    papers = [same, same, other, a_dossier()]
    answers = await asyncio.gather(
        *(
            receive(client, paper, key)
            for paper, key in zip(papers, ["k", "k", "k", None], strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [201, 201, 409, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[2].json()["code"] == "idempotency_key_reused"
    assert sorted({serial_of(answers[0]), serial_of(answers[3])}) == [1, 2]


async def test_intakes_of_several_agencies_get_serials_of_their_own(
    client, a_dossier, agency, catalog
):
    other, third = (f"{agency}.{number}" for number in (1, 2))
    catalog.agencies |= {other, third}
    agencies = [agency, other, agency, third, agency, other]
    answers = await asyncio.gather(
        *(receive(client, a_dossier(agency_code=code)) for code in agencies)
    )
    issued = sorted((answer.json()["agency_code"], serial_of(answer)) for answer in answers)
    counts = Counter(agencies)
    assert issued == sorted(
        (code, serial) for code in counts for serial in range(1, counts[code] + 1)
    )


async def test_one_dossier_moved_by_many_at_once_is_moved_once(client, a_dossier):
    receipts = [(await receive(client, a_dossier())).json() for _ in range(3)]
    asked = [receipt["code"] for receipt in receipts for _ in range(4)]
    answers = await asyncio.gather(
        *(
            client.post(MOVES.format(code), json={"to_status": 4}, headers={"If-Match": '"1"'})
            for code in asked
        )
    )
    told = Counter(zip(asked, (answer.status_code for answer in answers), strict=True))
    assert told == {(code, status): n for code in set(asked) for status, n in ((200, 1), (412, 3))}
    for code in set(asked):
        events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
        assert [event["kind"] for event in events] == ["received", "in_process"]


async def test_each_looks_up_what_it_asked_for(client, a_dossier):
    codes = [(await receive(client, a_dossier())).json()["code"] for _ in range(5)]
    missing = codes[0][:-4] + "0999"
    asked = [*codes, missing, *reversed(codes)]
    answers = await asyncio.gather(*(client.get(f"/v1/dossiers/{code}") for code in asked))
    assert [answer.json().get("code") for answer in answers if answer.status_code == 200] == [
        *codes,
        *reversed(codes),
    ]
    assert answers[5].status_code == 404

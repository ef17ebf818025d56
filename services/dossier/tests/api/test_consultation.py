"""Other agencies give their opinion, and see the question but not the dossier."""

import asyncio

import pytest


def a_question(agency: str, **changes) -> dict:
    return {
        "agency_code": agency,
        "question": "Đất có tranh chấp không?",
        "answer_due_on": "2022-09-07",
        "asked_at": "2022-09-05T08:00:00+07:00",
        **changes,
    }


@pytest.fixture
def asked(catalog) -> str:
    catalog.agencies.add("H79.1")
    return "H79.1"


@pytest.fixture
def answer(client, code, bearer):
    async def post(agency: str, number: int = 1, **body):
        return await client.post(
            f"/v1/dossiers/{code}/consultations/{number}/answer",
            json={"answer": "Không", **body},
            headers=bearer("dossiers:process", agency=agency),
        )

    return post


async def test_a_question_leaves_the_clock_running(client, code, act, asked):
    consulted = await act("consultations", 1, **a_question(asked))
    assert consulted.status_code == 200, consulted.text
    dossier = consulted.json()
    assert (dossier["status"], dossier["due_on"], dossier["version"]) == (2, "2022-09-07", 2)
    (one,) = (await client.get(f"/v1/dossiers/{code}/consultations")).json()["items"]
    assert (one["asked_agency_code"], one["answer"]) == (asked, None)


async def test_the_agency_asked_answers_and_the_event_holds_no_words(
    client, code, act, asked, answer, last_event
):
    await act("consultations", 1, **a_question(asked))
    given = await answer(asked, answered_at="2022-09-06T08:00:00+07:00")
    assert (given.status_code, given.json()["answer"]) == (200, "Không"), given.text
    event = await last_event()
    assert (event["kind"], event["event_number"]) == ("opinion_given", 3)
    assert event["details"] == {"agency_code": asked, "consultation_number": 1}
    assert (await client.get(f"/v1/dossiers/{code}")).json()["version"] == 3


async def test_the_agency_asked_sees_the_question_and_not_the_dossier(
    client, code, act, asked, bearer
):
    headers = bearer("dossiers:read", "dossiers:process", agency=asked)
    await act("consultations", 1, **a_question(asked))
    waiting = (await client.get(f"/v1/agencies/{asked}/consultations", headers=headers)).json()
    assert code in [item["code"] for item in waiting["items"]]
    for path in ("", "/events", "/consultations", "/applicant"):
        found = await client.get(f"/v1/dossiers/{code}{path}", headers=headers)
        assert found.status_code == 404, path


async def test_what_is_answered_waits_no_more(client, code, act, asked, answer):
    await act("consultations", 1, **a_question(asked))
    await answer(asked)
    waiting = (await client.get(f"/v1/agencies/{asked}/consultations")).json()["items"]
    assert code not in [item["code"] for item in waiting]


async def test_only_the_agency_asked_may_answer(act, asked, answer, agency):
    await act("consultations", 1, **a_question(asked))
    for stranger, number in ((agency, 1), ("H56.18", 1), (asked, 2)):
        refused = await answer(stranger, number)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_consultation")


async def test_a_question_is_answered_once_even_at_the_same_moment(act, asked, answer):
    await act("consultations", 1, **a_question(asked))
    answers = await asyncio.gather(*(answer(asked) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]


async def test_an_answer_does_not_come_before_the_question(act, asked, answer):
    await act("consultations", 1, **a_question(asked))
    early = await answer(asked, answered_at="2022-09-05T07:59:59+07:00")
    assert (early.status_code, early.json()["code"]) == (422, "out_of_order")


async def test_nobody_is_consulted_about_an_ended_dossier(act, asked):
    await act("settlement", 1)
    refused = await act("consultations", 2, **a_question(asked, asked_at=None))
    assert (refused.status_code, refused.json()["code"]) == (409, "act_not_possible")


async def test_questions_come_in_pages(client, act, asked, bearer):
    for version in (1, 2, 3):
        await act("consultations", version, **a_question(asked))
    path, numbers, cursor = f"/v1/agencies/{asked}/consultations?limit=2", [], ""
    while cursor is not None:
        page = (await client.get(path + (f"&cursor={cursor}" if cursor else ""))).json()
        numbers += [(item["code"], item["consultation_number"]) for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(numbers) == len(set(numbers)) >= 3


async def test_others_are_asked_while_a_dossier_is_open_and_its_status_stays(standing, asked):
    answer = await standing.press("consultations", **a_question(asked))
    if standing.status in (2, 4, 5, 6, 7):
        assert (answer.status_code, answer.json()["status"]) == (200, standing.status)
    else:
        standing.assert_refused(answer)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("resolver", None),
        ("receiver", "not_your_act"),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
    ],
)
async def test_whoever_settles_asks_others(refusal_of, shared, asked, who, refusal):
    answer = await shared.press("consultations", by=who, **a_question(asked))
    assert refusal_of(answer) == refusal

"""A hand-over told by mistake is called back while nobody has taken it over."""

import asyncio

import pytest

LAND = "H56.18"
TAKEN = {"taken_over_at": "2022-09-05T14:00:00+07:00"}
BACK = {"reason": "Chuyển nhầm cơ quan", "recalled_at": "2022-09-06T08:00:00+07:00"}


def a_hand_over(to: str, **changes) -> dict:
    return {
        "to_agency_code": to,
        "step_name": "Thẩm định",
        "limit_working_days": 1,
        "handed_over_at": "2022-09-05T08:00:00+07:00",
        **changes,
    }


@pytest.fixture
def steps(client, code):
    async def read() -> list[dict]:
        return (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]

    return read


async def test_a_hand_over_called_back_leaves_the_dossier_with_its_sender(
    client, code, act, act_as, steps, last_event, officer, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    back = await act_as(agency, "hand-overs/1/recall", 2, **BACK)
    assert back.status_code == 200, back.text
    assert back.headers["etag"] == '"3"'
    assert (back.json()["resolver_agency_code"], back.json()["version"]) == (agency, 3)
    (step,) = await steps()
    assert (step["undone"], step["taken_over_at"]) == ("recalled", None)
    assert step["completed_at"] == "2022-09-06T01:00:00Z"
    event = await last_event()
    assert event["kind"] == "hand_over_recalled"
    assert event["details"] == {
        "step_number": 1,
        "from_agency_code": agency,
        "reason": "Chuyển nhầm cơ quan",
    }
    waiting = await client.get(f"/v1/agencies/{town}/waiting", headers=officer(town))
    assert waiting.json()["items"] == []
    assert (await client.get(f"/v1/dossiers/{code}", headers=officer(town))).status_code == 404
    settled = await act_as(agency, "settlement", 3, settled_at="2022-09-06T08:00:00+07:00")
    assert settled.status_code == 200, settled.text


async def test_what_is_taken_over_is_called_back_no_more(act, act_as, agency, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    answer = await act_as(agency, "hand-overs/1/recall", 3, **BACK)
    assert (answer.status_code, answer.json()["code"]) == (409, "step_not_open")


async def test_a_hand_over_is_called_back_once(act, town):
    await act("hand-overs", 1, **a_hand_over(town))
    assert (await act("hand-overs/1/recall", 2, **BACK)).status_code == 200
    again = await act("hand-overs/1/recall", 3, **BACK)
    assert (again.status_code, again.json()["code"]) == (409, "step_not_open")
    taken = await act("hand-overs/1/take-over", 3)
    assert (taken.status_code, taken.json()["code"]) == (409, "step_not_open")


async def test_only_whoever_handed_over_calls_back(act, act_as, agency, town):
    await act("hand-overs", 1, **a_hand_over(town))
    theirs = await act_as(town, "hand-overs/1/recall", 2, **BACK)
    assert (theirs.status_code, theirs.json()["code"]) == (403, "not_your_act")
    assert theirs.json()["details"]["agencies"] == [agency]


async def test_a_dossier_handed_on_goes_back_to_the_step_in_whose_course_it_was(
    act, act_as, steps, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    onward = a_hand_over(LAND, handed_over_at="2022-09-06T09:00:00+07:00")
    await act_as(town, "hand-overs", 3, **onward)
    late = {**BACK, "recalled_at": "2022-09-08T09:00:00+07:00"}
    desk = await act_as(agency, "hand-overs/2/recall", 4, **late)
    assert (desk.status_code, desk.json()["code"]) == (403, "not_your_act")
    # The town is neither side any more, but may have back what it sent.
    back = await act_as(town, "hand-overs/2/recall", 4, **late)
    assert (back.status_code, back.json()["resolver_agency_code"]) == (200, town), back.text
    assert [s["completed_at"] for s in await steps()] == [None, "2022-09-08T02:00:00Z"]
    early = {"completed_at": "2022-09-08T08:59:59+07:00"}
    refused = await act_as(town, "hand-overs/1/completion", 5, **early)
    assert (refused.status_code, refused.json()["code"]) == (422, "out_of_order")
    done = {"completed_at": "2022-09-09T09:00:00+07:00"}
    assert (await act_as(town, "hand-overs/1/completion", 5, **done)).status_code == 200
    early = await act_as(agency, "settlement", 6, settled_at="2022-09-08T10:00:00+07:00")
    assert (early.status_code, early.json()["code"]) == (422, "out_of_order")


async def test_whoever_sent_a_dossier_on_is_told_that_it_was_taken_over(act, act_as, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    onward = a_hand_over(LAND, handed_over_at="2022-09-06T09:00:00+07:00")
    await act_as(town, "hand-overs", 3, **onward)
    await act_as(LAND, "hand-overs/2/take-over", 4)
    late = await act_as(town, "hand-overs/2/recall", 5, reason="Chuyển nhầm")
    assert (late.status_code, late.json()["code"]) == (409, "step_not_open")
    assert (await act_as("H56", "hand-overs/2/recall", 5, reason="x")).status_code == 409
    assert (await act_as("H99", "hand-overs/2/recall", 5, reason="x")).status_code == 404


async def test_the_days_of_a_hand_over_called_back_are_nobodys(client, code, act, agency, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/recall", 2, **{**BACK, "recalled_at": "2022-09-09T08:00:00+07:00"})
    await act("settlement", 3, settled_at="2022-09-12T08:00:00+07:00")
    answer = (await client.get(f"/v1/dossiers/{code}/lateness")).json()
    assert (answer["rule"], answer["steps"]) == ("holder_at_due_date", [])
    assert answer["causes"] == [{"agency_code": agency, "step_number": None, "working_days": 3}]


@pytest.mark.parametrize(
    ("number", "body", "status", "problem"),
    [
        (1, {**BACK, "recalled_at": "2022-09-05T07:59:59+07:00"}, 422, "out_of_order"),
        (1, {"recalled_at": "2022-09-06T08:00:00+07:00"}, 422, "invalid_fields"),
        (1, {**BACK, "recalled_at": "2030-01-01T00:00:00Z"}, 422, "in_the_future"),
        (2, BACK, 404, "unknown_hand_over"),
    ],
)
async def test_a_recall_is_of_a_hand_over_and_after_it(act, town, number, body, status, problem):
    await act("hand-overs", 1, **a_hand_over(town))
    answer = await act(f"hand-overs/{number}/recall", 2, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, problem)


async def test_a_dossier_that_has_ended_is_called_back_no_more(act, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("stop", 2, reason="Trùng hồ sơ")
    answer = await act("hand-overs/1/recall", 3, **BACK)
    assert (answer.status_code, answer.json()["code"]) == (409, "act_not_possible")


async def test_a_recall_names_the_version_it_changes(client, code, act, town):
    await act("hand-overs", 1, **a_hand_over(town))
    path = f"/v1/dossiers/{code}/hand-overs/1/recall"
    assert (await client.post(path, json=BACK)).status_code == 428
    assert (await act("hand-overs/1/recall", 1, **BACK)).status_code == 412


async def test_calling_back_and_taking_over_at_once_is_one_of_them(client, code, act, town):
    await act("hand-overs", 1, **a_hand_over(town))
    answers = await asyncio.gather(
        act("hand-overs/1/recall", 2, **BACK),
        act("hand-overs/1/take-over", 2, **TAKEN),
        act("hand-overs/1/recall", 2, **BACK),
    )
    assert sorted(a.status_code for a in answers) == [200, 412, 412]
    log = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert len(log) == 3


async def test_a_recalled_hand_over_is_no_line_of_the_control_sheet(client, code, act, app, town):
    before = await client.get(f"/v1/dossiers/{code}/forms/05")
    await act("hand-overs", 1, **a_hand_over(town))
    handed = await client.get(f"/v1/dossiers/{code}/forms/05")
    await act("hand-overs/1/recall", 2, **BACK)
    after = await client.get(f"/v1/dossiers/{code}/forms/05")
    assert before.content != handed.content
    assert after.content == before.content


RECALLED = 3


@pytest.fixture
async def called_back(act, act_as, agency, town) -> None:
    """Handed over to the town on 5/9, and called back on 6/9: events 2 and 3."""
    await act("hand-overs", 1, **a_hand_over(town))
    back = {"reason": "Chuyển nhầm", "recalled_at": "2022-09-06T08:00:00+07:00"}
    recalled = await act_as(agency, "hand-overs/1/recall", 2, **back)
    assert recalled.status_code == 200, recalled.text


@pytest.mark.usefixtures("called_back")
async def test_a_recall_that_never_was_leaves_the_dossier_with_whom_it_was_handed_to(
    client, code, act, act_as, correct, steps, last_event, officer, agency, town
):
    assert (await correct("step", RECALLED, None, 3)).status_code == 200
    (step,) = await steps()
    assert (step["undone"], step["completed_at"], step["taken_over_at"]) == (None, None, None)
    details = (await last_event())["details"]
    assert (details["corrects"], details["after"]) == ("step", None)
    assert details["resolver_agency_code_before"] == agency
    assert details["resolver_agency_code"] == town
    waiting = await client.get(f"/v1/agencies/{town}/waiting", headers=officer(town))
    assert [item["code"] for item in waiting.json()["items"]] == [code]
    ours = await act_as(agency, "settlement", 4)
    assert (ours.status_code, ours.json()["code"]) == (403, "not_your_act")
    early = {"taken_over_at": "2022-09-05T14:00:00+07:00"}  # it had it before the recall was told
    assert (await act_as(town, "hand-overs/1/take-over", 4, **early)).status_code == 200
    settled = await act_as(town, "settlement", 5, settled_at="2022-09-07T09:00:00+07:00")
    assert settled.status_code == 200, settled.text
    assert (await steps())[0]["completed_at"] == "2022-09-07T02:00:00Z"


@pytest.mark.usefixtures("called_back")
async def test_what_was_never_called_back_is_called_back_once_more(act, correct, propose, steps):
    assert (await correct("step", RECALLED, None, 3)).status_code == 200
    for to in (None, "2022-09-06T09:00:00+07:00"):
        corrects = "step" if to is None else "recalled_at"
        again = await propose(corrects, RECALLED, to)
        assert (again.status_code, again.json()["code"]) == (409, "event_void")
    late = {"reason": "Chuyển nhầm", "recalled_at": "2022-09-07T08:00:00+07:00"}
    assert (await act("hand-overs/1/recall", 4, **late)).status_code == 200
    (step,) = await steps()
    assert (step["undone"], step["completed_at"]) == ("recalled", "2022-09-07T01:00:00Z")


@pytest.mark.usefixtures("called_back")
@pytest.mark.parametrize("desk", ["processing", "settlement", "hand-overs"])
async def test_work_after_a_recall_keeps_it_from_being_void(act, correct, steps, town, desk):
    papers = {
        "processing": {"started_at": "2022-09-06T09:00:00+07:00"},
        "settlement": {"settled_at": "2022-09-06T09:00:00+07:00"},
        "hand-overs": a_hand_over(town, handed_over_at="2022-09-06T09:00:00+07:00"),
    }
    assert (await act(desk, 3, **papers[desk])).status_code == 200
    before = await steps()
    refused = await correct("step", RECALLED, None, 4)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "history_step_missing")
    assert problem["details"]["event_number"] == 4
    assert await steps() == before


@pytest.mark.usefixtures("called_back")
async def test_a_recall_is_void_once_the_hand_over_that_followed_it_is(act, correct, steps, town):
    again = a_hand_over(town, handed_over_at="2022-09-06T09:00:00+07:00")
    assert (await act("hand-overs", 3, **again)).status_code == 200
    assert (await correct("step", 4, None, 4)).status_code == 200
    assert (await correct("step", RECALLED, None, 5)).status_code == 200
    assert [step["undone"] for step in await steps()] == [None, "void"]


@pytest.mark.usefixtures("called_back")
async def test_a_recall_is_void_by_the_word_of_whoever_called_back(propose, approve, agency, town):
    theirs = await propose("step", RECALLED, None, agency=town)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "unknown_dossier")
    proposed = await propose("step", RECALLED, None, agency=agency)
    assert proposed.status_code == 201, proposed.text
    assert (await approve(1, 3, agency=town)).json()["code"] == "unknown_dossier"
    assert (await approve(1, 3, agency=agency)).status_code == 200


@pytest.mark.usefixtures("called_back")
async def test_voiding_a_recall_and_working_on_at_once_is_one_of_them(
    act, act_as, propose, approve, agency, steps
):
    await propose("step", RECALLED, None)
    answers = await asyncio.gather(approve(1, 3), act_as(agency, "settlement", 3))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (step,) = await steps()
    assert (step["undone"] is None) == answers[0].is_success

"""Wrongly told hand-overs, takings-over, completions and opinions, corrected like any other act."""

import asyncio
from datetime import timedelta

import pytest

Q3 = "from=2022-06-15&to=2022-09-14"
HANDED, TAKEN, DONE = 2, 3, 4


def a_hand_over(to: str, **changes) -> dict:
    return {
        "to_agency_code": to,
        "step_name": "Thẩm định",
        "limit_working_days": 1,
        "handed_over_at": "2022-09-05T08:00:00+07:00",
        **changes,
    }


@pytest.fixture
async def completed(act, act_as, agency, town) -> None:
    """A dossier due on 7/9: with the town from 5/9 to 12/9, settled at the desk on 13/9."""
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, taken_over_at="2022-09-06T14:00:00+07:00")
    done = {"completed_at": "2022-09-12T09:00:00+07:00"}
    await act_as(town, "hand-overs/1/completion", 3, **done)
    settled = await act_as(agency, "settlement", 4, settled_at="2022-09-13T09:00:00+07:00")
    assert settled.status_code == 200, settled.text


@pytest.fixture
def steps(client, code):
    async def read() -> list[dict]:
        return (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]

    return read


@pytest.fixture
def lateness(client, code):
    async def read(**asked) -> dict:
        answer = await client.get(f"/v1/dossiers/{code}/lateness", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


@pytest.mark.usefixtures("completed")
@pytest.mark.parametrize(
    ("corrects", "event", "name", "to"),
    [
        ("handed_over_at", HANDED, "handed_over_at", "2022-09-06T08:00:00+07:00"),
        ("taken_over_at", TAKEN, "taken_over_at", "2022-09-05T09:00:00+07:00"),
        ("step_completed_at", DONE, "completed_at", "2022-09-06T16:00:00+07:00"),
    ],
)
async def test_a_wrongly_told_time_of_a_step_is_corrected(
    client, code, correct, steps, corrects, event, name, to
):
    (before,) = await steps()
    approved = await correct(corrects, event, to, 5)
    assert approved.status_code == 200, approved.text
    (after,) = await steps()
    assert after[name] != before[name]
    unmoved = {k for k in before if before[k] == after[k]}
    assert unmoved >= set(before) - {name, "due_on"}
    log = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert log[event - 1]["occurred_at"] == before[name]
    assert (log[-1]["kind"], log[-1]["details"]["corrects"]) == ("corrected", corrects)
    assert log[-1]["details"]["before"].replace("+00:00", "Z") == before[name]


@pytest.mark.usefixtures("completed")
async def test_lateness_is_laid_at_the_door_that_the_corrected_times_show(
    app, agency, town, correct, lateness
):
    told = await lateness()
    assert (told["rule"], told["corrections"]) == ("late_steps", 0)
    assert told["causes"] == [{"agency_code": town, "step_number": 1, "working_days": 4}]
    before = app.state.clock()
    app.state.clock = lambda: before + timedelta(seconds=9)
    assert (await correct("step_completed_at", DONE, "2022-09-06T16:00:00+07:00", 5)).is_success
    now = await lateness()
    assert now["causes"] == [{"agency_code": agency, "step_number": None, "working_days": 4}]
    assert (now["corrections"], now["steps"][0]["over"]) == (1, 0)
    then = await lateness(known_at=(before + timedelta(seconds=1)).isoformat())
    assert {**then, "as_of": None} == {**told, "as_of": None}
    after = await lateness(known_at=app.state.clock().isoformat())
    assert after == now


@pytest.mark.usefixtures("completed")
async def test_lateness_as_known_is_judged_by_the_due_date_that_was_known(
    app, catalog, correct, lateness
):
    """A day off decreed after the end moved nothing, corrected or not, and does not in memory."""
    assert (await correct("received_at", 1, "2022-08-31T09:00:00+07:00", 5)).is_success
    now = await lateness()
    catalog.days_off.append("2022-09-06")
    await app.state.office.catalogue.desks_afresh()
    as_known = await lateness(known_at=app.state.clock().isoformat())
    assert as_known["due_on"] == now["due_on"] == "2022-09-07"
    assert as_known == await lateness()


async def test_of_a_dossier_nobody_knew_of_there_is_no_lateness(client, code):
    answer = await client.get(
        f"/v1/dossiers/{code}/lateness", params={"known_at": "2022-01-01T00:00:00Z"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_dossier")


@pytest.mark.usefixtures("completed")
async def test_a_step_handed_over_later_has_its_limit_from_then(correct, steps):
    assert (await steps())[0]["due_on"] == "2022-09-06"
    assert (await correct("handed_over_at", HANDED, "2022-09-06T08:00:00+07:00", 5)).is_success
    assert (await steps())[0]["due_on"] == "2022-09-07"


@pytest.mark.usefixtures("completed")
async def test_figures_count_the_corrections_of_steps(client, agency, correct):
    await correct("taken_over_at", TAKEN, "2022-09-05T09:00:00+07:00", 5)
    answer = await client.get(f"/v1/figures?agency={agency}&{Q3}")
    values = {f["key"]: f["value"] for f in answer.json()["figures"]}
    assert values["dossiers.corrections"] == 1
    assert values["dossiers.settled.late.as_first_recorded"] == values["dossiers.settled.late"]


@pytest.mark.usefixtures("completed")
@pytest.mark.parametrize(
    ("corrects", "event", "to", "after_kind"),
    [
        ("handed_over_at", HANDED, "2022-09-06T14:00:01+07:00", "handed_over"),
        ("handed_over_at", HANDED, "2022-08-31T09:59:59+07:00", "received"),
        ("taken_over_at", TAKEN, "2022-09-05T07:59:59+07:00", "handed_over"),
        ("taken_over_at", TAKEN, "2022-09-12T09:00:01+07:00", "taken_over"),
        ("step_completed_at", DONE, "2022-09-06T13:59:59+07:00", "taken_over"),
        ("step_completed_at", DONE, "2022-09-13T09:00:01+07:00", "step_completed"),
    ],
)
async def test_steps_keep_their_order(client, code, correct, corrects, event, to, after_kind):
    refused = await correct(corrects, event, to, 5)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "history_out_of_order")
    assert problem["details"]["after_kind"] == after_kind
    assert (await client.get(f"/v1/dossiers/{code}")).json()["version"] == 5


async def test_what_was_taken_over_by_mistake_is_void_and_can_be_called_back(
    act, propose, correct, steps, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, taken_over_at="2022-09-05T14:00:00+07:00")
    assert (await correct("step", TAKEN, None, 3)).status_code == 200
    (step,) = await steps()
    assert (step["taken_over_at"], step["undone"]) == (None, None)
    back = await act("hand-overs/1/recall", 4, reason="Chuyển nhầm")
    assert (back.status_code, back.json()["resolver_agency_code"]) == (200, agency)
    again = await propose("taken_over_at", TAKEN, "2022-09-05T15:00:00+07:00")
    assert (again.status_code, again.json()["code"]) == (409, "event_void")


async def test_a_hand_over_is_void_once_its_taking_over_is(act, correct, steps, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, taken_over_at="2022-09-05T14:00:00+07:00")
    assert (await correct("step", TAKEN, None, 3)).status_code == 200
    assert (await correct("step", HANDED, None, 4)).status_code == 200
    (step,) = await steps()
    assert (step["undone"], step["taken_over_at"]) == ("void", None)


async def test_a_hand_over_that_never_happened_leaves_the_dossier_where_it_was(
    client, code, act, act_as, correct, steps, last_event, officer, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    assert (await correct("step", HANDED, None, 2)).status_code == 200
    (step,) = await steps()
    assert step["undone"] == "void"
    details = (await last_event())["details"]
    assert details["resolver_agency_code_before"] == town
    assert details["resolver_agency_code"] == agency
    found = await client.get(f"/v1/dossiers/{code}", headers=officer(town))
    assert found.status_code == 404
    waiting = await client.get(f"/v1/agencies/{town}/waiting", headers=officer(town))
    assert waiting.json()["items"] == []
    again = await act("hand-overs", 3, **a_hand_over(town, handed_over_at="2022-09-01T08:00:00Z"))
    assert again.status_code == 200, again.text
    assert [s["step_number"] for s in await steps()] == [1, 2]
    taken = await act_as(town, "hand-overs/2/take-over", 4)
    assert taken.status_code == 200, taken.text


async def test_what_followed_a_step_keeps_it_from_being_void(act, correct, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, taken_over_at="2022-09-05T14:00:00+07:00")
    await act("processing", 3, started_at="2022-09-06T08:00:00+07:00")
    for event in (HANDED, TAKEN):
        refused = await correct("step", event, None, 4)
        assert (refused.status_code, refused.json()["code"]) == (409, "history_step_missing")
        assert "không thuộc lần giao nào" in refused.json()["detail"]


async def test_a_completion_that_never_was_gives_the_dossier_back_to_the_step(
    act, correct, client, code, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, taken_over_at="2022-09-05T14:00:00+07:00")
    await act("hand-overs/1/completion", 3, completed_at="2022-09-06T14:00:00+07:00")
    assert (await correct("step", DONE, None, 4)).status_code == 200
    found = (await client.get(f"/v1/dossiers/{code}")).json()
    assert found["resolver_agency_code"] == town
    done = await act("hand-overs/1/completion", 5, completed_at="2022-09-07T14:00:00+07:00")
    assert done.status_code == 200, done.text


@pytest.mark.usefixtures("completed")
async def test_whoever_told_of_a_step_corrects_it_wherever_the_dossier_is(
    propose, approve, agency, town
):
    theirs = ("taken_over_at", TAKEN, "2022-09-05T09:00:00+07:00")
    refused = await propose(*theirs, agency=agency)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_act")
    assert refused.json()["details"]["agencies"] == [town]
    proposed = await propose(*theirs, agency=town)
    assert proposed.status_code == 201, proposed.text
    assert (await approve(1, 5, agency=agency)).json()["code"] == "not_your_act"
    assert (await approve(1, 5, agency=town)).status_code == 200
    ours = ("handed_over_at", HANDED, "2022-09-05T07:30:00+07:00")
    assert (await propose(*ours, agency=town)).status_code == 404
    assert (await propose(*ours, agency=agency)).status_code == 201
    for who, status in ((town, 404), (agency, 422)):
        unknown = await propose("taken_over_at", 99, "2022-09-05T07:30:00+07:00", agency=who)
        assert unknown.status_code == status
    assert (await approve(99, 6, agency=town)).json()["code"] == "unknown_dossier"
    assert (await approve(99, 6, agency=agency)).json()["code"] == "unknown_correction"


@pytest.mark.usefixtures("completed")
async def test_two_approvers_of_a_step_at_once_make_one_correction(client, code, propose, approve):
    await propose("taken_over_at", TAKEN, "2022-09-05T09:00:00+07:00")
    answers = await asyncio.gather(approve(1, 5), approve(1, 5))
    assert sorted(a.status_code for a in answers) == [200, 412]
    log = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert [event["kind"] for event in log].count("corrected") == 1


@pytest.fixture
async def answered(client, code, act, officer, town) -> None:
    """A question to the town of 5/9, answered on 8/9: events 2 and 3."""
    question = {"agency_code": town, "question": "?", "asked_at": "2022-09-05T08:00:00+07:00"}
    assert (await act("consultations", 1, **question)).status_code == 200
    answer = await client.post(
        f"/v1/dossiers/{code}/consultations/1/answer",
        json={"answer": "Đồng ý", "answered_at": "2022-09-08T08:00:00+07:00"},
        headers=officer(town),
    )
    assert answer.is_success, answer.text


@pytest.mark.usefixtures("answered")
async def test_a_question_and_its_answer_are_corrected_and_keep_their_order(
    client, code, correct, propose, agency, town
):
    assert (await correct("consulted_at", 2, "2022-09-06T08:00:00+07:00", 3)).status_code == 200
    assert (await correct("answered_at", 3, "2022-09-07T08:00:00+07:00", 4)).status_code == 200
    (asked,) = (await client.get(f"/v1/dossiers/{code}/consultations")).json()["items"]
    assert asked["asked_at"] == "2022-09-06T01:00:00Z"
    assert asked["answered_at"] == "2022-09-07T01:00:00Z"
    for corrects, event, to in (
        ("answered_at", 3, "2022-09-06T07:59:59+07:00"),
        ("consulted_at", 2, "2022-08-31T09:59:59+07:00"),
    ):
        refused = await correct(corrects, event, to, 5)
        assert (refused.status_code, refused.json()["code"]) == (409, "history_out_of_order")
    theirs = await propose("answered_at", 3, "2022-09-09T08:00:00+07:00", agency=agency)
    assert theirs.json()["details"]["agencies"] == [town]


async def test_answering_and_correcting_the_question_at_once_wait_for_each_other(
    client, code, act, officer, propose, approve, town
):
    """Both touch the dossier before its questions, so that neither waits for the other in turn."""
    path = f"/v1/dossiers/{code}/consultations"
    version = 1
    for number in range(1, 9):
        question = {"agency_code": town, "question": "?", "asked_at": "2022-09-05T08:00:00+07:00"}
        assert (await act("consultations", version, **question)).status_code == 200
        proposed = await propose("consulted_at", version + 1, "2022-09-05T09:00:00+07:00")
        approved, answered = await asyncio.gather(
            approve(proposed.json()["correction_id"], version + 1),
            client.post(f"{path}/{number}/answer", json={"answer": "Có"}, headers=officer(town)),
        )
        assert approved.status_code in {200, 412}, approved.text
        assert answered.status_code == 200, answered.text
        asked = (await client.get(path)).json()["items"][-1]
        assert asked["answered_at"] is not None
        assert (asked["asked_at"] == "2022-09-05T02:00:00Z") == approved.is_success
        version = (await client.get(f"/v1/dossiers/{code}")).json()["version"]

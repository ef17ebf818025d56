"""Corrections around hand-overs: whose they are, and which order of steps they must keep."""

import pytest


def a_hand_over(to: str, **changes) -> dict:
    return {
        "to_agency_code": to,
        "step_name": "Thẩm định",
        "limit_working_days": 1,
        "handed_over_at": "2022-09-05T08:00:00+07:00",
        **changes,
    }


TAKEN = {"taken_over_at": "2022-09-05T14:00:00+07:00"}


def a_correction(event: int, corrects: str, to: str | None) -> dict:
    return {
        "corrects": corrects,
        "event_number": event,
        "corrected_at": to,
        "reason_code": "system_not_updated",
        "reason": "Phần mềm ghi nhầm",
        "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
    }


@pytest.mark.usefixtures("settled_in_town")
async def test_whoever_settles_leaves_the_receipt_to_the_desk(client, code, bearer, agency, town):
    path = f"/v1/dossiers/{code}/corrections"
    earlier = a_correction(1, "received_at", "2022-08-30T08:00:00+07:00")

    async def decide(who: str, number: int, how: str, **body):
        headers = bearer("dossiers:approve", agency=who, subject="officer-2")
        return await client.post(
            f"{path}/{number}/{how}", json=body, headers={**headers, "If-Match": '"4"'}
        )

    theirs = bearer("dossiers:process", agency=town)
    refused = await client.post(path, json=earlier, headers=theirs)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_act")
    assert refused.json()["details"]["agencies"] == [agency]
    own = a_correction(4, "settled_at", "2022-09-19T09:00:00+07:00")
    assert (await client.post(path, json=own, headers=theirs)).status_code == 201
    desk = bearer("dossiers:process", agency=agency)
    number = (await client.post(path, json=earlier, headers=desk)).json()["correction_id"]
    for how, body in (("approval", {}), ("rejection", {"reason": "Không có căn cứ"})):
        decided = await decide(town, number, how, **body)
        assert (decided.status_code, decided.json()["code"]) == (403, "not_your_act")
    assert (await decide(agency, number, "approval")).status_code == 200


@pytest.fixture
def correct(client, code, bearer):
    """Return a function: what an officer proposes of an event, the other approves."""

    async def propose_and_approve(corrects: str, event: int, to: str | None, version: int):
        path = f"/v1/dossiers/{code}/corrections"
        proposed = await client.post(path, json=a_correction(event, corrects, to))
        assert proposed.status_code == 201, proposed.text
        approver = bearer("dossiers:approve", agency="*", subject="officer-2")
        return await client.post(
            f"{path}/{proposed.json()['correction_id']}/approval",
            headers={**approver, "If-Match": f'"{version}"'},
        )

    return propose_and_approve


@pytest.fixture
async def settled_in_town(act, act_as, town) -> None:
    """A dossier due on 7/9, with a step of two days from 5/9, settled there on 20/9."""
    await act("hand-overs", 1, **a_hand_over(town, limit_working_days=2))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    settled = await act_as(town, "settlement", 3, settled_at="2022-09-20T09:00:00+07:00")
    assert settled.status_code == 200, settled.text


@pytest.mark.usefixtures("settled_in_town")
async def test_a_step_that_the_end_closed_ends_when_the_dossier_ended_as_corrected(
    client, code, correct, town
):
    approved = await correct("settled_at", 4, "2022-09-08T09:00:00+07:00", 4)
    assert approved.status_code == 200, approved.text
    (step,) = (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]
    assert step["completed_at"] == "2022-09-08T02:00:00Z"
    answer = (await client.get(f"/v1/dossiers/{code}/lateness")).json()
    assert (answer["ended_on"], answer["working_days_late"]) == ("2022-09-08", 1)
    assert answer["causes"] == [{"agency_code": town, "step_number": 1, "working_days": 1}]
    assert [(s["used"], s["over"]) for s in answer["steps"]] == [(3, 1)]


@pytest.mark.usefixtures("settled_in_town")
async def test_a_step_is_open_again_once_the_end_that_closed_it_is_void(
    client, code, correct, act_as, officer, agency, town
):
    assert (await correct("end", 4, None, 4)).status_code == 200
    reopened = (await client.get(f"/v1/dossiers/{code}")).json()
    assert (reopened["status"], reopened["resolver_agency_code"]) == (2, town)
    waiting = await client.get(f"/v1/agencies/{town}/waiting", headers=officer(town))
    (item,) = waiting.json()["items"]
    assert (item["code"], item["step"]["completed_at"]) == (code, None)
    assert item["step"]["taken_over_at"] == "2022-09-05T07:00:00Z"
    answer = (await client.get(f"/v1/dossiers/{code}/lateness")).json()
    assert {cause["agency_code"] for cause in answer["causes"]} == {town}
    done = {"completed_at": "2022-09-21T09:00:00+07:00"}
    completed = await act_as(town, "hand-overs/1/completion", 5, **done)
    assert (completed.status_code, completed.json()["resolver_agency_code"]) == (200, agency)


@pytest.mark.usefixtures("settled_in_town")
async def test_no_correction_ends_a_dossier_before_the_step_began_that_its_end_closed(
    client, code, correct
):
    refused = await correct("settled_at", 4, "2022-09-05T13:59:59+07:00", 4)
    assert (refused.status_code, refused.json()["code"]) == (409, "history_out_of_order")
    assert (await client.get(f"/v1/dossiers/{code}")).json()["version"] == 4


@pytest.mark.usefixtures("settled_in_town")
async def test_no_correction_receives_a_dossier_after_it_was_handed_over(client, code, correct):
    refused = await correct("received_at", 1, "2022-09-05T08:00:01+07:00", 4)
    assert (refused.status_code, refused.json()["code"]) == (409, "history_out_of_order")
    assert refused.json()["details"]["kind"] == "handed_over"
    assert (await client.get(f"/v1/dossiers/{code}")).json()["version"] == 4


async def test_no_correction_settles_a_dossier_before_its_last_step_was_completed(
    act, act_as, correct, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    done = {"completed_at": "2022-09-07T09:00:00+07:00"}
    await act_as(town, "hand-overs/1/completion", 3, **done)
    await act_as(agency, "settlement", 4, settled_at="2022-09-08T09:00:00+07:00")
    refused = await correct("settled_at", 5, "2022-09-02T09:00:00+07:00", 5)
    assert (refused.status_code, refused.json()["code"]) == (409, "history_out_of_order")
    assert refused.json()["details"]["after_kind"] == "step_completed"

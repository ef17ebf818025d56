"""Between agencies and units: both sides' time, own limits, and whose a late dossier is."""

import asyncio

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


async def test_a_hand_over_keeps_the_code_and_names_who_settles(client, code, act, agency, town):
    handed = await act("hand-overs", 1, **a_hand_over(town, to_unit="Phòng Tư pháp"))
    assert handed.status_code == 200, handed.text
    for dossier in (handed.json(), (await client.get(f"/v1/dossiers/{code}")).json()):
        assert dossier["code"] == code
        assert dossier["agency_code"] == agency
        assert dossier["resolver_agency_code"] == town
        assert (dossier["status"], dossier["version"]) == (2, 2)
    (step,) = (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]
    assert step == {
        "step_number": 1,
        "step_name": "Thẩm định",
        "from_agency_code": agency,
        "to_agency_code": town,
        "to_unit": "Phòng Tư pháp",
        "limit_working_days": 1,
        "due_on": "2022-09-06",
        "handed_over_at": "2022-09-05T01:00:00Z",
        "taken_over_at": None,
        "completed_at": None,
        "undone": None,
    }


async def test_a_completed_step_gives_the_dossier_back_to_the_desk(client, code, act, agency, town):
    await act("hand-overs", 1, **a_hand_over(town))
    taken = await act("hand-overs/1/take-over", 2, **TAKEN)
    assert taken.json()["resolver_agency_code"] == town
    done = await act("hand-overs/1/completion", 3, completed_at="2022-09-06T09:00:00+07:00")
    assert done.json()["resolver_agency_code"] == agency
    events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    assert [e["kind"] for e in events] == [
        "received",
        "handed_over",
        "taken_over",
        "step_completed",
    ]
    (step,) = (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]
    assert step["taken_over_at"] == "2022-09-05T07:00:00Z"
    assert step["completed_at"] == "2022-09-06T02:00:00Z"


async def test_handing_on_ends_the_step_in_whose_course_it_happens(client, code, act, town, agency):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, **TAKEN)
    onward = a_hand_over("H56.18", handed_over_at="2022-09-06T09:00:00+07:00")
    assert (await act("hand-overs", 3, **onward)).status_code == 200
    steps = (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]
    assert [(s["step_number"], s["from_agency_code"]) for s in steps] == [(1, agency), (2, town)]
    assert steps[0]["completed_at"] == steps[1]["handed_over_at"]


async def test_settling_ends_the_step_and_the_desk_returns_the_result(
    client, code, act_as, act, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    settled = await act_as(town, "settlement", 3, settled_at="2022-09-06T09:00:00+07:00")
    assert (settled.status_code, settled.json()["status"]) == (200, 9), settled.text
    (step,) = (await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]
    assert step["completed_at"] == "2022-09-06T02:00:00Z"
    elsewhere = await act_as(town, "return", 4, method="direct")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "not_your_act")
    assert (await act_as(agency, "return", 4, method="direct")).status_code == 200


async def test_the_desk_does_not_settle_what_it_handed_over(act_as, act, agency, town):
    await act("hand-overs", 1, **a_hand_over(town))
    answer = await act_as(agency, "settlement", 2)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_act")
    assert answer.json()["details"]["agencies"] == [town]


async def test_a_step_is_neither_settled_nor_completed_before_it_began(act, town):
    await act("hand-overs", 1, **a_hand_over(town))
    early = {"stopped_at": "2022-09-05T07:59:59+07:00", "reason": "Trùng hồ sơ"}
    assert (await act("stop", 2, **early)).json()["code"] == "out_of_order"
    early = {"taken_over_at": "2022-09-05T07:59:59+07:00"}
    assert (await act("hand-overs/1/take-over", 2, **early)).json()["code"] == "out_of_order"
    await act("hand-overs/1/take-over", 2, **TAKEN)
    early = {"settled_at": "2022-09-05T13:59:59+07:00"}
    assert (await act("settlement", 3, **early)).json()["code"] == "out_of_order"
    early = {"completed_at": "2022-09-05T13:59:59+07:00"}
    assert (await act("hand-overs/1/completion", 3, **early)).json()["code"] == "out_of_order"


RESOLVERS = [
    ("processing", "started_at", {}),
    ("settlement", "settled_at", {}),
    (
        "supplement-requests",
        "asked_at",
        {
            "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}],
            "reason": "Hồ sơ chưa đủ",
        },
    ),
    ("payment-requests", "asked_at", {"kind": "fee", "amount_vnd": 50_000}),
]


@pytest.mark.parametrize(("desk", "when", "paper"), RESOLVERS)
async def test_whoever_settles_works_on_what_it_has_taken_over_and_from_then_on(
    act, act_as, town, desk, when, paper
):
    await act("hand-overs", 1, **a_hand_over(town))
    body = {**paper, when: "2022-09-05T15:00:00+07:00"}
    waiting = await act_as(town, desk, 2, **body)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "hand_over_open"), waiting.text
    assert waiting.json()["details"] == {"step_number": 1, "agency_code": town}
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    early = await act_as(town, desk, 3, **{**body, when: "2022-09-05T13:59:59+07:00"})
    assert (early.status_code, early.json()["code"]) == (422, "out_of_order"), early.text
    done = await act_as(town, desk, 3, **body)
    assert done.is_success, done.text


async def test_a_step_is_not_completed_before_the_work_recorded_in_it(act, act_as, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    await act_as(town, "processing", 3, started_at="2022-09-06T08:00:00+07:00")
    early = {"completed_at": "2022-09-06T07:59:59+07:00"}
    refused = await act_as(town, "hand-overs/1/completion", 4, **early)
    assert (refused.status_code, refused.json()["code"]) == (422, "out_of_order"), refused.text


@pytest.mark.parametrize(
    ("desk", "body", "problem"),
    [
        ("hand-overs", {"to_agency_code": "H56.18", "step_name": "x"}, "hand_over_open"),
        ("hand-overs/1/completion", {}, "step_not_open"),
        ("hand-overs/2/take-over", {}, "unknown_hand_over"),
    ],
)
async def test_what_nobody_has_taken_over_cannot_be_passed_on(act, town, desk, body, problem):
    await act("hand-overs", 1, **a_hand_over(town))
    answer = await act(desk, 2, **body)
    assert answer.json()["code"] == problem, answer.text


async def test_inside_an_agency_a_hand_over_names_the_unit(act, agency):
    answer = await act("hand-overs", 1, **a_hand_over(agency))
    assert (answer.status_code, answer.json()["code"]) == (422, "handed_to_itself")
    named = await act("hand-overs", 1, **a_hand_over(agency, to_unit="Tổ địa chính"))
    assert named.status_code == 200


async def test_a_dossier_that_waits_or_has_ended_is_not_handed_over(act, town):
    await act("settlement", 1)
    answer = await act("hand-overs", 2, **a_hand_over(town, handed_over_at=None))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "act_not_possible")
    assert problem["details"]["possible_in"] == [2, 4]


async def test_nothing_is_handed_to_an_agency_that_nobody_knows(act):
    answer = await act("hand-overs", 1, **a_hand_over("H99.99"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_agency")


async def test_two_officers_hand_over_at_once_and_one_does(client, code, act, town, app):

    answers = await asyncio.gather(
        *(act("hand-overs", 1, **a_hand_over(town, to_unit=unit)) for unit in ("A", "B", "C"))
    )
    assert sorted(a.status_code for a in answers) == [200, 412, 412]
    assert len((await client.get(f"/v1/dossiers/{code}/hand-overs")).json()["items"]) == 1


async def test_an_agency_sees_what_waits_for_it(client, code, act, officer, town):
    path, headers = f"/v1/agencies/{town}/waiting", officer(town)
    assert (await client.get(path, headers=headers)).json()["items"] == []
    await act("hand-overs", 1, **a_hand_over(town))
    (waiting,) = (await client.get(path, headers=headers)).json()["items"]
    assert (waiting["code"], waiting["step"]["taken_over_at"]) == (code, None)
    assert "applicant" not in waiting
    await act("hand-overs/1/take-over", 2, **TAKEN)
    (waiting,) = (await client.get(path, headers=headers)).json()["items"]
    assert waiting["step"]["taken_over_at"] == "2022-09-05T07:00:00Z"
    await act("hand-overs/1/completion", 3)
    assert (await client.get(path, headers=headers)).json()["items"] == []


async def test_what_waits_comes_in_pages_the_oldest_first(client, a_dossier, town):
    codes = []
    for day in (6, 5, 7):
        code = (await client.post("/v1/dossiers", json=a_dossier())).json()["code"]
        handed = a_hand_over(town, handed_over_at=f"2022-09-0{day}T08:00:00+07:00")
        await client.post(
            f"/v1/dossiers/{code}/hand-overs", json=handed, headers={"If-Match": '"1"'}
        )
        codes.append((day, code))
    path, found, cursor = f"/v1/agencies/{town}/waiting?limit=1", [], ""
    while cursor is not None:
        page = (await client.get(path + (f"&cursor={cursor}" if cursor else ""))).json()
        found += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == [code for _, code in sorted(codes)]
    assert (await client.get(f"{path}&cursor=eA")).status_code == 400


async def test_what_waits_for_an_agency_is_its_own_business(client, officer, agency, town):
    answer = await client.get(f"/v1/agencies/{town}/waiting", headers=officer(agency))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_agency")


async def test_the_resolver_reads_the_dossier_while_it_has_it_and_nobody_else_does(
    client, code, act, officer, agency, town
):
    path = f"/v1/dossiers/{code}"
    stranger = "H56.18"

    async def sees(who: str) -> bool:
        paths = (path, f"{path}/events", f"{path}/hand-overs")
        answers = [(await client.get(p, headers=officer(who))).status_code for p in paths]
        assert set(answers) in ({200}, {404})
        return answers[0] == 200

    assert [await sees(who) for who in (agency, town, stranger)] == [True, False, False]
    await act("hand-overs", 1, **a_hand_over(town))
    assert [await sees(who) for who in (agency, town, stranger)] == [True, True, False]
    await act("hand-overs/1/take-over", 2, **TAKEN)
    await act("hand-overs/1/completion", 3)
    assert [await sees(who) for who in (agency, town, stranger)] == [True, False, False]


async def test_lists_and_figures_stay_with_the_agency_that_received(
    client, code, act, officer, bearer, agency, town
):
    await act("hand-overs", 1, **a_hand_over(town))
    for who, seen in ((town, []), (agency, [code])):
        for query in ("", f"?agency={agency}"):
            listed = await client.get(f"/v1/dossiers{query}", headers=officer(who))
            assert [d["code"] for d in listed.json()["items"]] == seen
    reader = bearer("figures:read", agency=town)
    period = "from=2022-06-15&to=2022-09-14"
    own = await client.get(f"/v1/figures?agency={town}&{period}", headers=reader)
    received = next(f for f in own.json()["figures"] if f["key"] == "dossiers.received")
    assert received["value"] == 0
    key = "/v1/figures/dossiers.received/evidence"
    evidence = await client.get(f"{key}?agency={town}&{period}", headers=reader)
    assert evidence.json()["items"] == []
    others = await client.get(f"{key}?agency={agency}&{period}", headers=reader)
    assert others.status_code == 403


async def test_lateness_is_laid_at_the_door_of_the_step_that_caused_it(client, code, act, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, **TAKEN)
    await act("settlement", 3, settled_at="2022-09-12T09:00:00+07:00")
    answer = (await client.get(f"/v1/dossiers/{code}/lateness")).json()
    assert (answer["is_late"], answer["working_days_late"]) == (True, 3)
    assert (answer["due_on"], answer["ended_on"]) == ("2022-09-07", "2022-09-12")
    assert answer["rule"] == "late_steps"
    assert answer["causes"] == [{"agency_code": town, "step_number": 1, "working_days": 4}]
    assert [(s["used"], s["over"]) for s in answer["steps"]] == [(5, 4)]


async def test_who_is_blamed_may_read_why_when_its_step_is_over(
    client, code, act, act_as, officer, agency, town
):
    path, stranger = f"/v1/dossiers/{code}", "H56.18"

    async def asks(who: str) -> int:
        return (await client.get(f"{path}/lateness", headers=officer(who))).status_code

    assert [await asks(who) for who in (agency, town, stranger)] == [200, 404, 404]
    await act("hand-overs", 1, **a_hand_over(town))
    await act("hand-overs/1/take-over", 2, **TAKEN)
    await act("hand-overs/1/completion", 3, completed_at="2022-09-12T09:00:00+07:00")
    assert [await asks(who) for who in (agency, town, stranger)] == [200, 200, 404]
    blamed = (await client.get(f"{path}/lateness", headers=officer(town))).json()
    assert blamed["causes"] == [{"agency_code": town, "step_number": 1, "working_days": 4}]
    # That is all it may still do: the dossier itself is no longer its own.
    assert (await client.get(path, headers=officer(town))).status_code == 404
    for desk, body in (
        ("overdue-reasons", {"reason_code": "agency"}),
        ("case-officer", {"officer": "officer-9"}),
    ):
        assert (await act_as(town, desk, 4, **body)).status_code == 404


async def test_a_dossier_in_time_is_nobodys_fault(client, code, act):
    await act("settlement", 1, settled_at="2022-09-06T09:00:00+07:00")
    answer = (await client.get(f"/v1/dossiers/{code}/lateness")).json()
    assert (answer["is_late"], answer["rule"], answer["causes"]) == (False, None, [])


async def test_the_desk_settles_what_came_back_after_it_came_back(act, act_as, agency, town):
    await act("hand-overs", 1, **a_hand_over(town))
    await act_as(town, "hand-overs/1/take-over", 2, **TAKEN)
    done = {"completed_at": "2022-09-07T09:00:00+07:00"}
    await act_as(town, "hand-overs/1/completion", 3, **done)
    early = await act_as(agency, "settlement", 4, settled_at="2022-09-07T08:59:59+07:00")
    assert (early.status_code, early.json()["code"]) == (422, "out_of_order"), early.text
    settled = await act_as(agency, "settlement", 4, settled_at="2022-09-07T09:00:00+07:00")
    assert settled.status_code == 200, settled.text


async def test_a_dossier_goes_to_other_hands_while_work_goes_on_and_in_no_other_status(
    standing, town
):
    at = {"handed_over_at": "2022-09-06T08:00:00+07:00"}
    answer = await standing.press("hand-overs", **a_hand_over(town, **at))
    if standing.status in (2, 4):
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
async def test_whoever_settles_hands_on(refusal_of, shared, who, refusal):
    onward = a_hand_over("H56.18", handed_over_at="2022-09-06T08:00:00+07:00")
    assert refusal_of(await shared.press("hand-overs", by=who, **onward)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-08-31T09:59:59+07:00", "out_of_order"),
        ("2022-08-31T10:00:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_nothing_is_handed_over_before_it_was_received(refusal_of, life, town, at, refusal):
    answer = await life.press("hand-overs", **a_hand_over(town, handed_over_at=at))
    assert refusal_of(answer) == refusal

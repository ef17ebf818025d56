"""NĐ 61/2018/NĐ-CP art. 19.4: asked for within three working days of receipt, item by item."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from dossier.domain.limits import CountLimit
from dossier.settings import Settings
from pydantic import ValidationError

AT = "2022-09-06T09:00:00+07:00"

ITEMS = [
    {"component": "Bản sao giấy chứng sinh", "what_is_missing": "Chưa chứng thực"},
    {"component": "Tờ khai", "what_is_missing": "Thiếu chữ ký"},
]


def a_request(**changes) -> dict:
    return {
        "items": ITEMS,
        "reason": "Hồ sơ chưa đủ",
        "asked_at": "2022-09-05T15:00:00+07:00",
        **changes,
    }


async def test_a_supplement_request_stops_the_clock_and_lists_what_is_missing(
    client, code, act, last_event
):
    asked = await act("supplement-requests", 1, **a_request())
    assert (asked.status_code, asked.json()["status"]) == (200, 5), asked.text
    assert (await last_event())["details"] == {"reason": "Hồ sơ chưa đủ", "items_count": 2}
    (request,) = (await client.get(f"/v1/dossiers/{code}/supplement-requests")).json()["items"]
    assert request["items"] == ITEMS
    assert (request["request_number"], request["supplied_at"]) == (1, None)


# Received on Wednesday 31/8; 1/9 and 2/9 are off: the third working day is Wednesday 7/9.
@pytest.mark.parametrize(
    ("asked_at", "status"),
    [("2022-09-07T23:59:59+07:00", 200), ("2022-09-08T00:00:00+07:00", 409)],
)
async def test_a_supplement_is_asked_for_within_three_working_days(act, asked_at, status):
    answer = await act("supplement-requests", 1, **a_request(asked_at=asked_at))
    assert answer.status_code == status
    if status == 409:
        problem = answer.json()
        assert problem["code"] == "supplement_too_late"
        assert problem["details"] == {
            "last_day": "2022-09-07",
            "working_days": 3,
            "law": "NĐ 61/2018/NĐ-CP art. 19.4",
        }


async def test_received_after_closing_the_days_count_from_the_next_opening(
    client, a_dossier, agency
):
    paper = a_dossier(received_at="2022-08-31T17:00:01+07:00")
    code = (await client.post("/v1/dossiers", json=paper)).json()["code"]
    answer = await client.post(
        f"/v1/dossiers/{code}/supplement-requests",
        json=a_request(asked_at="2022-09-08T09:00:00+07:00"),
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("items", [[], [{"component": "Tờ khai"}], [{"component": "", "x": 1}]])
async def test_a_request_that_itemises_nothing_is_malformed(act, items):
    assert (await act("supplement-requests", 1, **a_request(items=items))).status_code == 422


async def test_a_complete_supplement_restarts_the_limit(client, code, act, last_event):
    await act("supplement-requests", 1, **a_request())
    back = await act("supplements", 2, received_at="2022-09-12T09:00:00+07:00")
    assert (back.status_code, back.json()["status"]) == (200, 2), back.text
    assert back.json()["due_on"] == "2022-09-15"
    assert (await last_event())["details"] == {
        "due_on_before": "2022-09-07",
        "due_on": "2022-09-15",
    }
    (request,) = (await client.get(f"/v1/dossiers/{code}/supplement-requests")).json()["items"]
    assert request["supplied_at"] == "2022-09-12T02:00:00Z"


async def test_a_procedure_may_pause_the_limit_instead(client, a_dossier):
    paper = a_dossier(procedure_code="1.000004")
    path = f"/v1/dossiers/{(await client.post('/v1/dossiers', json=paper)).json()['code']}"
    await client.post(f"{path}/supplement-requests", json=a_request(), headers={"If-Match": '"1"'})
    back = await client.post(
        f"{path}/supplements",
        json={"received_at": "2022-09-12T09:00:00+07:00"},
        headers={"If-Match": '"2"'},
    )
    assert back.json()["due_on"] == "2022-09-14"


async def test_a_supplement_asked_for_during_processing_leads_back_to_it(act):
    await act("processing", 1, started_at="2022-09-05T08:00:00+07:00")
    await act("supplement-requests", 2, **a_request())
    back = await act("supplements", 3, received_at="2022-09-12T09:00:00+07:00")
    assert back.json()["status"] == 4


async def test_a_move_cannot_ask_for_a_supplement_without_its_items(act):
    answer = await act("moves", 1, to_status=5, reason="Thiếu giấy tờ")
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_its_paper")
    assert answer.json()["details"]["desk"] == "supplement-requests"


async def test_a_move_may_receive_the_supplement(client, code, act):
    await act("supplement-requests", 1, **a_request())
    moved = await act("moves", 2, to_status=4, occurred_at="2022-09-12T09:00:00+07:00")
    assert moved.json()["due_on"] == "2022-09-15"
    (request,) = (await client.get(f"/v1/dossiers/{code}/supplement-requests")).json()["items"]
    assert request["supplied_at"] == "2022-09-12T02:00:00Z"


async def test_nothing_can_be_received_that_was_not_asked_for(act):
    answer = await act("supplements", 1)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "act_not_possible")
    assert problem["details"]["from_status"] == 2
    assert problem["details"]["allowed"] == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("is_in_process", [False, True])
async def test_a_wish_to_withdraw_meanwhile_changes_nothing_of_where_the_supplement_leads(
    act, is_in_process
):
    if is_in_process:
        await act("processing", 1, started_at="2022-09-05T14:00:00+07:00")
    version = 1 + is_in_process
    await act("supplement-requests", version, **a_request())
    await act("withdrawal-requests", version + 1, asked_at="2022-09-06T08:00:00+07:00")
    continued = await act("continuation", version + 2, continued_at="2022-09-06T09:00:00+07:00")
    assert continued.json()["status"] == 5, continued.text
    received = await act("supplements", version + 3, received_at="2022-09-07T09:00:00+07:00")
    assert received.status_code == 200, received.text
    assert received.json()["status"] == (4 if is_in_process else 2)


async def test_nothing_more_is_asked_for_while_a_wish_to_withdraw_is_undecided(act, code, client):
    await act("supplement-requests", 1, **a_request())
    await act("withdrawal-requests", 2, asked_at="2022-09-06T08:00:00+07:00")
    refused = await act("supplement-requests", 3, **a_request(asked_at="2022-09-06T09:00:00+07:00"))
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "act_not_possible")
    assert problem["details"]["possible_in"] == [2, 4]
    assert problem["details"]["allowed"] == [5, 8]
    asked = (await client.get(f"/v1/dossiers/{code}/supplement-requests")).json()["items"]
    assert len(asked) == 1


@pytest.fixture
def rule(app):
    """State how often a supplement may be asked for, as the settings of a place do."""

    def state(*rows: dict) -> None:
        told = app.state.settings.model_dump() | {"supplement_counts": rows}
        counts = Settings.model_validate(told).count_limits()
        app.state.office = replace(app.state.office, supplement_counts=counts)

    return state


ONCE = {"most": 1, "law": "Quy chế một cửa mẫu, khoản 2", "valid_from": "2022-01-01"}


async def asked_again(act):
    """Asked for, brought, and asked for again, all within the first three working days."""
    await act("supplement-requests", 1, **a_request())
    await act("supplements", 2, received_at="2022-09-06T09:00:00+07:00")
    return await act("supplement-requests", 3, **a_request(asked_at="2022-09-07T09:00:00+07:00"))


async def test_without_a_rule_a_supplement_is_asked_for_as_often_as_its_days_allow(act):
    assert (await asked_again(act)).status_code == 200


async def test_where_the_rule_says_once_a_second_request_is_refused_by_its_name(
    client, code, act, rule
):
    rule(ONCE)
    answer = await asked_again(act)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "supplements_used_up")
    assert problem["details"] == {"most": 1, "asked_before": 1, "law": ONCE["law"]}
    assert ONCE["law"] in problem["detail"]
    dossier = (await client.get(f"/v1/dossiers/{code}")).json()
    assert (dossier["status"], dossier["version"]) == (2, 3)


async def test_the_rule_of_the_day_of_receipt_holds(act, rule):
    rule({**ONCE, "valid_to": "2022-08-31"}, {**ONCE, "most": 2, "valid_from": "2022-08-31"})
    assert (await asked_again(act)).status_code == 200


async def test_two_officers_who_ask_at_once_ask_once(act, rule):
    rule(ONCE)
    asked = [act("supplement-requests", 1, **a_request()) for _ in range(3)]
    assert sorted(a.status_code for a in await asyncio.gather(*asked)) == [200, 412, 412]


@pytest.mark.parametrize(
    "rows",
    [
        [{**ONCE, "most": 0}],
        [{**ONCE, "law": ""}],
        [{**ONCE, "valid_to": "2022-01-01"}],
        [ONCE, {**ONCE, "valid_from": "2023-01-01"}],
        [{**ONCE, "twice": True}],
    ],
)
def test_rules_that_contradict_one_another_do_not_start_a_service(settings, rows):
    with pytest.raises(ValidationError):
        Settings.model_validate(settings.model_dump() | {"supplement_counts": rows})


def test_rules_are_read_from_the_environment(settings, monkeypatch):
    text = '[{"most": 1, "law": "x", "valid_from": "2022-01-01", "valid_to": "2023-01-01"}]'
    monkeypatch.setenv("DOSSIER_SUPPLEMENT_COUNTS", text)
    stated = {k: v for k, v in settings.model_dump().items() if k != "supplement_counts"}
    assert Settings(**stated).count_limits() == (
        CountLimit(1, "x", date(2022, 1, 1), date(2023, 1, 1)),
    )


async def test_a_supplement_is_asked_for_while_work_goes_on_and_in_no_other_status(standing):
    answer = await standing.press("supplement-requests", **a_request(asked_at=AT))
    if standing.status in (2, 4):
        assert (answer.status_code, answer.json()["status"]) == (200, 5)
    else:
        standing.assert_refused(answer)


async def test_a_supplement_is_received_only_while_one_is_awaited(standing):
    answer = await standing.press("supplements", received_at=AT)
    if standing.status == 5:
        assert (answer.status_code, answer.json()["status"]) == (200, 2)
    else:
        standing.assert_refused(answer)


@pytest.mark.parametrize(
    ("desk", "who", "refusal"),
    [
        ("supplement-requests", "resolver", None),
        ("supplement-requests", "receiver", "not_your_act"),
        ("supplements", "resolver", None),
        ("supplements", "receiver", None),
        *[(desk, "stranger", "unknown_dossier") for desk in ("supplement-requests", "supplements")],
        *[(desk, "reader", "missing_scope") for desk in ("supplement-requests", "supplements")],
    ],
)
async def test_whoever_settles_asks_and_either_side_receives(
    refusal_of, shared, desk, who, refusal
):
    if desk == "supplements":
        await shared.bring(5, by="resolver")
    body = a_request(asked_at=AT) if desk == "supplement-requests" else {"received_at": AT}
    assert refusal_of(await shared.press(desk, by=who, **body)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-05T08:29:59+07:00", "out_of_order"),
        ("2022-09-05T08:30:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_nothing_is_brought_before_it_was_asked_for(refusal_of, life, at, refusal):
    await life.bring(5)
    assert refusal_of(await life.press("supplements", received_at=at)) == refusal


async def test_a_dossier_that_waits_for_a_supplement_is_in_time_however_long(life, figure):
    await life.bring(5)
    assert await figure("dossiers.pending.in_time", "dossiers.pending.overdue") == [1, 0]


async def test_a_filing_that_waits_for_the_desk_is_asked_for_what_it_lacks(standing_filing):
    answer = await standing_filing.press("supplement-requests", **a_request(asked_at=AT))
    if standing_filing.status == 1:
        assert (answer.status_code, answer.json()["status"]) == (200, 5)
        event = (await standing_filing.list("events"))[-1]
        assert event["occurred_at"] == "2022-09-06T02:00:00Z"
    else:
        standing_filing.assert_refused(answer)

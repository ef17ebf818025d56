"""NĐ 61/2018/NĐ-CP art. 19.9: once, at the latest one day before the due date."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from dossier.domain.apologies import standing_promise
from dossier.store import follow_up_book
from dossier.store.promises import STANDING
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text


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


async def test_a_dossier_is_apologised_for_while_its_clock_runs_and_no_other(refusal_of, standing):
    answer = await standing.press("apologies", **an_apology())
    runs = standing.status in (2, 4, 7)
    assert refusal_of(answer) == (None if runs else "apology_not_due")
    if runs:
        assert answer.json()["status"] == standing.status


async def test_a_promise_is_made_once_the_supplement_has_come(life, refusal_of):
    """Made before, it would lie before the due date that the supplement brings."""
    await life.bring(5)
    early = an_apology(promised_on="2022-09-08", sent_at="2022-09-06T08:00:00+07:00")
    assert refusal_of(await life.press("apologies", **early)) == "apology_not_due"
    due = await life.pressed("supplements", received_at="2022-09-06T09:00:00+07:00")
    late = {**early, "sent_at": "2022-09-06T10:00:00+07:00"}
    assert refusal_of(await life.press("apologies", **late)) == "promised_too_early"
    told = await life.pressed("apologies", **{**late, "promised_on": "2022-09-12"})
    assert told["promised_on"] > told["due_on"] == due["due_on"] == "2022-09-09"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("resolver", None),
        ("receiver", None),
        ("stranger", "unknown_dossier"),
        ("reader", "missing_scope"),
    ],
)
async def test_either_side_apologises(refusal_of, shared, who, refusal):
    assert refusal_of(await shared.press("apologies", by=who, **an_apology())) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-08-31T09:59:59+07:00", "out_of_order"),
        ("2022-08-31T10:00:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_nobody_apologises_before_the_receipt_or_ahead(refusal_of, life, at, refusal):
    assert refusal_of(await life.press("apologies", **an_apology(sent_at=at))) == refusal


async def test_an_apology_is_a_figure_and_does_not_make_a_late_result_timely(life, figure):
    await life.pressed("apologies", **an_apology())
    await life.pressed("settlement", settled_at="2022-09-09T09:00:00+07:00")
    keys = ("apologies", "settled.late", "settled.late.without_apology")
    assert await figure(*(f"dossiers.{key}" for key in keys)) == [1, 1, 0]


@pytest.fixture
def shown(app, life, client, agency):
    """Return a function: -> the promise on every list and sheet that shows one."""

    async def read() -> dict[str, str | None]:
        sheet = (await client.get(life.path)).json()
        of_agency = {"agency": agency}
        (listed,) = (await client.get("/v1/dossiers", params=of_agency)).json()["items"]
        found = await client.get("/v1/dossiers/export", params={**of_agency, "format": "csv"})
        (line,) = csv.DictReader(io.StringIO(found.content.decode("utf-8-sig")))
        explained = (await client.get(f"{life.path}/due-date")).json()
        return {
            "sheet": sheet["promised_on"],
            "list": listed["promised_on"],
            "export": line["Ngày hẹn lại"] or None,
            "due date": explained["promised_on"],
            "follow-up book": await _noted(app, agency),
        }

    return read


async def _noted(app, agency: str) -> str | None:
    """Return the new appointment in the agency's follow-up book, which has one entry."""
    span = (agency, date(2022, 8, 31), date(2022, 8, 31))
    async with app.state.sessions.begin() as tx:
        (volume,) = await follow_up_book.volumes(tx, *span, size=10)
        (row,) = await follow_up_book.book_rows(
            tx,
            agency,
            volume,
            sealer=app.state.office.sealer,
            by="officer-1",
            at=datetime(2022, 10, 15, tzinfo=UTC),
            request_id="x",
        )
    return row.promised_on and row.promised_on.isoformat()


SENT = {"sent_at": "2022-09-01T08:00:00+07:00"}


@pytest.mark.parametrize("promised_on", ["2022-09-09", "2022-09-10", "2022-09-14"])
async def test_a_promise_is_none_once_the_due_date_has_reached_it(life, shown, promised_on):
    """Sent before the stop, and due anew on the ninth: only what lies after that stands."""
    await life.pressed("apologies", **an_apology(promised_on=promised_on, **SENT))
    assert set((await shown()).values()) == {promised_on}
    await life.bring(5)
    assert set((await shown()).values()) == {promised_on}
    told = await life.pressed("supplements", received_at="2022-09-06T09:00:00+07:00")
    stands = None if promised_on == "2022-09-09" else promised_on
    assert (told["due_on"], told["promised_on"]) == ("2022-09-09", stands)
    assert set((await shown()).values()) == {stands}


async def test_an_apology_whose_promise_is_overtaken_stays_sent_and_is_not_owed_again(
    life, client, agency, figure
):
    await life.pressed("apologies", **an_apology(promised_on="2022-09-08", **SENT))
    await life.bring(5)
    await life.pressed("supplements", received_at="2022-09-06T09:00:00+07:00")
    again = an_apology(promised_on="2022-09-30", sent_at="2022-09-07T08:00:00+07:00")
    assert (await life.press("apologies", **again)).json()["code"] == "apology_already_sent"
    (apologised,) = [e for e in await life.list("events") if e["kind"] == "apologised"]
    assert apologised["details"]["promised_on"] == "2022-09-08"
    for kind, expected in (("overdue", [None]), ("apology_owed", [])):
        asked = {"agency": agency, "kind": kind, "on": "2022-09-13"}
        listed = (await client.get("/v1/overdue-work", params=asked)).json()["items"]
        assert [work["promised_on"] for work in listed] == expected, kind
    await life.pressed("settlement", settled_at="2022-09-13T09:00:00+07:00")
    keys = ("apologies", "settled.late", "settled.late.without_apology")
    assert await figure(*(f"dossiers.{key}" for key in keys)) == [1, 1, 0]


async def test_a_promise_stands_again_once_a_correction_takes_the_due_date_back(
    life, client, bearer, shown
):
    await life.pressed("apologies", **an_apology(promised_on="2022-09-09", **SENT))
    await life.bring(5)
    await life.pressed("supplements", received_at="2022-09-06T09:00:00+07:00")
    proposal = {
        "corrects": "clock_resumed_at",
        "event_number": 4,
        "corrected_at": "2022-09-05T09:00:00+07:00",
        "reason_code": "system_not_updated",
        "reason": "Nhập chậm",
        "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
    }
    proposed = await client.post(f"{life.path}/corrections", json=proposal)
    assert proposed.status_code == 201, proposed.text
    approver = bearer("dossiers:approve", agency="*", subject="officer-2")
    approved = await client.post(
        f"{life.path}/corrections/{proposed.json()['correction_id']}/approval",
        headers={**approver, "If-Match": f'"{life.version}"'},
    )
    assert approved.status_code == 200, approved.text
    assert (await client.get(life.path)).json()["due_on"] == "2022-09-08"
    assert set((await shown()).values()) == {"2022-09-09"}


some_days = st.none() | st.dates(date(2022, 9, 1), date(2022, 9, 4))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(some_days, some_days), min_size=1, max_size=20))
async def test_sql_and_domain_say_the_same_of_a_promise(app, told):
    days = "unnest(cast(:promised as date[]), cast(:due as date[])) as d (promised_on, due_on)"
    rows = text(f"select promised_on, due_on, {STANDING.format('d')} from {days}")
    promised, due = zip(*told, strict=True)
    async with app.state.engine.connect() as connection:
        found = list(await connection.execute(rows, {"promised": promised, "due": due}))
    assert [(p, d) for p, d, _ in found] == told
    assert [stands for *_, stands in found] == [standing_promise(*days) for days in told]

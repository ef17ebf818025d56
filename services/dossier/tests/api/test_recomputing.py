import asyncio
import itertools

import pytest
from dossier import main
from dossier.usecases import recomputing
from dossier.usecases.recomputing import Keeper

_provinces = itertools.count(1)
NEW_DAY_OFF = "2022-10-20"
REASON = {"reason": "Nghỉ bù Quốc khánh", "decided_by": "Thủ tướng Chính phủ"}
SCOPES = ("dossiers:receive", "dossiers:process", "dossiers:read", "calendar:apply")


@pytest.fixture
def province(catalog) -> str:
    """A province of its own with two wards, so that a run meets no other test's dossiers."""
    code = f"R{next(_provinces):02}"
    catalog.agencies |= {code, f"{code}.1", f"{code}.2"}
    return code


@pytest.fixture
def keeper(bearer, province) -> dict[str, str]:
    return bearer(*SCOPES, agency=province, subject="keeper")


@pytest.fixture
def receive(client, a_dossier, province):
    async def post(count: int, province=province, **changes) -> list[str]:
        codes = []
        for number in range(count):
            paper = a_dossier(
                agency_code=f"{province}.{number % 2 + 1}",
                received_at=f"2022-10-{11 + number % 4}T09:00:00+07:00",
                procedure_code="1.000007",
                **changes,
            )
            answer = await client.post("/v1/dossiers", json=paper)
            assert answer.status_code == 201, answer.text
            codes.append(answer.json()["code"])
        return codes

    return post


@pytest.fixture(autouse=True)
def a_week_long_procedure(catalog):
    limit = {"time_limit_value": 7, "time_limit_unit": "working_day"}
    (version,) = catalog.procedures["1.001193"]
    methods = [{**method, **limit} for method in version["filing_methods"]]
    catalog.procedures["1.000007"] = [{**version, "filing_methods": methods}]


@pytest.fixture
def decreed(catalog):
    """Decree a day off, as the catalogue then tells."""

    def decree(day: str = NEW_DAY_OFF) -> None:
        catalog.days_off.append(day)

    return decree


@pytest.fixture
def begin(client, keeper):
    async def post(headers=None, first_day=NEW_DAY_OFF, last_day=NEW_DAY_OFF):
        body = {**REASON, "first_day": first_day, "last_day": last_day}
        return await client.post(
            "/v1/due-date-recomputations", json=body, headers=headers or keeper
        )

    return post


@pytest.fixture
def advance(client, keeper):
    async def post(run: dict, size: int = 500, headers=None) -> dict:
        answer = await client.post(
            f"/v1/due-date-recomputations/{run['run_id']}/batches?size={size}",
            headers=headers or keeper,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


@pytest.fixture
def finish(advance, later):
    async def drive(run: dict, size: int = 500) -> dict:
        while run["state"] == "walking":
            run = await advance(run, size)
        later(minutes=1)
        while run["state"] != "done":
            run = await advance(run, size)
        return run

    return drive


async def told(client, code: str) -> tuple[dict, list[dict]]:
    dossier = (await client.get(f"/v1/dossiers/{code}")).json()
    events = (await client.get(f"/v1/dossiers/{code}/events")).json()["items"]
    return dossier, events


async def act(client, code: str, desk: str, version: int, **body):
    return await client.post(
        f"/v1/dossiers/{code}/{desk}", json=body, headers={"If-Match": f'"{version}"'}
    )


async def test_a_day_off_decreed_late_moves_open_due_dates_as_events(
    client, receive, decreed, begin, finish
):
    codes = await receive(4)
    due_before = [(await told(client, code))[0]["due_on"] for code in codes]
    assert due_before == ["2022-10-20", "2022-10-21", "2022-10-24", "2022-10-25"]
    decreed()
    answer = await begin()
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["expected_count"]) == ("walking", 4)
    run = await finish(answer.json())
    assert (run["done_count"], run["changed_count"]) == (4, 4)
    assert run["finished_at"]
    dossiers = [await told(client, code) for code in codes]
    assert [d["due_on"] for d, _ in dossiers] == [
        "2022-10-21",
        "2022-10-24",
        "2022-10-25",
        "2022-10-26",
    ]
    event = dossiers[0][1][-1]
    assert event["kind"] == "due_date_recomputed"
    assert (event["from_status"], event["to_status"], event["recorded_by"]) == (2, 2, "keeper")
    assert event["details"] == {
        **REASON,
        "run_id": run["run_id"],
        "first_day": NEW_DAY_OFF,
        "last_day": NEW_DAY_OFF,
        "due_on_before": "2022-10-20",
        "due_on": "2022-10-21",
    }
    explained = (await client.get(f"/v1/dossiers/{codes[0]}/due-date")).json()
    assert explained["agrees"]
    assert explained["recomputations"][0]["run_id"] == run["run_id"]


async def test_what_has_ended_is_never_touched_and_apologies_stay(
    client, receive, decreed, begin, finish
):
    ended, apologised = await receive(2)
    await act(client, ended, "settlement", 1, settled_at="2022-10-14T09:00:00+07:00")
    before = await told(client, ended)
    promise = {"reason_code": "agency", "reason": "Chậm", "promised_on": "2022-10-28"}
    answer = await act(client, apologised, "apologies", 1, **promise)
    assert answer.status_code == 200, answer.text
    decreed()
    run = await finish((await begin()).json())
    assert run["changed_count"] == 1
    assert await told(client, ended) == before
    dossier, _ = await told(client, apologised)
    assert (dossier["due_on"], dossier["promised_on"]) == ("2022-10-24", "2022-10-28")


async def test_what_an_agency_left_open_when_it_ended_moves_too(
    client, catalog, receive, province, decreed, begin, finish, later
):
    codes = await receive(2)
    catalog.agencies.remove(f"{province}.1")
    catalog.ended.add(f"{province}.1")
    later(minutes=1)
    decreed()
    run = await finish((await begin()).json())
    assert (run["done_count"], run["changed_count"]) == (2, 2)
    dossiers = [(await told(client, code))[0] for code in codes]
    assert [d["due_on"] for d in dossiers] == ["2022-10-21", "2022-10-24"]


async def test_both_readings_stay_in_recorded_time(client, app, receive, decreed, begin, finish):
    (code,) = await receive(1)
    decreed()
    await finish((await begin()).json())
    query = """
        select f.due_on::text, f.from_on::text, f.version from {table} f
        join agencies a using (agency_id) where a.code = '{agency}' order by f.stretch
    """
    async with app.state.read_sessions.begin() as tx:
        connection = await tx.connection()
        found = {
            table: (
                await connection.exec_driver_sql(
                    query.format(table=table, agency=code.rsplit("-", 2)[0])
                )
            ).all()
            for table in ("facts", "facts_history")
        }
    assert found["facts_history"] == [("2022-10-20", "2022-10-11", 1)]
    assert found["facts"] == [("2022-10-20", "2022-10-11", 2), ("2022-10-21", "2022-10-15", 2)]


async def test_a_run_broken_off_and_taken_up_gives_the_same_as_one_in_a_piece(
    client, app, catalog, copies, bearer, receive, decreed, province, begin, advance, finish
):
    broken = await receive(11)
    other = f"R{next(_provinces):02}"
    catalog.agencies |= {other, f"{other}.1", f"{other}.2"}
    whole = await receive(11, province=other)
    decreed()
    run = (await begin()).json()
    run = await advance(run, 3)
    assert (run["done_count"], run["state"]) == (3, "walking")
    await killed_in_the_middle(app, province, run)
    app.state.office = main.open_office(app, catalog, copies)  # a new process
    run = await finish(run, 3)
    in_a_piece = bearer(*SCOPES, agency=other)
    piece = (await begin(headers=in_a_piece)).json()
    for _ in range(2):
        piece = await advance(piece, headers=in_a_piece)
    assert (run["done_count"], run["changed_count"]) == (11, 11)
    assert (piece["done_count"], piece["changed_count"]) == (11, 11)
    for one, another in zip(broken, whole, strict=True):
        assert stable(await told(client, one)) == stable(await told(client, another))


async def killed_in_the_middle(app, province, run) -> None:
    """Work on a batch and lose it before the commit, as a killed process does."""
    keeper = Keeper(None, province)
    reading, office = app.state.read_sessions, app.state.office
    batch = await recomputing.prepare_batch(reading, office, run["run_id"], size=3, keeper=keeper)
    batch = recomputing.replace(batch, acting=recomputing.Acting("x", None, app.state.clock()))
    async with app.state.sessions() as tx:
        lost = await recomputing.advance_run(tx, office, batch)
        assert lost.done_count == 6


def stable(life) -> tuple:
    dossier, events = life
    details = [{k: v for k, v in e["details"].items() if k != "run_id"} for e in events]
    return dossier["due_on"], dossier["version"], [e["kind"] for e in events], details


async def test_several_drivers_at_once_do_no_harm(client, receive, decreed, begin, advance, finish):
    codes = await receive(12)
    decreed()
    run = (await begin()).json()
    await asyncio.gather(*(advance(run, 2) for _ in range(8)))
    run = await finish(await advance(run, 2))
    assert (run["done_count"], run["changed_count"]) == (12, 12)
    for code in codes:
        _, events = await told(client, code)
        assert [event["kind"] for event in events] == ["received", "due_date_recomputed"]


async def test_acts_during_a_batch_are_neither_lost_nor_overwritten(
    client, receive, decreed, begin, advance, finish
):
    codes = await receive(16)
    decreed()
    run = (await begin()).json()
    at = "2022-10-14T10:00:00+07:00"
    *answers, _ = await asyncio.gather(
        *(act(client, code, "settlement", 1, settled_at=at) for code in codes), advance(run, 16)
    )
    await finish(run)
    for code, answer in zip(codes, answers, strict=True):
        dossier, events = await told(client, code)
        kinds = [event["kind"] for event in events]
        if answer.status_code == 200:
            assert kinds == ["received", "settled"]
            assert dossier["due_on"] == answer.json()["due_on"]
        else:
            assert answer.status_code == 412
            assert kinds == ["received", "due_date_recomputed"]
        assert dossier["version"] == len(events)
        assert [event["event_number"] for event in events] == [1, 2]


async def test_what_was_received_on_a_stale_copy_meanwhile_is_caught_up_with(
    client, app, receive, decreed, begin, advance, finish
):
    await receive(1)
    decreed()
    run = (await begin()).json()
    run = await advance(run)
    assert run["state"] == "catching_up"
    stale = app.state.office.catalogue._calendar._held["calendar-days"]
    fresh, stale.value = stale.value, await calendar_without(NEW_DAY_OFF, stale.value)
    (late,) = await receive(1)
    assert (await told(client, late))[0]["due_on"] == "2022-10-20"
    stale.value = fresh
    assert (await advance(run))["state"] == "catching_up"  # others may still count on a copy
    run = await finish(run)
    assert (run["state"], run["changed_count"]) == ("done", 2)
    assert (await told(client, late))[0]["due_on"] == "2022-10-21"


async def calendar_without(day: str, official):
    kept = frozenset(d for d in official.calendar.days_off if d.isoformat() != day)
    calendar = recomputing.replace(official.calendar, days_off=kept)
    return recomputing.replace(official, calendar=calendar)


async def test_a_finished_run_stays_finished(receive, decreed, begin, advance, finish, client):
    await receive(1)
    decreed()
    run = await finish((await begin()).json())
    assert await advance(run) == run
    found = await client.get(f"/v1/due-date-recomputations/{run['run_id']}")
    assert found.json() == run


async def test_a_second_run_over_the_same_days_changes_nothing(receive, decreed, begin, finish):
    await receive(3)
    decreed()
    await finish((await begin()).json())
    run = await finish((await begin()).json())
    assert (run["done_count"], run["changed_count"]) == (3, 0)


async def test_a_repeated_beginning_is_one_run(client, keeper):
    body = {**REASON, "first_day": NEW_DAY_OFF, "last_day": NEW_DAY_OFF}
    headers = {**keeper, "Idempotency-Key": f"run-{keeper['Authorization'][-9:]}"}
    path = "/v1/due-date-recomputations"
    first, second = [await client.post(path, json=body, headers=headers) for _ in range(2)]
    assert first.json() == second.json()


async def test_without_the_catalogue_nothing_is_recomputed(
    catalog, client, keeper, receive, decreed, begin
):
    await receive(1)
    decreed()
    run = (await begin()).json()
    catalog.is_away = True
    path = f"/v1/due-date-recomputations/{run['run_id']}/batches"
    for answer in (await begin(), await client.post(path, headers=keeper)):
        assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")


async def test_only_the_province_applies_the_calendar(bearer, begin, province):
    answer = await begin(headers=bearer(*SCOPES, agency=f"{province}.1"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_province")


async def test_a_run_of_another_province_does_not_exist(client, bearer, begin, catalog):
    run = (await begin()).json()
    catalog.agencies.add("S01")
    stranger = bearer(*SCOPES, agency="S01")
    path = f"/v1/due-date-recomputations/{run['run_id']}"
    for answer in (
        await client.get(path, headers=stranger),
        await client.post(f"{path}/batches", headers=stranger),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_run")


async def test_days_come_in_order(begin):
    answer = await begin(first_day="2022-10-21", last_day="2022-10-20")
    assert (answer.status_code, answer.json()["code"]) == (422, "days_reversed")


async def test_a_dossier_open_again_is_due_by_the_calendar_of_that_day(
    client, bearer, receive, decreed, begin, finish
):
    """It had ended when the day off was decreed, so that no run has moved it."""
    (code,) = await receive(1)
    await act(client, code, "settlement", 1, settled_at="2022-10-14T09:00:00+07:00")
    decreed()
    assert (await finish((await begin()).json()))["changed_count"] == 0
    proposal = {
        "corrects": "end",
        "event_number": 2,
        "reason_code": "system_not_updated",
        "reason": "Bấm nhầm",
        "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
    }
    await client.post(f"/v1/dossiers/{code}/corrections", json=proposal)
    approver = bearer("dossiers:approve", agency="*", subject="officer-2")
    approved = await client.post(
        f"/v1/dossiers/{code}/corrections/1/approval", headers={**approver, "If-Match": '"2"'}
    )
    assert approved.status_code == 200, approved.text
    dossier, events = await told(client, code)
    assert (dossier["status"], dossier["due_on"]) == (2, "2022-10-21")
    assert events[-1]["details"]["due_on_before"] == "2022-10-20"
    assert events[-1]["details"]["recounted_due_on"] == "2022-10-21"
    assert (await client.get(f"/v1/dossiers/{code}/due-date")).json()["agrees"]

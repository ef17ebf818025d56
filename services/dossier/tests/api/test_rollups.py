"""Counts kept ahead: folded by hand, compared with the facts, open to the administrator only."""

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest
from dossier.store import cells, event_log, rollups
from dossier.store.scopes import Scope
from dossier.tables.agencies import agencies
from dossier.tables.counts import stat_cells
from dossier.usecases import folding, verifying
from dossier.usecases.closing import Closer
from kernel.periods import ReportingPeriod
from sqlalchemy import select, update

PERIOD = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
LEGAL = {"from": "2022-06-15", "to": "2022-09-14"}


@pytest.fixture
def folder(app):
    return app.state.folder


async def settled(client, code: str) -> None:
    answer = await client.post(
        f"/v1/dossiers/{code}/settlement",
        json={"settled_at": "2022-09-06T09:00:00+07:00"},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text


async def figures(client, agency: str, **more: str) -> dict[str, object]:
    asked = {"agency": agency, **LEGAL, **more}
    answer = await client.get("/v1/figures", params=asked)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["figures"]
    return {(row["key"], *row["dimensions"].values()): row["value"] for row in rows}


async def folded(client) -> dict[str, float]:
    answer = await client.post("/v1/figure-folds", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_figures_are_the_same_before_and_after_folding(client, a_dossier, agency):
    first = (await client.post("/v1/dossiers", json=a_dossier())).json()["code"]
    await client.post("/v1/dossiers", json=a_dossier(procedure_code="1.000004"))
    for by in ({}, {"by": "procedure_field"}):
        before = await figures(client, agency, **by)
        await folded(client)
        assert await figures(client, agency, **by) == before
    await settled(client, first)  # not folded, and yet in the answer
    assert (await figures(client, agency))["dossiers.settled",] == 1
    assert (await folded(client))["events"] >= 1
    assert (await figures(client, agency))["dossiers.settled",] == 1


async def test_nothing_is_folded_twice(client, a_dossier):
    await client.post("/v1/dossiers", json=a_dossier())
    assert (await folded(client))["events"] >= 1
    assert await folded(client) == {"events": 0, "lag_seconds": 0, "agencies_left": 0}


async def test_a_question_as_of_an_earlier_instant_is_answered_as_known_then(
    app, client, a_dossier, agency
):
    code = (await client.post("/v1/dossiers", json=a_dossier())).json()["code"]
    then = app.state.clock()
    app.state.clock = lambda: then.replace(hour=5)
    await settled(client, code)
    await folded(client)
    known_then = await figures(client, agency, known_at=then.isoformat())
    assert known_then["dossiers.settled",] == 0
    assert (await figures(client, agency))["dossiers.settled",] == 1


async def test_verification_compares_every_window_and_finds_them_equal(client, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    await client.post("/v1/dossiers", json=a_dossier())
    body = {"agency_code": agency, **LEGAL}
    answer = await client.post("/v1/figure-verifications", json=body)
    found = answer.json()
    assert (found["compared_on"], found["differences"]) == ("2022-10-15", [])
    assert found["windows"] >= 1  # windows that other tests open are compared as well
    everything = (await client.post("/v1/figure-verifications", json={})).json()
    assert everything["differences"] == []
    assert "tthc_fold_lag_seconds" in (await client.get("/metrics")).text


async def test_windows_of_ones_own_are_counted_ahead_too(client, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    number = agency.rsplit(".", 1)[1]
    window = {"period_code": f"own/{agency}", "starts_on": "2022-08-28", "ends_on": "2022-09-03"}
    body = {
        "periods": [window, {**window, "period_code": f"own/{number}", "ends_on": "2022-09-05"}]
    }
    assert (await client.post("/v1/stat-periods", json=body)).json() == {"opened": 2}
    assert (await client.post("/v1/stat-periods", json=body)).json() == {"opened": 0}
    found = await client.post("/v1/figure-verifications", json={"agency_code": agency})
    assert found.json()["differences"] == []
    own = await figures(client, agency, **{"from": "2022-08-28", "to": "2022-09-03"})
    assert own["dossiers.received",] == 1


async def test_a_wrong_cell_is_found_and_a_rebuild_heals_it(client, app, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    wrong = stat_cells.c.agency_id.in_(
        select(agencies.c.agency_id).where(agencies.c.code == agency)
    )
    async with app.state.sessions.begin() as tx:
        await tx.execute(update(stat_cells).where(wrong).values(apologies=5))
    body = {"agency_code": agency}
    found = (await client.post("/v1/figure-verifications", json=body)).json()["differences"]
    assert {(one["agency_code"], one["figure"], one["counted_ahead"]) for one in found} == {
        (agency, "apologies", 5)
    }
    await client.post("/v1/dossiers", json=a_dossier())
    answer = await client.post("/v1/figure-folds", json={"rebuild": True})
    assert answer.status_code == 200
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []


async def test_a_rebuild_broken_off_goes_on_where_it_was_left(client, app, a_dossier, agency):
    first = (await client.post("/v1/dossiers", json=a_dossier())).json()["code"]
    await folded(client)
    wrong = stat_cells.c.agency_id.in_(
        select(agencies.c.agency_id).where(agencies.c.code == agency)
    )
    async with app.state.sessions.begin() as tx:
        await tx.execute(update(stat_cells).where(wrong).values(apologies=5))
    few = replace(app.state.folder, facts_at_once=1)
    await folding.recount(few, seconds=0)
    begun = await folded(client)
    assert begun["agencies_left"] > 0
    # Nobody is told what a cell says that was not counted yet; the log is folded all the same.
    assert (await figures(client, agency))["dossiers.apologies",] == 0
    await settled(client, first)
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    assert (await figures(client, agency))["dossiers.settled",] == 1
    refused = await client.post("/v1/figure-verifications", json={"agency_code": agency})
    assert (refused.status_code, refused.json()["code"]) == (409, "recount_under_way")
    verifier = app.state.figure_verifier
    assert await verifying.verify_everything(verifier, every=timedelta(0)) is None
    assert "tthc_recount_agencies_left 0.0" not in (await client.get("/metrics")).text
    await folding.recount(few, seconds=0)
    assert 0 < (await folded(client))["agencies_left"] < begun["agencies_left"]
    answer = await client.post("/v1/figure-folds", json={"rebuild": True})
    assert (answer.status_code, answer.json()["agencies_left"]) == (200, 0)
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []
    assert (await figures(client, agency))["dossiers.settled",] == 1
    assert "tthc_recount_agencies_left 0.0" in (await client.get("/metrics")).text


async def test_a_rebuild_ends_with_a_last_agency_larger_than_a_batch(client, app, a_dossier):
    for _ in range(3):
        await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    few = replace(app.state.folder, facts_at_once=2)
    for _ in range(1_000):
        await folding.recount(few, seconds=0)
        if (await folded(client))["agencies_left"] == 0:
            break
    async with app.state.sessions.begin() as tx:
        assert await event_log.counted_to(tx) is None
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []


async def test_a_rebuild_that_was_left_is_ended_by_whoever_folds(client, app, a_dossier):
    await client.post("/v1/dossiers", json=a_dossier())
    few = replace(app.state.folder, facts_at_once=1)
    await folding.recount(few, seconds=0)
    assert (await folded(client))["agencies_left"] > 0
    whole = replace(few, facts_at_once=1_000)
    task = asyncio.create_task(
        folding.keep_folding(whole, Closer(app.state.hot, whole.clock), seconds=0.01)
    )
    for _ in range(500):
        if (await folded(client))["agencies_left"] == 0:
            break
        await asyncio.sleep(0.02)
    task.cancel()
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []


async def test_windows_opened_during_a_rebuild_are_counted_too(client, app, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    await folding.recount(replace(app.state.folder, facts_at_once=1), seconds=0)
    window = {"period_code": f"during/{agency}", "starts_on": "2022-08-27"}
    body = {"periods": [{**window, "ends_on": "2022-09-07"}]}
    assert (await client.post("/v1/stat-periods", json=body)).status_code == 200
    assert (await client.post("/v1/figure-folds", json={"rebuild": True})).status_code == 200
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []
    own = await figures(client, agency, **{"from": "2022-08-27", "to": "2022-09-07"})
    assert own["dossiers.received",] == 1


async def test_verification_reaches_agencies_that_have_ended(
    client, app, catalog, a_dossier, agency, later
):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    above = agency.rpartition(".")[0]
    catalog.agencies.discard(agency)
    catalog.ended |= {agency, above}
    later(minutes=1)
    wrong = stat_cells.c.agency_id.in_(
        select(agencies.c.agency_id).where(agencies.c.code == agency)
    )
    async with app.state.sessions.begin() as tx:
        await tx.execute(update(stat_cells).where(wrong).values(apologies=7))
    body = {"agency_code": above}
    found = (await client.post("/v1/figure-verifications", json=body)).json()["differences"]
    assert {(one["agency_code"], one["counted_ahead"]) for one in found} == {(agency, 7)}
    assert (await client.post("/v1/figure-folds", json={"rebuild": True})).status_code == 200


async def test_an_agency_younger_than_the_copy_of_the_tree_is_verified(client, catalog, agency):
    await client.post("/v1/figure-verifications", json={"agency_code": agency})
    young = f"{agency}.9"
    catalog.agencies.add(young)
    answer = await client.post("/v1/figure-verifications", json={"agency_code": young})
    assert answer.status_code == 200


async def test_an_agency_that_never_was_is_not_verified(client):
    answer = await client.post("/v1/figure-verifications", json={"agency_code": "H99"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_agency")


async def test_a_folder_at_work_is_left_alone(client, app, a_dossier):
    await client.post("/v1/dossiers", json=a_dossier())
    async with app.state.sessions.begin() as tx:
        assert await event_log.hold_fold(tx)
        assert (await folded(client))["events"] == 0
        window = {"period_code": "x", "starts_on": "2022-01-02", "ends_on": "2022-01-03"}
        busy = await client.post("/v1/stat-periods", json={"periods": [window]})
        assert (busy.status_code, busy.json()["code"]) == (409, "fold_busy")
        rebuild = await client.post("/v1/figure-folds", json={"rebuild": True})
        assert (rebuild.status_code, rebuild.json()["code"]) == (409, "fold_busy")
    assert (await folded(client))["events"] >= 1


@pytest.mark.parametrize("failure", [OSError("no"), asyncpg.InternalClientError("no")], ids=type)
async def test_the_background_task_folds_and_outlives_a_failure(
    app, client, folder, a_dossier, failure
):
    await client.post("/v1/dossiers", json=a_dossier())
    failures = iter([failure, None])

    def clock():
        if failure := next(failures, None):
            raise failure
        return folder.clock()

    closer = Closer(app.state.hot, clock)
    keeping = folding.keep_folding(replace(folder, clock=clock), closer, seconds=0.01)
    task = asyncio.create_task(keeping)
    for _ in range(200):
        async with folder.sessions.begin() as tx:
            if await event_log.oldest_unfolded(tx) is None:
                break
        await asyncio.sleep(0.02)
    task.cancel()
    async with folder.sessions.begin() as tx:
        assert await event_log.oldest_unfolded(tx) is None


@pytest.mark.parametrize("path", ["figure-folds", "stat-periods", "figure-verifications"])
async def test_only_whoever_keeps_the_counts_may(client, bearer, path):
    answer = await client.post(f"/v1/{path}", json={}, headers=bearer("figures:read", agency="*"))
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


async def test_a_window_that_ends_before_it_begins_is_refused(client):
    window = {"period_code": "x", "starts_on": "2022-01-02", "ends_on": "2022-01-01"}
    answer = await client.post("/v1/stat-periods", json={"periods": [window]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")


async def test_counts_stay_whole_numbers_while_events_wait_to_be_folded(client, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    await client.post("/v1/dossiers", json=a_dossier())
    question = {"agency": agency, "from": "2022-06-15", "to": "2022-09-14"}
    text = (await client.get("/v1/figures", params=question)).text
    received = re.search(r'"key":"dossiers.received","label":"[^"]+","value":([^,]+),', text)
    assert received[1] == "2"


async def test_a_cell_that_is_wrong_is_found(app, client, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folded(client)
    scope = Scope(agencies={agency}, sight=None, period=PERIOD)
    async with app.state.sessions() as tx:  # undone at the end
        agency_id = await tx.scalar(select(agencies.c.agency_id).where(agencies.c.code == agency))
        await tx.execute(
            update(stat_cells)
            .where(stat_cells.c.agency_id == agency_id)
            .values(apologies=stat_cells.c.apologies + 1)
        )
        mark = await event_log.mark(tx)
        found = [
            different
            for window in await cells.known_windows(tx)
            for different in await rollups.differences(tx, scope, window, mark)
        ]
        await tx.rollback()
    assert {(one.agency_id, one.part) for one in found} == {(agency_id, "apologies")}
    assert all(one.counted_ahead == one.counted_raw + 1 for one in found)

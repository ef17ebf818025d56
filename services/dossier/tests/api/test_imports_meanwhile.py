"""What happens beside an import: others hold the queue, the catalogue goes away."""

import asyncio
import json
from datetime import datetime, timedelta

from dossier import main
from dossier.store.agencies import number_agency
from sqlalchemy import text


async def send(client, *lines, headers=None) -> list[dict]:
    body = "\n".join(json.dumps(line) for line in lines)
    kind = {"content-type": "application/x-ndjson"}
    answer = await client.post(
        "/v1/dossier-imports", content=body, headers={**kind, **(headers or {})}
    )
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_history_is_recorded_when_it_is_stored_and_not_when_it_was_read(
    client, a_history, app, agency, copies
):
    read_at = app.state.clock()
    stored_at = read_at + timedelta(minutes=3)
    now = [read_at]
    app.state.clock = lambda: now[0]
    async with copies.begin() as tx:
        number = await number_agency(tx, agency)
    async with app.state.sessions.begin() as tx:  # the queue is held while the line is read
        await tx.execute(text("select pg_advisory_xact_lock(7401, :number)"), {"number": number})
        importing = asyncio.create_task(send(client, a_history(1)))
        while not await tx.scalar(text("select count(*) from pg_locks where not granted")):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)
        now[0] = stored_at
    (outcome,) = await importing
    events = (await client.get(f"/v1/dossiers/{outcome['code']}/events")).json()["items"]
    assert {datetime.fromisoformat(event["recorded_at"]) for event in events} == {stored_at}
    period = f"agency={agency}&from=2022-06-15&to=2022-09-14"
    for known_at, count in ((read_at, 0), (stored_at, 1)):
        known = known_at.isoformat().replace("+00:00", "Z")
        answer = await client.get(f"/v1/figures?{period}&known_at={known}")
        figures = {figure["key"]: figure["value"] for figure in answer.json()["figures"]}
        assert figures["dossiers.received"] == count, known


async def test_agencies_below_are_not_refused_because_the_catalogue_is_away(
    client, a_history, agency, bearer, app, catalog, copies
):
    """A province imports for a ward while no copy of the tree is at hand."""
    own = bearer("dossiers:import", agency="H77")
    lines = [a_history(1), a_history(2, agency_code="H77"), a_history(3)]
    catalog.agencies |= {"H77", agency.rpartition(".")[0]}
    await send(client, a_history(0), a_history(0, agency_code="H77"))  # procedures are known
    async with copies.begin() as tx:
        await tx.execute(text("delete from catalog_copies where resource = 'agency-tree'"))
    app.state.office = main.open_office(app, catalog, copies)
    catalog.is_away = True
    assert await send(client, *lines[1:], headers=own) == [
        {"line": 1, "outcome": "stored", "code": "H77-220704-0002"}
    ]
    assert await send(client, *lines, headers=own) == []
    catalog.is_away = False
    again = await send(client, *lines, headers=own)
    assert [line["outcome"] for line in again] == ["stored", "duplicate", "stored"]


async def test_an_agency_younger_than_the_copy_of_the_tree_is_asked_for(
    client, a_history, bearer, catalog
):
    catalog.agencies.add("H77")
    own = bearer("dossiers:import", agency="H77")
    await send(client, a_history(1), headers=own)
    catalog.agencies |= {"H77.9.901", "H77.9.902"}
    young = a_history(2, agency_code="H77.9.901")
    (outcome,) = await send(client, young, headers=own)
    assert outcome["outcome"] == "stored"
    catalog.is_away = True
    assert await send(client, a_history(3, agency_code="H77.9.902"), headers=own) == []


async def test_what_is_elsewhere_in_the_tree_is_refused_whatever_the_catalogue_does(
    client, a_history, bearer, catalog
):
    own = bearer("dossiers:import", agency="H56.18")
    for catalog.is_away in (False, True):
        (outcome,) = await send(client, a_history(1), headers=own)
        assert outcome["problem"]["code"] == "not_your_agency"
    catalog.is_away = False
    (nowhere,) = await send(client, a_history(1, agency_code="H56.99"), headers=own)
    (never,) = await send(client, a_history(1), headers=bearer("dossiers:import", agency="H88"))
    assert {nowhere["problem"]["code"], never["problem"]["code"]} == {"not_your_agency"}

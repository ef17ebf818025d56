"""What happens beside an import: others hold the queue, the catalogue goes away."""

import asyncio
import json
from datetime import datetime, timedelta

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

"""Figures as known at an instant that was told never change, whoever writes meanwhile."""

import asyncio
import json
from datetime import date, datetime, timedelta

import pytest
from dossier.domain.apologies import OverdueReason
from dossier.store import dossiers
from dossier.store.agencies import number_agency
from dossier.store.certified import CertifiedCopies, add_copies
from dossier.store.course import note_event
from dossier.store.overdue import add_reason
from dossier.store.record_floor import look, recorded_instant
from dossier.usecases import closing, folding
from kit.clock import system_clock
from sqlalchemy import text

Q3 = {"from": "2022-06-15", "to": "2022-09-14"}
NDJSON = {"content-type": "application/x-ndjson"}


async def told(client, agency: str, known_at: str | None = None, **more: str) -> dict:
    asked = {"agency": agency, **Q3, **more, **({"known_at": known_at} if known_at else {})}
    answer = await client.get("/v1/figures", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def value(answer: dict, key: str) -> int:
    return next(f["value"] for f in answer["figures"] if f["key"] == key and not f["dimensions"])


def instant(answer: dict) -> datetime:
    return datetime.fromisoformat(answer["known_at"])


async def accepted(client, paper: dict) -> str:
    answer = await client.post("/v1/dossiers", json=paper)
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


async def settled(client, code: str) -> None:
    answer = await client.post(
        f"/v1/dossiers/{code}/settlement",
        json={"settled_at": "2022-09-12T09:00:00+07:00"},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text


async def stated(client, code: str, version: int = 2) -> None:
    answer = await client.post(
        f"/v1/dossiers/{code}/overdue-reasons",
        json={"reason_code": "law"},
        headers={"If-Match": f'"{version}"'},
    )
    assert answer.status_code in (200, 201), answer.text


async def imported(client, paper: dict, external_id: str) -> None:
    line = json.dumps({**paper, "external_id": external_id})
    answer = await client.post("/v1/dossier-imports", content=line, headers=NDJSON)
    assert '"stored"' in answer.text, answer.text


async def certified(client, agency: str, day: str = "2022-09-01") -> None:
    paper = {"agency_code": agency, "certified_on": day, "copy_count": 3}
    answer = await client.post("/v1/certified-copies", json=paper)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("accepted", "dossiers.received"),
        ("imported", "dossiers.received"),
        ("settled", "dossiers.settled"),
        ("stated", "dossiers.late.reason.law"),
        ("certified", "certified_copies"),
    ],
)
async def test_what_is_committed_late_is_recorded_after_what_was_told(
    client, app, agency, a_dossier, later, what, key
):
    code = await accepted(client, a_dossier())
    if what == "stated":
        await settled(client, code)
    first = await told(client, agency)
    later(seconds=-9)  # a request that began before, or whose clock is behind
    await {
        "accepted": lambda: accepted(client, a_dossier()),
        "imported": lambda: imported(client, a_dossier(), "1"),
        "settled": lambda: settled(client, code),
        "stated": lambda: stated(client, code),
        "certified": lambda: certified(client, agency),
    }[what]()
    later(seconds=9)
    assert await told(client, agency, first["known_at"]) == first
    now = await told(client, agency)
    assert instant(now) > instant(first)
    assert value(now, key) > value(first, key)


async def test_figures_told_among_concurrent_writers_stay(client, app, agency, a_dossier):
    app.state.clock = system_clock
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        turn = 0
        while not is_over.is_set():
            turn += 1
            code = await accepted(client, a_dossier())
            await settled(client, code)
            await stated(client, code)
            if number == 0:
                await imported(client, a_dossier(), str(turn))

    async def fold() -> None:
        while not is_over.is_set():
            await folding.fold_log(app.state.folder, most=10)

    writers = [asyncio.create_task(write(number)) for number in range(6)]
    folder = asyncio.create_task(fold())
    answers = []
    for turn in range(30):
        by = {"by": "procedure_field"} if turn % 2 else {}
        answers.append((by, await told(client, agency, **by)))
    asked = system_clock().isoformat()  # by another service's clock
    answers.append(({}, await told(client, agency, asked)))
    assert instant(answers[-1][1]) == datetime.fromisoformat(asked)
    is_over.set()
    await asyncio.gather(*writers, folder)

    assert len({value(answer, "dossiers.total") for _, answer in answers}) > 5
    for by, answer in answers:
        await holds(client, agency, answer, by)


async def holds(client, agency: str, answer: dict, by: dict[str, str]) -> None:
    """The same is told again, and the lists of records agree."""
    assert await told(client, agency, answer["known_at"], **by) == answer
    for key in ("dossiers.total", "dossiers.settled.late", "dossiers.late.reason.law"):
        row = next(f for f in answer["figures"] if f["key"] == key)
        page = (await client.get(row["evidence_url"])).json()
        assert page["total"] == row["value"]


async def test_a_write_that_takes_long_has_figures_told_as_of_before_it(
    client, app, agency, a_dossier, monkeypatch
):
    monkeypatch.setattr(closing, "PATIENCE_SECONDS", 0.05)
    app.state.clock = system_clock
    first = await told(client, agency)
    async with app.state.sessions.begin() as tx:
        await number_agency(tx, agency)
        await tx.execute(text("select pg_current_xact_id()"))
        during = await told(client, agency)
        assert during["known_at"] == first["known_at"]
        asked = system_clock().isoformat()
        evidence = "/v1/figures/dossiers.total/evidence"
        refused = await client.get(evidence, params={"agency": agency, **Q3, "known_at": asked})
        assert refused.status_code == 503
        assert refused.json()["code"] == "still_recording"
        assert "retry-after" in refused.headers
    assert instant(await told(client, agency, asked)) == datetime.fromisoformat(asked)


async def test_figures_wait_for_a_write_that_began_before_they_were_asked(client, app, agency):
    async with app.state.sessions.begin() as tx:
        agency_id = await number_agency(tx, agency)
        at = await recorded_instant(tx, app.state.clock())
        asking = asyncio.create_task(told(client, agency))
        await asyncio.sleep(0.2)
        assert not asking.done()
        copies = CertifiedCopies(agency, date(2022, 9, 1), 3, at)
        await add_copies(tx, copies, agency_id=agency_id, by="x")
    answer = await asking
    assert value(answer, "certified_copies") == 3
    assert await told(client, agency, answer["known_at"]) == answer


async def test_a_reason_is_known_from_the_instant_its_event_is(client, app, agency, a_dossier):
    """Recorded after it, the past could be closed between the two."""
    code = await accepted(client, a_dossier())
    await settled(client, code)
    now = app.state.clock()
    async with app.state.sessions.begin() as tx:
        of = await dossiers.dossier(tx, code, None, app.state.office.sealer)
        key = (of.agency_id, of.issued_on, of.serial)
        said = {"kind": "overdue_reason_stated", "by": "x", "details": {}}
        await note_event(tx, key, occurred_at=now, recorded_at=now, **said)
        asking = asyncio.create_task(told(client, agency))
        await asyncio.sleep(0.2)  # The floor is raised by now, and this transaction waited for.
        await add_reason(tx, of, OverdueReason.LAW, note=None, event_number=of.version + 1)
    first = await asking
    assert value(first, "dossiers.late.reason.law") == 1
    await accepted(client, a_dossier())
    assert await told(client, agency, first["known_at"]) == first


async def test_without_a_closed_instant_a_long_write_has_figures_refused(
    client, app, agency, monkeypatch
):
    monkeypatch.setattr(closing, "PATIENCE_SECONDS", 0.05)
    async with app.state.sessions.begin() as tx:
        await tx.execute(text("select pg_current_xact_id()"))
        answer = await client.get("/v1/figures", params={"agency": agency, **Q3})
        assert (answer.status_code, answer.json()["code"]) == (503, "still_recording")
    assert (await client.get("/v1/figures", params={"agency": agency, **Q3})).status_code == 200


async def test_the_past_is_closed_while_the_log_is_folded(client, app, agency, a_dossier):
    app.state.clock = system_clock
    began = system_clock()
    await accepted(client, a_dossier())
    closer = closing.Closer(app.state.hot, app.state.clock)
    folding_on = asyncio.create_task(folding.keep_folding(app.state.folder, closer, seconds=0.01))
    async with asyncio.timeout(20):
        while True:
            async with app.state.hot.connection() as hot:
                if (await look(hot)).settled >= began:
                    break
            await asyncio.sleep(0.01)
    folding_on.cancel()


async def test_an_instant_long_closed_raises_no_floor(client, app, agency):
    first = await told(client, agency)
    earlier = instant(first) - timedelta(days=1)
    await told(client, agency, earlier.isoformat())
    async with app.state.hot.connection() as hot:
        assert (await look(hot)).reached == instant(first)


async def test_while_an_agency_has_nothing_new_nothing_is_closed(
    client, app, agency, a_dossier, later
):
    await accepted(client, a_dossier())
    first = await told(client, agency)
    later(seconds=9)
    assert await told(client, agency) == first
    assert await told(client, agency, first["known_at"]) == first
    async with app.state.hot.connection() as hot:
        assert (await look(hot)).reached == instant(first)
    await accepted(client, a_dossier())
    now = await told(client, agency)
    assert instant(now) > instant(first)
    assert value(now, "dossiers.received") == 2


async def test_a_period_that_runs_is_told_as_of_now(client, app, agency, a_dossier, later):
    """What is overdue today is another number than yesterday, though nothing was recorded."""
    await accepted(client, a_dossier(received_at="2022-10-14T10:00:00+07:00"))
    running = {"from": "2022-09-15", "to": "2022-12-14"}
    first = await told(client, agency, **running)
    later(days=14)
    now = await told(client, agency, **running)
    assert instant(now) > instant(first)
    overdue = "dossiers.pending.overdue"
    assert (value(first, overdue), value(now, overdue)) == (0, 1)

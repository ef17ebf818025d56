"""Counts kept ahead are compared with the facts once a day, whichever replica does it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from dossier import main
from dossier.store import verifications
from dossier.tables.agencies import agencies
from dossier.tables.counts import last_verification, stat_cells
from dossier.usecases import folding, verifying
from dossier.usecases.folding import RollupGauges
from kit.db import create_engine, write_sessions
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import delete, select, update

NOW = datetime(2022, 10, 15, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def own_settings(settings, database_url):
    """A database without the dossiers of other tests: all of it is compared again and again."""
    url = SecretStr(database_url("dossier", "verifying"))
    return settings.model_copy(update={"database_url": url})


@asynccontextmanager
async def a_replica(own_settings, catalog):
    """A process of the service, with pools, gauges and tasks of its own."""
    replica = main.create_app(own_settings)
    async with replica.router.lifespan_context(replica):
        replica.state.clock = lambda: NOW
        replica.state.office = main.open_office(replica, catalog, replica.state.sessions)
        yield replica


@pytest.fixture
async def replicas(own_settings, catalog):
    """Two replicas that have just started on counts that nobody has compared yet."""
    # Before they start: each shows at once what was found last.
    engine = create_engine(
        own_settings.database_url.get_secret_value(), pool_size=1, application_name="test"
    )
    async with write_sessions(engine).begin() as tx:
        await tx.execute(delete(last_verification))
    await engine.dispose()
    async with a_replica(own_settings, catalog) as one, a_replica(own_settings, catalog) as other:
        await fold(one)
        yield one, other


@pytest.fixture
def move(replicas):
    """Move the clock of every replica."""

    def on(**span: float) -> None:
        instant = replicas[0].state.clock() + timedelta(**span)
        for one in replicas:
            one.state.clock = lambda: instant

    return on


@pytest.fixture
async def client(replicas, bearer) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the first replica."""
    transport = httpx.ASGITransport(replicas[0])
    keeper = bearer("figures:fold", "dossiers:receive", agency="*")
    async with httpx.AsyncClient(
        transport=transport, base_url="http://dossier", headers=keeper
    ) as client:
        yield client


@pytest.fixture
async def a_wrong_cell(replicas, client, a_dossier, agency):
    assert (await client.post("/v1/dossiers", json=a_dossier())).status_code == 201
    await fold(replicas[0])
    wrong = stat_cells.c.agency_id.in_(
        select(agencies.c.agency_id).where(agencies.c.code == agency)
    )
    async with replicas[0].state.sessions.begin() as tx:
        assert (await tx.execute(update(stat_cells).where(wrong).values(apologies=5))).rowcount
    yield
    assert (await client.post("/v1/figure-folds", json={"rebuild": True})).status_code == 200


async def fold(replica) -> None:
    await folding.fold_log(replica.state.folder, most=1_000_000)


async def compare(replica, *, every: timedelta = DAY):
    return await verifying.verify_everything(replica.state.figure_verifier, every=every)


def shown(replica, name: str) -> float | None:
    return replica.state.metrics.registry.get_sample_value(name)


async def shown_by(replica) -> tuple[float | None, float | None]:
    await verifying.show_latest(replica.state.figure_verifier)
    names = ("tthc_rollup_differences", "tthc_rollup_verified_timestamp_seconds")
    return tuple(shown(replica, name) for name in names)


async def test_what_was_never_compared_is_not_said_to_be_equal(replicas):
    assert [await shown_by(one) for one in replicas] == [(None, None)] * 2


async def test_of_two_replicas_that_begin_together_one_compares_and_both_show_it(replicas):
    found = await asyncio.gather(*(compare(one) for one in replicas))
    assert sorted(one is None for one in found) == [False, True]
    at = NOW.timestamp()
    assert [await shown_by(one) for one in replicas] == [(0, at)] * 2


async def test_what_one_replica_compared_no_other_compares_on_the_same_day(replicas, move):
    one, other = replicas
    assert await compare(one) is not None
    move(hours=23)
    assert (await compare(one), await compare(other)) == (None, None)
    move(hours=1)
    assert await compare(other) is not None
    assert await compare(one) is None


async def test_a_wrong_cell_that_one_replica_found_is_told_by_all(replicas, a_wrong_cell):
    one, other = replicas
    found = await compare(one)
    assert found.differences >= 1
    assert (await shown_by(other))[0] == found.differences


async def test_a_replica_that_died_comparing_is_replaced_before_long(replicas, move):
    _, other = replicas
    async with replicas[0].state.sessions.begin() as tx:  # what a dead replica leaves behind
        assert await verifications.claim(
            tx, now=NOW, due_before=NOW - DAY, until=NOW + timedelta(minutes=10)
        )
    move(minutes=9)
    assert await compare(other) is None
    move(minutes=1)
    assert await compare(other) is not None


async def test_a_replica_that_was_thought_dead_writes_nothing_over_its_successor(replicas, move):
    one, other = replicas
    successors = []

    class Slow:
        """The snapshots of a replica that is held up for three quarters of an hour."""

        def begin(self):
            return self._one_after_another()

        @asynccontextmanager
        async def _one_after_another(self):
            async with one.state.read_sessions.begin() as tx:
                yield tx
            if not successors:
                move(minutes=45)
                successors.append(await compare(other))

    slow = replace(one.state.figure_verifier, reading=Slow())
    assert await verifying.verify_everything(slow, every=DAY) is None
    assert successors[0].verified_at == NOW + timedelta(minutes=45)
    assert (await shown_by(one))[1] == successors[0].verified_at.timestamp()


async def test_everything_compared_by_hand_is_shown_by_all_and_due_again_a_day_later(
    client, replicas, move
):
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []
    at = NOW.timestamp()
    assert shown(replicas[0], "tthc_rollup_verified_timestamp_seconds") == at
    assert [await shown_by(one) for one in replicas] == [(0, at)] * 2
    assert await compare(replicas[0]) is None
    move(days=1)
    assert await compare(replicas[0]) is not None


async def test_a_part_compared_by_hand_says_nothing_of_the_whole(client, replicas, agency):
    for part in ({"agency_code": agency}, {"from": "2022-06-15"}, {"to": "2022-09-14"}):
        answer = await client.post("/v1/figure-verifications", json=part)
        assert answer.status_code == 200
    assert await shown_by(replicas[0]) == (None, None)


async def test_a_comparison_by_hand_does_not_end_one_that_is_under_way(client, replicas):
    async with replicas[0].state.sessions.begin() as tx:
        run = await verifications.claim(tx, now=NOW, due_before=NOW - DAY, until=NOW + DAY)
    assert (await client.post("/v1/figure-verifications", json={})).status_code == 200
    async with replicas[0].state.sessions.begin() as tx:
        assert await verifications.extend(tx, run, until=NOW + DAY)


@asynccontextmanager
async def verifying_again_and_again(verifier, *, seconds: float):
    task = asyncio.create_task(verifying.keep_verifying(verifier, seconds=seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_shown(verifier, name: str) -> float:
    async with asyncio.timeout(60):
        while (value := verifier.gauges._registry.get_sample_value(name)) is None:  # noqa: ASYNC110 - a gauge, not an event
            await asyncio.sleep(0.02)
    return value


@pytest.mark.parametrize("failure", [OSError("no"), asyncpg.InternalClientError("no")], ids=type)
async def test_the_comparison_in_the_background_outlives_a_failure(replicas, failure):
    verifier = replicas[0].state.figure_verifier
    failures = iter([failure])

    def clock():
        if failure := next(failures, None):
            raise failure
        return verifier.clock()

    failing = replace(verifier, clock=clock, gauges=RollupGauges(CollectorRegistry()))
    async with verifying_again_and_again(failing, seconds=0.01):
        assert await until_shown(failing, "tthc_rollup_differences") == 0
    assert next(failures, None) is None


async def test_a_replica_that_compares_nothing_shows_what_others_found(replicas):
    one, other = replicas
    await compare(one)
    idle = replace(other.state.figure_verifier, gauges=RollupGauges(CollectorRegistry()))
    async with verifying_again_and_again(idle, seconds=0):
        assert await until_shown(idle, "tthc_rollup_differences") == 0

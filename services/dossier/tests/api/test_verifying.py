"""Counts kept ahead are compared with the facts once a day, whichever replica does it."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from dossier import main
from dossier.store import verifications
from dossier.tables.agencies import agencies
from dossier.tables.counts import last_verification, stat_cells
from dossier.usecases import folding, verifying
from dossier.usecases.folding import RollupGauges
from prometheus_client import CollectorRegistry
from sqlalchemy import delete, select, update

DAY = timedelta(days=1)


@asynccontextmanager
async def a_replica(settings, app, catalog, copies):
    """Another process of the service, with pools, gauges and tasks of its own."""
    replica = main.create_app(settings)
    async with replica.router.lifespan_context(replica):
        replica.state.clock = app.state.clock
        replica.state.office = main.open_office(replica, catalog, copies)
        yield replica


@pytest.fixture
async def replicas(settings, app, catalog, copies):
    """Two replicas that have just started on counts that nobody has compared yet."""
    async with app.state.sessions.begin() as tx:
        await tx.execute(delete(last_verification))
    await folding.fold_log(app.state.folder, most=1_000_000)
    async with (
        a_replica(settings, app, catalog, copies) as one,
        a_replica(settings, app, catalog, copies) as other,
    ):
        yield one, other


@pytest.fixture
def move(app, replicas):
    """Move the clock of every replica."""

    def on(**span: float) -> None:
        instant = app.state.clock() + timedelta(**span)
        for one in (app, *replicas):
            one.state.clock = lambda: instant

    return on


@pytest.fixture
async def a_wrong_cell(app, client, a_dossier, agency):
    await client.post("/v1/dossiers", json=a_dossier())
    await folding.fold_log(app.state.folder, most=1_000_000)
    wrong = stat_cells.c.agency_id.in_(
        select(agencies.c.agency_id).where(agencies.c.code == agency)
    )
    async with app.state.sessions.begin() as tx:
        await tx.execute(update(stat_cells).where(wrong).values(apologies=5))
    yield
    assert (await client.post("/v1/figure-folds", json={"rebuild": True})).status_code == 200


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


async def test_of_two_replicas_that_begin_together_one_compares_and_both_show_it(replicas, app):
    found = await asyncio.gather(*(compare(one) for one in replicas))
    assert sorted(one is None for one in found) == [False, True]
    at = app.state.clock().timestamp()
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


async def test_a_replica_that_died_comparing_is_replaced_before_long(replicas, app, move):
    _, other = replicas
    now = app.state.clock()
    async with app.state.sessions.begin() as tx:  # what a dead replica leaves behind
        assert await verifications.claim(
            tx, now=now, due_before=now - DAY, until=now + timedelta(minutes=10)
        )
    move(minutes=9)
    assert await compare(other) is None
    move(minutes=1)
    assert await compare(other) is not None


async def test_a_replica_that_was_thought_dead_writes_nothing_over_its_successor(
    replicas, app, move
):
    one, other = replicas
    now = app.state.clock()
    successors = []

    class Slow:
        """The snapshots of a replica that is held up in the middle for a quarter of an hour."""

        def begin(self):
            return self._one_after_another()

        @asynccontextmanager
        async def _one_after_another(self):
            async with one.state.read_sessions.begin() as tx:
                yield tx
            if not successors:
                move(minutes=15)
                successors.append(await compare(other))

    slow = replace(one.state.figure_verifier, reading=Slow())
    assert await verifying.verify_everything(slow, every=DAY) is None
    assert successors[0].verified_at == now + timedelta(minutes=15)
    assert (await shown_by(one))[1] == successors[0].verified_at.timestamp()


async def test_everything_compared_by_hand_is_shown_by_all_and_due_again_a_day_later(
    client, app, replicas, move
):
    assert (await client.post("/v1/figure-verifications", json={})).json()["differences"] == []
    at = app.state.clock().timestamp()
    assert [await shown_by(one) for one in replicas] == [(0, at)] * 2
    assert shown(app, "tthc_rollup_verified_timestamp_seconds") == at
    assert await compare(replicas[0]) is None
    move(days=1)
    assert await compare(replicas[0]) is not None


async def test_a_part_compared_by_hand_says_nothing_of_the_whole(client, replicas, agency):
    for part in ({"agency_code": agency}, {"from": "2022-06-15"}, {"to": "2022-09-14"}):
        answer = await client.post("/v1/figure-verifications", json=part)
        assert answer.status_code == 200
    assert await shown_by(replicas[0]) == (None, None)


async def test_a_comparison_by_hand_does_not_end_one_that_is_under_way(client, replicas, app):
    now = app.state.clock()
    async with app.state.sessions.begin() as tx:
        run = await verifications.claim(tx, now=now, due_before=now - DAY, until=now + DAY)
    assert (await client.post("/v1/figure-verifications", json={})).status_code == 200
    async with app.state.sessions.begin() as tx:
        assert await verifications.extend(tx, run, until=now + DAY)


async def until_shown(verifier, name: str) -> float | None:
    for _ in range(500):
        if (value := verifier.gauges._registry.get_sample_value(name)) is not None:
            return value
        await asyncio.sleep(0.02)
    return None


@pytest.mark.parametrize("failure", [OSError("no"), asyncpg.InternalClientError("no")], ids=type)
async def test_the_comparison_in_the_background_outlives_a_failure(replicas, failure):
    verifier = replicas[0].state.figure_verifier
    failures = iter([failure])

    def clock():
        if failure := next(failures, None):
            raise failure
        return verifier.clock()

    failing = replace(verifier, clock=clock, gauges=RollupGauges(CollectorRegistry()))
    task = asyncio.create_task(verifying.keep_verifying(failing, seconds=0.01))
    assert await until_shown(failing, "tthc_rollup_differences") == 0
    task.cancel()
    assert next(failures, None) is None


async def test_a_replica_that_compares_nothing_shows_what_others_found(replicas):
    one, other = replicas
    await compare(one)
    idle = replace(other.state.figure_verifier, gauges=RollupGauges(CollectorRegistry()))
    task = asyncio.create_task(verifying.keep_verifying(idle, seconds=0))
    assert await until_shown(idle, "tthc_rollup_differences") == 0
    task.cancel()

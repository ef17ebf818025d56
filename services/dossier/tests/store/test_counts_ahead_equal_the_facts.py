"""Counts kept ahead say what the facts say, whoever writes and folds meanwhile."""

import asyncio
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count, product
from pathlib import Path

import pytest
from dossier.domain.facts import Channel
from dossier.domain.figures import DIMENSIONS
from dossier.store import cells, event_log, figures, rollups
from dossier.store.agencies import number_agency
from dossier.store.readings import reading_counts
from dossier.store.record_floor import NOT_YET
from dossier.store.scopes import Scope
from dossier.store.watermark import watermark
from dossier.tables.counts import record_floor
from dossier.usecases import folding
from dossier.usecases.closing import Closer, close_past
from dossier.usecases.figures_at_once import count_at_once
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

_spec = spec_from_file_location("dossier_lives", Path(__file__).with_name("random_lives.py"))
lives = module_from_spec(_spec)
_spec.loader.exec_module(lives)
_spec = spec_from_file_location("rolled_up", Path(__file__).with_name("rolled_up.py"))
rolled = module_from_spec(_spec)
_spec.loader.exec_module(rolled)

_numbers = count(1)


@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(lives.stories, min_size=1, max_size=4),
    st.lists(lives.steps, max_size=4),
    st.integers(0, 9),
)
@example(told=[lives.RECEIVED_LAST, lives.RECEIVED_FIRST], more=[], most=0)
@example(told=[lives.ENDED_LAST, lives.ENDED_FIRST], more=[], most=9)
@example(told=[lives.WAITS_FROM_LAST, lives.SUPPLIED_LAST], more=[], most=0)
async def test_counts_kept_ahead_say_what_the_facts_say(app, told, more, most):
    wards = [f"H73.1.{next(_numbers)}" for _ in range(2)]
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
        diaries = [
            await lives.live(tx, numbers[turn % 2], wards[turn % 2], story)
            for turn, story in enumerate(told)
        ]
    folder = replace(app.state.folder, clock=lambda: lives.noon(rolled.TODAY))
    await folding.fold_log(folder, most=1_000_000)
    for diary, acts in zip(diaries, more, strict=False):
        async with app.state.sessions.begin() as tx:
            await lives.carry_on(tx, diary, acts)
        if most:
            await folding.fold_log(folder, most=most)
    # One ward, and both: they are counted by statements of two shapes.
    await rolled.ahead_equals_raw(app, {wards[0]})
    await rolled.ahead_equals_raw(app, set(wards))
    await _at_once_equals_raw(app, wards[0])


async def _at_once_equals_raw(app, ward: str) -> None:
    instant = await close_past(Closer(app.state.hot, lambda: lives.noon(rolled.TODAY)), None)
    for period, known_at in product(rolled.PERIODS, (None, instant)):
        scope = Scope(agencies={ward}, sight=None, period=period, known_at=known_at)
        for by in (None, *DIMENSIONS):
            found = await count_at_once(app.state.hot, scope, by=by, today=rolled.TODAY)
            if known_at is None and period.last_day > rolled.TODAY:
                assert found is None
                continue
            assert found.known_at == instant
            async with app.state.read_sessions.begin() as tx:
                counts = await figures.counts(tx, scope, rolled.KEYS, by=by)
                assert rolled.some(found.counts) == rolled.some(counts), (period, by)
                assert found.readings == await reading_counts(tx, scope, by=by)
                assert found.watermark == await watermark(tx, replace(scope, known_at=instant))
    async with app.state.sessions.begin() as tx:
        await tx.execute(update(record_floor).values(reached=NOT_YET, settled=NOT_YET))


@settings(
    max_examples=4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(lives.stories, min_size=2, max_size=4),
    st.lists(lives.steps, min_size=1, max_size=4),
    st.integers(1, 40),
)
async def test_a_rebuild_among_acts_ends_in_what_the_facts_say(app, told, more, facts_at_once):
    wards = [f"H73.5.{next(_numbers)}" for _ in range(2)]
    folder = replace(
        app.state.folder, clock=lambda: lives.noon(rolled.TODAY), facts_at_once=facts_at_once
    )
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
        diaries = [
            await lives.live(tx, numbers[turn % 2], wards[turn % 2], story)
            for turn, story in enumerate(told)
        ]
    await folding.recount(folder, seconds=0)
    while 0 < await _counted_to(folder) < numbers[0] - facts_at_once:
        await folding.recount(folder, seconds=0)
    for diary, acts in zip(diaries, more, strict=False):
        async with app.state.sessions.begin() as tx:
            await lives.carry_on(tx, diary, acts)
        # Whether a ward is counted by now or not yet, it is written to.
        await folding.recount(folder, seconds=0)
        await rolled.figures_ahead_equal_raw(app, set(wards))
    await folding.recount(folder, seconds=60)
    await rolled.ahead_equals_raw(app, set(wards))


async def _counted_to(folder) -> int:
    async with folder.sessions.begin() as tx:
        return await event_log.counted_to(tx) or 0


async def test_folding_among_concurrent_writers_loses_nothing(app):
    wards = [f"H73.2.{next(_numbers)}" for _ in range(4)]
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(5):
            story = (
                Channel.ONLINE,
                ("ho-tich", lives.PROCEDURES[0], "officer-1"),
                (turn, lives.NOON),
                3,
                "pause",
                [],
            )
            async with app.state.sessions.begin() as tx:
                diary = await lives.live(tx, numbers[number], wards[number], story)
                # Others take their numbers later and commit earlier.
                await asyncio.sleep(0.003 * ((number * 7 + turn) % 5))
            assert diary.known

    async def fold() -> None:
        while not is_over.is_set():
            await folding.fold_log(app.state.folder, most=3)

    folders = [asyncio.create_task(fold()) for _ in range(2)]
    await asyncio.gather(*(write(number) for number in range(len(wards))))
    is_over.set()
    await asyncio.gather(*folders)
    left = await folding.fold_log(app.state.folder, most=1_000_000)
    assert left.lag_seconds == 0
    async with app.state.read_sessions.begin() as tx:
        mark = await event_log.mark(tx)
        everything = Scope(agencies=None, sight=None, period=rolled.PERIODS[0])
        for window in await cells.known_windows(tx):
            assert await rollups.differences(tx, everything, window, mark) == []


@pytest.mark.parametrize("is_rebuilt", [False, True], ids=["folded", "rebuilt"])
async def test_nothing_is_folded_past_a_transaction_that_is_still_open(app, is_rebuilt):
    wards = [f"H73.4.{next(_numbers)}" for _ in range(2)]
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
    await folding.fold_log(app.state.folder, most=1_000_000)
    async with app.state.sessions.begin() as older:
        await lives.live(older, numbers[0], wards[0], lives.PENDING)
        async with app.state.sessions.begin() as younger:
            await lives.live(younger, numbers[1], wards[1], lives.PENDING)
        if is_rebuilt:
            await folding.recount(app.state.folder, seconds=60)
        folded = await folding.fold_log(app.state.folder, most=1_000_000)
        assert folded.events == 0
    folded = await folding.fold_log(app.state.folder, most=1_000_000)
    assert (folded.events, folded.lag_seconds) == (2, 0)
    await rolled.ahead_equals_raw(app, set(wards))

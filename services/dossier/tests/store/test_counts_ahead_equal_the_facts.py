"""Counts kept ahead say what the facts say, whoever writes and folds meanwhile."""

import asyncio
from dataclasses import replace
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path

import pytest
from dossier.domain.facts import Channel
from dossier.store import cells, event_log, figures, rollups
from dossier.store.agencies import number_agency
from dossier.store.scopes import Scope
from dossier.usecases import folding
from dossier.usecases.ahead import count_figures
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod

_spec = spec_from_file_location("dossier_lives", Path(__file__).with_name("random_lives.py"))
lives = module_from_spec(_spec)
_spec.loader.exec_module(lives)

_numbers = count(1)
TODAY = date(2023, 2, 20)  # after every story's last act
PERIODS = [
    ReportingPeriod.between(date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        ("2022-06-15", "2022-09-14"),  # a legal quarter
        ("2022-07-01", "2022-09-30"),  # a calendar quarter
        ("2022-06-15", "2022-07-14"),  # a month of both
        ("2022-08-01", "2022-08-14"),  # half a month
        ("2022-03-15", "2022-12-14"),  # three quarters
        ("2022-12-15", "2023-02-20"),  # the quarter that is running, up to today
        ("2022-09-15", "2023-02-20"),  # one that is over, and the running one
        ("2022-12-15", "2023-03-14"),  # the whole of it, up to a day to come
        ("2022-12-15", "2023-02-10"),  # a part that is over
        ("2022-06-20", "2022-09-14"),  # no window begins then
    )
]


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
    folder = replace(app.state.folder, clock=lambda: lives.noon(TODAY))
    await folding.fold_log(folder, most=1_000_000)
    for diary, acts in zip(diaries, more, strict=False):
        async with app.state.sessions.begin() as tx:
            await lives.carry_on(tx, diary, acts)
        if most:
            await folding.fold_log(folder, most=most)
    # One ward, and both: they are counted by statements of two shapes.
    await _ahead_equals_raw(app, {wards[0]})
    await _ahead_equals_raw(app, set(wards))


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
    folder = replace(app.state.folder, clock=lambda: lives.noon(TODAY), facts_at_once=facts_at_once)
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
        await _figures_ahead_equal_raw(app, set(wards))
    await folding.recount(folder, seconds=60)
    await _ahead_equals_raw(app, set(wards))


async def _counted_to(folder) -> int:
    async with folder.sessions.begin() as tx:
        return await event_log.counted_to(tx) or 0


async def _figures_ahead_equal_raw(app, agencies: set[str]) -> None:
    async with app.state.read_sessions.begin() as tx:
        for period in PERIODS:
            scope = Scope(agencies=agencies, sight=None, period=period)
            for by in (None, "procedure_field"):
                raw = await figures.counts(tx, scope, lives.KEYS, by=by)
                ahead = await count_figures(tx, scope, lives.KEYS, by=by, today=TODAY)
                assert some(ahead) == some(raw), period


async def _ahead_equals_raw(app, agencies: set[str]) -> None:
    await _figures_ahead_equal_raw(app, agencies)
    async with app.state.read_sessions.begin() as tx:
        known = await cells.known_windows(tx)
        mark = await event_log.mark(tx)
        own = Scope(agencies=agencies, sight=None, period=PERIODS[0])
        for window in known:
            assert await rollups.differences(tx, own, window, mark) == []


def some(found) -> dict:
    """Return what is not nought; values without any dossier may be left out."""
    named = {
        value: {key: n for key, n in row.items() if n and key != "dossiers.settled.in_time"}
        for value, row in found.items()
    }
    return {value: row for value, row in named.items() if row}


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
        everything = Scope(agencies=None, sight=None, period=PERIODS[0])
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
    await _ahead_equals_raw(app, set(wards))

"""Random ways between agencies, corrected: what is stored is what the log tells."""

from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path

import pytest
from dossier.domain.corrections import Correction
from dossier.domain.hand_overs import Undone
from dossier.store import hand_overs
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.refusals import Refusal

_spec = spec_from_file_location("desk_lives", Path(__file__).with_name("desk_lives.py"))
lives = module_from_spec(_spec)
_spec.loader.exec_module(lives)

OTHERS = ("H56.18", "H56")
_numbers = count(1)

STEPS = ("hand_over", "take_over", "complete", "recall")
whats = st.sampled_from([*STEPS, *STEPS, "take_over", "move", "ask", "answer"])
told = st.tuples(whats, st.integers(0, 5), st.integers(0, 4))
corrected = st.tuples(st.just("correct"), st.integers(0, 9), st.integers(-3, 2))
steps_told = st.lists(told | told | corrected, min_size=3, max_size=16)

EVERY_ACT = [
    ("hand_over", 0, 1),  # event 2, step 1
    ("take_over", 0, 1),
    ("hand_over", 1, 1),  # event 4, step 2
    ("recall", 0, 1),
    ("correct", 0, -1),  # when it was called back
    ("hand_over", 1, 1),  # event 7, step 3
    ("correct", 0, 0),  # the hand-over never was
    ("complete", 0, 1),
    ("ask", 0, 2),
    ("answer", 0, 3),
    ("correct", 0, -1),  # when it was answered
]
NO_RECALL = [
    ("hand_over", 0, 1),  # event 2, step 1
    ("take_over", 0, 1),
    ("hand_over", 1, 1),  # event 4, step 2
    ("recall", 0, 1),
    ("ask", 0, 0),
    ("correct", 1, 0),  # the recall never was
    ("take_over", 0, 1),  # event 8, by whoever had it all the time
    ("complete", 1, 1),
]


async def live(life, steps) -> None:
    for what, choice, days in steps:
        at = life.at + timedelta(days=days)
        life.now = max(life.now, at) + timedelta(days=9)
        try:
            if what == "correct":
                await life.correct(choice, _moved_by(days))
            else:
                await life.tell(what, choice, at)
        except Refusal:
            continue
        await life.check()


def _moved_by(days: int):
    """Return what corrects an instant by some days; none: it never was."""
    return lambda at: None if days == 0 else at + timedelta(days=days)


@pytest.fixture
def begin(app, catalog):
    """Return a function: a transaction -> a dossier of an agency of its own."""

    async def receive(tx) -> lives.Life:
        agency = f"H72.1.{next(_numbers)}"
        catalog.agencies.add(agency)
        life = lives.Life(tx, app.state.office, agency, others=OTHERS)
        await life.begin()
        return life

    return receive


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps_told)
@example(EVERY_ACT)
@example(NO_RECALL)
async def test_stored_steps_and_questions_are_those_that_the_log_tells(app, begin, steps):
    async with app.state.sessions() as tx:
        life = await begin(tx)
        await live(life, steps)
        now, told_again = await life.both_readings_of_lateness()
        assert now == told_again


async def test_the_life_of_every_act_is_lived_and_corrected(app, begin):
    async with app.state.sessions() as tx:
        life = await begin(tx)
        await live(life, EVERY_ACT)
        assert sorted(life.held) == [5, 7, 11]
        steps = await hand_overs.steps_of(tx, await life.dossier())
        undone = [step.undone for step in steps]
        assert undone == [None, Undone.RECALLED, Undone.VOID]
        assert steps[0].completed_at is not None
        assert steps[0].completed_at.date() > date(2022, 7, 4)


async def test_what_was_never_called_back_is_taken_over_and_completed(app, begin):
    async with app.state.sessions() as tx:
        life = await begin(tx)
        await live(life, NO_RECALL)
        assert life.held == {5: Correction(5, None)}
        steps = await hand_overs.steps_of(tx, await life.dossier())
        assert [step.undone for step in steps] == [None, None]
        assert all(step.taken_over_at and step.completed_at for step in steps)

"""Random ways between agencies, corrected: what is stored is what the log tells."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from dossier.domain.corrections import VOIDS, Correction, records
from dossier.domain.hand_overs import StepTimes, Undone
from dossier.domain.lifecycle import Status
from dossier.domain.questions import QuestionTimes, told_questions
from dossier.domain.step_history import told_way
from dossier.schemas.intake import Applicant, ReceiveDossier
from dossier.store import corrections as store
from dossier.store import dossiers, hand_overs, papers
from dossier.store.intake import alone, driver_connection
from dossier.usecases.acting import Acting
from dossier.usecases.changing import Change, keep_move, open_held
from dossier.usecases.consulting import answer_consultation, consult
from dossier.usecases.correcting import approve_correction, propose_correction
from dossier.usecases.hand_overs import (
    complete_step,
    explain_lateness,
    hand_over,
    recall,
    take_over,
)
from dossier.usecases.intake import prepare_intake, receive_dossier
from dossier.usecases.proposing import Claim
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.refusals import Refusal
from sqlalchemy import text

RECEIVED_AT = datetime(2022, 7, 4, 3, tzinfo=UTC)
OTHERS = ("H56.18", "H56")
NAMES = tuple(StepTimes.__dataclass_fields__)
_numbers = count(1)

STEPS = ("hand_over", "take_over", "complete", "recall")
whats = st.sampled_from([*STEPS, *STEPS, "take_over", "move", "ask", "answer"])
told = st.tuples(whats, st.integers(0, 5), st.integers(0, 4))
corrected = st.tuples(st.just("correct"), st.integers(0, 9), st.integers(-3, 2))
lives = st.lists(told | told | corrected, min_size=3, max_size=16)

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


class Life:
    """Lives one dossier through the use cases, in a transaction that is undone."""

    def __init__(self, tx, office, agency: str) -> None:
        self.tx = tx
        self.office = office
        self.agency = agency
        self.code = ""
        self.at = self.now = RECEIVED_AT
        self.held: dict[int, Correction] = {}

    async def begin(self) -> None:
        paper = ReceiveDossier(
            agency_code=self.agency,
            procedure_code="1.001193",
            channel="direct",
            received_at=RECEIVED_AT,
            applicant=Applicant(full_name="Người nộp mẫu"),
        )
        acting = Acting(by="officer-1", sight=None, now=RECEIVED_AT)
        prepared = await prepare_intake(self.office, paper, acting=acting, request_key=None)
        await self.tx.execute(text("select 1"))
        received = await receive_dossier(alone(await driver_connection(self.tx)), prepared)
        self.code = received.code

    async def live(self, steps) -> None:
        for what, choice, days in steps:
            self.now = self.now + timedelta(days=9)
            try:
                if what == "correct":
                    await self._correct(choice, days)
                else:
                    await self._tell(what, choice, self.at + timedelta(days=days))
                    self.at += timedelta(days=days)
            except Refusal:
                continue
            await self.check()

    async def check(self) -> None:
        """What is stored of steps and questions is what the log tells with its corrections."""
        dossier = await self._dossier()
        log = await store.log(self.tx, dossier)
        way = told_way(log, self.held, receiver=dossier.agency_code)
        steps = await hand_overs.steps_of(self.tx, dossier)
        assert [{name: getattr(step, name) for name in NAMES} for step in steps] == [
            {name: getattr(step, name) for name in NAMES} for step in way.steps
        ]
        assert dossier.resolver_agency_code == way.resolver
        is_open = [step.completed_at is None for step in steps]
        assert sum(is_open) <= 1
        assert not (dossier.ended_at and any(is_open))
        asked = await papers.consultations_of(self.tx, dossier)
        assert told_questions(log, self.held) == tuple(
            QuestionTimes(q.consultation_number, q.asked_at, q.answered_at) for q in asked
        )

    async def both_readings_of_lateness(self):
        """Return the lateness of now: as it reads, and as known now, told from the log."""
        known = await self._dossier()
        last = await store.recorded_at(self.tx, known)
        acting = Acting(by="officer-1", sight=None, now=last)
        return [
            await explain_lateness(self.tx, self.office, self.code, known_at=at, acting=acting)
            for at in (None, last)
        ]

    async def _dossier(self):
        return await dossiers.dossier(self.tx, self.code, None, self.office.sealer)

    def _acting(self, by: str = "officer-1") -> Acting:
        return Acting(by=by, sight=None, now=max(self.now, self.at) + timedelta(days=9))

    async def _tell(self, what: str, choice: int, at: datetime) -> None:
        dossier = await self._dossier()
        change = Change(code=self.code, expected=dossier.version, at=at, acting=self._acting())
        last = len(await hand_overs.steps_of(self.tx, dossier))
        number = max(last - choice // 4, 1)  # the last step, now and then the one before it
        if what == "hand_over":
            await hand_over(
                self.tx,
                self.office,
                change,
                to_agency_code=OTHERS[choice % 2],
                to_unit="Tổ",
                step_name="Thẩm định",
                limit_working_days=choice + 1,
            )
        elif what == "take_over":
            await take_over(self.tx, self.office, change, number)
        elif what == "complete":
            await complete_step(self.tx, self.office, change, 1 if choice == 0 else number)
        elif what == "recall":
            await recall(self.tx, self.office, change, number, reason="Nhầm")
        elif what == "move":
            to = (Status.IN_PROCESS, Status.SETTLED, Status.STOPPED)[choice % 3]
            opened = await open_held(self.tx, self.office, change)
            await keep_move(self.tx, opened, to)
        elif what == "ask":
            await consult(
                self.tx,
                self.office,
                change,
                agency_code=OTHERS[0],
                question="?",
                answer_due_on=None,
            )
        else:
            asked = len(await papers.consultations_of(self.tx, dossier))
            await answer_consultation(
                self.tx, self.code, asked, answer="Có", answered_at=at, acting=self._acting()
            )

    async def _correct(self, choice: int, days: int) -> None:
        """Correct one of the last events by some days (none: it never was), if it can be."""
        dossier = await self._dossier()
        told = [e for e in await store.log(self.tx, dossier) if records(e)]
        event = told[-1 - min(choice % 4, len(told) - 1)]
        what = sorted(records(event) & VOIDS if days == 0 else records(event) - VOIDS)
        if not what:
            return
        async with self.tx.begin_nested():
            proposed = await propose_correction(
                self.tx,
                self.office,
                self.code,
                Claim(
                    corrects=what[0],
                    event_number=event.number,
                    corrected_at=None if days == 0 else event.occurred_at + timedelta(days=days),
                    reason_code="system_not_updated",
                    reason="Nhập chậm",
                    evidence="Sổ theo dõi",
                    attachment=None,
                ),
                acting=self._acting(),
            )
            await approve_correction(
                self.tx,
                self.office,
                self.code,
                proposed.correction_id,
                expected=dossier.version,
                acting=self._acting("officer-2"),
            )
        self.held[proposed.event_number] = proposed.correction


@pytest.fixture
def begin(app, catalog):
    """Return a function: a transaction -> a dossier of an agency of its own."""

    async def receive(tx) -> Life:
        agency = f"H72.1.{next(_numbers)}"
        catalog.agencies.add(agency)
        life = Life(tx, app.state.office, agency)
        await life.begin()
        return life

    return receive


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives)
@example(EVERY_ACT)
@example(NO_RECALL)
async def test_stored_steps_and_questions_are_those_that_the_log_tells(app, begin, steps):
    async with app.state.sessions() as tx:
        life = await begin(tx)
        await life.live(steps)
        now, told_again = await life.both_readings_of_lateness()
        assert now == told_again


async def test_the_life_of_every_act_is_lived_and_corrected(app, begin):
    async with app.state.sessions() as tx:
        life = await begin(tx)
        await life.live(EVERY_ACT)
        assert sorted(life.held) == [5, 7, 11]
        steps = await hand_overs.steps_of(tx, await life._dossier())
        undone = [step.undone for step in steps]
        assert undone == [None, Undone.RECALLED, Undone.VOID]
        assert steps[0].completed_at is not None
        assert steps[0].completed_at.date() > date(2022, 7, 4)


async def test_what_was_never_called_back_is_taken_over_and_completed(app, begin):
    async with app.state.sessions() as tx:
        life = await begin(tx)
        await life.live(NO_RECALL)
        assert life.held == {5: Correction(5, None)}
        steps = await hand_overs.steps_of(tx, await life._dossier())
        assert [step.undone for step in steps] == [None, None]
        assert all(step.taken_over_at and step.completed_at for step in steps)

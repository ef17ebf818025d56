"""Lives of dossiers through the use cases of desks, in whatever transaction they are given."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from dossier.domain.corrections import VOIDS, Correction, records
from dossier.domain.facts import ReturnMethod
from dossier.domain.hand_overs import StepTimes
from dossier.domain.lifecycle import Status, allowed_from
from dossier.domain.questions import QuestionTimes, told_questions
from dossier.domain.step_history import told_way
from dossier.schemas.intake import Applicant, ReceiveDossier
from dossier.store import corrections as store
from dossier.store import dossiers, hand_overs, papers
from dossier.store.intake import alone, driver_connection
from dossier.usecases.acting import Acting
from dossier.usecases.changing import Change, keep_move_at_once, open_held
from dossier.usecases.consulting import answer_consultation, consult
from dossier.usecases.correcting import approve_correction, propose_correction
from dossier.usecases.hand_overs import (
    complete_step,
    explain_lateness,
    hand_over,
    recall,
    take_over,
)
from dossier.usecases.handling import send_apology
from dossier.usecases.intake import prepare_intake, receive_dossier
from dossier.usecases.proposing import Claim
from sqlalchemy import text

RECEIVED_AT = datetime(2022, 7, 4, 3, tzinfo=UTC)
STEP_NAMES = tuple(StepTimes.__dataclass_fields__)
Instant = Callable[[datetime], datetime | None]


class Life:
    """Lives one dossier; `at` is when it was last told of, `now` when that is told."""

    def __init__(self, tx, office, agency: str, *, others: tuple[str, ...]) -> None:
        self.tx = tx
        self.office = office
        self.agency = agency
        self.others = others
        self.code = ""
        self.at = self.now = RECEIVED_AT
        self.held: dict[int, Correction] = {}

    async def begin(self, procedure: str = "1.001193", channel: str = "direct") -> None:
        paper = ReceiveDossier(
            agency_code=self.agency,
            procedure_code=procedure,
            channel=channel,
            received_at=self.at,
            applicant=Applicant(full_name="Người nộp mẫu"),
        )
        prepared = await prepare_intake(self.office, paper, acting=self.acting(), request_key=None)
        await self.tx.execute(text("select 1"))
        received = await receive_dossier(alone(await driver_connection(self.tx)), prepared)
        self.code = received.code

    def acting(self, by: str = "officer-1") -> Acting:
        return Acting(by=by, sight=None, now=self.now)

    async def dossier(self):
        return await dossiers.dossier(self.tx, self.code, None, self.office.sealer)

    async def tell(self, what: str, choice: int, at: datetime) -> None:
        """Tell of an act; what is refused is raised, and the dossier stays where it was."""
        dossier = await self.dossier()
        change = Change(code=self.code, expected=dossier.version, at=at, acting=self.acting())
        last = len(await hand_overs.steps_of(self.tx, dossier))
        number = max(last - choice // 4, 1)  # the last step, now and then the one before it
        if what == "hand_over":
            await hand_over(
                self.tx,
                self.office,
                change,
                to_agency_code=self.others[choice % len(self.others)],
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
            await self._move(change, choice)
        elif what == "apologise":
            await send_apology(
                self.tx,
                self.office,
                change,
                reason_code="force_majeure",
                reason="Bão",
                promised_on=(dossier.due_on or at.date()) + timedelta(days=1 + choice),
            )
        elif what == "ask":
            await consult(
                self.tx,
                self.office,
                change,
                agency_code=self.others[0],
                question="?",
                answer_due_on=None,
            )
        else:
            asked = len(await papers.consultations_of(self.tx, dossier))
            await answer_consultation(
                self.tx, self.code, asked, answer="Có", answered_at=at, acting=self.acting()
            )
        self.at = at

    async def correct(self, choice: int, instant: Instant) -> None:
        """Correct one of the last events to another instant (None: it never was), if it can be."""
        dossier = await self.dossier()
        told = [e for e in await store.log(self.tx, dossier) if records(e)]
        event = told[-1 - min(choice % 4, len(told) - 1)]
        corrected_at = instant(event.occurred_at)
        is_void = corrected_at is None
        what = sorted(records(event) & VOIDS if is_void else records(event) - VOIDS)
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
                    corrected_at=corrected_at,
                    reason_code="system_not_updated",
                    reason="Nhập chậm",
                    evidence="Sổ theo dõi",
                    attachment=None,
                ),
                acting=self.acting(),
            )
            await approve_correction(
                self.tx,
                self.office,
                self.code,
                proposed.correction_id,
                expected=dossier.version,
                acting=self.acting("officer-2"),
            )
        self.held[proposed.event_number] = proposed.correction

    async def check(self) -> None:
        """What is stored of steps and questions is what the log tells with its corrections."""
        dossier = await self.dossier()
        log = await store.log(self.tx, dossier)
        way = told_way(log, self.held, receiver=dossier.agency_code)
        steps = await hand_overs.steps_of(self.tx, dossier)
        assert [{name: getattr(step, name) for name in STEP_NAMES} for step in steps] == [
            {name: getattr(step, name) for name in STEP_NAMES} for step in way.steps
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
        """Return the lateness of now: as it reads, and as known now."""
        last = await store.recorded_at(self.tx, await self.dossier())
        acting = Acting(by="officer-1", sight=None, now=last)
        return [
            await explain_lateness(self.tx, self.office, self.code, known_at=at, acting=acting)
            for at in (None, last)
        ]

    async def _move(self, change: Change, choice: int) -> None:
        """Move on as the table allows, and as the desks' own acts do."""
        opened = await open_held(self.tx, self.office, change)
        to = next_status(opened.course, choice)
        if to is None:
            return
        method = return_method(choice) if to is Status.RETURNED else None
        details = {} if method is None else {"method": method}
        connection = await driver_connection(self.tx)
        await keep_move_at_once(connection, opened, to, details=details, method=method)


def next_status(course, choice: int) -> Status | None:
    """Return where a choice moves a dossier; None when it stays where it is for good."""
    moves = sorted(allowed_from(course.status, came_from=course.came_from))
    return Status(moves[choice % len(moves)]) if moves else None


def return_method(choice: int) -> ReturnMethod:
    return list(ReturnMethod)[choice % 3]

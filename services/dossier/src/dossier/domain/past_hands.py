"""Hand-overs and questions to other agencies in a history that is told afterwards."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from dossier.domain.desk import Desk
from dossier.domain.dossier import Course
from dossier.domain.errors import InconsistentHistory
from dossier.domain.event_kinds import (
    CONSULTED,
    HANDED_OVER,
    OPINION_GIVEN,
    STEP_COMPLETED,
    TAKEN_OVER,
)
from dossier.domain.hand_overs import Step, step_due_on
from dossier.domain.lifecycle import HAND_OVER_FROM, act_of
from dossier.domain.past_acts import Act, Turn
from dossier.domain.permissions import is_resolvers_alone
from dossier.domain.told import Details, PastQuestion, Told

Place = tuple[str, datetime]
"""A pointer into the line, and the instant that stands there."""


def past_steps(told: Told, desk: Desk) -> tuple[Step, ...]:
    """Return the steps of a history with both sides' time.

    One that was not given back ended when the dossier was handed on, or with the dossier.

    Raises:
        InconsistentHistory: it was handed to whoever had it, without naming a unit.
    """
    holder, steps = told.receiver, []
    following = [step.handed_over_at for step in told.hand_overs[1:]]
    for number, (step, handed_on_at) in enumerate(
        zip(told.hand_overs, [*following, told.ended_at], strict=False), start=1
    ):
        if step.to_agency_code == holder and step.to_unit is None:
            pointer = f"hand_overs/{number - 1}/to_agency_code"
            raise InconsistentHistory(why="handed_to_itself", pointer=pointer)
        steps.append(
            Step(
                step_number=number,
                step_name=step.step_name,
                from_agency_code=holder,
                to_agency_code=step.to_agency_code,
                to_unit=step.to_unit,
                limit_working_days=step.limit_working_days,
                due_on=step_due_on(step.handed_over_at, step.limit_working_days, desk),
                handed_over_at=step.handed_over_at,
                taken_over_at=step.taken_over_at,
                completed_at=step.given_back_at or handed_on_at,
            )
        )
        holder = step.to_agency_code if step.given_back_at is None else told.receiver
    return tuple(steps)


def hand_instants(told: Told) -> Iterator[datetime]:
    """Give the instants told of steps and questions.

    Raises:
        InconsistentHistory: one lies before what it follows, or after the dossier had ended; or
            something is missing between two of them.
    """
    steps, asked = list(_of_steps(told)), list(_of_questions(told))
    for places in (steps, asked):
        for (_, before), (pointer, after) in pairwise([("received_at", told.received_at), *places]):
            if after < before:
                raise InconsistentHistory(why="order", pointer=pointer)
        for pointer, at in places:
            if told.ended_at is not None and at > told.ended_at:
                raise InconsistentHistory(why="order", pointer=pointer)
            yield at
    yield from _answers(told)


def _of_steps(told: Told) -> Iterator[Place]:
    last = len(told.hand_overs) - 1
    for number, step in enumerate(told.hand_overs):
        place = f"hand_overs/{number}"
        yield f"{place}/handed_over_at", step.handed_over_at
        if step.taken_over_at is not None:
            yield f"{place}/taken_over_at", step.taken_over_at
        elif step.given_back_at is not None or number < last:
            raise InconsistentHistory(why="not_taken_over", pointer=f"{place}/taken_over_at")
        if step.given_back_at is not None:
            yield f"{place}/given_back_at", step.given_back_at


def _of_questions(told: Told) -> Iterator[Place]:
    for number, question in enumerate(told.consultations):
        yield f"consultations/{number}/asked_at", question.asked_at


def _answers(told: Told) -> Iterator[datetime]:
    """Give when answers came, which may be after the dossier had ended."""
    for number, question in enumerate(told.consultations):
        place = f"consultations/{number}"
        if (question.answer is None) is not (question.answered_at is None):
            absent = "answer" if question.answer is None else "answered_at"
            raise InconsistentHistory(why="half_an_answer", pointer=f"{place}/{absent}")
        if question.answered_at is not None:
            if question.answered_at < question.asked_at:
                raise InconsistentHistory(why="order", pointer=f"{place}/answered_at")
            yield question.answered_at


def acts_of_steps(told: Told, desk: Desk) -> Iterator[Act]:
    """Give the acts of both sides, step by step."""
    for step, past in zip(past_steps(told, desk), told.hand_overs, strict=True):
        number, place = step.step_number, f"hand_overs/{step.step_number - 1}"
        handed: Details = {
            "step_number": number,
            "from_agency_code": step.from_agency_code,
            "to_agency_code": step.to_agency_code,
            "to_unit": step.to_unit,
            "step_due_on": None if step.due_on is None else step.due_on.isoformat(),
        }
        later: Details = {"step_number": number}
        told_of = (
            ("handed_over_at", HANDED_OVER, handed),
            ("taken_over_at", TAKEN_OVER, later),
            ("given_back_at", STEP_COMPLETED, later),
        )
        for name, kind, details in told_of:
            at = getattr(past, name)
            if at is not None:
                yield Act(at, Turn.STEP, f"{place}/{name}", kind=kind, details=details)


def acts_of_questions(told: Told) -> list[Act]:
    """Return questions and answers in order; an answer follows its question."""
    acts = []
    for number, past in enumerate(told.consultations):
        place, asked = f"consultations/{number}", _asked(past)
        answer: Details = {**asked, "consultation_number": number + 1}
        told_of = (
            ("asked_at", CONSULTED, past.asked_at, asked),
            ("answered_at", OPINION_GIVEN, past.answered_at, answer),
        )
        acts += [
            Act(at, Turn.QUESTION, f"{place}/{name}", kind=kind, details=details)
            for name, kind, at, details in told_of
            if at is not None
        ]
    return sorted(acts, key=lambda act: act.at)


def _asked(past: PastQuestion) -> Details:
    return {"agency_code": past.agency_code}


class Hands:
    """Whether a dossier is on its way between two agencies while its history is told."""

    def __init__(self) -> None:
        self._is_on_its_way = False

    def require(self, act: Act, before: Course) -> None:
        """Refuse what the acts themselves would.

        Raises:
            InconsistentHistory: it is handed over while the applicant is awaited, or whoever is to
                settle it works on it before it was taken over.
        """
        if act.kind == HANDED_OVER and before.status not in HAND_OVER_FROM:
            raise InconsistentHistory(why="handed_while_waiting", pointer=act.pointer)
        is_work = act.to is not None and is_resolvers_alone(act_of(before.status, act.to))
        if is_work and self._is_on_its_way:
            raise InconsistentHistory(why="not_taken_over", pointer=act.pointer)
        if act.kind in (HANDED_OVER, TAKEN_OVER):
            self._is_on_its_way = act.kind == HANDED_OVER

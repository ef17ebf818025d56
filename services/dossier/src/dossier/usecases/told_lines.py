"""What a line of an import tells, in the words of the domain."""

from datetime import date, datetime

from dossier.domain.lifecycle import Status
from dossier.domain.told import (
    Owed,
    PastApology,
    PastDueDate,
    PastPause,
    PastQuestion,
    PastStep,
    Told,
)
from dossier.schemas.imports import (
    ImportedApology,
    ImportedConsultation,
    ImportedDossier,
    ImportedDueDate,
    ImportedHandOver,
    ImportedPause,
)

_MORE = frozenset(
    {
        *("pauses", "due_date", "apology", "stopped_at", "withdrawn_at", "end_reason"),
        *("hand_overs", "consultations", "withdrawal_asked_at"),
    }
)
"""What most lines do not tell."""


def told_of(paper: ImportedDossier, received_at: datetime, due_on: date | None) -> Told:
    """Read a line; one without the rarer parts takes a short way, because it comes by the million.

    `due_on` is the due date as counted from the receipt.
    """
    told = Told(
        paper.channel,
        received_at,
        due_on,
        paper.settled_at,
        paper.returned_at,
        paper.return_method,
        None if paper.status is None else Status(paper.status),
        receiver=paper.agency_code,
    )
    if _MORE.isdisjoint(paper.model_fields_set):
        return told
    return told._replace(
        pauses=tuple(_pause(pause) for pause in paper.pauses),
        due_date=None if paper.due_date is None else _due_date(paper.due_date),
        apology=None if paper.apology is None else _apology(paper.apology),
        stopped_at=paper.stopped_at,
        withdrawn_at=paper.withdrawn_at,
        end_reason=paper.end_reason,
        hand_overs=tuple(_step(step) for step in paper.hand_overs),
        consultations=tuple(_question(question) for question in paper.consultations),
        withdrawal_asked_at=paper.withdrawal_asked_at,
    )


def _pause(told: ImportedPause) -> PastPause:
    items = tuple(item.model_dump() for item in told.items)
    owed = None if told.owed is None else Owed(str(told.owed.kind), told.owed.amount_vnd)
    return PastPause(told.kind, told.asked_at, told.received_at, told.reason, items, owed)


def _due_date(told: ImportedDueDate) -> PastDueDate:
    return PastDueDate(told.due_on, told.moved_at, told.reason)


def _apology(told: ImportedApology) -> PastApology:
    return PastApology(told.apologised_on, told.promised_on, told.reason_code, told.reason)


def _step(told: ImportedHandOver) -> PastStep:
    return PastStep(
        told.step_name,
        told.to_agency_code,
        told.to_unit,
        told.limit_working_days,
        told.handed_over_at,
        told.taken_over_at,
        told.given_back_at,
    )


def _question(told: ImportedConsultation) -> PastQuestion:
    return PastQuestion(
        told.agency_code,
        told.question,
        told.answer_due_on,
        told.asked_at,
        told.answered_at,
        told.answer,
    )

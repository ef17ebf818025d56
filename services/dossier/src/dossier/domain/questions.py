"""Questions to other agencies, told from the log with the corrections that hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dossier.domain.corrections import Corrections, Recorded, effective, out_of_order
from dossier.domain.event_kinds import CONSULTED, OPINION_GIVEN


@dataclass(frozen=True, slots=True)
class QuestionTimes:
    """When another agency was asked, and when it answered."""

    consultation_number: int
    asked_at: datetime
    answered_at: datetime | None


def told_questions(
    events: Sequence[Recorded], corrections: Corrections
) -> tuple[QuestionTimes, ...]:
    """Return the questions about a dossier, in order; they are numbered as they were asked.

    Raises:
        HistoryOutOfOrder: an answer would come before its question.

    Law: our reading (whoever told of a step or an opinion corrects it)
    """
    asked: list[Recorded] = []
    answers: dict[int, datetime] = {}
    for event in effective(events, corrections):
        if event.kind == CONSULTED:
            asked.append(event)
        elif event.kind == OPINION_GIVEN:
            number = int(str(event.details["consultation_number"]))
            question = asked[number - 1]
            if event.occurred_at < question.occurred_at:
                raise out_of_order(event, question)
            answers[number] = event.occurred_at
    return tuple(
        QuestionTimes(number, question.occurred_at, answers.get(number))
        for number, question in enumerate(asked, start=1)
    )

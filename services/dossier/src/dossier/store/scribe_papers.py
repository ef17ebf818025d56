"""Writing the papers of an imported history: what was asked, owed, handed over and said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from dossier.domain.event_kinds import APOLOGISED
from dossier.domain.hand_overs import Step
from dossier.domain.stops import StopKind
from dossier.domain.told import PastEvent, Told
from dossier.store import copying

Row = tuple[bytes, tuple[bool, ...]]
"""The fields of a paper up to its stamp, and by which of its hands something was told.

Whoever imports tells for all of them; who did it then the line does not say.
"""
_SIGNED = (True,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The part that other agencies had in a dossier; ids are those of the agencies named."""

    steps: Sequence[Step] = ()
    agency_ids: Mapping[str, int]


@dataclass(slots=True, kw_only=True)
class Papers:
    """What most histories do not have: rows by table, and who has what another received."""

    apologies: Sequence[bytes]
    supplement_requests: Sequence[Row]
    payment_requests: Sequence[Row]
    consultations: Sequence[Row]
    hand_overs: Sequence[Row]
    handed_to: int | None


def papers_of(
    told: Told, events: Sequence[PastEvent], elsewhere: Elsewhere, handed_to: int | None
) -> Papers:
    """Write all papers of a history."""
    return Papers(
        apologies=_apologies(told, events),
        supplement_requests=list(_supplements(told)),
        payment_requests=list(_payments(told)),
        consultations=list(_consultations(told, elsewhere.agency_ids)),
        hand_overs=list(_hand_overs(elsewhere)),
        handed_to=handed_to,
    )


def _supplements(told: Told) -> Iterator[Row]:
    """Write what the applicant was asked to bring; item by item as far as it was told."""
    asked = (pause for pause in told.pauses if pause.kind is StopKind.SUPPLEMENT)
    for number, pause in enumerate(asked, start=1):
        row = (
            copying.integer(number),
            copying.jsonb(orjson.dumps(pause.items).decode()),
            copying.text(pause.reason),
            copying.instant(pause.asked_at),
            copying.instant(pause.received_at),
        )
        yield b"".join(row), _SIGNED


def _payments(told: Told) -> Iterator[Row]:
    """Write what the applicant was to pay; a stop without a sum leaves no more than its event."""
    owed = ((pause, pause.owed) for pause in told.pauses if pause.owed is not None)
    for number, (pause, sum_owed) in enumerate(owed, start=1):
        row = (
            copying.integer(number),
            copying.text(sum_owed.kind),
            copying.bigint(sum_owed.amount_vnd),
            copying.text(pause.reason),
            copying.instant(pause.asked_at),
            copying.instant(pause.received_at),
        )
        yield b"".join(row), _SIGNED


def _consultations(told: Told, agency_ids: Mapping[str, int]) -> Iterator[Row]:
    for number, question in enumerate(told.consultations, start=1):
        row = (
            copying.integer(number),
            copying.integer(agency_ids[question.agency_code]),
            copying.text(question.question),
            copying.day(question.answer_due_on),
            copying.instant(question.asked_at),
            copying.instant(question.answered_at),
            copying.text(question.answer),
        )
        yield b"".join(row), (True, question.answered_at is not None)


def _hand_overs(elsewhere: Elsewhere) -> Iterator[Row]:
    for step in elsewhere.steps:
        row = (
            copying.integer(step.step_number),
            copying.text(step.step_name),
            copying.integer(elsewhere.agency_ids[step.from_agency_code]),
            copying.integer(elsewhere.agency_ids[step.to_agency_code]),
            copying.text(step.to_unit),
            copying.integer(step.limit_working_days),
            copying.day(step.due_on),
            copying.instant(step.handed_over_at),
            copying.instant(step.taken_over_at),
            copying.instant(step.completed_at),
        )
        hands = (True, step.taken_over_at is not None, step.completed_at is not None)
        yield b"".join(row), hands


def _apologies(told: Told, events: Sequence[PastEvent]) -> list[bytes]:
    apology = told.apology
    if apology is None:
        return []
    (sent,) = (event for event in events if event.kind == APOLOGISED)
    return [
        b"".join(
            (
                copying.text(apology.reason_code),
                copying.text(apology.reason),
                copying.day(apology.promised_on),
                copying.instant(sent.occurred_at),
                copying.boolean(bool(sent.details and sent.details["sent_in_time"])),
            )
        )
    ]

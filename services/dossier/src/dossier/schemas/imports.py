"""A line of a bulk import, and the answer to it."""

from typing import Annotated, Literal

from kit.errors import FieldProblem
from kit.wire import (
    AgencyCodeText,
    Day,
    Instant,
    LongText,
    ProcedureCodeText,
    ShortText,
    Text,
    WireModel,
)
from pydantic import Field

from dossier.domain.apologies import OverdueReason
from dossier.domain.facts import Channel, ReturnMethod
from dossier.domain.stops import StopKind
from dossier.schemas.intake import Applicant
from dossier.schemas.papers import MissingItem, PaymentKind

_MOST_PAUSES = 10
_MOST_ITEMS = 100
_MOST_STEPS = 50
_MOST_QUESTIONS = 20


class ImportedDueDate(WireModel):
    """The due date by the old system's word, where it is not the one that the limit gives."""

    due_on: Day
    moved_at: Instant | None = Field(
        default=None,
        description="From when on it held; by default since the clock last stopped or went on.",
    )
    reason: Text


class ImportedApology(WireModel):
    """The apology that the applicant got, with the new appointment."""

    apologised_on: Day
    promised_on: Day
    reason_code: OverdueReason
    reason: Text


class ImportedSum(WireModel):
    """What the applicant was to pay."""

    kind: PaymentKind
    amount_vnd: Annotated[int, Field(ge=1, le=1_000_000_000_000)]


class ImportedPause(WireModel):
    """The clock stood still for the applicant; without `received_at` it still does."""

    kind: StopKind
    asked_at: Instant
    received_at: Instant | None = None
    reason: Text
    items: tuple[MissingItem, ...] = Field(
        default=(),
        max_length=_MOST_ITEMS,
        description="What exactly was missing; of a supplement only.",
    )
    owed: ImportedSum | None = Field(
        default=None, description="What was to be paid; of a payment only."
    )


class ImportedHandOver(WireModel):
    """The dossier went to another agency or unit; each side's time, as far as it came.

    What was handed on, or ended in other hands, was not given back. A hand-over that was called
    back is left out: it left everything as it was.
    """

    to_agency_code: AgencyCodeText
    to_unit: ShortText | None = None
    step_name: ShortText = Field(examples=["Thẩm định"])
    limit_working_days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    handed_over_at: Instant
    taken_over_at: Instant | None = None
    given_back_at: Instant | None = Field(
        default=None, description="Back to the agency that received the dossier."
    )


class ImportedConsultation(WireModel):
    """Another agency was asked for its opinion; without an answer it still is."""

    agency_code: AgencyCodeText
    question: LongText
    answer_due_on: Day | None = None
    asked_at: Instant
    answered_at: Instant | None = Field(default=None, description="Needs `answer`.")
    answer: LongText | None = None


class ImportedDossier(WireModel):
    """One line of a bulk import: a history that has ended, or one that is still open."""

    external_id: ShortText
    agency_code: AgencyCodeText
    procedure_code: ProcedureCodeText
    channel: Channel
    received_at: Instant
    settled_at: Instant | None = None
    returned_at: Instant | None = None
    return_method: ReturnMethod | None = None
    stopped_at: Instant | None = Field(default=None, description="Needs `end_reason`.")
    withdrawn_at: Instant | None = Field(
        default=None, description="Given back to the applicant who asked for it."
    )
    withdrawal_asked_at: Instant | None = Field(
        default=None,
        description="The applicant asked for it back; without `withdrawn_at` nobody has decided.",
    )
    end_reason: Text | None = Field(
        default=None, description="Why it was stopped, withdrawn or asked back."
    )
    status: Literal[2, 4, 5, 6, 7, 8, 9, 10] | None = None
    pauses: tuple[ImportedPause, ...] = Field(default=(), max_length=_MOST_PAUSES)
    hand_overs: tuple[ImportedHandOver, ...] = Field(
        default=(), max_length=_MOST_STEPS, description="In the order in which they happened."
    )
    consultations: tuple[ImportedConsultation, ...] = Field(
        default=(), max_length=_MOST_QUESTIONS, description="In the order in which they were asked."
    )
    due_date: ImportedDueDate | None = None
    apology: ImportedApology | None = None
    previous_code: ShortText | None = Field(
        default=None, description="The code the dossier bore in the system it comes from."
    )
    applicant: Applicant
    subject: Text | None = None


class LineProblem(WireModel):
    """Why a line was not stored.

    `reason` says which contradiction an `inconsistent_history` holds; `errors` what is wrong with
    each field of `invalid_fields` (`missing`, `extra_forbidden`, `string_type`, …).
    """

    code: str
    detail: str
    reason: str | None = None
    pointers: tuple[str, ...] = ()
    errors: tuple[FieldProblem, ...] | None = None


class LineOutcome(WireModel):
    """What became of one line."""

    line: int
    outcome: Literal["stored", "duplicate", "rejected"]
    code: str | None = None
    problem: LineProblem | None = None

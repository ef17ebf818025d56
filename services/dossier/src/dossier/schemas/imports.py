"""A line of a bulk import, and the answer to it."""

from typing import Literal

from kit.errors import FieldProblem
from kit.wire import AgencyCodeText, Day, Instant, ProcedureCodeText, ShortText, Text, WireModel
from pydantic import Field

from dossier.domain.apologies import OverdueReason
from dossier.domain.facts import Channel, ReturnMethod
from dossier.domain.stops import StopKind
from dossier.schemas.intake import Applicant

_MOST_PAUSES = 10


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


class ImportedPause(WireModel):
    """The clock stood still for the applicant; without `received_at` it still does."""

    kind: StopKind
    asked_at: Instant
    received_at: Instant | None = None
    reason: Text


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
    end_reason: Text | None = Field(default=None, description="Why it was stopped or withdrawn.")
    status: Literal[2, 4, 5, 6, 8, 9, 10] | None = None
    pauses: tuple[ImportedPause, ...] = Field(default=(), max_length=_MOST_PAUSES)
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

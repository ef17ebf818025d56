"""The papers that pass the desk, as they look on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from kit.wire import (
    AgencyCodeText,
    Day,
    DossierCodeText,
    Instant,
    LongText,
    ProcedureCodeText,
    ShortText,
    Text,
    WireModel,
)
from pydantic import Field

from dossier.domain.apologies import OverdueReason
from dossier.domain.due_date import TimeUnit
from dossier.domain.facts import Channel, EndKind, ReturnMethod

ComponentsCount = Annotated[int, Field(ge=0, le=10_000)]
StatusCode = Annotated[int, Field(ge=1, le=10)]


class Applicant(WireModel):
    """Who hands the dossier in. Everything but the name is encrypted at rest."""

    full_name: ShortText = Field(examples=["Người nộp mẫu 001"])
    id_number: ShortText | None = None
    phone: ShortText | None = None
    address: Text | None = None
    email: ShortText | None = None

    @property
    def sensitive(self) -> dict[str, str]:
        """Return what is to be sealed."""
        return self.model_dump(exclude={"full_name"}, exclude_none=True)


class ReceiveDossier(WireModel):
    """A dossier handed in at the desk or by post."""

    agency_code: AgencyCodeText
    procedure_code: ProcedureCodeText
    channel: Literal["direct", "postal"]
    received_at: Instant | None = Field(default=None, description="Now when absent.")
    applicant: Applicant
    subject: Text | None = None
    components_count: ComponentsCount | None = None
    external_id: ShortText | None = Field(
        default=None, description="The client's own identifier, unique in the agency."
    )


class FileDossier(WireModel):
    """A dossier filed online; it gets a code when it is accepted."""

    agency_code: AgencyCodeText
    procedure_code: ProcedureCodeText
    filed_at: Instant | None = Field(default=None, description="Now when absent.")
    applicant: Applicant
    subject: Text | None = None
    components_count: ComponentsCount | None = None
    external_id: ShortText | None = None


class AcceptFiling(WireModel):
    """The acceptance of an online filing; its instant is the dossier's receipt."""

    accepted_at: Instant | None = Field(default=None, description="Now when absent.")


class RefuseFiling(WireModel):
    """The refusal of an online filing at intake."""

    reason: LongText
    refused_at: Instant | None = Field(default=None, description="Now when absent.")


class FilingOut(WireModel):
    """An online filing."""

    filing_id: UUID
    agency_code: str
    procedure_code: str
    filed_at: datetime
    status: StatusCode
    version: int


class Receipt(WireModel):
    """The receipt and appointment note (form 01)."""

    code: DossierCodeText
    agency_code: str
    procedure_code: str
    procedure_name: str
    channel: Channel
    received_at: datetime
    received_on: date
    due_on: date | None
    time_limit_value: int | None
    time_limit_unit: TimeUnit
    status: StatusCode
    version: int
    applicant_name: str


class MaskedApplicantOut(WireModel):
    """The applicant with numbers masked."""

    full_name: str
    id_number: str | None
    phone: str | None


class ApplicantOut(WireModel):
    """The applicant in clear; reading this is recorded."""

    full_name: str
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    email: str | None = None


class DossierOut(Receipt):
    """A dossier as it stands."""

    field_code: str
    version_number: int
    status_label: str
    promised_on: date | None
    ended_at: datetime | None
    ended_on: date | None
    end_kind: EndKind | None
    returned_at: datetime | None
    return_method: ReturnMethod | None
    subject: str | None
    components_count: int | None
    external_id: str | None
    filing_id: UUID | None
    applicant: MaskedApplicantOut


class MoveDossier(WireModel):
    """A move to another status; 5 and 8 must say why."""

    to_status: StatusCode
    reason: LongText | None = None
    occurred_at: Instant | None = Field(default=None, description="Now when absent.")


class SettleDossier(WireModel):
    """The result is issued; the clock ends."""

    settled_at: Instant | None = Field(default=None, description="Now when absent.")


class ReturnResult(WireModel):
    """The result reaches the applicant."""

    returned_at: Instant | None = Field(default=None, description="Now when absent.")
    method: ReturnMethod


class SendApology(WireModel):
    """The apology for a late result, with the new appointment (form 04)."""

    reason_code: OverdueReason
    reason: LongText
    promised_on: Day
    sent_at: Instant | None = Field(default=None, description="Now when absent.")


class EventOut(WireModel):
    """One event: when it was so, and when it was recorded."""

    event_number: int
    kind: str
    from_status: int | None
    to_status: int
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: dict[str, str | bool | int | None]


class Progress(WireModel):
    """What anybody may know of a dossier whose code they hold."""

    code: str
    status: StatusCode
    status_label: str
    completion_percent: int


class RecordCertifiedCopies(WireModel):
    """How many electronically certified copies an agency made on a day."""

    agency_code: AgencyCodeText
    certified_on: Day
    copy_count: Annotated[int, Field(ge=0, le=100_000)]


class CertifiedCopiesOut(WireModel):
    """The recorded count."""

    agency_code: str
    certified_on: date
    copy_count: int
    recorded_at: datetime


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
    status: Literal[2, 4, 9, 10] | None = None
    applicant: Applicant
    subject: Text | None = None


class LineProblem(WireModel):
    """Why a line was not stored."""

    code: str
    detail: str
    pointers: tuple[str, ...] = ()


class LineOutcome(WireModel):
    """What became of one line."""

    line: int
    outcome: Literal["stored", "duplicate", "rejected"]
    code: str | None = None
    problem: LineProblem | None = None

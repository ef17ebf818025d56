"""The papers of the intake desk, as they look on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from kit.wire import (
    AgencyCodeText,
    DossierCodeText,
    Instant,
    LongText,
    ProcedureCodeText,
    ShortText,
    Text,
    WireModel,
)
from pydantic import Field

from dossier.domain.due_date import TimeUnit
from dossier.domain.facts import Channel

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
        given = (
            ("id_number", self.id_number),
            ("phone", self.phone),
            ("address", self.address),
            ("email", self.email),
        )
        return {name: value for name, value in given if value is not None}


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


class Acceptance(WireModel):
    """A receipt without the name: personal data are stored in one place, not with answers."""

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


class Receipt(Acceptance):
    """The receipt and appointment note (form 01)."""

    applicant_name: str

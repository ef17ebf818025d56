"""What applicants and other agencies are asked for, as it looks on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from kit.wire import AgencyCodeText, Day, Instant, LongText, ShortText, WireModel
from pydantic import Field


class PaymentKind(StrEnum):
    """What kind of money is owed: a fee (phí), a charge (lệ phí), or another duty."""

    FEE = "fee"
    CHARGE = "charge"
    OTHER = "other"


class MissingItem(WireModel):
    """One component, and what is missing of it."""

    component: ShortText = Field(examples=["Bản sao giấy chứng sinh"])
    what_is_missing: ShortText = Field(examples=["Chưa có chứng thực"])


class AskForSupplement(WireModel):
    """The request for a supplement (form 02), item by item."""

    items: Annotated[list[MissingItem], Field(min_length=1, max_length=100)]
    reason: LongText
    asked_at: Instant | None = Field(default=None, description="Now when absent.")


class ReceiveSupplement(WireModel):
    """The supplement is complete."""

    received_at: Instant | None = Field(default=None, description="Now when absent.")


class SupplementRequestOut(WireModel):
    """What the applicant was asked to bring."""

    request_number: int
    items: list[MissingItem]
    reason: str
    asked_at: datetime
    asked_by: str
    supplied_at: datetime | None


class SupplementRequests(WireModel):
    """The requests of one dossier, in order."""

    items: list[SupplementRequestOut]


class AskForPayment(WireModel):
    """What the applicant is to pay before the dossier goes on."""

    kind: PaymentKind
    amount_vnd: Annotated[int, Field(ge=1, le=1_000_000_000_000)]
    reason: LongText | None = None
    asked_at: Instant | None = Field(default=None, description="Now when absent.")


class ConfirmPayment(WireModel):
    """The applicant has paid."""

    paid_at: Instant | None = Field(default=None, description="Now when absent.")


class PaymentRequestOut(WireModel):
    """What the applicant was asked to pay."""

    request_number: int
    kind: PaymentKind
    amount_vnd: int
    reason: str | None
    asked_at: datetime
    asked_by: str
    paid_at: datetime | None


class PaymentRequests(WireModel):
    """The requests of one dossier, in order."""

    items: list[PaymentRequestOut]


class Consult(WireModel):
    """A question to another agency, which sees nothing else of the dossier."""

    agency_code: AgencyCodeText
    question: LongText
    answer_due_on: Day | None = None
    asked_at: Instant | None = Field(default=None, description="Now when absent.")


class AnswerConsultation(WireModel):
    """The opinion that was asked for."""

    answer: LongText
    answered_at: Instant | None = Field(default=None, description="Now when absent.")


class ConsultationOut(WireModel):
    """A question to another agency, and its answer."""

    code: str
    consultation_number: int
    receiving_agency_code: str
    asked_agency_code: str
    question: str
    answer_due_on: date | None
    asked_at: datetime
    answered_at: datetime | None
    answer: str | None


class Consultations(WireModel):
    """The consultations of one dossier, in order."""

    items: list[ConsultationOut]

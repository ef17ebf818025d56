"""The papers of the case officer's desk, as they look on the wire."""

from datetime import date, datetime
from typing import Annotated

from kit.wire import AgencyCodeText, Day, Instant, LongText, WireModel
from pydantic import Field

from dossier.domain.apologies import OverdueReason
from dossier.domain.facts import ReturnMethod
from dossier.schemas.intake import StatusCode


class MoveDossier(WireModel):
    """A move to another status; 8 must say why, and 5, 6 and 10 have papers of their own."""

    to_status: StatusCode
    reason: LongText | None = None
    occurred_at: Instant | None = Field(default=None, description="Now when absent.")


class StartProcessing(WireModel):
    """The work begins."""

    started_at: Instant | None = Field(default=None, description="Now when absent.")


class StopDossier(WireModel):
    """The work stops for good; the applicant reads why."""

    reason: LongText
    stopped_at: Instant | None = Field(default=None, description="Now when absent.")


class AskToWithdraw(WireModel):
    """The applicant asks for the dossier back."""

    reason: LongText | None = None
    asked_at: Instant | None = Field(default=None, description="Now when absent.")


class GiveBack(WireModel):
    """The dossier goes back to the applicant who asked for it."""

    withdrawn_at: Instant | None = Field(default=None, description="Now when absent.")


class Continue(WireModel):
    """The applicant no longer wants the dossier back."""

    continued_at: Instant | None = Field(default=None, description="Now when absent.")


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

"""Feedback of citizens on the wire."""

from datetime import date, datetime
from uuid import UUID

from kit.wire import AgencyCodeText, DossierCodeText, Instant, ShortText, Text, WireModel

from rating.domain.feedback import FeedbackKind


class ReceiveFeedback(WireModel):
    """Feedback of a citizen or an organisation on a regulation, on conduct, or on both."""

    agency_code: AgencyCodeText
    kind: FeedbackKind
    received_at: Instant
    subject: ShortText
    content: Text
    dossier_code: DossierCodeText | None = None


class AnswerFeedback(WireModel):
    """The agency's answer."""

    answered_at: Instant
    answer: Text


class FeedbackPaper(WireModel):
    """Feedback with its limits in working days and, once given, its answer."""

    feedback_id: UUID
    agency_code: str
    kind: FeedbackKind
    received_at: datetime
    received_on: date
    subject: str
    content: str
    dossier_code: str | None
    transfer_by: date
    refuse_by: date
    ask_more_by: date
    due_on: date
    answered_at: datetime | None
    answered_on: date | None
    answer: str | None
    publish_by: date | None

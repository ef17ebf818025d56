"""Mapped rows. The agency leads every key of tables that grow with dossiers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from kit.db import NAMING
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Row(DeclarativeBase):
    """Root of rating's tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text()}  # noqa: RUF012 - read by the mapper


class AgencyRow(Row):
    """A code and the small number that leads our keys; a reference table when distributed."""

    __tablename__ = "agencies"
    __table_args__ = (UniqueConstraint("code"),)

    agency_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    code: Mapped[str]


class IndicatorSetRow(Row):
    """An indicator set as released; never changed."""

    __tablename__ = "indicator_sets"

    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class BallotTokenRow(Row):
    """One live token per dossier. It does not say when it was spent: that would name the ballot."""

    __tablename__ = "ballot_tokens"
    __table_args__ = (UniqueConstraint("agency_id", "token_digest"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    dossier_digest: Mapped[bytes] = mapped_column(primary_key=True)
    token_digest: Mapped[bytes]
    ended_on: Mapped[date]
    issued_on: Mapped[date]
    is_spent: Mapped[bool]


class BallotRow(Row):
    """A ballot, immutable. No column refers to a token, a dossier or an applicant."""

    __tablename__ = "ballots"
    __table_args__ = (
        CheckConstraint(
            "satisfaction in ('not_satisfied', 'satisfied', 'very_satisfied')", name="satisfaction"
        ),
        # Counts of a period, and its evidence in the order (cast_on, ballot_id).
        Index("ix_ballots_agency_id_cast_on_ballot_id", "agency_id", "cast_on", "ballot_id"),
        # The watermark: the last ballot recorded up to an instant.
        Index("ix_ballots_agency_id_recorded_at", "agency_id", "recorded_at"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    ballot_id: Mapped[UUID] = mapped_column(primary_key=True)
    cast_at: Mapped[datetime]
    cast_on: Mapped[date]
    satisfaction: Mapped[str]
    contacts_count: Mapped[int | None] = mapped_column(SmallInteger)
    agencies_contacted_count: Mapped[int | None] = mapped_column(SmallInteger)
    own_fault: Mapped[bool]
    comment: Mapped[str | None]
    recorded_at: Mapped[datetime]


class FeedbackRow(Row):
    """Feedback as received, with the limits that the calendar of that day gave it."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("kind in ('regulation', 'conduct', 'both')", name="kind"),
        # Counts and lists of a period, in the order (received_on, feedback_id).
        Index(
            "ix_feedback_agency_id_received_on_feedback_id",
            "agency_id",
            "received_on",
            "feedback_id",
        ),
        # Look-up by the id alone, as its address names it.
        Index("ix_feedback_feedback_id", "feedback_id"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    feedback_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    subject: Mapped[str]
    content: Mapped[str]
    dossier_code: Mapped[str | None]
    transfer_by: Mapped[date]
    refuse_by: Mapped[date]
    ask_more_by: Mapped[date]
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class FeedbackAnswerRow(Row):
    """The one answer to a feedback; its key refuses a second one."""

    __tablename__ = "feedback_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "feedback_id"], ["feedback.agency_id", "feedback.feedback_id"]
        ),
    )

    agency_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    feedback_id: Mapped[UUID] = mapped_column(primary_key=True)
    answered_at: Mapped[datetime]
    answered_on: Mapped[date]
    answer: Mapped[str]
    publish_by: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class AssessmentRow(Row):
    """Which indicators an agency counts in a period."""

    __tablename__ = "agency_assessments"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    indicator_set: Mapped[str] = mapped_column(ForeignKey("indicator_sets.code"))
    counted_indicators: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class IdempotencyKeyRow(Row):
    """Answers given under an Idempotency-Key; read and written by the kit."""

    __tablename__ = "idempotency_keys"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]

"""What is asked and handed over while a dossier is handled."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dossier.tables.row import Row, dossier_key, instant, number, of_dossier

supplement_requests = Table(
    "supplement_requests",
    Row.metadata,
    *dossier_key(),
    number("request_number"),
    Column("items", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    instant("asked_at", nullable=False),
    Column("asked_by", Text, nullable=False),
    instant("supplied_at"),
    instant("recorded_at", nullable=False),
    of_dossier(),
)
"""What is missing, item by item (form 02)."""

payment_requests = Table(
    "payment_requests",
    Row.metadata,
    *dossier_key(),
    number("request_number"),
    Column("kind", Text, nullable=False),
    Column("amount_vnd", BigInteger, nullable=False),
    Column("reason", Text),
    instant("asked_at", nullable=False),
    Column("asked_by", Text, nullable=False),
    instant("paid_at"),
    instant("recorded_at", nullable=False),
    of_dossier(),
)

consultations = Table(
    "consultations",
    Row.metadata,
    *dossier_key(),
    number("consultation_number"),
    Column("asked_agency_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer_due_on", Date),
    instant("asked_at", nullable=False),
    Column("asked_by", Text, nullable=False),
    instant("answered_at"),
    Column("answered_by", Text),
    Column("answer", Text),
    instant("recorded_at", nullable=False),
    of_dossier(),
    # What an agency still has to answer, the oldest first.
    Index(
        "ix_consultations_waiting",
        "asked_agency_id",
        "asked_at",
        "agency_id",
        "issued_on",
        "serial",
        postgresql_where=text("answered_at is null"),
    ),
)
"""Opinions asked of other agencies, which see the question and nothing else of the dossier."""

hand_overs = Table(
    "hand_overs",
    Row.metadata,
    *dossier_key(),
    number("step_number"),
    Column("step_name", Text, nullable=False),
    Column("from_agency_id", Integer, nullable=False),
    Column("to_agency_id", Integer, nullable=False),
    Column("to_unit", Text),
    Column("limit_working_days", Integer),
    Column("due_on", Date),
    instant("handed_over_at", nullable=False),
    Column("handed_over_by", Text, nullable=False),
    instant("taken_over_at"),
    Column("taken_over_by", Text),
    instant("completed_at"),
    Column("completed_by", Text),
    Column("undone", Text),
    instant("recorded_at", nullable=False),
    # What does not count is not open either.
    CheckConstraint(
        "undone is null or (undone in ('recalled', 'void') and completed_at is not null)",
        name="undone",
    ),
    of_dossier(),
    # What waits for an agency, the oldest first.
    Index(
        "ix_hand_overs_waiting",
        "to_agency_id",
        "handed_over_at",
        "agency_id",
        "issued_on",
        "serial",
        postgresql_where=text("completed_at is null"),
    ),
    # A dossier is in one pair of hands at a time.
    Index(
        "uq_hand_overs_open",
        "agency_id",
        "issued_on",
        "serial",
        unique=True,
        postgresql_where=text("completed_at is null"),
    ),
)
"""Steps of a dossier between agencies and units, with both sides' time (form 05)."""

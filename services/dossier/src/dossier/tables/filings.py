"""Online filings, before they are dossiers."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from dossier.tables.row import Row, agency_key

filings = Table(
    "filings",
    Row.metadata,
    agency_key(),
    Column("filing_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("procedure_code", Text, nullable=False),
    Column("subject", Text),
    Column("components_count", Integer),
    Column("external_id", Text),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("applicant_id", Uuid, nullable=False),
    Column("issued_on", Date),
    Column("serial", Integer),
    Column("came_from", SmallInteger),
    Column("status_since", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["agency_id", "applicant_id"], ["applicants.agency_id", "applicants.applicant_id"]
    ),
    # A filing is addressed by its id alone; the primary key needs the agency first.
    Index(None, "filing_id"),
    # The queue of an intake desk: its filings of a status, the oldest first.
    Index("ix_filings_queue", "agency_id", "status", "filed_at", "filing_id"),
)

filing_events = Table(
    "filing_events",
    Row.metadata,
    agency_key(),
    Column("filing_id", Uuid, primary_key=True),
    Column("event_number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    ForeignKeyConstraint(["agency_id", "filing_id"], ["filings.agency_id", "filings.filing_id"]),
)

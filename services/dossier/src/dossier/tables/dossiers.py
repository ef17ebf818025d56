"""Dossiers, their log, and the apologies sent for them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dossier.tables.row import Row, dossier_key, of_dossier

dossiers = Table(
    "dossiers",
    Row.metadata,
    *dossier_key(),
    Column("version", Integer, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("came_from", SmallInteger),
    Column("status_since", DateTime(timezone=True), nullable=False),
    Column("stopped_at", DateTime(timezone=True)),
    Column("channel", Text, nullable=False),
    Column("procedure_code", Text, nullable=False),
    Column("procedure_name", Text, nullable=False),
    Column("version_number", Integer, nullable=False),
    Column("field_code", Text, nullable=False),
    Column("time_limit_value", Integer),
    Column("time_limit_unit", Text, nullable=False),
    Column("cutoff_time", Time),
    Column("supplement_policy", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date),
    Column("promised_on", Date),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_kind", Text),
    Column("returned_at", DateTime(timezone=True)),
    Column("return_method", Text),
    Column("subject", Text),
    Column("components_count", Integer),
    Column("external_id", Text),
    Column("filing_id", Uuid),
    Column("applicant_id", Uuid, nullable=False),
    Column("resolver_agency_id", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("case_officer", Text),
    Column("received_by", Text),
    Column("previous_code", Text),
    UniqueConstraint("agency_id", "external_id"),
    ForeignKeyConstraint(
        ["agency_id", "applicant_id"], ["applicants.agency_id", "applicants.applicant_id"]
    ),
    CheckConstraint("status between 2 and 10", name="status"),
    # A dossier by the code it bore in the system it was moved from.
    Index(
        "ix_dossiers_previous_code",
        *("agency_id", "previous_code"),
        postgresql_where=text("previous_code is not null"),
    ),
    # Lists over several agencies, newest first; over one agency the primary key serves.
    Index(
        "ix_dossiers_newest", text("issued_on desc"), text("serial desc"), text("agency_id desc")
    ),
    # Lists of one agency's dossiers in one status.
    Index("ix_dossiers_status", "agency_id", "status", text("issued_on desc"), text("serial desc")),
    # Lists by day of receipt go by the day in the code; these few were received on another day.
    Index(
        "ix_dossiers_receipt_corrected",
        *("agency_id", "issued_on", "serial"),
        postgresql_where=text("issued_on <> (received_at at time zone 'Asia/Ho_Chi_Minh')::date"),
    ),
)

events = Table(
    "events",
    Row.metadata,
    *dossier_key(),
    Column("event_number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("from_status", SmallInteger),
    Column("to_status", SmallInteger, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column(
        "xid",
        BigInteger,
        server_default=text("((pg_current_xact_id())::text)::bigint"),
        nullable=False,
    ),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    of_dossier(),
    # The watermark of figures: the last event of an agency up to an instant.
    Index(None, "agency_id", "recorded_at"),
    # The folder of roll-ups reads the log in this order; a new entry always goes to the right end.
    Index("ix_events_folding", "xid", "position"),
)
"""Append-only: the service's role has INSERT and SELECT on it.

`xid` is the writing transaction: what lies below the oldest one still running is complete.
"""

apologies = Table(
    "apologies",
    Row.metadata,
    *dossier_key(),
    Column("reason_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("promised_on", Date, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("sent_in_time", Boolean, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    of_dossier(),
)
"""The primary key is the law: at most one apology per dossier."""

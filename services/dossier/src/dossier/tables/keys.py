"""What is given out once: idempotency keys and serials of the day."""

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from dossier.tables.row import Row, agency_key

idempotency_keys = Table(
    "idempotency_keys",
    Row.metadata,
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("body_digest", Text, nullable=False),
    Column("status", Integer),
    Column("answer", JSONB),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

intake_keys = Table(
    "intake_keys",
    Row.metadata,
    agency_key(),
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_digest", Text, nullable=False),
    Column("issued_on", Date),
    Column("serial", Integer),
    Column("due_on", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

daily_serials = Table(
    "daily_serials",
    Row.metadata,
    agency_key(),
    Column("issued_on", Date, primary_key=True),
    Column("last_serial", Integer, nullable=False),
)

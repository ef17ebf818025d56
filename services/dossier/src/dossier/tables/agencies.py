"""Agencies and their desks: numbers, copies of the catalogue, hours, recomputations."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from dossier.tables.row import Row, agency_key

agencies = Table(
    "agencies",
    Row.metadata,
    Column("agency_id", Integer, Identity(always=True), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
)

catalog_copies = Table(
    "catalog_copies",
    Row.metadata,
    Column("resource", Text, primary_key=True),
    Column("etag", Text),
    Column("body", JSONB, nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

desk_hours = Table(
    "desk_hours",
    Row.metadata,
    agency_key(),
    Column("valid_from", Date, primary_key=True),
    Column("weekday", SmallInteger, primary_key=True, autoincrement=False),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("weekday between 1 and 7", name="weekday"),
    CheckConstraint("opens < closes", name="order"),
)
"""When desks receive; all rows of an agency with one `valid_from` are one week."""

due_date_runs = Table(
    "due_date_runs",
    Row.metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("agency_code", Text),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("cursor_agency_id", Integer),
    Column("cursor_issued_on", Date),
    Column("cursor_serial", Integer),
    Column("expected_count", Integer, nullable=False),
    Column("done_count", Integer, nullable=False),
    Column("changed_count", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint("state in ('walking', 'catching_up', 'done')", name="state"),
)
"""Recomputations of open due dates: the cursor is the last dossier looked at."""

"""Certified copies per day, now and as they were known."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from dossier.tables.corrections import proposal
from dossier.tables.row import Row, agency_key, instant, number

certified_copies = Table(
    "certified_copies",
    Row.metadata,
    agency_key(),
    Column("certified_on", Date, primary_key=True),
    Column("copy_count", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("copy_count between 0 and 100000", name="copy_count"),
)


def _of_copies() -> tuple[Column[Any] | ForeignKeyConstraint, ...]:
    return (
        agency_key(),
        Column("certified_on", Date, primary_key=True),
        ForeignKeyConstraint(
            ["agency_id", "certified_on"],
            ["certified_copies.agency_id", "certified_copies.certified_on"],
        ),
    )


certified_copies_history = Table(
    "certified_copies_history",
    Row.metadata,
    *_of_copies(),
    number("version"),
    Column("copy_count", Integer, nullable=False),
    instant("recorded_at", nullable=False),
    Column("recorded_by", Text, nullable=False),
    instant("recorded_to", nullable=False),
)
"""Counts as known from `recorded_at` up to, but without, `recorded_to`; append-only."""

copy_corrections = Table(
    "copy_corrections",
    Row.metadata,
    *_of_copies(),
    *proposal(
        Column("recorded_count", Integer, nullable=False),
        Column("corrected_count", Integer, nullable=False),
    ),
    Index(
        "uq_copy_corrections_open",
        *("agency_id", "certified_on"),
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
"""Corrections of a day's count, decided as those of a dossier are."""

"""Corrections of the record and reasons for late work: proposed, decided, kept."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from dossier.tables.row import Row, agency_key, dossier_key, instant, number, of_dossier


def proposal(*own: Column[Any]) -> tuple[Column[Any] | CheckConstraint, ...]:
    """Return what every correction says: what is wrong, on what evidence, and who decided."""
    return (
        number("correction_number"),
        *own,
        Column("reason_code", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("evidence", Text, nullable=False),
        Column("attachment", Text),
        Column("state", Text, nullable=False),
        Column("proposed_by", Text, nullable=False),
        instant("proposed_at", nullable=False),
        Column("decided_by", Text),
        instant("decided_at"),
        Column("decision_reason", Text),
        CheckConstraint(
            "state in ('proposed', 'approved', 'rejected') "
            "and (decided_at is null) = (state = 'proposed') and decided_by <> proposed_by",
            name="decided",
        ),
    )


def of_an_event() -> tuple[Column[Any] | CheckConstraint, ...]:
    """Return what the correction of an event says."""
    return proposal(
        Column("event_number", Integer, nullable=False),
        Column("corrects", Text, nullable=False),
        instant("recorded_instant", nullable=False),
        instant("corrected_at"),
    )


corrections = Table(
    "corrections",
    Row.metadata,
    *dossier_key(),
    *of_an_event(),
    of_dossier(),
    # One open correction per event: whoever comes second waits for the decision.
    Index(
        "uq_corrections_open",
        *("agency_id", "issued_on", "serial", "event_number"),
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
"""Proposed, then decided once by somebody else; `corrected_at` null voids what is corrected."""

filing_corrections = Table(
    "filing_corrections",
    Row.metadata,
    agency_key(),
    Column("filing_id", Uuid, primary_key=True),
    *of_an_event(),
    ForeignKeyConstraint(["agency_id", "filing_id"], ["filings.agency_id", "filings.filing_id"]),
    Index(
        "uq_filing_corrections_open",
        *("agency_id", "filing_id", "event_number"),
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
"""The same of online filings, which have no code to be found by."""

overdue_reasons = Table(
    "overdue_reasons",
    Row.metadata,
    *dossier_key(),
    number("event_number"),
    Column("reason_code", Text, nullable=False),
    Column("note", Text),
    instant("recorded_at", nullable=False),
    of_dossier(),
)
"""Why a dossier is late, as stated; the last one holds. Append-only."""

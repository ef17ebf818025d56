"""Corrections of the record and reasons for late work: proposed, decided, kept."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from dossier.tables.row import Row, dossier_key, instant, number, of_dossier


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


corrections = Table(
    "corrections",
    Row.metadata,
    *dossier_key(),
    *proposal(
        Column("event_number", Integer, nullable=False),
        Column("corrects", Text, nullable=False),
        instant("recorded_instant", nullable=False),
        instant("corrected_at"),
    ),
    of_dossier(),
    # One open correction per event: whoever comes second waits for the decision.
    Index(
        "uq_corrections_open",
        *("agency_id", "issued_on", "serial", "event_number"),
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
"""Proposed, then decided once by somebody else; `corrected_at` null voids an end."""

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

"""Lay the tables of corrections and of late work."""

import sqlalchemy as sa
from alembic import op

revision = "0004_corrections"
down_revision = "0003_acts"

INSTANT = sa.DateTime(timezone=True)


def proposal(*own: sa.Column) -> tuple[sa.Column, ...]:
    return (
        sa.Column("correction_number", sa.Integer(), autoincrement=False, nullable=False),
        *own,
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("attachment", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
    )


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        *proposal(
            sa.Column("event_number", sa.Integer(), nullable=False),
            sa.Column("corrects", sa.Text(), nullable=False),
            sa.Column("recorded_instant", INSTANT, nullable=False),
            sa.Column("corrected_at", INSTANT, nullable=True),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'rejected') "
            "and (decided_at is null) = (state = 'proposed') and decided_by <> proposed_by",
            name=op.f("ck_corrections_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f("fk_corrections_agency_id_issued_on_serial"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", "correction_number", name=op.f("pk_corrections")
        ),
    )
    op.create_index(
        "uq_corrections_open",
        "corrections",
        ["agency_id", "issued_on", "serial", "event_number"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "overdue_reasons",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f("fk_overdue_reasons_agency_id_issued_on_serial"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", "event_number", name=op.f("pk_overdue_reasons")
        ),
    )
    op.add_column("dossiers", sa.Column("case_officer", sa.Text(), nullable=True))
    op.create_index(
        "ix_facts_due",
        "facts",
        ["agency_id", "due_on", "issued_on", "serial"],
        postgresql_where=sa.text("ended_on > due_on"),
    )
    op.create_index(
        "ix_facts_history_ended_late",
        "facts_history",
        ["agency_id", "ended_on"],
        postgresql_where=sa.text("is_last and ended_on > due_on and ended_on < 'infinity'"),
    )
    op.add_column(
        "certified_copies",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.create_table(
        "certified_copies_history",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("copy_count", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_to", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "certified_on"],
            ["certified_copies.agency_id", "certified_copies.certified_on"],
            name=op.f("fk_certified_copies_history_agency_id_certified_on"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "certified_on", "version", name=op.f("pk_certified_copies_history")
        ),
    )
    op.create_table(
        "copy_corrections",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        *proposal(
            sa.Column("recorded_count", sa.Integer(), nullable=False),
            sa.Column("corrected_count", sa.Integer(), nullable=False),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'rejected') "
            "and (decided_at is null) = (state = 'proposed') and decided_by <> proposed_by",
            name=op.f("ck_copy_corrections_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "certified_on"],
            ["certified_copies.agency_id", "certified_copies.certified_on"],
            name=op.f("fk_copy_corrections_agency_id_certified_on"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "certified_on", "correction_number", name=op.f("pk_copy_corrections")
        ),
    )
    op.create_index(
        "uq_copy_corrections_open",
        "copy_corrections",
        ["agency_id", "certified_on"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("copy_corrections")
    op.drop_table("certified_copies_history")
    op.drop_column("certified_copies", "version")
    op.drop_index("ix_facts_history_ended_late", "facts_history")
    op.drop_index("ix_facts_due", "facts")
    op.drop_column("dossiers", "case_officer")
    op.drop_table("overdue_reasons")
    op.drop_table("corrections")

"""Lay the table of the corrections of online filings, told apart by the id of the filing."""

import sqlalchemy as sa
from alembic import op

revision = "0015_filing_corrections"
down_revision = "0014_undone_steps"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "filing_corrections",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("correction_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Text(), nullable=False),
        sa.Column("recorded_instant", INSTANT, nullable=False),
        sa.Column("corrected_at", INSTANT, nullable=True),
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
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'rejected') "
            "and (decided_at is null) = (state = 'proposed') and decided_by <> proposed_by",
            name=op.f("ck_filing_corrections_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "filing_id"],
            ["filings.agency_id", "filings.filing_id"],
            name=op.f("fk_filing_corrections_agency_id_filing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "filing_id", "correction_number", name=op.f("pk_filing_corrections")
        ),
    )
    op.create_index(
        "uq_filing_corrections_open",
        "filing_corrections",
        ["agency_id", "filing_id", "event_number"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("filing_corrections")

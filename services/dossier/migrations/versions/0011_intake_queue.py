"""Let an intake desk walk its filings of a status, the oldest first."""

from alembic import op

revision = "0011_intake_queue"
down_revision = "0010_online_procedures"

INDEX = "ix_filings_queue"


def upgrade() -> None:
    op.create_index(INDEX, "filings", ["agency_id", "status", "filed_at", "filing_id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="filings")

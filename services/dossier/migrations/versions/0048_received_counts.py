"""Let what was received in a period be counted from one index: by channel, each dossier once."""

from alembic import op

revision = "0048_received_counts"
down_revision = "0047_late_ends_due"

INDEX = "ix_facts_received"
COLUMNS = ["agency_id", "received_on", "serial"]


def upgrade() -> None:
    op.drop_index(INDEX, table_name="facts")
    op.create_index(INDEX, "facts", COLUMNS, postgresql_include=["stretch", "channel"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="facts")
    op.create_index(INDEX, "facts", COLUMNS)

"""Let late ends be read with the day they were due from their index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0024_late_ends_due"
down_revision = "0023_work_in_parts"

INDEX = "ix_facts_ended_late"
SHOWN = ["issued_on", "serial", "version", "received_on"]


def lay(include: list[str]) -> None:
    op.drop_index(INDEX, table_name="facts")
    op.create_index(
        INDEX,
        "facts",
        ["agency_id", "ended_on"],
        postgresql_include=include,
        postgresql_where=sa.text("is_last and ended_on > due_on and ended_on < 'infinity'"),
    )


def upgrade() -> None:
    # Ten million facts take longer than a statement may.
    op.execute("set local statement_timeout = 0")
    lay([*SHOWN, "due_on"])


def downgrade() -> None:
    op.execute("set local statement_timeout = 0")
    lay(SHOWN)

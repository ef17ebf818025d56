"""Let late ends and apologies be walked by their own days; both are few among the facts."""

import sqlalchemy as sa
from alembic import op

revision = "0009_late_ends"
down_revision = "0008_nameless_answers"


def upgrade() -> None:
    op.create_index(
        "ix_facts_ended_late",
        "facts",
        ["agency_id", "ended_on"],
        postgresql_include=["issued_on", "serial", "version", "received_on"],
        postgresql_where=sa.text("is_last and ended_on > due_on and ended_on < 'infinity'"),
    )
    op.create_index(
        "ix_facts_apologised",
        "facts",
        ["agency_id", "apologised_on"],
        postgresql_where=sa.text("apologised_on < 'infinity'"),
    )


def downgrade() -> None:
    op.drop_index("ix_facts_apologised", table_name="facts")
    op.drop_index("ix_facts_ended_late", table_name="facts")

"""Let figures of many agencies be counted from indexes alone."""

from alembic import op

revision = "0026_counts_from_indexes"
down_revision = "0025_recounts"

COUNT = ["stretch", "is_last", "channel", "field_code", "due_on"]
LIVES = ["from_on", "until_on", "is_waiting", "end_kind", "apologised_on"]
RECEIVED = ["stretch", "channel", "procedure_code"]


def lay(name: str, columns: list[str], include: list[str]) -> None:
    op.drop_index(name, table_name="facts")
    op.create_index(name, "facts", columns, postgresql_include=include)


def upgrade() -> None:
    # Ten million facts take longer than a statement may.
    op.execute("set local statement_timeout = 0")
    lay("ix_facts_count", ["agency_id", "ended_on", "received_on"], [*COUNT, *LIVES])
    lay("ix_facts_received", ["agency_id", "received_on", "serial"], RECEIVED)


def downgrade() -> None:
    op.execute("set local statement_timeout = 0")
    lay("ix_facts_count", ["agency_id", "ended_on", "received_on"], COUNT)
    lay("ix_facts_received", ["agency_id", "received_on", "serial"], [])

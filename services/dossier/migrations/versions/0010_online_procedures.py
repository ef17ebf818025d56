"""Let the procedures of a window be walked one after the other, whoever received them."""

from alembic import op

revision = "0010_online_procedures"
down_revision = "0009_late_ends"

INDEX = "ix_stat_online_procedures_period_id_procedure_code_agency_id"


def upgrade() -> None:
    op.create_index(INDEX, "stat_online_procedures", ["period_id", "procedure_code", "agency_id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="stat_online_procedures")

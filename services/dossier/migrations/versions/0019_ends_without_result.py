"""Keep ahead, too, how dossiers ended that ended with a result; count the cells anew.

What is kept is forgotten and folded again from the log: meanwhile figures are counted from the
facts. On a long log a rebuild is quicker.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_ends_without_result"
down_revision = "0018_record_floor"

MEASURES = ("with_result_early", "with_result_on_time", "with_result_late")
FORGET = (
    "delete from stat_cells",
    "delete from stat_online_procedures",
    "update fold_positions set xid = 0, position = 0",
)


def upgrade() -> None:
    for statement in FORGET:
        op.execute(statement)
    for name in MEASURES:
        op.add_column(
            "stat_cells",
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False),
        )
    op.create_index(
        "ix_facts_without_result",
        "facts",
        ["agency_id", "ended_on"],
        postgresql_where=sa.text("is_last and end_kind = 'stopped'"),
    )


def downgrade() -> None:
    op.drop_index("ix_facts_without_result", table_name="facts")
    for name in reversed(MEASURES):
        op.drop_column("stat_cells", name)

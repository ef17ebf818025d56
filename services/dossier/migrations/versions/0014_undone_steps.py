"""Let a hand-over say that it does not count: called back, or found never to have happened."""

import sqlalchemy as sa
from alembic import op

revision = "0014_undone_steps"
down_revision = "0013_refolded_names"


def upgrade() -> None:
    # Without a default no row is rewritten; every hand-over told before counts.
    op.add_column("hand_overs", sa.Column("undone", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_hand_overs_undone"),
        "hand_overs",
        "undone is null or (undone in ('recalled', 'void') and completed_at is not null)",
    )


def downgrade() -> None:
    op.drop_column("hand_overs", "undone")

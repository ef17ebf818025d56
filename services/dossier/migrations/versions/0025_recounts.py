"""Say up to which agency a recount of the counts kept ahead has come."""

import sqlalchemy as sa
from alembic import op

revision = "0025_recounts"
down_revision = "0024_late_ends_due"


def upgrade() -> None:
    op.add_column("fold_positions", sa.Column("counted_to", sa.Integer))


def downgrade() -> None:
    op.drop_column("fold_positions", "counted_to")

"""Keep what the last comparison of the kept counts found, and which replica compares now."""

import sqlalchemy as sa
from alembic import op

revision = "0022_last_verification"
down_revision = "0021_calls_together"


def upgrade() -> None:
    op.create_table(
        "last_verification",
        sa.Column("is_only", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("run", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("windows", sa.Integer()),
        sa.Column("differences", sa.Integer()),
        sa.CheckConstraint("is_only", name=op.f("ck_last_verification_is_only")),
        sa.CheckConstraint(
            "num_nulls(verified_at, windows, differences) in (0, 3)",
            name=op.f("ck_last_verification_outcome"),
        ),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_last_verification")),
    )


def downgrade() -> None:
    op.drop_table("last_verification")

"""Take applicants' names out of the answers kept under Idempotency-Keys; they have a table."""

from alembic import op

revision = "0008_nameless_answers"
down_revision = "0007_rollups"


def upgrade() -> None:
    op.execute(
        "update idempotency_keys set answer = answer - 'applicant_name' "
        "where answer ? 'applicant_name'"
    )


def downgrade() -> None:
    """Nothing to put back: a repeated request reads the name where it is kept."""

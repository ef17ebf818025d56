"""Keep the code a dossier bore in the system it was moved from, and find it by that code."""

import sqlalchemy as sa
from alembic import op

revision = "0020_previous_codes"
down_revision = "0019_ends_without_result"


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("previous_code", sa.Text))
    # Only dossiers that were moved here have one: handing in adds nothing to it.
    op.create_index(
        "ix_dossiers_previous_code",
        "dossiers",
        ["agency_id", "previous_code"],
        postgresql_where=sa.text("previous_code is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_dossiers_previous_code", "dossiers")
    op.drop_column("dossiers", "previous_code")

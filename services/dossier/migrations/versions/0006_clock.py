"""Lay the tables of desk hours and of recomputations of due dates."""

import sqlalchemy as sa
from alembic import op

revision = "0006_clock"
down_revision = "0005_lists"


def upgrade() -> None:
    op.create_table(
        "desk_hours",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("weekday between 1 and 7", name=op.f("ck_desk_hours_weekday")),
        sa.CheckConstraint("opens < closes", name=op.f("ck_desk_hours_order")),
        sa.PrimaryKeyConstraint(
            "agency_id", "valid_from", "weekday", "opens", name=op.f("pk_desk_hours")
        ),
    )
    op.create_table(
        "due_date_runs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("agency_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cursor_agency_id", sa.Integer(), nullable=True),
        sa.Column("cursor_issued_on", sa.Date(), nullable=True),
        sa.Column("cursor_serial", sa.Integer(), nullable=True),
        sa.Column("expected_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('walking', 'catching_up', 'done')", name=op.f("ck_due_date_runs_state")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_due_date_runs")),
    )


def downgrade() -> None:
    op.drop_table("due_date_runs")
    op.drop_table("desk_hours")

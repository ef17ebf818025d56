"""Create the tables of rating."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001_rating"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name="pk_agencies"),
        sa.UniqueConstraint("code", name="uq_agencies_code"),
    )
    op.create_table(
        "indicator_sets",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_indicator_sets"),
    )
    _create_ballots()
    _create_feedback()
    op.create_table(
        "agency_assessments",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("indicator_set", sa.Text(), nullable=False),
        sa.Column("counted_indicators", ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "first_day", "last_day", name="pk_agency_assessments"),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name="fk_agency_assessments_agency_id"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_set"], ["indicator_sets.code"], name="fk_agency_assessments_indicator_set"
        ),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name="pk_idempotency_keys"),
    )


def _create_ballots() -> None:
    op.create_table(
        "ballot_tokens",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("dossier_digest", sa.LargeBinary(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("is_spent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "dossier_digest", name="pk_ballot_tokens"),
        sa.UniqueConstraint(
            "agency_id", "token_digest", name="uq_ballot_tokens_agency_id_token_digest"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name="fk_ballot_tokens_agency_id"
        ),
    )
    op.create_table(
        "ballots",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("cast_at", INSTANT, nullable=False),
        sa.Column("cast_on", sa.Date(), nullable=False),
        sa.Column("satisfaction", sa.Text(), nullable=False),
        sa.Column("contacts_count", sa.SmallInteger(), nullable=True),
        sa.Column("agencies_contacted_count", sa.SmallInteger(), nullable=True),
        sa.Column("own_fault", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "ballot_id", name="pk_ballots"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name="fk_ballots_agency_id"),
        sa.CheckConstraint(
            "satisfaction in ('not_satisfied', 'satisfied', 'very_satisfied')",
            name="ck_ballots_satisfaction",
        ),
    )
    op.create_index(
        "ix_ballots_agency_id_cast_on_ballot_id", "ballots", ["agency_id", "cast_on", "ballot_id"]
    )
    op.create_index("ix_ballots_agency_id_recorded_at", "ballots", ["agency_id", "recorded_at"])


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("dossier_code", sa.Text(), nullable=True),
        sa.Column("transfer_by", sa.Date(), nullable=False),
        sa.Column("refuse_by", sa.Date(), nullable=False),
        sa.Column("ask_more_by", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "feedback_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name="fk_feedback_agency_id"
        ),
        sa.CheckConstraint("kind in ('regulation', 'conduct', 'both')", name="ck_feedback_kind"),
    )
    op.create_index(
        "ix_feedback_agency_id_received_on_feedback_id",
        "feedback",
        ["agency_id", "received_on", "feedback_id"],
    )
    op.create_index("ix_feedback_feedback_id", "feedback", ["feedback_id"])
    op.create_table(
        "feedback_answers",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("publish_by", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "feedback_id", name="pk_feedback_answers"),
        sa.ForeignKeyConstraint(
            ["agency_id", "feedback_id"],
            ["feedback.agency_id", "feedback.feedback_id"],
            name="fk_feedback_answers_agency_id_feedback_id",
        ),
    )


def downgrade() -> None:
    for table in (
        "idempotency_keys",
        "agency_assessments",
        "feedback_answers",
        "feedback",
        "ballots",
        "ballot_tokens",
        "indicator_sets",
        "agencies",
    ):
        op.drop_table(table)

"""Create the tables of the catalogue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_catalog"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "level in ('central', 'province', 'district', 'commune')",
            name=op.f("ck_agencies_level"),
        ),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_agencies_range")),
        sa.PrimaryKeyConstraint("agency_id", name="pk_agencies"),
        sa.UniqueConstraint("code", name="uq_agencies_code"),
    )
    op.create_table(
        "calendar_releases",
        sa.Column("release_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("days_count", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("release_id", name="pk_calendar_releases"),
        sa.UniqueConstraint("name", name="uq_calendar_releases_name"),
    )
    op.create_table(
        "changes",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_changes"),
    )
    op.create_index("ix_changes_recorded_at_change_id", "changes", ["recorded_at", "change_id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("answer", JSONB, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name="pk_idempotency_keys"),
    )
    op.create_table(
        "procedure_fields",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_procedure_fields"),
    )
    op.create_table(
        "procedures",
        sa.Column("procedure_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("procedure_id", name="pk_procedures"),
        sa.UniqueConstraint("code", name="uq_procedures_code"),
    )
    op.create_table(
        "publication_decisions",
        sa.Column("decision_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_publication_decisions"),
        sa.UniqueConstraint(
            "number", "decided_on", name="uq_publication_decisions_number_decided_on"
        ),
    )
    op.create_table(
        "agency_parents",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("parent_id <> agency_id", name=op.f("ck_agency_parents_not_itself")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name="fk_agency_parents_agency_id"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["agencies.agency_id"], name="fk_agency_parents_parent_id"
        ),
        sa.PrimaryKeyConstraint("agency_id", "valid_from", name="pk_agency_parents"),
    )
    op.create_index("ix_agency_parents_parent_id", "agency_parents", ["parent_id"])
    op.create_table(
        "agency_procedures",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "desk in ('settled_at_desk', 'received_and_returned', 'elsewhere')",
            name=op.f("ck_agency_procedures_desk"),
        ),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_agency_procedures_range")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name="fk_agency_procedures_agency_id"
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.procedure_id"], name="fk_agency_procedures_procedure_id"
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "procedure_id", "valid_from", name="pk_agency_procedures"
        ),
    )
    op.create_table(
        "calendar_days",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('off', 'make_up_work')", name=op.f("ck_calendar_days_kind")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["calendar_releases.release_id"], name="fk_calendar_days_release_id"
        ),
        sa.PrimaryKeyConstraint("release_id", "day", name="pk_calendar_days"),
    )
    op.create_index("ix_calendar_days_day_release_id", "calendar_days", ["day", "release_id"])
    op.create_table(
        "online_levels",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("vocabulary", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "case vocabulary when 'levels_1_4'"
            " then level in ('level_1', 'level_2', 'level_3', 'level_4')"
            " else level in ('partly_online', 'fully_online') end",
            name=op.f("ck_online_levels_level_of_vocabulary"),
        ),
        sa.CheckConstraint(
            "vocabulary in ('levels_1_4', 'partly_fully')", name=op.f("ck_online_levels_vocabulary")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.procedure_id"], name="fk_online_levels_procedure_id"
        ),
        sa.PrimaryKeyConstraint("procedure_id", "valid_from", name="pk_online_levels"),
    )
    op.create_table(
        "postings",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "place in ('desk', 'agency_portal', 'national_database')",
            name=op.f("ck_postings_place"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name="fk_postings_agency_id"
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.procedure_id"], name="fk_postings_procedure_id"
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "procedure_id", "place", "posted_on", name="pk_postings"
        ),
    )
    op.create_table(
        "procedure_versions",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("filing_methods", JSONB, nullable=False),
        sa.Column("steps", JSONB, nullable=False),
        sa.Column("components", JSONB, nullable=False),
        sa.Column("sets_count", sa.Integer(), nullable=False),
        sa.Column("applicants", JSONB, nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("legal_basis", JSONB, nullable=False),
        sa.Column("supplement_policy", sa.Text(), nullable=False),
        sa.Column("cutoff_time", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "level in ('central', 'province', 'district', 'commune')",
            name=op.f("ck_procedure_versions_level"),
        ),
        sa.CheckConstraint(
            "cutoff_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'",
            name=op.f("ck_procedure_versions_cutoff_time"),
        ),
        sa.CheckConstraint(
            "supplement_policy in ('restart', 'pause')",
            name=op.f("ck_procedure_versions_supplement_policy"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["publication_decisions.decision_id"],
            name="fk_procedure_versions_decision_id",
        ),
        sa.ForeignKeyConstraint(
            ["field_code"], ["procedure_fields.code"], name="fk_procedure_versions_field_code"
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.procedure_id"], name="fk_procedure_versions_procedure_id"
        ),
        sa.PrimaryKeyConstraint("procedure_id", "version_number", name="pk_procedure_versions"),
        sa.UniqueConstraint(
            "procedure_id", "valid_from", name="uq_procedure_versions_procedure_id_valid_from"
        ),
    )
    op.create_table(
        "publication_effects",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind in ('new', 'amended', 'replaced', 'abolished')",
            name=op.f("ck_publication_effects_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["publication_decisions.decision_id"],
            name="fk_publication_effects_decision_id",
        ),
        sa.PrimaryKeyConstraint("decision_id", "procedure_code", name="pk_publication_effects"),
    )
    op.create_index(
        "ix_publication_effects_procedure_code_effective_on",
        "publication_effects",
        ["procedure_code", "effective_on"],
    )
    op.create_table(
        "reviews",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name="fk_reviews_agency_id"),
        sa.PrimaryKeyConstraint("agency_id", "review_id", name="pk_reviews"),
        sa.UniqueConstraint(
            "agency_id",
            "document_number",
            "document_on",
            name="uq_reviews_agency_id_document_number_document_on",
        ),
    )
    op.create_table(
        "review_outcomes",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("before_working_days", sa.Integer(), nullable=True),
        sa.Column("after_working_days", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('cut', 'kept', 'abolished')", name=op.f("ck_review_outcomes_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "review_id"],
            ["reviews.agency_id", "reviews.review_id"],
            name="fk_review_outcomes_agency_id_review_id",
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.procedure_id"], name="fk_review_outcomes_procedure_id"
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "review_id", "procedure_id", name="pk_review_outcomes"
        ),
    )
    op.create_index(
        "ix_review_outcomes_agency_id_procedure_id",
        "review_outcomes",
        ["agency_id", "procedure_id"],
    )


def downgrade() -> None:
    op.drop_table("review_outcomes")
    op.drop_table("reviews")
    op.drop_table("publication_effects")
    op.drop_table("procedure_versions")
    op.drop_table("postings")
    op.drop_table("online_levels")
    op.drop_table("calendar_days")
    op.drop_table("agency_procedures")
    op.drop_table("agency_parents")
    op.drop_table("publication_decisions")
    op.drop_table("procedures")
    op.drop_table("procedure_fields")
    op.drop_table("idempotency_keys")
    op.drop_table("changes")
    op.drop_table("calendar_releases")
    op.drop_table("agencies")

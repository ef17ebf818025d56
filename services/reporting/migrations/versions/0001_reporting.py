"""Periods, forms, reports and their seals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_reporting"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def column(name: str, kind: sa.types.TypeEngine, *, null: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=null)


def of_report(table: str) -> sa.Column:
    return sa.Column(
        "report_id",
        sa.Uuid(),
        sa.ForeignKey("reports.report_id", name=f"fk_{table}_report_id"),
        nullable=False,
    )


def of_release(table: str) -> sa.Column:
    return sa.Column(
        "release",
        sa.Text(),
        sa.ForeignKey("releases.name", name=f"fk_{table}_release"),
        nullable=False,
    )


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        column("subject", sa.Text()),
        column("key", sa.Text()),
        column("route", sa.Text()),
        column("body_digest", sa.Text()),
        column("answer", JSONB(), null=True),
        column("recorded_at", INSTANT),
        sa.PrimaryKeyConstraint("subject", "key", name="pk_idempotency_keys"),
    )
    create_rules()
    create_reports()
    create_parts()


def create_rules() -> None:
    op.create_table(
        "releases",
        column("name", sa.Text()),
        column("content_digest", sa.Text()),
        column("loaded_by", sa.Text()),
        column("loaded_at", INSTANT),
        sa.PrimaryKeyConstraint("name", name="pk_releases"),
    )
    op.create_table(
        "period_rules",
        sa.Column("rule_id", sa.Integer(), sa.Identity(), nullable=False),
        of_release("period_rules"),
        column("scheme", sa.Text()),
        column("kind", sa.Text()),
        column("from_day", sa.Integer()),
        column("from_month_offset", sa.Integer()),
        column("to_day", sa.Integer()),
        column("to_month_offset", sa.Integer()),
        column("valid_from", sa.Date()),
        column("valid_to", sa.Date(), null=True),
        column("legal_basis", sa.Text()),
        sa.PrimaryKeyConstraint("rule_id", name="pk_period_rules"),
        sa.UniqueConstraint(
            "scheme", "kind", "valid_from", name="uq_period_rules_scheme_kind_valid_from"
        ),
    )
    op.create_table(
        "deadline_rules",
        sa.Column("rule_id", sa.Integer(), sa.Identity(), nullable=False),
        of_release("deadline_rules"),
        column("level", sa.Text()),
        column("kind", sa.Text()),
        column("day", sa.Integer()),
        column("month_offset", sa.Integer()),
        column("valid_from", sa.Date()),
        column("valid_to", sa.Date(), null=True),
        column("legal_basis", sa.Text()),
        sa.PrimaryKeyConstraint("rule_id", name="pk_deadline_rules"),
        sa.UniqueConstraint(
            "level", "kind", "valid_from", name="uq_deadline_rules_level_kind_valid_from"
        ),
    )
    op.create_table(
        "report_forms",
        column("code", sa.Text()),
        column("version", sa.Integer()),
        of_release("report_forms"),
        column("valid_from", sa.Date()),
        column("valid_to", sa.Date(), null=True),
        column("body", JSONB()),
        sa.PrimaryKeyConstraint("code", "version", name="pk_report_forms"),
    )


def create_reports() -> None:
    op.create_table(
        "reports",
        column("report_id", sa.Uuid()),
        column("agency_code", sa.Text()),
        column("agency_name", sa.Text()),
        column("agency_level", sa.Text()),
        column("parent_code", sa.Text(), null=True),
        column("parent_name", sa.Text(), null=True),
        column("scheme", sa.Text()),
        column("kind", sa.Text()),
        column("year", sa.Integer()),
        column("number", sa.Integer()),
        column("from_on", sa.Date()),
        column("to_on", sa.Date()),
        column("due_on", sa.Date(), null=True),
        column("form_code", sa.Text()),
        column("form_version", sa.Integer()),
        column("state", sa.Text()),
        column("known_at", INSTANT, null=True),
        column("collected_at", INSTANT, null=True),
        column("counted_indicators", JSONB(), null=True),
        sa.Column("field_names", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        column("version", sa.Integer()),
        column("created_by", sa.Text()),
        column("created_at", INSTANT),
        sa.PrimaryKeyConstraint("report_id", name="pk_reports"),
        sa.CheckConstraint("state in ('draft', 'sealed')", name="ck_reports_state"),
        sa.CheckConstraint("from_on <= to_on", name="ck_reports_days"),
    )
    op.create_index(
        "uq_reports_live_draft",
        "reports",
        ["agency_code", "scheme", "kind", "year", "number"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index("ix_reports_to_on_report_id", "reports", ["to_on", "report_id"])
    op.create_index(
        "ix_reports_agency_code_to_on_report_id", "reports", ["agency_code", "to_on", "report_id"]
    )


def create_parts() -> None:
    op.create_table(
        "report_figures",
        of_report("report_figures"),
        column("key", sa.Text()),
        column("procedure_field", sa.Text()),
        column("ordinal", sa.Integer()),
        column("label", sa.Text()),
        column("value_number", sa.Numeric(), null=True),
        column("value_text", sa.Text(), null=True),
        column("numerator", sa.Integer(), null=True),
        column("denominator", sa.Integer(), null=True),
        column("unit", sa.Text()),
        column("kind", sa.Text()),
        column("source", sa.Text()),
        column("definition_id", sa.Text()),
        column("definition", sa.Text()),
        column("law", sa.Text()),
        sa.PrimaryKeyConstraint("report_id", "key", "procedure_field", name="pk_report_figures"),
    )
    op.create_table(
        "report_sources",
        of_report("report_sources"),
        column("service", sa.Text()),
        column("outcome", sa.Text()),
        column("watermark", sa.Text(), null=True),
        column("known_at", INSTANT),
        column("note", sa.Text(), null=True),
        sa.PrimaryKeyConstraint("report_id", "service", name="pk_report_sources"),
    )
    op.create_table(
        "report_findings",
        of_report("report_findings"),
        column("ordinal", sa.Integer()),
        column("origin", sa.Text()),
        column("check_id", sa.Text()),
        column("severity", sa.Text()),
        column("message", sa.Text()),
        column("keys", JSONB()),
        column("stated", sa.Text(), null=True),
        column("computed", sa.Text(), null=True),
        column("sections", JSONB()),
        sa.PrimaryKeyConstraint("report_id", "ordinal", name="pk_report_findings"),
    )
    op.create_table(
        "report_narratives",
        of_report("report_narratives"),
        column("section", sa.Text()),
        column("body", sa.Text()),
        column("version", sa.Integer()),
        column("written_by", sa.Text()),
        column("written_at", INSTANT),
        sa.PrimaryKeyConstraint("report_id", "section", name="pk_report_narratives"),
    )
    op.create_table(
        "report_statements",
        of_report("report_statements"),
        column("body", JSONB()),
        column("attached_by", sa.Text()),
        column("attached_at", INSTANT),
        sa.PrimaryKeyConstraint("report_id", name="pk_report_statements"),
    )
    op.create_table(
        "report_seals",
        of_report("report_seals"),
        column("digest", sa.Text()),
        column("canonical", sa.Text()),
        column("sealed_by", sa.Text()),
        column("sealed_at", INSTANT),
        sa.PrimaryKeyConstraint("report_id", name="pk_report_seals"),
    )


def downgrade() -> None:
    for table in (
        *("report_seals", "report_statements", "report_narratives", "report_findings"),
        *("report_sources", "report_figures", "reports"),
        *("report_forms", "deadline_rules", "period_rules", "releases", "idempotency_keys"),
    ):
        op.drop_table(table)

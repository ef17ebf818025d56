"""Lay the tables of the dossier service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_dossier"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    op.create_table(
        "applicants",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "applicant_id", name=op.f("pk_applicants")),
    )
    op.create_table(
        "catalog_copies",
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("resource", name=op.f("pk_catalog_copies")),
    )
    op.create_table(
        "certified_copies",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("copy_count", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "copy_count between 0 and 100000", name=op.f("ck_certified_copies_copy_count")
        ),
        sa.PrimaryKeyConstraint("agency_id", "certified_on", name=op.f("pk_certified_copies")),
    )
    op.create_table(
        "daily_serials",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "issued_on", name=op.f("pk_daily_serials")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "intake_keys",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "subject", "key", name=op.f("pk_intake_keys")),
    )
    op.create_table(
        "personal_data_reads",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("read_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("read_by", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "read_id", name=op.f("pk_personal_data_reads")),
    )
    op.create_table(
        "dossiers",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("came_from", sa.SmallInteger(), nullable=True),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("procedure_name", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("time_limit_value", sa.Integer(), nullable=True),
        sa.Column("time_limit_unit", sa.Text(), nullable=False),
        sa.Column("cutoff_time", sa.Time(), nullable=True),
        sa.Column("supplement_policy", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_kind", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_method", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("components_count", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("filing_id", sa.Uuid(), nullable=True),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("resolver_agency_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status between 2 and 10", name=op.f("ck_dossiers_status")),
        sa.ForeignKeyConstraint(
            ["agency_id", "applicant_id"],
            ["applicants.agency_id", "applicants.applicant_id"],
            name=op.f("fk_dossiers_agency_id_applicant_id"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "issued_on", "serial", name=op.f("pk_dossiers")),
        sa.UniqueConstraint(
            "agency_id", "external_id", name=op.f("uq_dossiers_agency_id_external_id")
        ),
    )
    op.create_index(
        "ix_dossiers_newest",
        "dossiers",
        [
            sa.literal_column("issued_on desc"),
            sa.literal_column("serial desc"),
            sa.literal_column("agency_id desc"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_dossiers_status",
        "dossiers",
        [
            "agency_id",
            "status",
            sa.literal_column("issued_on desc"),
            sa.literal_column("serial desc"),
        ],
        unique=False,
    )
    op.create_table(
        "filings",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("components_count", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "applicant_id"],
            ["applicants.agency_id", "applicants.applicant_id"],
            name=op.f("fk_filings_agency_id_applicant_id"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "filing_id", name=op.f("pk_filings")),
    )
    op.create_table(
        "apologies",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_in_time", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f("fk_apologies_agency_id_issued_on_serial"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "issued_on", "serial", name=op.f("pk_apologies")),
    )
    op.create_table(
        "events",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_status", sa.SmallInteger(), nullable=True),
        sa.Column("to_status", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f("fk_events_agency_id_issued_on_serial"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", "event_number", name=op.f("pk_events")
        ),
    )
    op.create_index(
        op.f("ix_events_agency_id_recorded_at"),
        "events",
        ["agency_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "facts",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stretch", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("end_kind", sa.Text(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("return_method", sa.Text(), nullable=True),
        sa.Column("apologised_on", sa.Date(), nullable=False),
        sa.Column("recorded_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f("fk_facts_agency_id_issued_on_serial"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", "stretch", name=op.f("pk_facts")
        ),
    )
    op.create_index(
        "ix_facts_count",
        "facts",
        ["agency_id", "ended_on", "received_on"],
        unique=False,
        postgresql_include=["stretch", "is_last", "channel", "field_code", "due_on"],
    )
    op.create_index(
        "ix_facts_received", "facts", ["agency_id", "received_on", "serial"], unique=False
    )
    op.create_index(
        "ix_facts_returned",
        "facts",
        ["agency_id", "returned_on"],
        unique=False,
        postgresql_where=sa.text("return_method = 'postal'"),
    )
    op.create_table(
        "facts_history",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stretch", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("end_kind", sa.Text(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("return_method", sa.Text(), nullable=True),
        sa.Column("apologised_on", sa.Date(), nullable=False),
        sa.Column("recorded_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_to", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f("fk_facts_history_agency_id_issued_on_serial"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", "stretch", "version", name=op.f("pk_facts_history")
        ),
    )
    op.create_index(
        op.f("ix_facts_history_agency_id_recorded_to"),
        "facts_history",
        ["agency_id", "recorded_to"],
        unique=False,
    )
    op.create_index("ix_filings_filing_id", "filings", ["filing_id"], unique=False)
    op.create_table(
        "filing_events",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("event_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "filing_id"],
            ["filings.agency_id", "filings.filing_id"],
            name=op.f("fk_filing_events_agency_id_filing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "filing_id", "event_number", name=op.f("pk_filing_events")
        ),
    )


def downgrade() -> None:
    op.drop_table("filing_events")
    op.drop_index(op.f("ix_facts_history_agency_id_recorded_to"), table_name="facts_history")
    op.drop_table("facts_history")
    op.drop_index(
        "ix_facts_returned",
        table_name="facts",
        postgresql_where=sa.text("return_method = 'postal'"),
    )
    op.drop_index("ix_facts_received", table_name="facts")
    op.drop_index(
        "ix_facts_count",
        table_name="facts",
        postgresql_include=["stretch", "is_last", "channel", "field_code", "due_on"],
    )
    op.drop_table("facts")
    op.drop_index(op.f("ix_events_agency_id_recorded_at"), table_name="events")
    op.drop_table("events")
    op.drop_table("apologies")
    op.drop_index("ix_filings_filing_id", table_name="filings")
    op.drop_table("filings")
    op.drop_index("ix_dossiers_status", table_name="dossiers")
    op.drop_index("ix_dossiers_newest", table_name="dossiers")
    op.drop_table("dossiers")
    op.drop_table("personal_data_reads")
    op.drop_table("intake_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("daily_serials")
    op.drop_table("certified_copies")
    op.drop_table("catalog_copies")
    op.drop_table("applicants")
    op.drop_table("agencies")

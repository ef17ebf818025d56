"""The rows that reporting keeps."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kit.db import NAMING
from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]


class Row(DeclarativeBase):
    """Base of all rows: named constraints, so that refusals can be told apart."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        date: Date,
        datetime: DateTime(timezone=True),
        Decimal: Numeric,
        str: Text,
        Json: JSONB,
        list[str]: JSONB,
        list[int]: JSONB(none_as_null=True),
        UUID: Uuid,
    }


class ReleaseRow(Row):
    """A data release as it was loaded: name and digest, so that loading again changes nothing."""

    __tablename__ = "releases"

    name: Mapped[str] = mapped_column(primary_key=True)
    content_digest: Mapped[str]
    loaded_by: Mapped[str]
    loaded_at: Mapped[datetime]


class PeriodRuleRow(Row):
    """A dated rule of a scheme: how its windows begin and end."""

    __tablename__ = "period_rules"
    __table_args__ = (UniqueConstraint("scheme", "kind", "valid_from"),)

    rule_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("releases.name"))
    scheme: Mapped[str]
    kind: Mapped[str]
    from_day: Mapped[int]
    from_month_offset: Mapped[int]
    to_day: Mapped[int]
    to_month_offset: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str]


class DeadlineRuleRow(Row):
    """A dated rule: by which day agencies of a level send their report."""

    __tablename__ = "deadline_rules"
    __table_args__ = (UniqueConstraint("level", "kind", "valid_from"),)

    rule_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("releases.name"))
    level: Mapped[str]
    kind: Mapped[str]
    day: Mapped[int]
    month_offset: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str]


class ReportFormRow(Row):
    """One version of a form; `body` holds its columns and checks as they were loaded."""

    __tablename__ = "report_forms"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("releases.name"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    body: Mapped[Json]


class ReportRow(Row):
    """The head of a report. `from_on` and `to_on` are its first and last day."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'sealed')", name="state"),
        CheckConstraint("from_on <= to_on", name="days"),
        # One live draft per agency and period, whoever presses the button first.
        Index(
            "uq_reports_live_draft",
            *("agency_code", "scheme", "kind", "year", "number"),
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        # The list of reports, newest period first; narrowed by agency on the same order.
        Index("ix_reports_to_on_report_id", "to_on", "report_id"),
        Index("ix_reports_agency_code_to_on_report_id", "agency_code", "to_on", "report_id"),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_code: Mapped[str]
    agency_name: Mapped[str]
    agency_level: Mapped[str]
    parent_code: Mapped[str | None]
    parent_name: Mapped[str | None]
    scheme: Mapped[str]
    kind: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    due_on: Mapped[date | None]
    form_code: Mapped[str]
    form_version: Mapped[int]
    state: Mapped[str]
    known_at: Mapped[datetime | None]
    collected_at: Mapped[datetime | None]
    counted_indicators: Mapped[list[int] | None]
    field_names: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    version: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class ReportFigureRow(Row):
    """One figure of a report; `procedure_field` is empty for the whole agency."""

    __tablename__ = "report_figures"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.report_id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    procedure_field: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int]
    label: Mapped[str]
    value_number: Mapped[Decimal | None]
    value_text: Mapped[str | None]
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    unit: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    definition_id: Mapped[str]
    definition: Mapped[str]
    law: Mapped[str]


class ReportSourceRow(Row):
    """What one record keeper answered at the last collection."""

    __tablename__ = "report_sources"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.report_id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    watermark: Mapped[str | None]
    known_at: Mapped[datetime]
    note: Mapped[str | None]


class FindingRow(Row):
    """One finding on a report, in the order of the checks."""

    __tablename__ = "report_findings"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.report_id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    check_id: Mapped[str]
    severity: Mapped[str]
    message: Mapped[str]
    keys: Mapped[list[str]]
    stated: Mapped[str | None]
    computed: Mapped[str | None]
    sections: Mapped[list[str]]


class NarrativeRow(Row):
    """One narrative section as its officer last wrote it."""

    __tablename__ = "report_narratives"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.report_id"), primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    version: Mapped[int]
    written_by: Mapped[str]
    written_at: Mapped[datetime]


class StatementRow(Row):
    """What somebody typed into a report, attached to be checked: figures and events."""

    __tablename__ = "report_statements"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.report_id"), primary_key=True)
    body: Mapped[Json]
    attached_by: Mapped[str]
    attached_at: Mapped[datetime]


class SealRow(Row):
    """The seal of a report; only ever inserted. `canonical` is the text that was digested."""

    __tablename__ = "report_seals"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.report_id"), primary_key=True)
    digest: Mapped[str]
    canonical: Mapped[str]
    sealed_by: Mapped[str]
    sealed_at: Mapped[datetime]


class IdempotencyKeyRow(Row):
    """The answer a key got, repeated when the same request comes again."""

    __tablename__ = "idempotency_keys"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_digest: Mapped[str]
    answer: Mapped[Json | None]
    recorded_at: Mapped[datetime]

"""Rows of the catalogue. Dated rows are only ever added, so any day can be asked again."""

from datetime import date, datetime
from typing import Any, TypeAlias

from kit.db import NAMING
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy import Row as ResultRow
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Found: TypeAlias = ResultRow[*tuple[Any, ...]]
"""A row of columns picked from several tables, read by their names."""


class Row(DeclarativeBase):
    """Base of all rows; constraints get the names that `refusing` translates."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - read once by the mapper
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class AgencyRow(Row):
    """An agency; its parents are dated rows of their own."""

    __tablename__ = "agencies"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("level in ('central', 'province', 'district', 'commune')", name="level"),
        CheckConstraint("valid_to > valid_from", name="range"),
    )

    agency_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    level: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    is_sample: Mapped[bool]
    version: Mapped[int]
    recorded_at: Mapped[datetime]


class AgencyParentRow(Row):
    """From `valid_from` on the agency stands under `parent_id` (null: under nobody)."""

    __tablename__ = "agency_parents"
    __table_args__ = (
        CheckConstraint("parent_id <> agency_id", name="not_itself"),
        # The tree of a day is walked downwards, from parent to children.
        Index(None, "parent_id"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.agency_id"))
    recorded_at: Mapped[datetime]


class ProcedureFieldRow(Row):
    """A field (lĩnh vực) that groups procedures."""

    __tablename__ = "procedure_fields"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    recorded_at: Mapped[datetime]


class PublicationDecisionRow(Row):
    """A decision that publishes procedures. Numbers start again each year."""

    __tablename__ = "publication_decisions"
    __table_args__ = (UniqueConstraint("number", "decided_on"),)

    decision_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[str]
    decided_on: Mapped[date]
    issued_by: Mapped[str]
    title: Mapped[str]
    recorded_at: Mapped[datetime]


class PublicationEffectRow(Row):
    """What a decision does to one procedure, which may not be in the catalogue yet."""

    __tablename__ = "publication_effects"
    __table_args__ = (
        CheckConstraint("kind in ('new', 'amended', 'replaced', 'abolished')", name="kind"),
        # Was this version published, and when was it abolished: asked for every figure.
        Index(None, "procedure_code", "effective_on"),
    )

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("publication_decisions.decision_id"), primary_key=True
    )
    procedure_code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]


class ProcedureRow(Row):
    """The identity of a procedure; `version` counts changes and is its entity tag."""

    __tablename__ = "procedures"
    __table_args__ = (UniqueConstraint("code"),)

    procedure_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    recorded_at: Mapped[datetime]


class ProcedureVersionRow(Row):
    """The content of a procedure from `valid_from` until the next version; never updated."""

    __tablename__ = "procedure_versions"
    __table_args__ = (
        # Versions tile: with one version a day at most, each ends where the next begins.
        UniqueConstraint("procedure_id", "valid_from"),
        CheckConstraint("level in ('central', 'province', 'district', 'commune')", name="level"),
        CheckConstraint("supplement_policy in ('restart', 'pause')", name="supplement_policy"),
        CheckConstraint("cutoff_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="cutoff_time"),
    )

    procedure_id: Mapped[int] = mapped_column(
        ForeignKey("procedures.procedure_id"), primary_key=True
    )
    version_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    field_code: Mapped[str] = mapped_column(ForeignKey("procedure_fields.code"))
    level: Mapped[str]
    filing_methods: Mapped[list[dict[str, Any]]]
    steps: Mapped[list[str]]
    components: Mapped[list[dict[str, Any]]]
    sets_count: Mapped[int]
    applicants: Mapped[list[str]]
    result: Mapped[str | None]
    conditions: Mapped[str | None]
    legal_basis: Mapped[list[str]]
    supplement_policy: Mapped[str]
    cutoff_time: Mapped[str | None]
    valid_from: Mapped[date]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("publication_decisions.decision_id"))
    recorded_at: Mapped[datetime]


class OnlineLevelRow(Row):
    """From `valid_from` on the procedure has this online level, in the words of that day."""

    __tablename__ = "online_levels"
    __table_args__ = (
        CheckConstraint("vocabulary in ('levels_1_4', 'partly_fully')", name="vocabulary"),
        CheckConstraint(
            "case vocabulary when 'levels_1_4'"
            " then level in ('level_1', 'level_2', 'level_3', 'level_4')"
            " else level in ('partly_online', 'fully_online') end",
            name="level_of_vocabulary",
        ),
    )

    procedure_id: Mapped[int] = mapped_column(
        ForeignKey("procedures.procedure_id"), primary_key=True
    )
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    vocabulary: Mapped[str]
    level: Mapped[str]
    recorded_at: Mapped[datetime]


class AgencyProcedureRow(Row):
    """From `valid_from` on the agency settles the procedure, and how its desk takes part."""

    __tablename__ = "agency_procedures"
    __table_args__ = (
        CheckConstraint(
            "desk in ('settled_at_desk', 'received_and_returned', 'elsewhere')", name="desk"
        ),
        CheckConstraint("valid_to > valid_from", name="range"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(
        ForeignKey("procedures.procedure_id"), primary_key=True
    )
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    desk: Mapped[str]
    recorded_at: Mapped[datetime]


class PostingRow(Row):
    """The agency posted the procedure at a place on a day."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("place in ('desk', 'agency_portal', 'national_database')", name="place"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(
        ForeignKey("procedures.procedure_id"), primary_key=True
    )
    place: Mapped[str] = mapped_column(primary_key=True)
    posted_on: Mapped[date] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime]


class ReviewRow(Row):
    """A review campaign of an agency, known by its document."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("agency_id", "document_number", "document_on"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.agency_id"), primary_key=True)
    review_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    document_number: Mapped[str]
    document_on: Mapped[date]
    reviewed_on: Mapped[date]
    recorded_at: Mapped[datetime]


class ReviewOutcomeRow(Row):
    """What a review found for one procedure; days are working days of its time limit."""

    __tablename__ = "review_outcomes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "review_id"], ["reviews.agency_id", "reviews.review_id"]
        ),
        CheckConstraint("outcome in ('cut', 'kept', 'abolished')", name="outcome"),
        # The latest review of one procedure, for the figure of time limits cut.
        Index(None, "agency_id", "procedure_id"),
    )

    agency_id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    procedure_id: Mapped[int] = mapped_column(
        ForeignKey("procedures.procedure_id"), primary_key=True
    )
    before_working_days: Mapped[int | None]
    after_working_days: Mapped[int | None]
    outcome: Mapped[str]


class CalendarReleaseRow(Row):
    """A release of official days; a later release wins, day by day."""

    __tablename__ = "calendar_releases"
    __table_args__ = (UniqueConstraint("name"),)

    release_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    days_count: Mapped[int]
    recorded_at: Mapped[datetime]


class CalendarDayRow(Row):
    """One day of a release."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        CheckConstraint("kind in ('off', 'make_up_work')", name="kind"),
        # The calendar of a range of days, whichever releases they come from.
        Index(None, "day", "release_id"),
    )

    release_id: Mapped[int] = mapped_column(
        ForeignKey("calendar_releases.release_id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    note: Mapped[str]
    decided_by: Mapped[str]
    source: Mapped[str]


class ChangeRow(Row):
    """Who recorded what, in order; the last number is the watermark of figures."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "recorded_at", "change_id"),)  # the watermark as known then

    change_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    recorded_at: Mapped[datetime]
    subject: Mapped[str]
    action: Mapped[str]
    resource: Mapped[str]


class IdempotencyKeyRow(Row):
    """The answer given to a creating request, so that it can be given again."""

    __tablename__ = "idempotency_keys"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]

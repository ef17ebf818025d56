"""The tables of the dossier database; the receiving agency leads every key of those that grow."""

from typing import Any

from kit.db import NAMING
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from dossier.domain.rollups import MEASURES


class Row(DeclarativeBase):
    """Holds the metadata; the tables are used through Core, because the hot paths are."""

    metadata = MetaData(naming_convention=NAMING)


def _agency() -> Column[int]:
    return Column("agency_id", Integer, primary_key=True, autoincrement=False)


def _dossier_key() -> tuple[Column[Any], ...]:
    """Return the dossier code as a key: agency, day of the code, serial of that day."""
    return (
        _agency(),
        Column("issued_on", Date, primary_key=True),
        Column("serial", Integer, primary_key=True, autoincrement=False),
    )


def _of_dossier() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["agency_id", "issued_on", "serial"],
        ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
    )


agencies = Table(
    "agencies",
    Row.metadata,
    Column("agency_id", Integer, Identity(always=True), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
)

catalog_copies = Table(
    "catalog_copies",
    Row.metadata,
    Column("resource", Text, primary_key=True),
    Column("etag", Text),
    Column("body", JSONB, nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    Row.metadata,
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("body_digest", Text, nullable=False),
    Column("status", Integer),
    Column("answer", JSONB),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

intake_keys = Table(
    "intake_keys",
    Row.metadata,
    _agency(),
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_digest", Text, nullable=False),
    Column("issued_on", Date),
    Column("serial", Integer),
    Column("due_on", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

daily_serials = Table(
    "daily_serials",
    Row.metadata,
    _agency(),
    Column("issued_on", Date, primary_key=True),
    Column("last_serial", Integer, nullable=False),
)

applicants = Table(
    "applicants",
    Row.metadata,
    _agency(),
    Column("applicant_id", Uuid, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("key_id", Text, nullable=False),
)
"""Personal data. `sealed` is the encrypted JSON of id number, phone, address and e-mail."""

personal_data_reads = Table(
    "personal_data_reads",
    Row.metadata,
    _agency(),
    Column("read_id", Uuid, primary_key=True),
    Column("applicant_id", Uuid, nullable=False),
    Column("read_by", Text, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text, nullable=False),
)
"""Who looked at personal data in clear, and when."""

personal_data_searches = Table(
    "personal_data_searches",
    Row.metadata,
    _agency(),
    Column("search_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("term_digest", LargeBinary),
    Column("key_id", Text, nullable=False),
    Column("searched_by", Text, nullable=False),
    Column("searched_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text, nullable=False),
)
"""Who searched or exported names, and when; the term only as a digest under the sealing key.

`agency_id` 0 means everything in the actor's sight.
"""

NAME_KEYS = (
    "array_to_tsvector(string_to_array((agency_id::text || ':'::text) || "
    "replace(folded_name, ' '::text, (' '::text || agency_id::text) || ':'::text), ' '::text))"
)
"""The words of a name, each behind its agency: `17:nguyen`, `17:van`, `17:an`."""

applicant_names = Table(
    "applicant_names",
    Row.metadata,
    *_dossier_key(),
    Column("folded_name", Text, nullable=False),
    # Search by words and their beginnings: every key leads with the agency, so a search never
    # reads another agency's names. A short list of pending keys keeps writing and reading even.
    Index(
        "ix_applicant_names_words",
        text(NAME_KEYS),
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "512"},
    ),
)
"""Names without accents, for search; personal data.

Written with its dossier by the same call and read only through it, so a foreign key would buy
nothing but a look-up per intake.
"""

filings = Table(
    "filings",
    Row.metadata,
    _agency(),
    Column("filing_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("procedure_code", Text, nullable=False),
    Column("subject", Text),
    Column("components_count", Integer),
    Column("external_id", Text),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("applicant_id", Uuid, nullable=False),
    Column("issued_on", Date),
    Column("serial", Integer),
    Column("came_from", SmallInteger),
    Column("status_since", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["agency_id", "applicant_id"], ["applicants.agency_id", "applicants.applicant_id"]
    ),
    # A filing is addressed by its id alone; the primary key needs the agency first.
    Index(None, "filing_id"),
)

filing_events = Table(
    "filing_events",
    Row.metadata,
    _agency(),
    Column("filing_id", Uuid, primary_key=True),
    Column("event_number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    ForeignKeyConstraint(["agency_id", "filing_id"], ["filings.agency_id", "filings.filing_id"]),
)

dossiers = Table(
    "dossiers",
    Row.metadata,
    *_dossier_key(),
    Column("version", Integer, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("came_from", SmallInteger),
    Column("status_since", DateTime(timezone=True), nullable=False),
    Column("stopped_at", DateTime(timezone=True)),
    Column("channel", Text, nullable=False),
    Column("procedure_code", Text, nullable=False),
    Column("procedure_name", Text, nullable=False),
    Column("version_number", Integer, nullable=False),
    Column("field_code", Text, nullable=False),
    Column("time_limit_value", Integer),
    Column("time_limit_unit", Text, nullable=False),
    Column("cutoff_time", Time),
    Column("supplement_policy", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date),
    Column("promised_on", Date),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_kind", Text),
    Column("returned_at", DateTime(timezone=True)),
    Column("return_method", Text),
    Column("subject", Text),
    Column("components_count", Integer),
    Column("external_id", Text),
    Column("filing_id", Uuid),
    Column("applicant_id", Uuid, nullable=False),
    Column("resolver_agency_id", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("case_officer", Text),
    Column("received_by", Text),
    UniqueConstraint("agency_id", "external_id"),
    ForeignKeyConstraint(
        ["agency_id", "applicant_id"], ["applicants.agency_id", "applicants.applicant_id"]
    ),
    CheckConstraint("status between 2 and 10", name="status"),
    # Lists over several agencies, newest first; over one agency the primary key serves.
    Index(
        "ix_dossiers_newest", text("issued_on desc"), text("serial desc"), text("agency_id desc")
    ),
    # Lists of one agency's dossiers in one status.
    Index("ix_dossiers_status", "agency_id", "status", text("issued_on desc"), text("serial desc")),
    # Lists by day of receipt go by the day in the code; these few were received on another day.
    Index(
        "ix_dossiers_receipt_corrected",
        *("agency_id", "issued_on", "serial"),
        postgresql_where=text("issued_on <> (received_at at time zone 'Asia/Ho_Chi_Minh')::date"),
    ),
)

events = Table(
    "events",
    Row.metadata,
    *_dossier_key(),
    Column("event_number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("from_status", SmallInteger),
    Column("to_status", SmallInteger, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column(
        "xid",
        BigInteger,
        server_default=text("((pg_current_xact_id())::text)::bigint"),
        nullable=False,
    ),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    _of_dossier(),
    # The watermark of figures: the last event of an agency up to an instant.
    Index(None, "agency_id", "recorded_at"),
    # The folder of roll-ups reads the log in this order; a new entry always goes to the right end.
    Index("ix_events_folding", "xid", "position"),
)
"""Append-only: the service's role has INSERT and SELECT on it.

`xid` is the writing transaction: what lies below the oldest one still running is complete.
"""

apologies = Table(
    "apologies",
    Row.metadata,
    *_dossier_key(),
    Column("reason_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("promised_on", Date, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("sent_in_time", Boolean, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    _of_dossier(),
)
"""The primary key is the law: at most one apology per dossier."""


def _number(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


def _instant(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


supplement_requests = Table(
    "supplement_requests",
    Row.metadata,
    *_dossier_key(),
    _number("request_number"),
    Column("items", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    _instant("asked_at", nullable=False),
    Column("asked_by", Text, nullable=False),
    _instant("supplied_at"),
    _instant("recorded_at", nullable=False),
    _of_dossier(),
)
"""What is missing, item by item (form 02)."""

payment_requests = Table(
    "payment_requests",
    Row.metadata,
    *_dossier_key(),
    _number("request_number"),
    Column("kind", Text, nullable=False),
    Column("amount_vnd", BigInteger, nullable=False),
    Column("reason", Text),
    _instant("asked_at", nullable=False),
    Column("asked_by", Text, nullable=False),
    _instant("paid_at"),
    _instant("recorded_at", nullable=False),
    _of_dossier(),
)

consultations = Table(
    "consultations",
    Row.metadata,
    *_dossier_key(),
    _number("consultation_number"),
    Column("asked_agency_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer_due_on", Date),
    _instant("asked_at", nullable=False),
    Column("asked_by", Text, nullable=False),
    _instant("answered_at"),
    Column("answered_by", Text),
    Column("answer", Text),
    _instant("recorded_at", nullable=False),
    _of_dossier(),
    # What an agency still has to answer, the oldest first.
    Index(
        "ix_consultations_waiting",
        "asked_agency_id",
        "asked_at",
        "agency_id",
        "issued_on",
        "serial",
        postgresql_where=text("answered_at is null"),
    ),
)
"""Opinions asked of other agencies, which see the question and nothing else of the dossier."""

hand_overs = Table(
    "hand_overs",
    Row.metadata,
    *_dossier_key(),
    _number("step_number"),
    Column("step_name", Text, nullable=False),
    Column("from_agency_id", Integer, nullable=False),
    Column("to_agency_id", Integer, nullable=False),
    Column("to_unit", Text),
    Column("limit_working_days", Integer),
    Column("due_on", Date),
    _instant("handed_over_at", nullable=False),
    Column("handed_over_by", Text, nullable=False),
    _instant("taken_over_at"),
    Column("taken_over_by", Text),
    _instant("completed_at"),
    Column("completed_by", Text),
    _instant("recorded_at", nullable=False),
    _of_dossier(),
    # What waits for an agency, the oldest first.
    Index(
        "ix_hand_overs_waiting",
        "to_agency_id",
        "handed_over_at",
        "agency_id",
        "issued_on",
        "serial",
        postgresql_where=text("completed_at is null"),
    ),
    # A dossier is in one pair of hands at a time.
    Index(
        "uq_hand_overs_open",
        "agency_id",
        "issued_on",
        "serial",
        unique=True,
        postgresql_where=text("completed_at is null"),
    ),
)
"""Steps of a dossier between agencies and units, with both sides' time (form 05)."""


def _proposal(*own: Column[Any]) -> tuple[Column[Any] | CheckConstraint, ...]:
    """Return what every correction says: what is wrong, on what evidence, and who decided."""
    return (
        _number("correction_number"),
        *own,
        Column("reason_code", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("evidence", Text, nullable=False),
        Column("attachment", Text),
        Column("state", Text, nullable=False),
        Column("proposed_by", Text, nullable=False),
        _instant("proposed_at", nullable=False),
        Column("decided_by", Text),
        _instant("decided_at"),
        Column("decision_reason", Text),
        CheckConstraint(
            "state in ('proposed', 'approved', 'rejected') "
            "and (decided_at is null) = (state = 'proposed') and decided_by <> proposed_by",
            name="decided",
        ),
    )


corrections = Table(
    "corrections",
    Row.metadata,
    *_dossier_key(),
    *_proposal(
        Column("event_number", Integer, nullable=False),
        Column("corrects", Text, nullable=False),
        _instant("recorded_instant", nullable=False),
        _instant("corrected_at"),
    ),
    _of_dossier(),
    # One open correction per event: whoever comes second waits for the decision.
    Index(
        "uq_corrections_open",
        *("agency_id", "issued_on", "serial", "event_number"),
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
"""Proposed, then decided once by somebody else; `corrected_at` null voids an end."""

overdue_reasons = Table(
    "overdue_reasons",
    Row.metadata,
    *_dossier_key(),
    _number("event_number"),
    Column("reason_code", Text, nullable=False),
    Column("note", Text),
    _instant("recorded_at", nullable=False),
    _of_dossier(),
)
"""Why a dossier is late, as stated; the last one holds. Append-only."""


def _facts() -> tuple[Column[Any], ...]:
    """Return the narrow columns of statistics; 'infinity' instead of null, so days compare."""
    return (
        Column("version", Integer, nullable=False),
        Column("is_last", Boolean, nullable=False),
        Column("channel", Text, nullable=False),
        Column("field_code", Text, nullable=False),
        Column("procedure_code", Text, nullable=False),
        Column("received_on", Date, nullable=False),
        Column("from_on", Date, nullable=False),
        Column("until_on", Date, nullable=False),
        Column("due_on", Date, nullable=False),
        Column("is_waiting", Boolean, nullable=False),
        Column("ended_on", Date, nullable=False),
        Column("end_kind", Text),
        Column("returned_on", Date, nullable=False),
        Column("return_method", Text),
        Column("apologised_on", Date, nullable=False),
        Column("recorded_from", DateTime(timezone=True), nullable=False),
        Column("officer", Text, nullable=False, server_default="-"),
    )


def _stretch_key() -> tuple[Column[Any], ...]:
    return (
        *_dossier_key(),
        Column("stretch", SmallInteger, primary_key=True, autoincrement=False),
    )


facts = Table(
    "facts",
    Row.metadata,
    *_stretch_key(),
    *_facts(),
    _of_dossier(),
    # Counting: one range scan of those received by the period's end and not ended before it.
    Index(
        "ix_facts_count",
        "agency_id",
        "ended_on",
        "received_on",
        postgresql_include=["stretch", "is_last", "channel", "field_code", "due_on"],
    ),
    # Evidence in order of receipt; also what was received in a period.
    Index("ix_facts_received", "agency_id", "received_on", "serial"),
    # Results returned by post in a period, wherever the dossier ended.
    Index(
        "ix_facts_returned",
        "agency_id",
        "returned_on",
        postgresql_where=text("return_method = 'postal'"),
    ),
    # Late work: what pends or ended past its due date, the longest due first.
    Index(
        "ix_facts_due",
        *("agency_id", "due_on", "issued_on", "serial"),
        postgresql_where=text("ended_on > due_on"),
    ),
    # What is overdue today, for the quarter that is still running.
    Index(
        "ix_facts_open",
        *("agency_id", "due_on"),
        postgresql_include=["field_code", "is_waiting"],
        postgresql_where=text("until_on = 'infinity'"),
    ),
)
"""Facts as known now, one row per stretch of a dossier's life."""

facts_history = Table(
    "facts_history",
    Row.metadata,
    *_dossier_key(),
    Column("stretch", SmallInteger, primary_key=True, autoincrement=False),
    *(column for column in _facts() if column.name != "version"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("recorded_to", DateTime(timezone=True), nullable=False),
    _of_dossier(),
    # As known at an instant: the superseded rows that were current then.
    Index(None, "agency_id", "recorded_to"),
    # Ends first recorded as late, whatever was corrected since.
    Index(
        "ix_facts_history_ended_late",
        *("agency_id", "ended_on"),
        postgresql_where=text("is_last and ended_on > due_on and ended_on < 'infinity'"),
    ),
)
"""Facts as known from `recorded_from` up to, but without, `recorded_to`; append-only."""

certified_copies = Table(
    "certified_copies",
    Row.metadata,
    _agency(),
    Column("certified_on", Date, primary_key=True),
    Column("copy_count", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("copy_count between 0 and 100000", name="copy_count"),
)


def _of_copies() -> tuple[Column[Any] | ForeignKeyConstraint, ...]:
    return (
        _agency(),
        Column("certified_on", Date, primary_key=True),
        ForeignKeyConstraint(
            ["agency_id", "certified_on"],
            ["certified_copies.agency_id", "certified_copies.certified_on"],
        ),
    )


certified_copies_history = Table(
    "certified_copies_history",
    Row.metadata,
    *_of_copies(),
    _number("version"),
    Column("copy_count", Integer, nullable=False),
    _instant("recorded_at", nullable=False),
    Column("recorded_by", Text, nullable=False),
    _instant("recorded_to", nullable=False),
)
"""Counts as known from `recorded_at` up to, but without, `recorded_to`; append-only."""

copy_corrections = Table(
    "copy_corrections",
    Row.metadata,
    *_of_copies(),
    *_proposal(
        Column("recorded_count", Integer, nullable=False),
        Column("corrected_count", Integer, nullable=False),
    ),
    Index(
        "uq_copy_corrections_open",
        *("agency_id", "certified_on"),
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
"""Corrections of a day's count, decided as those of a dossier are."""

desk_hours = Table(
    "desk_hours",
    Row.metadata,
    _agency(),
    Column("valid_from", Date, primary_key=True),
    Column("weekday", SmallInteger, primary_key=True, autoincrement=False),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("weekday between 1 and 7", name="weekday"),
    CheckConstraint("opens < closes", name="order"),
)
"""When desks receive; all rows of an agency with one `valid_from` are one week."""

due_date_runs = Table(
    "due_date_runs",
    Row.metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("agency_code", Text),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("cursor_agency_id", Integer),
    Column("cursor_issued_on", Date),
    Column("cursor_serial", Integer),
    Column("expected_count", Integer, nullable=False),
    Column("done_count", Integer, nullable=False),
    Column("changed_count", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint("state in ('walking', 'catching_up', 'done')", name="state"),
)
"""Recomputations of open due dates: the cursor is the last dossier looked at."""

stat_periods = Table(
    "stat_periods",
    Row.metadata,
    Column("period_id", Integer, Identity(always=True), primary_key=True),
    Column("period_code", Text, nullable=False, unique=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    # The periods in which a life counts: a range of their last days.
    UniqueConstraint("ends_on", "starts_on"),
    CheckConstraint("starts_on <= ends_on and ends_on - starts_on < 400", name="days"),
)
"""Windows that are counted ahead: data, both days included."""


def _stat_key() -> tuple[Column[int], ...]:
    return _agency(), Column("period_id", Integer, primary_key=True, autoincrement=False)


stat_cells = Table(
    "stat_cells",
    Row.metadata,
    *_stat_key(),
    Column("field_code", Text, primary_key=True),
    *(Column(name, Integer, nullable=False, server_default=text("0")) for name in MEASURES),
)
"""Counts of an agency's period by field; the row of field '' has the counts of all fields."""

stat_online_procedures = Table(
    "stat_online_procedures",
    Row.metadata,
    *_stat_key(),
    Column("procedure_code", Text, primary_key=True),
    Column("received", Integer, nullable=False, server_default=text("0")),
)
"""Online dossiers received, by procedure."""

fold_positions = Table(
    "fold_positions",
    Row.metadata,
    Column("fold", Text, primary_key=True),
    Column("xid", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    _instant("folded_at"),
)
"""Up to which event of the log (in the order of `xid`, `position`) the cells reach."""

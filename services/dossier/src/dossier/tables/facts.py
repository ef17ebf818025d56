"""What statistics read of a dossier, now and as it was known."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)

from dossier.tables.row import Row, dossier_key, of_dossier

_IN_LIST = ("agency_id", "due_on", "issued_on", "serial")
_IN_LIST_OF_HOLDER = ("handed_to_agency_id", "due_on", "issued_on", "serial", "agency_id")
_SHOWN_OPEN = ["stretch", "from_on", "is_waiting", "apologised_on"]
_SHOWN_LATE = [*_SHOWN_OPEN, "until_on", "is_last", "ended_on"]
_IS_HANDED = "handed_to_agency_id is not null"
_OPEN = "until_on = 'infinity'"
_CLOSED_LATE = "until_on < 'infinity' and ended_on > due_on"
_CLOSED_IN_TIME = "until_on < 'infinity' and ended_on <= due_on"


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
        *dossier_key(),
        Column("stretch", SmallInteger, primary_key=True, autoincrement=False),
    )


facts = Table(
    "facts",
    Row.metadata,
    *_stretch_key(),
    *_facts(),
    Column("handed_to_agency_id", Integer),
    of_dossier(),
    # Counting: one range scan of those received by the period's end and not ended before it.
    Index(
        "ix_facts_count",
        "agency_id",
        "ended_on",
        "received_on",
        postgresql_include=[
            *("stretch", "is_last", "channel", "field_code", "due_on"),
            *("from_on", "until_on", "is_waiting", "end_kind", "apologised_on"),
        ],
    ),
    # Evidence in order of receipt; also what was received in a period, and of which procedures.
    Index(
        "ix_facts_received",
        *("agency_id", "received_on", "serial"),
        postgresql_include=["stretch", "channel", "procedure_code"],
    ),
    # Results returned by post in a period, wherever the dossier ended.
    Index(
        "ix_facts_returned",
        "agency_id",
        "returned_on",
        postgresql_where=text("return_method = 'postal'"),
    ),
    # What ended late in a period, and with the keys why: a few dossiers in a hundred.
    Index(
        "ix_facts_ended_late",
        *("agency_id", "ended_on"),
        postgresql_include=["issued_on", "serial", "version", "received_on", "due_on"],
        postgresql_where=text("is_last and ended_on > due_on and ended_on < 'infinity'"),
    ),
    # What ended in a period without a result: stopped, withdrawn; a few in a hundred.
    Index(
        "ix_facts_without_result",
        *("agency_id", "ended_on"),
        postgresql_where=text("is_last and end_kind = 'stopped'"),
    ),
    # Apologies in a period, which are fewer still.
    Index(
        "ix_facts_apologised",
        *("agency_id", "apologised_on"),
        postgresql_where=text("apologised_on < 'infinity'"),
    ),
    # Lists of work, the longest due first: three parts, in which each stretch lies once. First what
    # is open, also counted for the quarter that is still running.
    Index(
        "ix_facts_open",
        *_IN_LIST,
        postgresql_include=[*_SHOWN_OPEN, "handed_to_agency_id", "field_code"],
        postgresql_where=text(_OPEN),
    ),
    Index(
        "ix_facts_closed_late",
        *_IN_LIST,
        postgresql_include=[*_SHOWN_LATE, "handed_to_agency_id"],
        postgresql_where=text(_CLOSED_LATE),
    ),
    # By far the largest of them, and asked for what was due soon on a day gone by: with no more
    # than its order.
    Index("ix_facts_closed_in_time", *_IN_LIST, postgresql_where=text(_CLOSED_IN_TIME)),
    # The same for whoever holds what another agency received.
    Index(
        "ix_facts_handed_open",
        *_IN_LIST_OF_HOLDER,
        postgresql_include=_SHOWN_OPEN,
        postgresql_where=text(f"{_IS_HANDED} and {_OPEN}"),
    ),
    Index(
        "ix_facts_handed_closed_late",
        *_IN_LIST_OF_HOLDER,
        postgresql_include=_SHOWN_LATE,
        postgresql_where=text(f"{_IS_HANDED} and {_CLOSED_LATE}"),
    ),
    Index(
        "ix_facts_handed_closed_in_time",
        *_IN_LIST_OF_HOLDER,
        postgresql_where=text(f"{_IS_HANDED} and {_CLOSED_IN_TIME}"),
    ),
)
"""Facts as known now, one row per stretch of a dossier's life.

`handed_to_agency_id` says who holds a dossier that another agency received, null: the receiver. It
is a present state, kept by `keep_course` beside the dossier's own `resolver_agency_id`, and has no
history here; the log and the steps have it.
"""

facts_history = Table(
    "facts_history",
    Row.metadata,
    *dossier_key(),
    Column("stretch", SmallInteger, primary_key=True, autoincrement=False),
    *(column for column in _facts() if column.name != "version"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("recorded_to", DateTime(timezone=True), nullable=False),
    of_dossier(),
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

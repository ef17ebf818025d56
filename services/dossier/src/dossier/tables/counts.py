"""Counts kept ahead of the question, folded from the log."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from dossier.domain.rollups import MEASURES
from dossier.tables.row import Row, agency_key, instant

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
    return agency_key(), Column("period_id", Integer, primary_key=True, autoincrement=False)


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
    # The procedures of a window, one after the other, without a look at every agency.
    Index(None, "period_id", "procedure_code", "agency_id"),
)
"""Online dossiers received, by procedure."""

fold_positions = Table(
    "fold_positions",
    Row.metadata,
    Column("fold", Text, primary_key=True),
    Column("xid", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    instant("folded_at"),
    Column("counted_to", Integer),
)
"""Up to which event of the log (in the order of `xid`, `position`) the cells reach.

`counted_to`: a recount is under way, and only the cells of agencies numbered up to it are what the
facts say; null: all are.
"""

record_floor = Table(
    "record_floor",
    Row.metadata,
    Column("is_only", Boolean, primary_key=True, server_default=text("true")),
    # Nothing is recorded at or before it any more: writers are moved past it.
    instant("reached", nullable=False),
    # Whatever was recorded at or before it is committed, or never will be.
    instant("settled", nullable=False),
    CheckConstraint("is_only", name="is_only"),
)
"""How far the past is closed: one row, which every write of the log reads."""

last_verification = Table(
    "last_verification",
    Row.metadata,
    Column("is_only", Boolean, primary_key=True, server_default=text("true")),
    # Counts the claims: who was too slow writes nothing over who came after.
    Column("run", Integer, nullable=False, server_default=text("0")),
    instant("claimed_until"),
    instant("verified_at"),
    Column("windows", Integer),
    Column("differences", Integer),
    CheckConstraint("is_only", name="is_only"),
    CheckConstraint("num_nulls(verified_at, windows, differences) in (0, 3)", name="outcome"),
)
"""What the last comparison of all cells with the facts found, and until when one is under way."""

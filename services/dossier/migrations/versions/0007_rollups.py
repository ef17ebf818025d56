"""Number the log in commit order, name officers in facts, and lay the cells of roll-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0007_rollups"
down_revision = "0006_clock"

NOBODY = sa.text("'-'::text")
MEASURES = (
    "received_online",
    "received_direct",
    "received_postal",
    "carried_over",
    "settled_early",
    "settled_on_time",
    "settled_late",
    "pending_in_time",
    "pending_overdue",
    "online_settled_late",
    "apologies",
    "late_without_apology",
    "returned_postal",
)
NAME_OFFICERS = """
update {table} f set officer = coalesce(d.case_officer, d.received_by)
from dossiers d
where d.agency_id = f.agency_id and d.issued_on = f.issued_on and d.serial = f.serial
    and coalesce(d.case_officer, d.received_by) is not null
"""
PATCH = """
do $patch$
declare
    v_text text := pg_get_functiondef('receive_dossier'::regproc);
    v_pair text[];
begin
    foreach v_pair slice 1 in array array[{pairs}] loop
        if position(v_pair[1] in v_text) = 0 then
            raise exception 'receive_dossier is not as this revision knows it';
        end if;
        v_text := replace(v_text, v_pair[1], v_pair[2]);
    end loop;
    execute v_text;
end
$patch$
"""
COLUMN = ("apologised_on, recorded_from", "apologised_on, recorded_from, officer")
VALUE = (
    "'infinity', 'infinity', p_recorded_at",
    "'infinity', 'infinity', p_recorded_at, p_recorded_by",
)


def patch(*pairs: tuple[str, str]) -> str:
    """Return the statement that rewrites the body of the stored function."""
    quoted = ", ".join(f"array[$a${was}$a$, $a${now}$a$]" for was, now in pairs)
    return PATCH.format(pairs=quoted)


def count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    for table in ("facts", "facts_history"):
        op.add_column(table, sa.Column("officer", sa.Text(), server_default=NOBODY, nullable=False))
        op.execute(NAME_OFFICERS.format(table=table))
    op.execute(patch(COLUMN, VALUE))
    op.create_index(
        "ix_facts_open",
        "facts",
        ["agency_id", "due_on"],
        postgresql_include=["field_code", "is_waiting"],
        postgresql_where=sa.text("until_on = 'infinity'"),
    )
    op.add_column(
        "events",
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("((pg_current_xact_id())::text)::bigint"),
            nullable=False,
        ),
    )
    op.add_column(
        "events", sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False)
    )
    op.create_index("ix_events_folding", "events", ["xid", "position"])
    op.create_table(
        "stat_periods",
        sa.Column("period_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "starts_on <= ends_on and ends_on - starts_on < 400", name=op.f("ck_stat_periods_days")
        ),
        sa.PrimaryKeyConstraint("period_id", name=op.f("pk_stat_periods")),
        sa.UniqueConstraint("period_code", name=op.f("uq_stat_periods_period_code")),
        sa.UniqueConstraint("ends_on", "starts_on", name=op.f("uq_stat_periods_ends_on_starts_on")),
    )
    op.create_table(
        "stat_cells",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        *(count(name) for name in MEASURES),
        sa.PrimaryKeyConstraint("agency_id", "period_id", "field_code", name=op.f("pk_stat_cells")),
    )
    op.create_table(
        "stat_online_procedures",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        count("received"),
        sa.PrimaryKeyConstraint(
            "agency_id", "period_id", "procedure_code", name=op.f("pk_stat_online_procedures")
        ),
    )
    op.create_table(
        "fold_positions",
        sa.Column("fold", sa.Text(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("fold", name=op.f("pk_fold_positions")),
    )
    op.execute("insert into fold_positions (fold, xid, position) values ('figures', 0, 0)")


def downgrade() -> None:
    for table in ("fold_positions", "stat_online_procedures", "stat_cells", "stat_periods"):
        op.drop_table(table)
    op.drop_index("ix_events_folding", "events")
    op.drop_column("events", "position")
    op.drop_column("events", "xid")
    op.drop_index("ix_facts_open", "facts")
    op.execute(patch(*((now, was) for was, now in (COLUMN, VALUE))))
    for table in ("facts_history", "facts"):
        op.drop_column(table, "officer")

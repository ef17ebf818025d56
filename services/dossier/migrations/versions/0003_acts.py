"""Lay the papers of the acts, and store an act in one call."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_acts"
down_revision = "0002_receive_dossier"

INSTANT = sa.DateTime(timezone=True)
KEEP_COURSE = """
create function keep_course(
    p_agency_id integer,
    p_issued_on date,
    p_serial integer,
    p_version integer,
    p_status integer,
    p_came_from integer,
    p_status_since timestamptz,
    p_stopped_at timestamptz,
    p_due_on date,
    p_ended_at timestamptz,
    p_end_kind text,
    p_returned_at timestamptz,
    p_return_method text,
    p_resolver_agency_id integer,
    p_closes text,
    p_kind text,
    p_from_status integer,
    p_occurred_at timestamptz,
    p_recorded_at timestamptz,
    p_recorded_by text,
    p_details jsonb,
    p_facts jsonb
)
returns boolean
language plpgsql
as $$
declare
    v_at timestamptz;
    v_was facts;
begin
    update dossiers set
        version = version + 1, status = p_status, came_from = p_came_from,
        status_since = p_status_since, stopped_at = p_stopped_at, due_on = p_due_on,
        ended_at = p_ended_at, end_kind = p_end_kind, returned_at = p_returned_at,
        return_method = p_return_method,
        resolver_agency_id = coalesce(p_resolver_agency_id, resolver_agency_id)
    where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial
        and version = p_version;
    if not found then
        return false;
    end if;

    -- Recorded time never runs back, even when clocks disagree.
    select greatest(p_recorded_at, max(recorded_at)) into v_at from events
    where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial;
    insert into events (
        agency_id, issued_on, serial, event_number, kind, from_status, to_status, occurred_at,
        recorded_at, recorded_by, details
    )
    values (
        p_agency_id, p_issued_on, p_serial, p_version + 1, p_kind, p_from_status, p_status,
        p_occurred_at, v_at, p_recorded_by, p_details
    );

    if p_closes = 'supplement' then
        update supplement_requests set supplied_at = p_occurred_at
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial
            and supplied_at is null;
    elsif p_closes = 'payment' then
        update payment_requests set paid_at = p_occurred_at
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial
            and paid_at is null;
    elsif p_closes = 'step' then
        update hand_overs set completed_at = p_occurred_at, completed_by = p_recorded_by
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial
            and completed_at is null;
    end if;

    -- What an act does not say of the facts stays as it was: rows are read by name, over the
    -- last one known.
    if p_facts is not null then
        select * into v_was from facts
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial and is_last;
        insert into facts_history
        select (jsonb_populate_record(
            null::facts_history, to_jsonb(f) || jsonb_build_object('recorded_to', v_at)
        )).*
        from facts f
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial;
        delete from facts
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial;
        v_was.recorded_from := v_at;
        insert into facts select * from jsonb_populate_recordset(v_was, p_facts);
    end if;
    return true;
end
$$
"""
PATCH = """
do $patch$
declare
    v_text text := pg_get_functiondef('receive_dossier'::regproc);
begin
    if position($was${status_was}$was$ in v_text) * position($was${number_was}$was$ in v_text) = 0
    then
        raise exception 'receive_dossier is not as this revision knows it';
    end if;
    v_text := replace(v_text, $was${status_was}$was$, $is${status_is}$is$);
    execute replace(v_text, $was${number_was}$was$, $is${number_is}$is$);
end
$patch$
"""
"""A filing that waited for a supplement can be accepted too; its event takes the next number."""
ONLY_FILED = ("p_filing_id and status = 1;", "p_filing_id, 2, 'accepted'")
FILED_OR_SUPPLIED = (
    "p_filing_id and status in (1, 5);",
    """p_filing_id, (
                select max(e.event_number) + 1 from filing_events e
                where e.agency_id = p_agency_id and e.filing_id = p_filing_id
            ), 'accepted'""",
)


def patch(was: tuple[str, str], now: tuple[str, str]) -> str:
    return PATCH.format(status_was=was[0], number_was=was[1], status_is=now[0], number_is=now[1])


def papers(name: str, number: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(number, sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "issued_on", "serial"],
            ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
            name=op.f(f"fk_{name}_agency_id"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", number, name=op.f(f"pk_{name}")
        ),
    )


def upgrade() -> None:
    papers(
        "supplement_requests",
        "request_number",
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("supplied_at", INSTANT, nullable=True),
    )
    papers(
        "payment_requests",
        "request_number",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("paid_at", INSTANT, nullable=True),
    )
    papers(
        "consultations",
        "consultation_number",
        sa.Column("asked_agency_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
    )
    papers(
        "hand_overs",
        "step_number",
        sa.Column("step_name", sa.Text(), nullable=False),
        sa.Column("from_agency_id", sa.Integer(), nullable=False),
        sa.Column("to_agency_id", sa.Integer(), nullable=False),
        sa.Column("to_unit", sa.Text(), nullable=True),
        sa.Column("limit_working_days", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("handed_over_at", INSTANT, nullable=False),
        sa.Column("handed_over_by", sa.Text(), nullable=False),
        sa.Column("taken_over_at", INSTANT, nullable=True),
        sa.Column("taken_over_by", sa.Text(), nullable=True),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("completed_by", sa.Text(), nullable=True),
    )
    op.create_index(
        "ix_consultations_waiting",
        "consultations",
        ["asked_agency_id", "asked_at", "agency_id", "issued_on", "serial"],
        postgresql_where=sa.text("answered_at is null"),
    )
    op.create_index(
        "ix_hand_overs_waiting",
        "hand_overs",
        ["to_agency_id", "handed_over_at", "agency_id", "issued_on", "serial"],
        postgresql_where=sa.text("completed_at is null"),
    )
    op.create_index(
        "uq_hand_overs_open",
        "hand_overs",
        ["agency_id", "issued_on", "serial"],
        unique=True,
        postgresql_where=sa.text("completed_at is null"),
    )
    op.add_column("filings", sa.Column("came_from", sa.SmallInteger(), nullable=True))
    op.add_column("filings", sa.Column("status_since", INSTANT, nullable=True))
    op.execute(KEEP_COURSE)
    op.execute(patch(ONLY_FILED, FILED_OR_SUPPLIED))


def downgrade() -> None:
    op.execute(patch(FILED_OR_SUPPLIED, ONLY_FILED))
    op.execute("drop function keep_course")
    op.drop_column("filings", "status_since")
    op.drop_column("filings", "came_from")
    for name in ("hand_overs", "consultations", "payment_requests", "supplement_requests"):
        op.drop_table(name)

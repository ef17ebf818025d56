"""Keep the instant at or before which nothing is recorded any more."""

import sqlalchemy as sa
from alembic import op

revision = "0018_record_floor"
down_revision = "0017_work_by_holder"

BEGIN = """
insert into record_floor (reached, settled) values ('2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z')
"""
RECORDED_INSTANT = """
create function recorded_instant(p_at timestamptz) returns timestamptz
language plpgsql
as $$
begin
    -- A transaction that has its number before it reads the floor is waited for by whoever raised
    -- the floor meanwhile; one that takes its number later reads what was raised.
    perform pg_current_xact_id();
    return greatest(p_at, (select reached + interval '1 microsecond' from record_floor));
end
$$
"""
PATCH = """
do $patch$
declare
    v_text text := pg_get_functiondef('{name}'::regproc);
begin
    if position($was${was}$was$ in v_text) = 0 then
        raise exception '{name} is not as this revision knows it';
    end if;
    execute replace(v_text, $was${was}$was$, $now${now}$now$);
end
$patch$
"""
RECEIVED = (
    "    returning last_serial into v_serial;\n",
    """    returning last_serial into v_serial;

    -- Only now, when the transaction has its number: see recorded_instant.
    p_recorded_at := greatest(
        p_recorded_at, (select reached + interval '1 microsecond' from record_floor)
    );
""",
)
KEPT = (
    "select greatest(p_recorded_at, max(recorded_at)) into v_at from events",
    """select greatest(
        p_recorded_at, max(recorded_at),
        (select reached + interval '1 microsecond' from record_floor)
    ) into v_at from events""",
)


def upgrade() -> None:
    op.create_table(
        "record_floor",
        sa.Column("is_only", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reached", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_record_floor_is_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_record_floor")),
    )
    op.execute(BEGIN)
    op.execute(RECORDED_INSTANT)
    op.execute(PATCH.format(name="receive_dossier", was=RECEIVED[0], now=RECEIVED[1]))
    op.execute(PATCH.format(name="keep_course", was=KEPT[0], now=KEPT[1]))


def downgrade() -> None:
    op.execute(PATCH.format(name="keep_course", was=KEPT[1], now=KEPT[0]))
    op.execute(PATCH.format(name="receive_dossier", was=RECEIVED[1], now=RECEIVED[0]))
    op.execute("drop function recorded_instant")
    op.drop_table("record_floor")

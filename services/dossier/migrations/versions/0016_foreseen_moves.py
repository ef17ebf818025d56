"""Keep a move whose outcome is known before the dossier is read, in one call."""

from alembic import op

revision = "0016_foreseen_moves"
down_revision = "0015_filing_corrections"

KEEP_FORESEEN = """
create function keep_foreseen(
    p_agency_id integer,
    p_issued_on date,
    p_serial integer,
    p_version integer,
    p_from_status integer,
    p_status integer,
    p_ended_at timestamptz,
    p_end_kind text,
    p_kind text,
    p_occurred_at timestamptz,
    p_recorded_at timestamptz,
    p_recorded_by text,
    p_details jsonb,
    p_facts jsonb
)
returns setof dossiers
language plpgsql
as $$
declare
    v_was dossiers;
begin
    -- As foreseen: nobody handed it on, the clock runs, and what it was due by never moved.
    select d.* into v_was from dossiers d
    where d.agency_id = p_agency_id and d.issued_on = p_issued_on and d.serial = p_serial
        and d.version = p_version and d.status = p_from_status and d.status_since <= p_occurred_at
        and d.resolver_agency_id = p_agency_id and d.stopped_at is null
        and not exists (
            select from hand_overs h
            where h.agency_id = p_agency_id and h.issued_on = p_issued_on and h.serial = p_serial
        );
    if not found then
        return;
    end if;
    if p_facts is not null then
        perform from facts f
        where f.agency_id = p_agency_id and f.issued_on = p_issued_on and f.serial = p_serial
            and f.stretch = 1 and f.is_last;
        if not found then
            return;
        end if;
    end if;
    -- Whoever was faster has raised the version meanwhile, and then nothing is kept.
    if keep_course(
        p_agency_id, p_issued_on, p_serial, p_version, p_status, p_from_status, p_occurred_at,
        null, v_was.due_on, p_ended_at, p_end_kind, null, null, null, null, p_kind, p_from_status,
        p_occurred_at, p_recorded_at, p_recorded_by, p_details, p_facts
    ) then
        return query
        select d.* from dossiers d
        where d.agency_id = p_agency_id and d.issued_on = p_issued_on and d.serial = p_serial;
    end if;
end
$$
"""


def upgrade() -> None:
    op.execute(KEEP_FORESEEN)


def downgrade() -> None:
    op.execute("drop function keep_foreseen")

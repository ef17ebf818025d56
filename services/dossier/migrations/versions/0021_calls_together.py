"""Let one call receive for several agencies without two such calls waiting for each other.

An intake queued at its key before it queued at its agency. Two calls of several intakes, of which
two have the same key, could each hold what the other waits for. Now the agency comes first.
"""

from alembic import op

revision = "0021_calls_together"
down_revision = "0020_previous_codes"

PATCH = """
do $patch$
declare
    v_text text := pg_get_functiondef('receive_dossier'::regproc);
begin
    if position($was${first}$was$ in v_text) * position($was${later}$was$ in v_text) = 0 then
        raise exception 'receive_dossier is not as this revision knows it';
    end if;
    v_text := replace(v_text, $was${first}$was$, $now${first_now}$now$);
    execute replace(v_text, $was${later}$was$, $now${later_now}$now$);
end
$patch$
"""
KEY = """\
    -- The key comes first: a repeated request waits here for the first one and takes no serial.
"""
QUEUE = """\
    -- One agency's intakes queue here, so that serials leave no gap and the queue is fair.
    perform pg_advisory_xact_lock(7401, p_agency_id);
"""
QUEUE_THEN_KEY = """\
    -- One agency's intakes queue here, so that serials leave no gap and the queue is fair. A
    -- repeated request waits here for the first one, and takes no serial.
    perform pg_advisory_xact_lock(7401, p_agency_id);

"""
SERIAL = "    insert into daily_serials (agency_id, issued_on, last_serial)\n"


def upgrade() -> None:
    op.execute(PATCH.format(first=KEY, first_now=QUEUE_THEN_KEY, later=QUEUE, later_now=""))
    # What a call of many moves joins to each must not be planned for a thousand rows of each.
    op.execute("alter function keep_foreseen rows 1")


def downgrade() -> None:
    op.execute("alter function keep_foreseen rows 1000")
    op.execute(
        PATCH.format(first=QUEUE_THEN_KEY, first_now=KEY, later=SERIAL, later_now=QUEUE + SERIAL)
    )

"""Accept a filing only while it has no code: one filing is one dossier, whatever its status."""

from alembic import op

revision = "0012_closed_filings"
down_revision = "0011_intake_queue"

PATCH = """
do $patch$
declare
    v_text text := pg_get_functiondef('receive_dossier'::regproc);
begin
    if position($was${was}$was$ in v_text) = 0 then
        raise exception 'receive_dossier is not as this revision knows it';
    end if;
    execute replace(v_text, $was${was}$was$, $is${now}$is$);
end
$patch$
"""
BY_STATUS = "p_filing_id and status in (1, 5);"
WITHOUT_CODE = "p_filing_id and status in (1, 5) and issued_on is null;"


def upgrade() -> None:
    op.execute(PATCH.format(was=BY_STATUS, now=WITHOUT_CODE))


def downgrade() -> None:
    op.execute(PATCH.format(was=WITHOUT_CODE, now=BY_STATUS))

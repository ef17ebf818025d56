"""Let late work be listed by the agency that holds it: facts name whom a dossier was handed to."""

import sqlalchemy as sa
from alembic import op

revision = "0017_work_by_holder"
down_revision = "0016_foreseen_moves"

INDEX = "ix_facts_handed_due"
COLUMN = "handed_to_agency_id"
NAME_HOLDERS = """
update facts f set handed_to_agency_id = d.resolver_agency_id
from dossiers d
where d.agency_id = f.agency_id and d.issued_on = f.issued_on and d.serial = f.serial
    and d.resolver_agency_id <> d.agency_id
"""
PATCH = """
do $patch$
declare
    v_text text := pg_get_functiondef('keep_course'::regproc);
begin
    if position($was${was}$was$ in v_text) = 0 then
        raise exception 'keep_course is not as this revision knows it';
    end if;
    execute replace(v_text, $was${was}$was$, $now${now}$now$);
end
$patch$
"""
CLOSING = "    if p_closes = 'supplement' then"
HANDING = """    -- Before facts are told anew: they take over what an act does not say.
    if p_resolver_agency_id is not null then
        update facts set handed_to_agency_id = nullif(p_resolver_agency_id, p_agency_id)
        where agency_id = p_agency_id and issued_on = p_issued_on and serial = p_serial
            and handed_to_agency_id is distinct from nullif(p_resolver_agency_id, p_agency_id);
    end if;

    if p_closes = 'supplement' then"""


def upgrade() -> None:
    op.add_column("facts", sa.Column(COLUMN, sa.Integer(), nullable=True))
    op.execute(PATCH.format(was=CLOSING, now=HANDING))
    op.execute(NAME_HOLDERS)
    op.create_index(
        INDEX,
        "facts",
        [COLUMN, "due_on", "issued_on", "serial", "agency_id"],
        postgresql_where=sa.text(f"{COLUMN} is not null and ended_on > due_on"),
    )


def downgrade() -> None:
    op.execute(PATCH.format(was=HANDING, now=CLOSING))
    op.drop_index(INDEX, table_name="facts")
    op.drop_column("facts", COLUMN)

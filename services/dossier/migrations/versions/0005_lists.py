"""Let lists be narrowed by officer and by the applicant's name.

Names already recorded are folded here in SQL, once; from now on the application folds them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_lists"
down_revision = "0004_corrections"

NAME_KEYS = (
    "array_to_tsvector(string_to_array((agency_id::text || ':'::text) || "
    "replace(folded_name, ' '::text, (' '::text || agency_id::text) || ':'::text), ' '::text))"
)
FOLD_NAMES = r"""
insert into applicant_names (agency_id, issued_on, serial, folded_name)
select d.agency_id, d.issued_on, d.serial,
    btrim(regexp_replace(
        replace(
            regexp_replace(normalize(lower(a.full_name), NFD), '[\u0300-\u036f]', '', 'g'),
            'đ', 'd'
        ),
        '\s+', ' ', 'g'
    ))
from dossiers d
join applicants a on a.agency_id = d.agency_id and a.applicant_id = d.applicant_id
"""
NAME_OFFICERS = """
update dossiers d set received_by = e.recorded_by
from events e
where e.agency_id = d.agency_id and e.issued_on = d.issued_on and e.serial = d.serial
    and e.event_number = 1
"""
REPLACE = """
do $patch$
declare
    v_text text := pg_get_functiondef('receive_dossier'::regproc);
    v_pair text[];
begin
    execute 'drop function ' || 'receive_dossier'::regproc::regprocedure;
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
PARAMETER = ("p_external_id text,", "p_external_id text, p_folded_name text DEFAULT NULL::text,")
COLUMN = (
    "applicant_id, resolver_agency_id, recorded_at",
    "applicant_id, resolver_agency_id, recorded_at, received_by",
)
VALUE = (
    "p_external_id, p_filing_id, p_applicant_id, p_agency_id, p_recorded_at",
    "p_external_id, p_filing_id, p_applicant_id, p_agency_id, p_recorded_at, p_recorded_by",
)
NAME = (
    "    insert into events (",
    """    if p_folded_name is not null then
        insert into applicant_names (agency_id, issued_on, serial, folded_name)
        values (p_agency_id, p_issued_on, v_serial, p_folded_name);
    end if;

    insert into events (""",
)
CHANGES = (PARAMETER, COLUMN, VALUE, NAME)


def replace(*pairs: tuple[str, str]) -> str:
    """Return the statement that rewrites the stored function; its parameters may change."""
    quoted = ", ".join(f"array[$a${was}$a$, $a${now}$a$]" for was, now in pairs)
    return REPLACE.format(pairs=quoted)


def upgrade() -> None:
    op.create_table(
        "applicant_names",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agency_id", "issued_on", "serial", name=op.f("pk_applicant_names")
        ),
    )
    op.create_table(
        "personal_data_searches",
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term_digest", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("searched_by", sa.Text(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "search_id", name=op.f("pk_personal_data_searches")),
    )
    op.add_column("dossiers", sa.Column("received_by", sa.Text(), nullable=True))
    op.create_index(
        "ix_dossiers_receipt_corrected",
        "dossiers",
        ["agency_id", "issued_on", "serial"],
        postgresql_where=sa.text(
            "issued_on <> (received_at at time zone 'Asia/Ho_Chi_Minh')::date"
        ),
    )
    op.execute(FOLD_NAMES)
    op.execute(NAME_OFFICERS)
    op.create_index(
        "ix_applicant_names_words",
        "applicant_names",
        [sa.literal_column(NAME_KEYS)],
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "512"},
    )
    op.execute(replace(*CHANGES))


def downgrade() -> None:
    op.execute(replace(*((now, was) for was, now in reversed(CHANGES))))
    op.drop_index("ix_applicant_names_words", "applicant_names")
    op.drop_index("ix_dossiers_receipt_corrected", "dossiers")
    op.drop_column("dossiers", "received_by")
    op.drop_table("personal_data_searches")
    op.drop_table("applicant_names")

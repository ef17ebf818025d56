"""Store an accepted dossier in one call: key, serial, applicant, dossier, event, facts."""

from alembic import op

revision = "0002_receive_dossier"
down_revision = "0001_dossier"

RECEIVE_DOSSIER = """
create function receive_dossier(
    p_agency_id integer,
    p_issued_on date,
    p_recorded_at timestamptz,
    p_recorded_by text,
    p_key text,
    p_body_digest text,
    p_filing_id uuid,
    p_applicant_id uuid,
    p_full_name text,
    p_sealed bytea,
    p_key_id text,
    p_channel text,
    p_procedure_code text,
    p_procedure_name text,
    p_version_number integer,
    p_field_code text,
    p_time_limit_value integer,
    p_time_limit_unit text,
    p_cutoff_time time,
    p_supplement_policy text,
    p_received_at timestamptz,
    p_due_on date,
    p_subject text,
    p_components_count integer,
    p_external_id text,
    out outcome text,
    out issued integer,
    out issued_day date,
    out due date
)
language plpgsql
as $$
declare
    v_serial integer;
    v_digest text;
begin
    -- The key comes first: a repeated request waits here for the first one and takes no serial.
    if p_key is not null then
        insert into intake_keys (agency_id, subject, key, body_digest, due_on, recorded_at)
        values (p_agency_id, p_recorded_by, p_key, p_body_digest, p_due_on, p_recorded_at)
        on conflict (agency_id, subject, key) do nothing;
        if not found then
            select k.body_digest, k.serial, k.issued_on, k.due_on
            into v_digest, issued, issued_day, due
            from intake_keys k
            where k.agency_id = p_agency_id and k.subject = p_recorded_by and k.key = p_key;
            outcome := case when v_digest = p_body_digest then 'repeated' else 'key_reused' end;
            return;
        end if;
    end if;

    if p_filing_id is not null then
        update filings set status = 2, version = version + 1
        where agency_id = p_agency_id and filing_id = p_filing_id and status = 1;
        if not found then
            raise exception using errcode = 'check_violation', constraint = 'filing_is_open';
        end if;
    end if;

    -- One agency's intakes queue here, so that serials leave no gap and the queue is fair.
    perform pg_advisory_xact_lock(7401, p_agency_id);
    insert into daily_serials (agency_id, issued_on, last_serial)
    values (p_agency_id, p_issued_on, 1)
    on conflict (agency_id, issued_on)
        do update set last_serial = daily_serials.last_serial + 1
    returning last_serial into v_serial;

    if p_filing_id is null then
        insert into applicants (agency_id, applicant_id, full_name, sealed, key_id)
        values (p_agency_id, p_applicant_id, p_full_name, p_sealed, p_key_id);
    else
        update filings set issued_on = p_issued_on, serial = v_serial
        where agency_id = p_agency_id and filing_id = p_filing_id;
        insert into filing_events (
            agency_id, filing_id, event_number, kind, occurred_at, recorded_at, recorded_by, details
        )
        values (
            p_agency_id, p_filing_id, 2, 'accepted', p_received_at, p_recorded_at, p_recorded_by,
            '{}'
        );
    end if;

    insert into dossiers (
        agency_id, issued_on, serial, version, status, status_since, channel, procedure_code,
        procedure_name, version_number, field_code, time_limit_value, time_limit_unit, cutoff_time,
        supplement_policy, received_at, due_on, subject, components_count, external_id, filing_id,
        applicant_id, resolver_agency_id, recorded_at
    )
    values (
        p_agency_id, p_issued_on, v_serial, 1, 2, p_received_at, p_channel, p_procedure_code,
        p_procedure_name, p_version_number, p_field_code, p_time_limit_value, p_time_limit_unit,
        p_cutoff_time, p_supplement_policy, p_received_at, p_due_on, p_subject, p_components_count,
        p_external_id, p_filing_id, p_applicant_id, p_agency_id, p_recorded_at
    );

    insert into events (
        agency_id, issued_on, serial, event_number, kind, to_status, occurred_at, recorded_at,
        recorded_by, details
    )
    values (
        p_agency_id, p_issued_on, v_serial, 1, 'received', 2, p_received_at, p_recorded_at,
        p_recorded_by, jsonb_build_object('due_on', p_due_on)
    );

    insert into facts (
        agency_id, issued_on, serial, stretch, version, is_last, channel, field_code,
        procedure_code, received_on, from_on, until_on, due_on, is_waiting, ended_on, returned_on,
        apologised_on, recorded_from
    )
    values (
        p_agency_id, p_issued_on, v_serial, 1, 1, true, p_channel, p_field_code, p_procedure_code,
        p_issued_on, p_issued_on, 'infinity', coalesce(p_due_on, 'infinity'), false, 'infinity',
        'infinity', 'infinity', p_recorded_at
    );

    if p_key is not null then
        update intake_keys set issued_on = p_issued_on, serial = v_serial
        where agency_id = p_agency_id and subject = p_recorded_by and key = p_key;
    end if;
    outcome := 'received';
    issued := v_serial;
    issued_day := p_issued_on;
    due := p_due_on;
end
$$
"""


def upgrade() -> None:
    op.execute(RECEIVE_DOSSIER)


def downgrade() -> None:
    op.execute("drop function receive_dossier")

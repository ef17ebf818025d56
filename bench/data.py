"""Millions of dossiers in a minute: a few real histories, imported, then multiplied in SQL.

The multiplication knows the key of a dossier and nothing else of the schema: every table that
carries the key is multiplied with all its columns, its days shifted by whole weeks. A new column
or table therefore needs nothing here.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

import asyncpg
from dossier.store.personal_data import Sealer
from tthc.keys import personal_data_key

from bench import papers
from bench.bulk import import_lines
from bench.stage import Stage

_WEEKS = 104
_OPEN_SHARE = 0.04
_SKEW = 2
_ONE_HANDED_OF = 8
_NAMESPACE = UUID(int=0)
_KEY = ("agency_id", "issued_on", "serial")

_TABLES = """
    select c.relname from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition
      and c.relnamespace = 'public'::regnamespace
      and (select count(*) from pg_attribute a
           where a.attrelid = c.oid and a.attname = any($1) and a.attnotnull) = 3
      and c.relname <> all($2)
"""
_COLUMNS = """
    select attname::text as name, format_type(atttypid, null) as type
    from pg_attribute
    where attrelid = $1::regclass and attnum > 0 and not attisdropped
      and attidentity = '' and attgenerated = ''
    order by attnum
"""
_INDEXES = """
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    where i.indrelid = any($1::regclass[])
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
"""
_PLAN = """
    create unlogged table bench_plan as
    with drawn as (
        select n, random() < {open_share} as is_open, random() as choice,
               floor(power(random(), {skew}) * {wards})::int as ward,
               7 * floor(random() * {weeks})::int as days
        from generate_series(1, {rows}) n
    ), placed as (
        select d.n, t.issued_on as t_issued_on, t.serial as t_serial, a.agency_id,
               h.agency_id as holder_id,
               case when d.is_open then 0 else d.days end as shift
        from drawn d
        join bench_templates t on t.is_open = d.is_open
          and t.rank = floor(d.choice * case when d.is_open then {open} else {ended} end)::int
        join bench_wards a on a.rank = d.ward
        join bench_wards h
          on h.rank = case when d.n % {handed} = 0 then (d.ward + 1) % {wards} else d.ward end
    )
    select n, t_issued_on, t_serial, agency_id, holder_id, shift, t_issued_on - shift as issued_on,
           (row_number() over day)::int as serial,
           (row_number() over (partition by agency_id order by n))::int as person
    from placed
    window day as (partition by agency_id, t_issued_on - shift order by n)
    order by issued_on, serial
"""
_TEMPLATES = """
    create unlogged table bench_templates as
    select issued_on, serial, ended_at is null as is_open,
           (row_number() over (partition by ended_at is null order by issued_on, serial))::int - 1
           as rank
    from dossiers
"""
_SERIALS = """
    insert into daily_serials (agency_id, issued_on, last_serial)
    select agency_id, issued_on, max(serial) from dossiers group by 1, 2
"""
_OWN: Mapping[str, str] = {
    "agency_id": "p.agency_id",
    "resolver_agency_id": "p.holder_id",
    "handed_to_agency_id": "nullif(p.holder_id, p.agency_id)",
    "issued_on": "p.issued_on",
    "serial": "p.serial",
    "applicant_id": "person.applicant_id",
    "sealed": "person.sealed",
    "external_id": "'bench-' || p.n",
}
"""Columns whose value is not the template's."""


async def fill(stage: Stage) -> None:
    """Import the templates through the product and multiply them to the scale's rows."""
    connection = await asyncpg.connect(stage.admin_url)
    try:
        await _number_agencies(connection, stage)
        lines = list(papers.templates(stage.world, stage.scale.templates))
        await import_lines(stage, lines, agency=stage.world.wards[-1])
        await _multiply(connection, stage)
        await _vacuum(connection)
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def _vacuum(connection: "asyncpg.Connection[Any]") -> None:
    """Vacuum and analyze what was filled, as the server itself would.

    It never looks at a table that nothing was written to. One known to be empty is read whole by
    every plan made of it, as it grows, until it is looked at again.
    """
    filled = await connection.fetch(
        "select quote_ident(relname) as name from pg_class"
        " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and pg_relation_size(oid) > 0"
    )
    await connection.execute(f"vacuum analyze {', '.join(table['name'] for table in filled)}")


async def dossier_tables(connection: "asyncpg.Connection[Any]") -> list[str]:
    """Return the tables that hold a part of a dossier, those that others refer to first."""
    found = await connection.fetch(_TABLES, list(_KEY), ["daily_serials"])
    tables = ["applicants", "dossiers"]
    return tables + sorted(row["relname"] for row in found if row["relname"] not in tables)


async def _number_agencies(connection: "asyncpg.Connection[Any]", stage: Stage) -> None:
    await connection.execute(
        "insert into agencies (code) select unnest($1::text[]) on conflict do nothing",
        list(stage.world.wards),
    )


async def _multiply(connection: "asyncpg.Connection[Any]", stage: Stage) -> None:
    """Multiply in one transaction: emptied tables are filled without writing the log twice."""
    scale = stage.scale
    tables = await dossier_tables(connection)
    async with connection.transaction():
        # Consistent by construction, so the foreign keys need not be looked up row by row.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("set local work_mem = '256MB'")
        await connection.execute("set local maintenance_work_mem = '512MB'")
        await connection.execute("select setseed(0.5)")
        indexes = await connection.fetch(_INDEXES, tables)
        for index in indexes:
            await connection.execute(f"drop index {index['name']}")
        await _plan(connection, stage)
        await _people(connection, stage)
        for table in tables:
            await connection.execute(f"create temporary table t_{table} as table {table}")
        names = ", ".join(tables)
        await connection.execute(f"truncate {names}, daily_serials cascade")
        for table in tables:
            await connection.execute(await _copying(connection, table))
        await connection.execute(_SERIALS)
        for index in indexes:
            await connection.execute(index["definition"])
        await connection.execute(
            "drop table bench_people, bench_plan, bench_templates, bench_wards"
        )
    stage.console.print(f"{scale.rows:,} dossiers in {len(tables)} tables: {names}.")


async def _plan(connection: "asyncpg.Connection[Any]", stage: Stage) -> None:
    wards = list(stage.world.wards)
    await connection.execute("create unlogged table bench_wards (rank int, agency_id int)")
    await connection.execute(
        "insert into bench_wards select w.rank - 1, a.agency_id"
        " from unnest($1::text[]) with ordinality w(code, rank) join agencies a on a.code = w.code",
        wards,
    )
    await connection.execute(_TEMPLATES)
    await connection.execute("analyze bench_templates")
    is_open = await connection.fetch("select is_open, count(*) from bench_templates group by 1")
    counts = dict(is_open)
    plan = _PLAN.format(
        open_share=_OPEN_SHARE,
        skew=_SKEW,
        handed=_ONE_HANDED_OF,
        wards=len(wards),
        weeks=_WEEKS,
        rows=stage.scale.rows,
        open=counts[True],
        ended=counts[False],
    )
    await connection.execute(plan)
    await connection.execute("analyze bench_plan")


async def _people(connection: "asyncpg.Connection[Any]", stage: Stage) -> None:
    """Seal as many applicants as the busiest ward has; the others have the first of them."""
    most = await connection.fetchval("select max(person) from bench_plan")
    sealer = Sealer({"1": personal_data_key(stage.keys)}, key_id="1")
    await connection.execute(
        "create unlogged table bench_people (person int, applicant_id uuid, sealed bytea)"
    )
    people = (_person(sealer, number) for number in range(1, most + 1))
    while batch := list(islice(people, 10_000)):
        await connection.copy_records_to_table("bench_people", records=batch)
    await connection.execute("analyze bench_people")


def _person(sealer: Sealer, number: int) -> tuple[int, UUID, bytes | None]:
    applicant_id = uuid5(_NAMESPACE, str(number))
    details = {k: v for k, v in papers.applicant(number).items() if k != "full_name"}
    return number, applicant_id, sealer.seal(applicant_id, details)


async def _copying(connection: "asyncpg.Connection[Any]", table: str) -> str:
    """Return the statement that multiplies the templates of one table."""
    columns = await connection.fetch(_COLUMNS, table)
    taken = [_value(column["name"], column["type"]) for column in columns]
    names = ", ".join(f'"{column["name"]}"' for column in columns)
    source = f"join t_{table} t on t.issued_on = p.t_issued_on and t.serial = p.t_serial"
    if table == "applicants":
        source = (
            "join t_dossiers d on d.issued_on = p.t_issued_on and d.serial = p.t_serial"
            " join t_applicants t on t.applicant_id = d.applicant_id"
        )
    rows = f"select {', '.join(taken)} from bench_plan p {source}"  # noqa: S608 - own names
    people = "join bench_people person on person.person = p.person"
    return f"insert into {table} ({names}) {rows} {people}"


def _value(column: str, kind: str) -> str:
    if column in _OWN:
        return _OWN[column]
    if kind == "date":
        return f't."{column}" - p.shift'
    if kind == "timestamp with time zone":
        return f't."{column}" - make_interval(days => p.shift)'
    if kind == "uuid":
        return f'case when t."{column}" is not null then gen_random_uuid() end'
    return f't."{column}"'

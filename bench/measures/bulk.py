"""Bulk import over HTTP against COPY of the same rows into the same tables."""

import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import asyncpg

from bench import papers
from bench.bulk import import_lines
from bench.data import dossier_tables
from bench.results import Result, Rounds, at_least, within
from bench.stage import Stage

_BAD_EVERY = 200
_FLAT_MEGABYTES = 64
_NEXT_AGENCY = 1_000_000


async def bulk(stage: Stage) -> list[Result]:
    """Import ended histories of one ward a round; some lines are wrong and answered as such."""
    product, floor, growth, errors = [], [], [], []
    for number in range(stage.scale.rounds):
        ward, run = stage.world.wards[-1 - number], f"bulk-{number}"
        count = stage.scale.bulk_lines
        lines = list(papers.histories(stage.world, ward, count, run=run, bad_every=_BAD_EVERY))
        before = _resident_megabytes(stage)
        done = await import_lines(stage, lines, agency=ward)
        growth.append(_resident_megabytes(stage) - before)
        bad = -(-count // _BAD_EVERY)
        expected = {"stored": count - bad, "rejected": bad}
        if dict(done.outcomes) != expected:
            errors.append(f"{dict(done.outcomes)} instead of {expected}")
        product.append((count - bad) / done.seconds)
        floor.append((count - bad) / await _copied(stage, ward, run, _NEXT_AGENCY + number))
    rounds = Rounds(product=product, floor=floor, errors=errors)
    return [
        at_least("bulk", "dossiers/s", rounds, 0.75),
        within("bulk_memory_growth", "MB", growth, _FLAT_MEGABYTES),
    ]


async def _copied(stage: Stage, ward: str, run: str, agency_id: int) -> float:
    """Return the seconds that COPY takes for the rows of an import, under another agency."""
    connection = await asyncpg.connect(stage.url)
    try:
        files = await _rows_of(connection, ward, run, agency_id)
        started = time.perf_counter()
        async with connection.transaction():
            for table, file in files.items():
                await connection.copy_to_table(table, source=file, format="binary")
        return time.perf_counter() - started
    finally:
        await connection.close()


async def _rows_of(
    connection: "asyncpg.Connection[object]", ward: str, run: str, agency_id: int
) -> Mapping[str, BytesIO]:
    """Return the rows of an import by table, as COPY reads them."""
    where = f"a.code = '{ward}' and d.external_id like '{run}-%'"
    mine = f"select d.* from dossiers d join agencies a using (agency_id) where {where}"  # noqa: S608 - our own values
    files = {}
    for table in await dossier_tables(connection):
        columns = await connection.fetch(
            "select attname::text from pg_attribute where attrelid = $1::regclass"
            " and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
            table,
        )
        taken = [
            str(agency_id) if name in ("agency_id", "resolver_agency_id") else f't."{name}"'
            for (name,) in columns
        ]
        key = "applicant_id" if table == "applicants" else "issued_on, serial"
        query = (
            f"select {', '.join(taken)} from {table} t"  # noqa: S608 - names from the catalogue
            f" join (select distinct agency_id, {key} from ({mine}) m) m using (agency_id, {key})"
        )
        file = BytesIO()
        await connection.copy_from_query(query, output=file, format="binary")
        file.seek(0)
        files[table] = file
    return files


def _resident_megabytes(stage: Stage) -> float:
    (child,) = (child for child in stage.children if child.name == "dossier")
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024

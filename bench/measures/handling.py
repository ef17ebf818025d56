"""Moving dossiers over HTTP against the one statement that could do it."""

from collections.abc import Sequence

import asyncpg
from kernel.codes import AgencyCode, DossierCode

from bench.load import Load
from bench.requests import posting
from bench.results import Result, Rounds, at_least
from bench.stage import Stage

_IN_PROCESS = 4
_OPEN = """
    select a.code, d.agency_id, d.issued_on, d.serial, d.version
    from dossiers d join agencies a using (agency_id)
    where d.status = 2 and d.resolver_agency_id = d.agency_id
      and d.external_id like 'bench-%' order by md5(d.external_id)
"""
_FLOOR_SHARE = 4
_MOVE = """
    with moved as (
        update dossiers d
        set status = 4, came_from = d.status, status_since = now(), version = d.version + 1
        from bench_open o
        where o.n = :n and d.agency_id = o.agency_id and d.issued_on = o.issued_on
          and d.serial = o.serial
        returning d.agency_id, d.issued_on, d.serial, d.version, d.came_from, d.status
    )
    insert into events (
        agency_id, issued_on, serial, event_number, kind, from_status, to_status, occurred_at,
        recorded_at, recorded_by, details
    )
    select agency_id, issued_on, serial, version, 'in_process', came_from, status, now(), now(),
           'officer-of-the-floor', '{}'
    from moved;
"""


async def transition(stage: Stage) -> list[Result]:
    """Move accepted dossiers into process."""
    rows = await stage.rows(_OPEN)
    reserved = len(rows) // _FLOOR_SHARE
    await _reserve(stage, [tuple(row)[1:4] for row in rows[:reserved]])
    script = f"\\set n random(1, {reserved})\n{_MOVE}"
    tokens = {agency: stage.token(agency) for agency in stage.world.wards}
    requests = [_moving(row, tokens[row["code"]]) for row in rows[reserved:]]
    loads, rates = [], []
    share = len(requests) // stage.scale.rounds
    for number in range(stage.scale.rounds):
        part = requests[number * share : (number + 1) * share]
        loads.append(await stage.load(stage.dossier, part))
        rates.append((await stage.sql([script], clients=stage.scale.clients)).rate)
    return [at_least("transition_c16", "moves/s", _rounds(loads, rates), 0.35)]


def _moving(row: "asyncpg.Record", token: str) -> bytes:
    code = DossierCode(AgencyCode(row["code"]), row["issued_on"], row["serial"])
    version = f'"{row["version"]}"'
    path, body = f"/v1/dossiers/{code}/moves", {"to_status": _IN_PROCESS}
    return posting(path, token, body, if_match=version)


def _rounds(loads: Sequence[Load], rates: Sequence[float]) -> Rounds:
    errors = [error for load in loads for error in load.errors]
    return Rounds(product=[load.rate for load in loads], floor=rates, errors=errors)


async def _reserve(stage: Stage, keys: Sequence[tuple[object, ...]]) -> None:
    """Keep some dossiers for the floor, so that it does not spoil those of the product."""
    await stage.rows(
        "create table bench_open (n int primary key, agency_id int, issued_on date, serial int)"
    )
    agencies, days, serials = zip(*keys, strict=True)
    await stage.rows(
        "insert into bench_open select row_number() over (), *"
        " from unnest($1::int[], $2::date[], $3::int[])",
        list(agencies),
        list(days),
        list(serials),
    )

"""Reading dossiers: one by its code, and pages of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from kernel.codes import AgencyCode, DossierCode
from kit.paging import encode_cursor

from bench.requests import reading
from bench.results import Result, Rounds, at_least, at_most, within
from bench.stage import Stage

_P95 = 0.95
_SAMPLE = 2_000
_ONE = 1

_ANY = """
    select a.code, d.issued_on, d.serial from dossiers d join agencies a using (agency_id)
    where a.code = any($1) order by md5(d.serial::text || d.issued_on || a.code) limit $2
"""
_MIDDLE = """
    select d.issued_on, d.serial, d.agency_id from dossiers d join agencies a using (agency_id)
    where a.code = $1 order by 1 desc, 2 desc, 3 desc
    offset (select $2::float * count(*) from dossiers join agencies b using (agency_id)
            where b.code = $1)::int limit 1
"""


async def single(stage: Stage) -> list[Result]:
    """Read dossiers one by one, against a bare application that fetches the same rows."""
    rows = await stage.rows(_ANY, list(stage.busy), _SAMPLE)
    codes = [(row["code"], _code(row["code"], row["issued_on"], row["serial"])) for row in rows]
    tokens = {agency: stage.token(agency) for agency in stage.busy}
    asked = [reading(f"/v1/dossiers/{code}", tokens[agency]) for agency, code in codes]
    bare = [reading(f"/{code}", "none") for _agency, code in codes]
    await stage.load(stage.dossier, asked)
    product, floor, slowest, errors = [], [], [], []
    for _round in range(stage.scale.rounds):
        load = await stage.load(stage.dossier, asked, repeat=True)
        base = await stage.load(stage.floor, bare, repeat=True)
        product.append(load.rate)
        floor.append(base.rate)
        slowest.append(load.percentile(_P95))
        errors += load.errors + base.errors
    rounds = Rounds(product=product, floor=floor, errors=errors)
    return [
        at_least("get_c16", "requests/s", rounds, 0.55),
        within("get_p95_c16", "ms", slowest, 4, errors=errors),
    ]


@dataclass(frozen=True, slots=True)
class _Lists:
    """Requests for pages, and what the product says to its database for each."""

    requests: Sequence[bytes]
    scripts: Sequence[str]


async def pages(stage: Stage) -> list[Result]:
    """Read pages of a hundred, the first and deep ones, against the same statements in SQL."""
    first, deep = await _lists(stage, [0.0]), await _lists(stage, [0.3, 0.6, 0.9])
    both = _Lists([*first.requests, *deep.requests], [*first.scripts, *deep.scripts])
    results = [
        at_most("list100_p95_c16", "ms", await _p95(stage, both, stage.scale.clients), 1.3),
        at_most("list100_p95_c1", "ms", await _p95(stage, both, _ONE), 1.8),
    ]
    times = [(await stage.sql_times(each.scripts)).percentile(0.5) for each in (first, deep)]
    alike = Rounds(product=[times[1]], floor=[times[0]])
    note = "SQL: pages at 30, 60 and 90 % of a list beside its first page"
    return [*results, at_most("list100_deep_page", "ms", alike, 1.5, note=note)]


async def _lists(stage: Stage, depths: Sequence[float]) -> _Lists:
    agencies = stage.busy[: max(1, stage.scale.lists // len(depths))]
    requests, scripts = [], []
    for agency in agencies:
        token = stage.token(agency)
        paths = [await _path(stage, agency, depth) for depth in depths]
        requests += [reading(path, token) for path in paths]
        scripts += await stage.spoken(paths, token)
    return _Lists(requests, scripts)


async def _path(stage: Stage, agency: str, depth: float) -> str:
    query = {"agency": agency, "limit": "100"}
    if depth:
        (place,) = await stage.rows(_MIDDLE, agency, depth)
        query["cursor"] = encode_cursor(*place)
    return f"/v1/dossiers?{urlencode(query)}"


async def _p95(stage: Stage, lists: _Lists, clients: int) -> Rounds:
    product, floor, errors = [], [], []
    for _round in range(stage.scale.rounds):
        load = await stage.load(stage.dossier, lists.requests, connections=clients, repeat=True)
        tally = await stage.sql(lists.scripts, clients=clients)
        product.append(load.percentile(_P95))
        floor.append(tally.percentile(_P95))
        errors += load.errors
    return Rounds(product=product, floor=floor, errors=errors)


def _code(agency: str, issued_on: date, serial: int) -> str:
    return str(DossierCode(AgencyCode(agency), issued_on, serial))

"""Reading dossiers: one by its code, and pages of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from kernel.codes import AgencyCode, DossierCode

from bench.requests import reading
from bench.results import Result, Rounds, at_least, at_most, within
from bench.stage import Stage

_P95 = 0.95
_SAMPLE = 2_000
_ONE = 1
_HALF = 0.5
_DEPTHS = (2, 5, 10)

_ANY = """
    select a.code, d.issued_on, d.serial from dossiers d join agencies a using (agency_id)
    where a.code = any($1) order by md5(d.serial::text || d.issued_on || a.code) limit $2
"""
_WALK = """
    select d.*, a.code as agency_code, p.full_name, p.sealed, p.key_id
    from dossiers d
    join agencies a on a.agency_id = d.agency_id
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
    where d.agency_id = {agency_id}
    order by d.agency_id desc, d.issued_on desc, d.serial desc limit 101;
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
    first, deep = await _first_pages(stage), await _deep_pages(stage)
    both = _Lists([*first.requests, *deep.requests], [*first.scripts, *deep.scripts])
    results = [
        at_most("list100_p95_c16", "ms", await _p95(stage, both, stage.scale.clients), 1.3),
        at_most("list100_p95_c1", "ms", await _p95(stage, both, _ONE), 1.8),
    ]
    plain = await _plain_walks(stage)
    shallow, far, least = [
        (await stage.sql_times(scripts)).percentile(_HALF)
        for scripts in (first.scripts, deep.scripts, plain)
    ]
    alike = Rounds(product=[far], floor=[shallow])
    note = "SQL: pages 1,000 to 5,000 dossiers down a list beside its first page"
    results.append(at_most("list100_deep_page", "ms", alike, 1.5, note=note))
    worth = Rounds(product=[shallow], floor=[least])
    note = "SQL: our statement beside a plain walk of the primary key"
    return [*results, at_most("list100_statement", "ms", worth, 1.5, note=note)]


async def _plain_walks(stage: Stage) -> list[str]:
    """Return first pages as they would be asked for if nothing but speed mattered."""
    query = "select agency_id from agencies where code = any($1)"
    found = await stage.rows(query, list(stage.busy[: stage.scale.lists]))
    return [_WALK.format(agency_id=row["agency_id"]) for row in found]


async def _first_pages(stage: Stage) -> _Lists:
    agencies = stage.busy[: stage.scale.lists]
    # What the service learns once for all pages is no part of one.
    await stage.once(stage.dossier, reading(_path(agencies[0]), stage.token(agencies[0])))
    return await _overheard(stage, [(agency, _path(agency)) for agency in agencies])


async def _deep_pages(stage: Stage) -> _Lists:
    """Walk some lists by their own cursors, and keep the pages far from the start."""
    found = []
    for agency in stage.busy[: max(1, stage.scale.lists // len(_DEPTHS))]:
        cursors = await stage.cursors(_path(agency), stage.token(agency), max(_DEPTHS))
        far = [cursors[depth - 1] for depth in _DEPTHS if depth <= len(cursors)]
        found += [(agency, _path(agency, cursor)) for cursor in far]
    return await _overheard(stage, found)


async def _overheard(stage: Stage, paths: Sequence[tuple[str, str]]) -> _Lists:
    requests = [reading(path, stage.token(agency)) for agency, path in paths]
    return _Lists(requests, await stage.spoken(requests))


def _path(agency: str, cursor: str | None = None) -> str:
    query = {"agency": agency, "limit": "100", **({"cursor": cursor} if cursor else {})}
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

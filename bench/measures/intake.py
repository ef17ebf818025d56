"""Intake over HTTP against pgbench calling the very same stored function."""

import random
from collections import Counter
from collections.abc import Sequence

import orjson

from bench import papers
from bench.load import Load
from bench.requests import posting
from bench.results import Result, Rounds, at_least, at_most, within
from bench.stage import Stage

_P95 = 0.95
_ENOUGH_A_SECOND = 4_000

_ARGUMENTS = """
    select proargnames[ordinality] as name, proargmodes[ordinality] as mode
    from pg_proc, generate_subscripts(proargnames, 1) ordinality
    where proname = 'receive_dossier' order by ordinality
"""
_VALUES = {
    "p_agency_id": "(array[{agencies}])[:a::int]",
    "p_issued_on": "(now() at time zone 'Asia/Ho_Chi_Minh')::date",
    "p_recorded_at": "now()",
    "p_recorded_by": "'officer-of-the-floor'",
    "p_key": "'floor-' || :k::text",
    "p_body_digest": f"'{'0' * 64}'",
    "p_applicant_id": "gen_random_uuid()",
    "p_full_name": "'Người nộp mẫu 000001'",
    "p_sealed": f"'\\x{'00' * 180}'::bytea",
    "p_key_id": "'1'",
    "p_channel": "'direct'",
    "p_procedure_code": "'1.900001'",
    "p_procedure_name": "'Thủ tục mẫu số 1 về giải quyết hồ sơ của tổ chức, cá nhân'",
    "p_version_number": "1",
    "p_field_code": "'linh-vuc-1'",
    "p_time_limit_value": "2",
    "p_time_limit_unit": "'working_day'",
    "p_supplement_policy": "'restart'",
    "p_received_at": "now()",
    "p_due_on": "current_date + 2",
    "p_subject": "'Đề nghị giải quyết hồ sơ mẫu số 1 theo quy định hiện hành'",
    "p_components_count": "3",
    "p_external_id": "'floor-' || :k::text",
}
"""What the floor calls with; an argument not named here is null."""
_SERIALS = """
    select count(*) as days, sum(d.highest - d.count) as gaps,
           sum(s.last_serial - d.highest) as behind
    from (select agency_id, issued_on, count(*), max(serial) as highest
          from dossiers group by 1, 2) d
    join daily_serials s using (agency_id, issued_on)
"""


async def spread(stage: Stage) -> list[Result]:
    """Receive for many wards at once."""
    product, floor = [], []
    await _received(stage, stage.busy, run="warm")
    for number in range(stage.scale.rounds):
        product.append(await _received(stage, stage.busy, run=f"spread-{number}"))
        floor.append(await stage.sql([await call(stage, stage.busy)], clients=stage.scale.clients))
    errors = [error for load in product for error in load.errors]
    rates = Rounds(
        product=[load.rate for load in product],
        floor=[tally.rate for tally in floor],
        errors=errors,
    )
    slowest = Rounds(
        product=[load.percentile(_P95) for load in product],
        floor=[tally.percentile(_P95) for tally in floor],
        errors=errors,
    )
    return [
        at_least("intake_c16", "dossiers/s", rates, 0.55, note="gate: 0.45"),
        at_most("intake_p95_c16", "ms", slowest, 1.8),
    ]


async def hot_agency(stage: Stage) -> list[Result]:
    """Receive for one ward with every client, against the spread case; serials leave no gap."""
    hot, spread_out, errors, codes = [], [], [], Counter[str]()
    for number in range(stage.scale.rounds):
        load = await _received(stage, stage.busy[:1], run=f"hot-{number}", keeps_bodies=True)
        codes.update(orjson.loads(body)["code"] for body in load.bodies)
        base = await _received(stage, stage.busy, run=f"cool-{number}")
        hot.append(load.percentile(_P95))
        spread_out.append(base.percentile(_P95))
        errors += load.errors + base.errors
    (serials,) = await stage.rows(_SERIALS)
    found = int(serials["gaps"] != 0) + int(serials["behind"] != 0)
    twice = sum(count - 1 for count in codes.values())
    rounds = Rounds(product=hot, floor=spread_out, errors=errors)
    note = f"floor = the spread case over HTTP; {len(codes):,} codes"
    counted = f"{serials['days']:,} agency days: serials without a row, rows twice, counters off"
    return [
        at_most("hot_agency_p95", "ms", rounds, 2.5, note=note),
        within("serial_gaps_and_duplicates", "serials", [found + twice], 0, note=counted),
    ]


async def _received(
    stage: Stage, agencies: Sequence[str], *, run: str, keeps_bodies: bool = False
) -> Load:
    requests = intake_requests(stage, agencies, run=run)
    return await stage.load(stage.dossier, requests, keeps_bodies=keeps_bodies)


def intake_requests(stage: Stage, agencies: Sequence[str], *, run: str) -> list[bytes]:
    """Return more intakes than a round can take, each of its own."""
    chance = random.Random(run)  # noqa: S311 - the same requests in every run is what is wanted
    tokens = {agency: stage.token(agency, "dossiers:receive") for agency in agencies}
    requests = []
    for number in range(int(_ENOUGH_A_SECOND * stage.scale.seconds)):
        agency = chance.choice(agencies)
        procedure = chance.choice(stage.world.procedures)
        paper = papers.intake(number, agency, procedure, run=run)
        key = {"idempotency_key": f"{run}-{number}"}
        requests.append(posting("/v1/dossiers", tokens[agency], paper, **key))
    return requests


async def call(stage: Stage, agencies: Sequence[str]) -> str:
    """Return the script that calls the stored function with every argument it has."""
    rows = await stage.rows("select agency_id from agencies where code = any($1)", list(agencies))
    numbers = ", ".join(str(row["agency_id"]) for row in rows)
    arguments = [row for row in await stage.rows(_ARGUMENTS) if row["mode"] == b"i"]
    given = ", ".join(
        f"{row['name']} => {_VALUES.get(row['name'], 'null').format(agencies=numbers)}"
        for row in arguments
    )
    draw = f"\\set a random(1, {len(rows)})\n\\set k random(1, 9000000000000000000)\n"
    return f"{draw}select * from receive_dossier({given});\n"  # noqa: S608 - our own values

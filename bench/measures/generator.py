"""Whether the load generator is fast enough to measure with."""

from statistics import median

from bench.requests import reading
from bench.results import Result
from bench.stage import Stage


async def ceiling(stage: Stage) -> list[Result]:
    """Send to an application that does nothing: what the generator itself can do."""
    request = [reading("/", "none")]
    rates, errors = [], []
    for _round in range(stage.scale.rounds):
        load = await stage.load(stage.floor, request, repeat=True)
        rates.append(load.rate)
        errors += load.errors
    note = "uvicorn with a bare ASGI application" if not errors else errors[0]
    return [Result(name="generator_ceiling", unit="requests/s", value=median(rates), note=note)]

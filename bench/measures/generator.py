"""Whether the load generator is fast enough to measure with."""

from bench.requests import reading
from bench.results import Result
from bench.stage import Stage


async def ceiling(stage: Stage) -> list[Result]:
    """Send to an application that does nothing: what the generator itself can do."""
    request = [reading("/", "none")]
    load = await stage.load(stage.floor, request, repeat=True)
    note = load.errors[0] if load.errors else "uvicorn with a bare ASGI application"
    return [Result(name="generator_ceiling", unit="requests/s", value=load.rate, note=note)]

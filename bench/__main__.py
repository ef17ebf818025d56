"""`make bench`: build the data, measure everything, print the table, write `out/bench.json`."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table
from tthc.homes import own_home
from tthc.postgres import PostgresServer, discard_data, embedded_postgres
from tthc.problems import LocalProblem
from tthc.services import PROJECT
from tthc.signals import Stopped, run_stoppable, stoppable

from bench.bulk import ImportFailed
from bench.data import fill
from bench.everything import MEASURES, Measure
from bench.floor import FloorFailed
from bench.results import Result, failed
from bench.scale import Scale, scale_of
from bench.stage import POSTGRES_OPTIONS, SCOPES, NothingAnswered, Stage, the_stage
from bench.world import record_world, world_of

_DEFAULT_ROWS = "1000000"


def main() -> int:
    """Run the bench and return its exit code: 0 also when targets are missed, they are told."""
    scale = scale_of(int(os.environ.get("BENCH_ROWS", _DEFAULT_ROWS)))
    out = Path(os.environ.get("BENCH_OUT", PROJECT / "out"))
    only = os.environ.get("BENCH_ONLY", "")
    console = Console(width=None if sys.stdout.isatty() else 150)
    with stoppable(), own_home(PROJECT / ".local", "bench", console) as home:
        discard_data(home)
        try:
            with embedded_postgres(home, options=POSTGRES_OPTIONS) as server:
                results = run_stoppable(_bench(scale, home, server, console, only))
        finally:
            discard_data(home)
    _print(results, console)
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_bytes(orjson.dumps(_wire(results), option=orjson.OPT_INDENT_2))
    return 0


async def _bench(
    scale: Scale, home: Path, server: PostgresServer, console: Console, only: str
) -> list[Result]:
    world = world_of(scale.agencies, scale.fields)
    results: list[Result] = []
    began = time.monotonic()
    async with the_stage(scale, world, home=home, server=server, console=console) as stage:
        await record_world(world, stage.catalog, stage.token("*", "catalog:write", *SCOPES))
        await fill(stage)
        console.print(f"Ready after {time.monotonic() - began:.0f} s; {_load_average()}")
        for measure in MEASURES:
            name = f"{measure.__module__.rpartition('.')[2]}.{measure.__name__}"
            if not any(part in name for part in only.split(",")):
                continue
            started, found = time.monotonic(), await _taken(measure, stage, name)
            took = f"{time.monotonic() - started:.0f} s; {_load_average()}"
            console.print(f"{name}: {took}")
            results += found
    console.print(f"All of it took {time.monotonic() - began:.0f} s.")
    return results


async def _taken(measure: Measure, stage: Stage, name: str) -> list[Result]:
    """Take one measure; when it fails the others are still worth having."""
    try:
        return await measure(stage)
    except (NothingAnswered, FloorFailed, ImportFailed, TimeoutError) as error:
        return [failed(name, error)]


def _load_average() -> str:
    return "load average {:.1f} {:.1f} {:.1f}".format(*os.getloadavg())


def _wire(results: Sequence[Result]) -> list[dict[str, object]]:
    fields = ("name", "unit", "value", "floor", "ratio", "target", "met")
    return [{field: asdict(result)[field] for field in fields} for result in results]


def _print(results: Sequence[Result], console: Console) -> None:
    table = Table(title="Product beside floor, taken in the same run")
    for column in ("measure", "value", "floor", "ratio", "target", "met", "note"):
        table.add_column(column)
    for result in results:
        table.add_row(
            result.name,
            "" if result.value is None else f"{_number(result.value)} {result.unit}",
            "" if result.floor is None else _number(result.floor),
            "" if result.ratio is None else f"{result.ratio:.2f}",
            result.target or "",
            {True: "yes", False: "NO", None: ""}[result.met],
            result.note,
        )
    console.print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - for the eye


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LocalProblem as problem:
        sys.exit(str(problem))
    except Stopped as stopped:
        sys.exit(stopped.exit_code)

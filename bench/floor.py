"""The SQL floor: pgbench, which does nothing but send statements and wait for their answers."""

import asyncio
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tthc.binaries import installed_programs

from bench.load import percentile

_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_FAILED = re.compile(r"number of failed transactions: ([0-9]+)")
_MICROSECONDS_COLUMN = 2


class FloorFailed(Exception):
    """Pgbench did not finish, or some of its transactions failed."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Transactions per second, and their latencies in milliseconds, sorted."""

    rate: float
    latencies: Sequence[float]

    def percentile(self, share: float) -> float:
        """Return the latency that `share` of the transactions stayed within."""
        return percentile(self.latencies, share)


async def pgbench(
    url: str,
    scripts: Sequence[str],
    *,
    clients: int,
    seconds: int | None = None,
    transactions: int | None = None,
    rate: int | None = None,
) -> Tally:
    """Run `scripts` at random, prepared, for some seconds or transactions per client.

    With `rate` no more transactions a second are begun.

    Raises:
        FloorFailed: a statement failed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        extent = ["-T", str(seconds)] if seconds else ["-t", str(transactions)]
        options = ["-n", "-M", "prepared", "-c", str(clients), "-j", "1", *extent]
        options += ["-R", str(rate)] if rate else []
        options += ["-l", f"--log-prefix={folder / 'log'}", *_files(folder, scripts)]
        output = await _run([str(installed_programs() / "bin" / "pgbench"), *options], url)
        return Tally(_rate(output), _latencies(folder))


def _files(folder: Path, scripts: Sequence[str]) -> list[str]:
    options = []
    for number, script in enumerate(scripts):
        file = folder / f"{number}.sql"
        file.write_text(script)
        options += ["-f", str(file)]
    return options


def _latencies(folder: Path) -> list[float]:
    return sorted(
        int(line.split()[_MICROSECONDS_COLUMN]) / 1000
        for part in folder.glob("log.*")
        for line in part.read_text().splitlines()
    )


def _rate(output: str) -> float:
    rate, failed = _TPS.search(output), _FAILED.search(output)
    if rate is None or failed is None or failed[1] != "0":
        raise FloorFailed(output[-2000:])
    return float(rate[1])


async def _run(command: Sequence[str], url: str) -> str:
    place = urlsplit(url)
    process = await asyncio.create_subprocess_exec(
        *command,
        env={
            **os.environ,
            "PGHOST": str(place.hostname),
            "PGPORT": str(place.port),
            "PGUSER": str(place.username),
            "PGPASSWORD": unquote(str(place.password)),
            "PGDATABASE": place.path.lstrip("/"),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _nothing = await process.communicate()
    if process.returncode:
        raise FloorFailed(output.decode(errors="replace")[-2000:])
    return output.decode()

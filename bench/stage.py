"""The stage: a durable private PostgreSQL, the real services, the bare floor, and the data."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from rich.console import Console
from tthc.cluster import ADMIN
from tthc.keys import LocalIssuer
from tthc.migrations import prepare_databases
from tthc.postgres import LOOPBACK, PostgresServer, free_port
from tthc.processes import Child, start, stop
from tthc.services import PROJECT, SERVICES
from tthc.stack import running_services

from bench.floor import Tally, pgbench
from bench.load import Load, Work, run_load
from bench.requests import reading
from bench.scale import Scale
from bench.spoken import LOG_OPTIONS, Overhearing
from bench.world import World

POSTGRES_OPTIONS: Mapping[str, str] = {
    **LOG_OPTIONS,
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "max_connections": "100",
}
"""On top of what `tthc run` uses; nothing here makes a commit less durable."""

SCOPES = ("dossiers:receive", "dossiers:process", "dossiers:read", "dossiers:import")
_DATABASE = "tthc_dossier"
_APPLICATIONS = ("dossier", "dossier-hot")
"""What the service calls itself: in its sessions, and in calls of one statement."""
_LIFETIME = timedelta(hours=12)
_ONE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a measure works with."""

    scale: Scale
    world: World
    console: Console
    home: Path
    keys: Path
    server: PostgresServer
    dossier: str
    catalog: str
    floor: str
    children: Sequence[Child]
    generator: Executor

    @property
    def url(self) -> str:
        """Return the address of the dossier database for the service's own role."""
        return self.server.url(_DATABASE, _DATABASE)

    @property
    def admin_url(self) -> str:
        """Return the address of the dossier database for its administrator."""
        return self.server.url(_DATABASE, ADMIN)

    @property
    def busy(self) -> Sequence[str]:
        """Return the wards that receive while we measure; the busiest comes first."""
        return self.world.wards[: self.scale.busy_agencies]

    def token(self, agency: str, *scopes: str) -> str:
        """Return a token of an agency's officer."""
        issuer = LocalIssuer(self.keys)
        return issuer.token(
            f"officer-{agency}", agency, scopes or (*SCOPES, "figures:read"), _LIFETIME
        )

    async def load(
        self,
        address: str,
        requests: Sequence[bytes],
        *,
        connections: int | None = None,
        seconds: float | None = None,
        repeat: bool = False,
        keeps_bodies: bool = False,
    ) -> Load:
        """Send requests from the generator's process; the servers must outlive it."""
        work = Work(
            address=address,
            requests=requests,
            connections=connections or self.scale.clients,
            seconds=seconds or self.scale.seconds,
            repeat=repeat,
            keeps_bodies=keeps_bodies,
        )
        loop = asyncio.get_running_loop()
        before = [child.process.pid for child in self.children]
        load = await loop.run_in_executor(self.generator, run_load, work)
        after = [child.process.pid for child in self.children if not child.has_ended()]
        if before != after:
            load.errors.append("a server has died")
        if not load.latencies:
            raise NothingAnswered(load.errors)
        return load

    async def once(self, address: str, request: bytes) -> bytes:
        """Send one request and return the body of its answer."""
        load = await self.load(address, [request], connections=_ONE, keeps_bodies=True)
        return load.bodies[0]

    async def sql(self, scripts: Sequence[str], *, clients: int) -> Tally:
        """Take the SQL floor for as long as a round lasts."""
        seconds = int(self.scale.seconds)  # pgbench knows whole seconds only
        few = None if seconds else self.scale.repeats
        return await pgbench(
            self.url, scripts, clients=clients, seconds=seconds or None, transactions=few
        )

    async def write_steadily(self, script: str, *, rate: int) -> Tally:
        """Run `script` so many times a second for as long as a round lasts."""
        seconds = int(self.scale.seconds) or _ONE
        return await pgbench(
            self.url, [script], clients=self.scale.clients, seconds=seconds, rate=rate
        )

    async def sql_times(self, scripts: Sequence[str], *, repeats: int | None = None) -> Tally:
        """Time statements alone, one client, a few times."""
        times = repeats or self.scale.repeats
        return await pgbench(self.url, scripts, clients=_ONE, transactions=times)

    async def cursors(self, path: str, token: str, pages: int) -> list[str]:
        """Walk a list by its own cursors, 500 a page, and return them."""
        found: list[str] = []
        long = path.replace("limit=100", "limit=500")
        for _page in range(pages):
            further = f"{long}&cursor={found[-1]}" if found else long
            answer = orjson.loads(await self.once(self.dossier, reading(further, token)))
            if answer["next_cursor"] is None:
                break
            found.append(answer["next_cursor"])
        return found

    async def spoken(self, requests: Sequence[bytes]) -> list[str]:
        """Return what the product says to its database when asked `requests`, as scripts."""
        log = self.home / "logs" / "postgres.log"
        overhearing = Overhearing(self.admin_url, log, _APPLICATIONS)

        def asking(request: bytes) -> Callable[[], Awaitable[bytes]]:
            return lambda: self.once(self.dossier, request)

        return await overhearing.scripts([asking(request) for request in requests])

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Ask the dossier database, beside the product."""
        connection = await asyncpg.connect(self.url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        finally:
            await connection.close()
        return found


class NothingAnswered(Exception):
    """No request was answered as it should be; there is nothing to measure."""


@asynccontextmanager
async def the_stage(
    scale: Scale, world: World, *, home: Path, server: PostgresServer, console: Console
) -> AsyncIterator[Stage]:
    """Migrate, start the catalogue, the dossier service and the floor, until the block ends."""
    keys = home / "keys"
    services = SERVICES[:2]
    await prepare_databases(server, services)
    # The log is folded (and its counts compared) when a measure says so, not beside the others.
    shared = {"fold_seconds": "0", "verify_seconds": "0"}
    starting = running_services(
        services, home=home, server=server, keys=keys, console=console, shared=shared
    )
    async with starting as running:
        with _generator() as generator, _bare(home, server) as (floor, child):
            yield Stage(
                scale=scale,
                world=world,
                console=console,
                home=home,
                keys=keys,
                server=server,
                dossier=running.addresses["dossier"],
                catalog=running.addresses["catalog"],
                floor=floor,
                children=[server.process, *running.children, child],
                generator=generator,
            )


@contextmanager
def _generator() -> Iterator[Executor]:
    with ProcessPoolExecutor(_ONE, mp_context=get_context("spawn")) as generator:
        yield generator


@contextmanager
def _bare(home: Path, server: PostgresServer) -> Iterator[tuple[str, Child]]:
    """Run the bare ASGI floor as the services run: uvicorn, one worker."""
    port = free_port()
    environment: dict[str, Any] = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "BENCH_DATABASE_URL": server.url(_DATABASE, _DATABASE),
    }
    options = ["--host", LOOPBACK, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    child = start(
        "floor",
        [sys.executable, "-m", "uvicorn", "bench.floor_app:app", *options],
        log=home / "logs" / "floor.log",
        environment=environment,
        at_our_death=signal.SIGKILL,
    )
    try:
        yield f"http://{LOOPBACK}:{port}", child
    finally:
        stop([child], signal.SIGTERM, patience_seconds=5)

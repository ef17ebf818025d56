"""One local session: a home, a database server, the four services, and what is done with them."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from tthc.databases import Server
from tthc.external import external_server
from tthc.migrations import prepare_databases
from tthc.postgres import THROW_AWAY, discard_data, embedded_postgres
from tthc.processes import Child
from tthc.services import SERVICES, Service
from tthc.signals import run_stoppable
from tthc.stack import running_services, unless_one_dies

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the stack is given."""

    home: Path
    keys: Path
    console: Console
    services: Sequence[Service] = SERVICES
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """A stack at work: addresses by service, and every process that it needs."""

    addresses: Mapping[str, str]
    children: Sequence[Child]


def run_session(run: Run, work: Callable[[Session], Awaitable[T]], *, fresh: bool) -> T:
    """Start everything, do `work`, stop everything; a death on the way ends it all.

    `fresh` forgets the data that an earlier session left in this home, and does not promise
    that this session's data outlive a power cut: the next one will forget them anyway.
    """
    with _server(run, fresh=fresh) as (server, children):
        return run_stoppable(_do(work, _services(run, server, children)))


@contextmanager
def _server(run: Run, *, fresh: bool) -> Iterator[tuple[Server, Sequence[Child]]]:
    database_url = os.environ.get("DATABASE_URL")
    if database_url:
        run.console.print("PostgreSQL: the server that DATABASE_URL names.")
        yield external_server(database_url, run.home), []
        return
    if fresh:
        discard_data(run.home)
    with embedded_postgres(run.home, options=THROW_AWAY if fresh else {}) as server:
        run.console.print(f"PostgreSQL: our own, on port {server.port}; data under {run.home}.")
        yield server, [server.process]


@asynccontextmanager
async def _services(run: Run, server: Server, children: Sequence[Child]) -> AsyncIterator[Session]:
    await unless_one_dies(children, prepare_databases(server, run.services))
    starting = running_services(
        run.services,
        home=run.home,
        server=server,
        keys=run.keys,
        console=run.console,
        shared=run.settings,
    )
    async with starting as running:
        for name, address in running.addresses.items():
            run.console.print(f"{name}: {address}/docs")
        yield Session(running.addresses, [*children, *running.children])


async def _do(
    work: Callable[[Session], Awaitable[T]], starting: AbstractAsyncContextManager[Session]
) -> T:
    async with starting as session:
        return await unless_one_dies(session.children, work(session))

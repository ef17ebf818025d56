"""The four services as child processes on this machine: started together, stopped together."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import httpx
from rich.console import Console

from tthc.concurrency import all_of
from tthc.databases import Server
from tthc.keys import LocalIssuer, personal_data_key
from tthc.postgres import LOOPBACK
from tthc.problems import LocalProblem
from tthc.processes import Child, start, stop
from tthc.services import Service

_READY_PATIENCE_SECONDS = 60
_STOP_PATIENCE_SECONDS = 5
_POLL_SECONDS = 0.1
_BACKLOG = 512
_SERVICE_SCOPES = ("figures:read", "dossiers:read")
_SERVICE_TOKEN_LIFETIME = timedelta(days=365)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Running:
    """The services at work: their addresses by name, and their processes."""

    addresses: Mapping[str, str]
    children: Sequence[Child]


class ChildDied(LocalProblem):
    """A process that should have gone on has ended by itself."""

    def __init__(self, child: Child) -> None:
        """Tell which, how and its last words."""
        super().__init__(
            f"{child.name} has stopped by itself (exit code {child.process.returncode})",
            f"The end of its log, {child.log}:\n{child.last_words()}",
        )


@asynccontextmanager
async def running_services(
    services: Sequence[Service],
    *,
    home: Path,
    server: Server,
    keys: Path,
    console: Console,
    shared: Mapping[str, str] | None = None,
) -> AsyncIterator[Running]:
    """Run `services` until the block ends; all answer /readyz when it begins.

    `shared` are settings that each of them gets, by their lower-case names.
    """
    listeners = {service.name: _listen(service, console) for service in services}
    addresses = {
        name: f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        for name, listener in listeners.items()
    }
    children: list[Child] = []
    try:
        for service in services:
            with listeners[service.name] as listener:
                own = _settings(service, addresses, server, keys)
                environment = _environment(service, {**(shared or {}), **own})
                children.append(_start(service, listener, environment, home / "logs"))
        running = Running(addresses, children)
        await unless_one_dies(children, _all_ready(running))
        yield running
    finally:
        stop(children[::-1], signal.SIGTERM, patience_seconds=_STOP_PATIENCE_SECONDS)


def _listen(service: Service, console: Console) -> socket.socket:
    """Listen on the usual port, or on a free one when that is taken.

    We listen and the service inherits: between looking for a free port and using it no other run
    can come in. Clients who are early wait in the backlog.
    """
    try:
        listener = socket.create_server((LOOPBACK, service.usual_port), backlog=_BACKLOG)
    except OSError:
        listener = socket.create_server((LOOPBACK, 0), backlog=_BACKLOG)
        port = listener.getsockname()[1]
        console.print(f"Port {service.usual_port} is taken; {service.name} listens on {port}.")
    # The service takes an inherited socket for a pipe and leaves Nagle's algorithm on: the body
    # would wait 40 ms for the client to acknowledge the head. Accepted sockets inherit this.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _environment(service: Service, settings: Mapping[str, str]) -> dict[str, str]:
    own = {service.setting(name): value for name, value in settings.items()}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **own}


def _settings(
    service: Service, addresses: Mapping[str, str], server: Server, keys: Path
) -> dict[str, str]:
    issuer = LocalIssuer(keys)
    settings = {
        "database_url": server.url(service.database, service.database),
        "jwks_file": str(issuer.jwks_file),
    }
    if service.asks:
        settings["service_token"] = issuer.token(
            f"service-{service.name}", "*", _SERVICE_SCOPES, _SERVICE_TOKEN_LIFETIME
        )
    if service.keeps_personal_data:
        settings["personal_data_key"] = personal_data_key(keys)
    for neighbour in service.asks:
        settings[f"{neighbour}_url"] = addresses[neighbour]
    return settings


def _start(
    service: Service, listener: socket.socket, environment: Mapping[str, str], logs: Path
) -> Child:
    logs.mkdir(exist_ok=True)
    descriptor = listener.fileno()
    place = ["--fd", str(descriptor), "--http", "kit.serving:OneWrite"]
    options = [*place, "--no-access-log", "--log-level", "warning"]
    return start(
        service.name,
        [sys.executable, "-m", "uvicorn", "--factory", service.application, *options],
        log=logs / f"{service.name}.log",
        environment=environment,
        at_our_death=signal.SIGKILL,
        pass_fds=[descriptor],
    )


async def _all_ready(running: Running) -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        await all_of(_ready(client, *place) for place in running.addresses.items())


async def _ready(client: httpx.AsyncClient, name: str, address: str) -> None:
    deadline = time.monotonic() + _READY_PATIENCE_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline:
        try:
            response = await client.get(f"{address}/readyz")
        except httpx.TransportError as error:
            answer = type(error).__name__
        else:
            if response.is_success:
                return
            answer = response.text
        await asyncio.sleep(_POLL_SECONDS)
    raise LocalProblem(f"{name} is not ready after a minute ({answer})", "See its log")


async def unless_one_dies(children: Sequence[Child], work: Awaitable[T]) -> T:
    """Return what `work` returns, unless one of `children` ends first.

    Raises:
        ChildDied: one did, also when `work` failed because of it.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.create_task(_first_death(children))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        for child in children:
            if child.has_ended():
                raise ChildDied(child)
        return await working
    finally:
        working.cancel()
        watching.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _first_death(children: Sequence[Child]) -> None:
    while not any(child.has_ended() for child in children):  # noqa: ASYNC110 - no event to await
        await asyncio.sleep(_POLL_SECONDS)

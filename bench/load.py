"""The load generator: a process of its own that speaks HTTP/1.1 over kept connections.

Requests are ready-made bytes and answers are read just far enough to know where they end, so that
the generator takes as little as possible of the cores it shares with what it measures.
"""

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import cast
from urllib.parse import urlsplit

import uvloop

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_STATUS = slice(9, 12)
_PATIENCE_SECONDS = 60
_KEPT_ERRORS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to send where: each request once, or again and again when `repeat`."""

    address: str
    requests: Sequence[bytes]
    connections: int
    seconds: float
    repeat: bool = False
    keeps_bodies: bool = False


@dataclass(slots=True)
class Load:
    """What came of it. Latencies are in milliseconds, sorted."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return the answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency that `share` of the answers stayed within."""
        return percentile(self.latencies, share)


def percentile(ascending: Sequence[float], share: float) -> float:
    """Return the value that `share` of the `ascending` values stay within."""
    return ascending[min(len(ascending) - 1, int(len(ascending) * share))]


def run_load(work: Work) -> Load:
    """Send `work` and return what came of it; runs in the generator's own process."""
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        load = runner.run(_run(work))
    gc.enable()
    load.latencies.sort()
    return load


async def _run(work: Work) -> Load:
    loop, load = asyncio.get_running_loop(), Load()
    requests = cycle(work.requests) if work.repeat else iter(work.requests)
    place = urlsplit(work.address)
    host, port = str(place.hostname), int(place.port or 80)
    started = time.perf_counter()
    run = _Sending(requests, started + work.seconds, load, keeps_bodies=work.keeps_bodies)
    clients = [_Client(run, loop) for _ in range(work.connections)]
    waiting = iter(clients)
    for _client in clients:
        await loop.create_connection(lambda: next(waiting), host, port)
    await asyncio.wait_for(
        asyncio.gather(*(client.done for client in clients)), work.seconds + _PATIENCE_SECONDS
    )
    load.seconds = time.perf_counter() - started
    return load


class _Sending:
    """What all connections share: the next request, the deadline, the record."""

    def __init__(
        self, requests: Iterator[bytes], deadline: float, load: Load, *, keeps_bodies: bool
    ) -> None:
        self._requests = requests
        self._deadline = deadline
        self._load = load
        self._keeps_bodies = keeps_bodies

    def next(self, now: float) -> bytes | None:
        return next(self._requests, None) if now < self._deadline else None

    def answered(self, head: bytes, body: bytes, seconds: float) -> None:
        if head[_STATUS][:1] == b"2":
            self._load.latencies.append(seconds * 1000)
            if self._keeps_bodies:
                self._load.bodies.append(body)
        else:
            self.failed(f"{head[_STATUS].decode()} {body[:300].decode(errors='replace')}")

    def failed(self, why: str) -> None:
        if len(self._load.errors) < _KEPT_ERRORS:
            self._load.errors.append(why)


class _Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, run: _Sending, loop: asyncio.AbstractEventLoop) -> None:
        self.done: asyncio.Future[None] = loop.create_future()
        self._run = run
        self._received = b""
        self._started = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A TCP transport is one, though uvloop's own does not say so.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(_END_OF_HEAD)
        if head_end < 0:
            return
        head = self._received[:head_end]
        end = head_end + len(_END_OF_HEAD) + _length(head)
        if len(self._received) < end:
            return
        body = self._received[head_end + len(_END_OF_HEAD) : end]
        self._run.answered(head, body, time.perf_counter() - self._started)
        self._received = self._received[end:]
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._run.failed(f"connection lost: {error!r}")
            self.done.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None  # noqa: S101 - called once connected
        self._started = time.perf_counter()
        request = self._run.next(self._started)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)


def _length(head: bytes) -> int:
    at = head.lower().find(_LENGTH)
    return 0 if at < 0 else int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])

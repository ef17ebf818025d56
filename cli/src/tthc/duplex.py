"""A request whose answer is read while it is still being sent.

HTTP/1.1 allows it, and the import answers so. The client library used elsewhere sends all before it
reads anything, and who shows progress would learn of fifty thousand lines at once.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from tthc.problems import LocalProblem

_CHUNK = 65_536
_PORTS = {"http": 80, "https": 443}


class BrokenOff(Exception):
    """The connection did not come about, or ended before the answer did; `str()` says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, and its body as it arrives."""

    status: int
    body: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send to; `path` is what stands before the paths of the service."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """Read an address.

        Raises:
            LocalProblem: it is none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise LocalProblem(f"{url} is no address", "Name one such as http://127.0.0.1:8002")
        path = parts.path.rstrip("/")
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path)


@asynccontextmanager
async def post(
    place: Place,
    path: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    wrote: Callable[[int], None],
    patience_seconds: float,
) -> AsyncIterator[Answer]:
    """Send `content` and give the answer from its head on; `wrote` is told how much is on its way.

    Raises:
        BrokenOff: the connection failed, or nothing came for `patience_seconds`.
    """
    with _breaking_off():
        secure = ssl.create_default_context() if place.scheme == "https" else None
        connecting = asyncio.open_connection(place.host, place.port, ssl=secure)
        reader, writer = await asyncio.wait_for(connecting, patience_seconds)
    wire = h11.Connection(h11.CLIENT)
    head = h11.Request(
        method="POST",
        target=place.path + path,
        headers=[
            ("Host", f"{place.host}:{place.port}"),
            ("Content-Length", str(len(content))),
            ("Connection", "close"),
            *headers.items(),
        ],
    )
    writing = asyncio.create_task(_write(writer, wire, head, content, wrote))
    events = _events(wire, reader, patience_seconds)
    try:
        response = await anext(events)
        assert isinstance(response, h11.Response)  # noqa: S101 - what h11 gives first
        yield Answer(response.status_code, _body(events))
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        writer.transport.abort()


async def _write(
    writer: asyncio.StreamWriter,
    wire: h11.Connection,
    head: h11.Request,
    content: bytes,
    wrote: Callable[[int], None],
) -> None:
    """Write the request; when it cannot go on, whoever reads the answer learns why."""
    with suppress(OSError, h11.LocalProtocolError):
        writer.write(wire.send(head) or b"")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            wrote(start + len(chunk))
            writer.write(wire.send(h11.Data(data=chunk)) or b"")
            await writer.drain()
        writer.write(wire.send(h11.EndOfMessage()) or b"")
        await writer.drain()


async def _events(
    wire: h11.Connection, reader: asyncio.StreamReader, patience_seconds: float
) -> AsyncIterator[h11.Response | h11.Data]:
    while True:
        with _breaking_off():
            event = wire.next_event()
            if event is h11.NEED_DATA:
                received = await asyncio.wait_for(reader.read(_CHUNK), patience_seconds)
                wire.receive_data(received)
                continue
        if isinstance(event, h11.Response | h11.Data):
            yield event
        elif isinstance(event, h11.EndOfMessage):
            return
        elif not isinstance(event, h11.InformationalResponse):
            raise BrokenOff("it hung up")


async def _body(events: AsyncIterator[h11.Response | h11.Data]) -> AsyncIterator[bytes]:
    async for event in events:
        if isinstance(event, h11.Data):
            yield bytes(event.data)


@contextmanager
def _breaking_off() -> Iterator[None]:
    """Turn what a connection dies of into `BrokenOff`."""
    try:
        yield
    except (OSError, TimeoutError, h11.RemoteProtocolError) as error:
        raise BrokenOff(type(error).__name__) from error

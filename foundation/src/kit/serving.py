"""Serving: uvicorn's protocol, except that the head and the body of an answer leave together.

Each write is a call to the system and a packet; uvicorn makes two for every answer. `--http
kit.serving:OneWrite` chooses this one.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_BYTES = 65_536
"""More is written at once: a stream must feel that its reader is slow."""


class Joined:
    """A transport whose writes of one turn of the event loop leave as one."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Write later in this turn."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > _MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        size, self._size = self._size, 0
        # To copy much costs more than another packet does.
        for part in waiting if size > _MOST_BYTES else (b"".join(waiting),):
            self._transport.write(part)

    def close(self) -> None:
        """Close when all is written."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OneWrite(HttpToolsProtocol):
    """uvicorn's protocol on such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the parent does
        """Take a client's connection."""
        super().connection_made(cast("asyncio.Transport", Joined(transport, self.loop)))

"""The driver's own connections, for calls of a statement or two that commit by themselves.

SQLAlchemy's pool hands a connection over through a greenlet and a facade, which costs such a call
more than the statement does.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import asyncpg
from fastapi import Depends, Request
from sqlalchemy.engine import make_url

from kit.db import server_settings

_PATIENCE_SECONDS = 10
_BREAKS = (asyncpg.InternalClientError, asyncpg.InterfaceError, OSError)
"""After these, and after a call that was cancelled, nobody knows what the connection is at."""


class HotPool:
    """At most `size` connections, dialled when first needed; the last one used goes out first."""

    def __init__(self, url: str, *, size: int, application_name: str) -> None:
        plain = make_url(url).set(drivername="postgresql")
        self._dsn = plain.render_as_string(hide_password=False)
        self._settings = server_settings(application_name)
        self._room = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []

    def connection(self) -> "Lent":
        """Lend a connection for the length of a block."""
        return Lent(self)

    async def take(self) -> asyncpg.Connection:
        """Return a connection that lives; the server of another may have gone while it lay idle.

        Raises:
            TimeoutError: none came free in time.
        """
        if self._room.locked():
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._room.acquire()
        else:
            await self._room.acquire()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        try:
            return await asyncpg.connect(
                self._dsn,
                timeout=5,
                server_settings=self._settings,
                # The driver prepares a longer statement anew each time: there is no such limit.
                max_cacheable_statement_size=0,
            )
        except BaseException:
            self._room.release()
            raise

    def give_back(self, connection: asyncpg.Connection, *, is_whole: bool) -> None:
        """Take a connection back; one whose call was broken off is not lent again."""
        if is_whole:
            self._idle.append(connection)
        else:
            connection.terminate()
        self._room.release()

    async def close(self) -> None:
        """Hang up."""
        while self._idle:
            await self._idle.pop().close(timeout=_PATIENCE_SECONDS)


class Lent:
    """A connection that a block has."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: HotPool) -> None:
        self._pool = pool
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> asyncpg.Connection:
        """Take the connection."""
        self._connection = await self._pool.take()
        return self._connection

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give it back."""
        is_whole = kind is None or (issubclass(kind, Exception) and not issubclass(kind, _BREAKS))
        if self._connection is not None:
            self._pool.give_back(self._connection, is_whole=is_whole)


async def hot_connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    """Lend a request a connection for one call."""
    pool: HotPool = request.app.state.hot
    async with pool.connection() as connection:
        yield connection


Hot = Annotated[asyncpg.Connection, Depends(hot_connection, scope="function")]

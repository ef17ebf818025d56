"""The driver's own connections, for calls that are one statement and commit by themselves.

SQLAlchemy's pool hands a connection over through a greenlet and a facade, which costs such a call
more than the statement does.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
from fastapi import Depends, Request
from kernel.refusals import Refusal
from sqlalchemy.engine import make_url

from kit.db import server_settings

_PATIENCE_SECONDS = 10


class HotPool:
    """At most `size` connections, dialled when first needed; the last one used goes out first."""

    def __init__(self, url: str, *, size: int, application_name: str) -> None:
        plain = make_url(url).set(drivername="postgresql")
        self._dsn = plain.render_as_string(hide_password=False)
        self._settings = server_settings(application_name)
        self._room = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection; one whose call went wrong midway is not lent again.

        Raises:
            TimeoutError: none came free in time.
        """
        if self._room.locked():
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._room.acquire()
        else:
            await self._room.acquire()
        try:
            connection = await self._ready()
            is_whole = False
            try:
                yield connection
                is_whole = True
            except (Refusal, asyncpg.PostgresError):
                is_whole = True
                raise
            finally:
                if is_whole:
                    self._idle.append(connection)
                else:
                    connection.terminate()
        finally:
            self._room.release()

    async def close(self) -> None:
        """Hang up."""
        while self._idle:
            await self._idle.pop().close(timeout=_PATIENCE_SECONDS)

    async def _ready(self) -> asyncpg.Connection:
        """Return one that lives; the server of another may have gone away while it lay idle."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await asyncpg.connect(self._dsn, timeout=5, server_settings=self._settings)


async def hot_connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    """Lend a request a connection for one call."""
    pool: HotPool = request.app.state.hot
    async with pool.connection() as connection:
        yield connection


Hot = Annotated[asyncpg.Connection, Depends(hot_connection, scope="function")]

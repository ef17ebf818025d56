"""Calls that meet travel together: one round trip and one commit for all that wait for one.

A database answers a call of sixteen rows in little more than the time of one. Requests that come
one by one are asked one by one; only while a call is under way do others gather for the next.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import asyncpg

from kit.hot import HotPool

AskedT = TypeVar("AskedT")
ToldT = TypeVar("ToldT")
Calling = Callable[[asyncpg.Connection, Sequence[AskedT]], Awaitable[Sequence[ToldT]]]

_OWN_FAULTS = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,  # also of the driver, which cannot write a value and has sent nothing
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.TransactionRollbackError,
)
"""After these nothing was kept, and it may have been for the sake of one of the askers."""


class Together(Generic[AskedT, ToldT]):
    """A stored call that takes many of what is asked, and tells an answer for each, in order.

    `calling` must be one transaction: what it raises was kept for none. An asker never fails for
    another's sake, since those that fail together are asked again one by one.
    At most `at_once` calls are under way, of at most `most` askers each.
    """

    def __init__(
        self, pool: HotPool, calling: Calling[AskedT, ToldT], *, at_once: int = 2, most: int = 64
    ) -> None:
        self._pool = pool
        self._calling = calling
        self._room = asyncio.Semaphore(at_once)
        self._most = most
        self._open: _Call[AskedT, ToldT] | None = None

    async def __call__(self, asked: AskedT) -> ToldT:
        """Return the answer to `asked`, once its call is committed."""
        call = self._open
        if call is None or len(call.asked) == self._most:
            self._open = call = _Call()
            call.answers = asyncio.create_task(self._make(call))
        place = len(call.asked)
        call.asked.append(asked)
        try:
            return (await asyncio.shield(call.answers))[place]
        except _OWN_FAULTS:
            if len(call.asked) == 1:
                raise
        async with self._room, self._pool.connection() as connection:
            (told,) = await self._calling(connection, [asked])
        return told

    async def _make(self, call: "_Call[AskedT, ToldT]") -> Sequence[ToldT]:
        try:
            async with self._room, self._pool.connection() as connection:
                self._close(call)
                return await self._calling(connection, call.asked)
        finally:
            self._close(call)

    def _close(self, call: "_Call[AskedT, ToldT]") -> None:
        if self._open is call:
            self._open = None


class _Call(Generic[AskedT, ToldT]):
    """What is asked in one call. It stays open to others until there is a connection for it."""

    __slots__ = ("answers", "asked")

    def __init__(self) -> None:
        self.asked: list[AskedT] = []
        self.answers: asyncio.Task[Sequence[ToldT]]

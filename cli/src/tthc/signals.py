"""Ctrl-C, SIGTERM and a closed terminal all mean the same: stop in order."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

T = TypeVar("T")


class Stopped(BaseException):
    """Somebody asked us to stop; unwinds like KeyboardInterrupt."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` where the block is when asked to stop; a second request changes nothing."""
    former = {number: signal.getsignal(number) for number in _STOPPING}
    _listen()
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def run_stoppable(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` inside `stoppable`: a request cancels it, and `Stopped` is raised once it ended.

    An event loop has its own way with signals and forgets ours when it closes.
    """
    received: list[int] = []

    async def main() -> T:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work)

        def stop(number: int) -> None:
            if not received:
                received.append(number)
                task.cancel()

        for number in _STOPPING:
            loop.add_signal_handler(number, stop, number)
        return await task

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        if not received:
            raise
        raise Stopped(received[0]) from None
    finally:
        _ignore() if received else _listen()


def _listen() -> None:
    for number in _STOPPING:
        signal.signal(number, _stop)


def _ignore() -> None:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, _frame: FrameType | None) -> None:
    _ignore()
    raise Stopped(number)

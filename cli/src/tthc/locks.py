"""Locks between runs: held by a living process, let go by the kernel when it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tthc.problems import LocalProblem, writing_under


class AlreadyHeld(LocalProblem):
    """Another run holds the lock."""


@contextmanager
def holding(lock: Path, *, what: str) -> Iterator[None]:
    """Hold `lock` for the block; children do not inherit it.

    Raises:
        AlreadyHeld: another process holds it.
    """
    with writing_under(lock.parent):
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyHeld(
                f"{what} is in use by another run", "Stop that run, or choose another home"
            ) from error
        yield
    finally:
        os.close(descriptor)

"""What can go wrong on the machine of whoever runs the stack, said in one line with the remedy."""

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LocalProblem(Exception):
    """Something on this machine prevents the work. `str()` is one line: what, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}.")
        self.what = what
        self.remedy = remedy


_DISK_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)
_NO_ROOM_BYTES = 1_000_000
_DISK_FULL_WORDS = re.compile(r"No space left on device|Disk quota exceeded")


def disk_full(place: Path) -> LocalProblem:
    """Return the problem of a full disk under `place`."""
    return LocalProblem(f"The disk that holds {place} is full", "Free some space and run again")


def speaks_of_a_full_disk(text: str) -> bool:
    """Return whether the output of another program complains of a full disk."""
    return _DISK_FULL_WORDS.search(text) is not None


def is_full(place: Path) -> bool:
    """Return whether the disk that holds `place` has no room to speak of."""
    return shutil.disk_usage(place).free < _NO_ROOM_BYTES


@contextmanager
def writing_under(place: Path) -> Iterator[None]:
    """Turn a full disk or a forbidden folder, met while writing under `place`, into one line."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL_ERRORS:
            raise disk_full(place) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise LocalProblem(
                f"Cannot write {error.filename or place}",
                "Run as the user who owns it, or make it writable",
            ) from error
        raise

"""Folders that a run keeps its things in: one run per home, so that two cannot meet."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from tthc.locks import AlreadyHeld, holding
from tthc.problems import LocalProblem, writing_under

_MANY = 100
_NEEDED_BYTES = 300_000_000


@contextmanager
def own_home(local: Path, kind: str, console: Console) -> Iterator[Path]:
    """Take the first home of this kind that no living run uses: `run-1`, then `run-2` and so on."""
    with ExitStack() as lock:
        for number in itertools.count(1):
            home = local / f"{kind}-{number}"
            with writing_under(local):
                home.mkdir(parents=True, exist_ok=True)
            try:
                lock.enter_context(holding(home / "lock", what=str(home)))
            except AlreadyHeld:
                if number == _MANY:
                    raise
                continue
            break
        if number > 1:
            console.print(f"Another run is at work; this one keeps its own data in {home}.")
        _require_space(home)
        yield home


def _require_space(home: Path) -> None:
    if shutil.disk_usage(home).free < _NEEDED_BYTES:
        raise LocalProblem(
            f"The disk that holds {home} has less than {_NEEDED_BYTES // 1_000_000} MB left",
            "Free some space and run again",
        )

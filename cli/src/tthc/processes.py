"""Child processes: started so that they die with us, stopped so that none stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tthc import launch

_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a child runs as, when that is not ourselves."""

    user: int
    group: int


@dataclass(frozen=True, slots=True)
class Child:
    """A running child process and the log it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def has_ended(self) -> bool:
        """Return whether the process is gone."""
        return self.process.poll() is not None

    def last_words(self, lines: int = 5) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait(self, seconds: float) -> bool:
        """Return whether the process has ended within `seconds`."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def launcher(at_our_death: signal.Signals, account: Account | None) -> list[str]:
    """Return what to put before a command so that it runs as `account` and not without us."""
    who = f"{account.user}:{account.group}" if account else "-"
    own = [sys.executable, "-I", "-S", launch.__file__]
    return [*own, str(os.getpid()), str(int(at_our_death)), who]


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str],
    at_our_death: signal.Signals,
    account: Account | None = None,
    pass_fds: Sequence[int] = (),
) -> Child:
    """Start `command` (absolute path first) in a session of its own, writing to `log`.

    Its own session keeps the terminal's Ctrl-C from reaching it: we stop children in order.
    The log of the run before is kept beside it with the suffix `.1`.
    """
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*launcher(at_our_death, account), *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd="/",
            pass_fds=pass_fds,
            start_new_session=True,
        )
    return Child(name, process, log)


def stop(children: Sequence[Child], asking: signal.Signals, *, patience_seconds: float) -> None:
    """Ask all `children` to end, wait for them together, then kill those that have not."""
    for child in children:
        if not child.has_ended():
            child.process.send_signal(asking)
    deadline = time.monotonic() + patience_seconds
    for child in children:
        if not child.wait(max(0.0, deadline - time.monotonic())):
            child.process.kill()
            child.process.wait()


def is_alive(pid: int) -> bool:
    """Return whether a process of this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> str:
    """Return the arguments of a running process, or nothing when it cannot be seen."""
    record = Path(f"/proc/{pid}/cmdline")
    try:
        if Path("/proc/self").exists():
            return record.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        asked = subprocess.run(
            ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return asked.stdout


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Return whether a process that is not our child has ended within `seconds`."""
    deadline = time.monotonic() + seconds
    while is_alive(pid) and not _is_zombie(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _is_zombie(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] == "Z"

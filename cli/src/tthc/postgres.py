"""A private PostgreSQL server that lives and dies with us and keeps its data under a home."""

import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tthc.cluster import (
    ADMIN,
    ENVIRONMENT,
    Cluster,
    cluster_of,
    create_data,
    settle_with_former_server,
)
from tthc.locks import holding
from tthc.passwords import Passwords
from tthc.problems import LocalProblem, disk_full, is_full, speaks_of_a_full_disk, writing_under
from tthc.processes import Child, start, stop

LOOPBACK = "127.0.0.1"

# Modest memory for one machine; what makes commits durable stays on. Nothing here replicates, so
# the log needs no more than recovery does; passwords are 256 random bits, so hashing them many
# times would only cost connection time.
_OPTIONS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "scram_iterations": "256",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# For data that nobody keeps: it need not survive a power cut.
THROW_AWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_START_PATIENCE_SECONDS = 300
_STOP_PATIENCE_SECONDS = 15
_ATTEMPTS = 30
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server on the loopback address."""

    port: int
    passwords: Passwords
    process: Child

    def url(self, database: str, role: str) -> str:
        """Return the address of `database` for `role`, with the password of the role."""
        password = quote(self.password_of(role), safe="")
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def password_of(self, role: str) -> str:
        """Return the role's password, made when it is first asked for."""
        return self.passwords.of(role)

    @property
    def admin_url(self) -> str:
        """Return the address for the one who may create roles and databases."""
        return self.url(ADMIN, ADMIN)


@contextmanager
def embedded_postgres(
    home: Path, *, port: int | None = None, options: Mapping[str, str] | None = None
) -> Iterator[PostgresServer]:
    """Serve the data under `home`, made on first use, until the block ends.

    `options` are server settings on top of ours.

    Raises:
        LocalProblem: the machine prevents it; the message is one line with the remedy.
    """
    with writing_under(home):
        home.mkdir(parents=True, exist_ok=True)
        (home / "logs").mkdir(exist_ok=True)
    settings = {**_OPTIONS, **(options or {})}
    passwords = Passwords(home / "secrets.json")
    cluster = cluster_of(home)
    with holding(cluster.data.with_name("lock"), what=str(home)):
        create_data(cluster, passwords.of(ADMIN), options=settings)
        settle_with_former_server(cluster)
        used_port, child = _start(cluster, home / "logs" / "postgres.log", port, settings)
        try:
            yield PostgresServer(used_port, passwords, child)
        finally:
            # SIGINT is PostgreSQL's fast shutdown: break connections, write a checkpoint.
            stop([child], signal.SIGINT, patience_seconds=_STOP_PATIENCE_SECONDS)


def discard_data(home: Path) -> None:
    """Forget all databases of `home`; its server, if a killed run left one, is stopped first."""
    if not (home / "postgres").exists():
        return
    cluster = cluster_of(home)
    with holding(cluster.data.with_name("lock"), what=str(home)):
        settle_with_former_server(cluster)
        shutil.rmtree(cluster.data, ignore_errors=True)


@contextmanager
def temporary_postgres() -> Iterator[PostgresServer]:
    """Serve an empty, fast, not durable server that leaves nothing behind; for tests."""
    with tempfile.TemporaryDirectory(prefix="tthc-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # Another user's PostgreSQL passes through; it cannot list.
        with embedded_postgres(home, options={**THROW_AWAY, "max_connections": "200"}) as server:
            yield server


def _start(
    cluster: Cluster, log: Path, port: int | None, settings: Mapping[str, str]
) -> tuple[int, Child]:
    """Start the server, again on another port when somebody took the one that was free."""
    for _attempt in range(_ATTEMPTS):
        chosen = port or free_port()
        child = _spawn(cluster, log, chosen, settings)
        if _becomes_ready(cluster, child):
            return chosen, child
        words = child.last_words(20)
        if "could not bind" in words and port is None:
            continue
        if "shared memory block" in words:
            # A session of a server killed -9 notices its death when its statement ends.
            time.sleep(1)
            continue
        break
    raise _start_problem(cluster, child)


def _spawn(cluster: Cluster, log: Path, port: int, settings: Mapping[str, str]) -> Child:
    command: list[str | Path] = [cluster.program("postgres"), "-D", cluster.data]
    command += ["-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return start(
        "postgres",
        command,
        log=log,
        environment=ENVIRONMENT,
        at_our_death=signal.SIGINT,
        account=cluster.account,
    )


def _becomes_ready(cluster: Cluster, child: Child) -> bool:
    deadline = time.monotonic() + _START_PATIENCE_SECONDS
    try:
        while not child.has_ended() and time.monotonic() < deadline:
            if cluster.is_ready(child.process.pid):
                return True
            time.sleep(_POLL_SECONDS)
    except BaseException:
        stop([child], signal.SIGINT, patience_seconds=_STOP_PATIENCE_SECONDS)
        raise
    stop([child], signal.SIGINT, patience_seconds=_STOP_PATIENCE_SECONDS)
    return False


def _start_problem(cluster: Cluster, child: Child) -> LocalProblem:
    words = child.last_words(20)
    # On a full disk there is no room for the log to say so.
    if speaks_of_a_full_disk(words) or is_full(cluster.data):
        return disk_full(cluster.data)
    reasons = [line for line in words.splitlines() if "FATAL" in line or "cannot start" in line]
    reason = (reasons or words.splitlines() or ["no reason given"])[0].strip()
    return LocalProblem(f"PostgreSQL did not start ({reason})", f"See {child.log}")


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port

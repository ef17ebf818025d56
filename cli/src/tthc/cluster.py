"""A PostgreSQL data directory: where it lies, whose it is, how it is made, who still uses it."""

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tthc import binaries
from tthc.problems import LocalProblem, disk_full, speaks_of_a_full_disk, writing_under
from tthc.processes import Account, command_line, is_alive, launcher, wait_until_gone

ADMIN = "postgres"
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

_A_PID_THAT_NOBODY_HAS = 2**31 - 1
_STATUS_LINE = 7
_READY = "ready"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data directory with the programs and the account that serve it."""

    data: Path
    programs: Path
    account: Account | None

    def program(self, name: str) -> Path:
        """Return the path of a PostgreSQL program."""
        return self.programs / "bin" / name

    def is_ready(self, pid: int) -> bool:
        """Return whether the server of this process says that it accepts connections."""
        lines = _lock_lines(self.data)
        return (
            len(lines) > _STATUS_LINE
            and lines[0] == str(pid)
            and lines[_STATUS_LINE].strip() == _READY
        )


def cluster_of(home: Path) -> Cluster:
    """Return the cluster of `home`, existing or to be made.

    As root, PostgreSQL runs as the owner of an existing data directory, else as nobody. When
    nobody cannot enter `home`, the data lies in a shelter and `home/postgres` points there.
    """
    place = home / "postgres"
    if os.geteuid() != 0:
        binaries.require_a_name()
        with writing_under(home):
            place.mkdir(exist_ok=True)
        return Cluster(place.resolve() / "data", binaries.programs_for(None), None)
    if not place.exists():
        _make_place(place)
    data = place.resolve() / "data"
    account = _owner(data) if data.exists() else binaries.nobody()
    return Cluster(data, binaries.programs_for(account), account)


def _make_place(place: Path) -> None:
    if binaries.can_enter(binaries.nobody(), place.parent):
        with writing_under(place.parent):
            place.mkdir()
        return
    name = hashlib.sha256(os.fsencode(place.parent.resolve())).hexdigest()[:16]
    sheltered = binaries.shelter(name)
    with writing_under(place.parent):
        place.unlink(missing_ok=True)
        place.symlink_to(sheltered)


def _owner(data: Path) -> Account | None:
    status = data.stat()
    return Account(status.st_uid, status.st_gid) if status.st_uid else None


def create_data(cluster: Cluster, password: str, *, options: Mapping[str, str]) -> None:
    """Run initdb unless the data directory is there; it appears whole or not at all."""
    if cluster.data.exists():
        _require_ours(cluster)
        return
    making = cluster.data.with_name(f"making-{os.getpid()}")
    new, password_file = making / "data", making / "password"
    with writing_under(cluster.data.parent):
        for leftover in cluster.data.parent.glob("making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        making.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        new.mkdir(mode=0o700)
        if cluster.account:
            for path in (making, password_file, new):
                os.chown(path, cluster.account.user, cluster.account.group)
    try:
        _initdb(cluster, new, password_file, durable=options.get("fsync") != "off")
        new.rename(cluster.data)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _initdb(cluster: Cluster, new: Path, password_file: Path, *, durable: bool) -> None:
    made = subprocess.run(
        [
            *launcher(signal.SIGKILL, cluster.account),
            str(cluster.program("initdb")),
            f"--pgdata={new}",
            f"--username={ADMIN}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
            "--set=scram_iterations=256",
            *([] if durable else ["--no-sync"]),
        ],
        capture_output=True,
        text=True,
        env=dict(ENVIRONMENT),
        cwd="/",
        check=False,
    )
    if made.returncode != 0:
        raise _initdb_problem(cluster, made.stdout + made.stderr)


def _initdb_problem(cluster: Cluster, output: str) -> LocalProblem:
    if speaks_of_a_full_disk(output):
        return disk_full(cluster.data.parent)
    complaints = [line for line in output.splitlines() if "error" in line or "FATAL" in line]
    reason = (complaints or output.splitlines() or ["no reason given"])[0]
    return LocalProblem(
        f"PostgreSQL could not make its data directory ({reason.strip()})",
        f"Check {cluster.data.parent}, or set DATABASE_URL",
    )


def _require_ours(cluster: Cluster) -> None:
    """Refuse a data directory of another user or of another major version."""
    if os.geteuid() not in (0, cluster.data.stat().st_uid):
        raise LocalProblem(
            f"{cluster.data} belongs to another user (perhaps of an earlier run as root)",
            "Run as that user, or remove it with `sudo make clean`",
        )
    found = (cluster.data / "PG_VERSION").read_text().strip()
    asked = subprocess.run(
        [cluster.program("postgres"), "--version"], capture_output=True, text=True, check=True
    )
    ours = asked.stdout.split()[-1].partition(".")[0]
    if found != ours:
        raise LocalProblem(
            f"{cluster.data} was made by PostgreSQL {found}, this is PostgreSQL {ours}",
            "Move that folder away to start afresh, or set DATABASE_URL to a server that reads it",
        )


def settle_with_former_server(cluster: Cluster) -> None:
    """Stop the server that a run killed before us may have left on this data directory.

    The caller holds the lock of the home, so no living run owns such a server. The file
    `postmaster.pid` is never removed: it also names the shared memory by which PostgreSQL knows
    whether processes of the former server are still at work on these files.
    """
    lines = _lock_lines(cluster.data)
    if not lines or not lines[0].isdigit() or not is_alive(pid := int(lines[0])):
        return
    if str(cluster.data) not in command_line(pid):
        # The id now belongs to somebody else; PostgreSQL would take that for a living server.
        lines[0] = str(_A_PID_THAT_NOBODY_HAS)
        (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        return
    for request, patience_seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
        os.kill(pid, request)
        if wait_until_gone(pid, patience_seconds):
            return
    raise LocalProblem(
        f"A PostgreSQL of an earlier run (process {pid}) does not stop", f"End it: kill -9 {pid}"
    )


def _lock_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []

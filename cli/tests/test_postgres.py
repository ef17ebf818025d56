import asyncio
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest
from tthc.cluster import ENVIRONMENT, cluster_of
from tthc.databases import ensure_database
from tthc.locks import AlreadyHeld
from tthc.postgres import discard_data, embedded_postgres, free_port, temporary_postgres
from tthc.problems import LocalProblem
from tthc.processes import is_alive, start, stop


def query(url: str, statement: str):
    async def ask():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    with asyncio.Runner() as runner:
        return runner.run(ask())


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def test_data_outlives_the_server(folder):
    with embedded_postgres(folder) as server:
        query(server.admin_url, "CREATE TABLE kept AS SELECT 'Phú Sơn' AS ward")
    with embedded_postgres(folder) as server:
        assert query(server.admin_url, "SELECT ward FROM kept") == "Phú Sơn"


def test_commits_are_durable_and_pages_are_checked(folder):
    with embedded_postgres(folder) as server:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert query(server.admin_url, f"SHOW {setting}") == "on"
        assert query(server.admin_url, "SHOW listen_addresses") == "127.0.0.1"
        assert query(server.admin_url, "SHOW unix_socket_directories") == ""


def test_letters_of_vietnamese_change_case_everywhere():
    with temporary_postgres() as server:
        assert query(server.admin_url, "SELECT lower('ĐƯỜNG PHỐ')") == "đường phố"


def test_a_password_is_needed(folder):
    with embedded_postgres(folder) as server:
        stranger = server.admin_url.replace(server.password_of("postgres"), "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            query(stranger, "SELECT 1")
    assert (folder / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_server_never_runs_as_root(folder):
    with embedded_postgres(folder) as server:
        pid = server.process.process.pid
        assert owner_of(pid) != 0
        assert owner_of(pid) == (folder / "postgres" / "data").stat().st_uid


def test_a_folder_closed_to_other_users_is_no_hindrance(closed_folder):
    for _time in range(2):
        with embedded_postgres(closed_folder) as server:
            asyncio.run(ensure_database(server, "kept"))


def test_two_servers_never_share_a_folder(folder):
    with embedded_postgres(folder) as server:
        with pytest.raises(AlreadyHeld, match="in use by another run"), embedded_postgres(folder):
            pass
        assert query(server.admin_url, "SELECT 1") == 1


def test_a_server_left_by_a_killed_run_is_stopped(folder):
    with embedded_postgres(folder) as server:
        query(server.admin_url, "CREATE TABLE kept AS SELECT 1")
    cluster = cluster_of(folder)
    orphan = start(
        "orphan",
        [
            *(cluster.program("postgres"), "-D", cluster.data, "-p", str(free_port())),
            *("-c", "unix_socket_directories="),
        ],
        log=folder / "orphan.log",
        environment=ENVIRONMENT,
        at_our_death=signal.SIGINT,
        account=cluster.account,
    )
    try:
        while not cluster.is_ready(orphan.process.pid):
            assert not orphan.has_ended(), orphan.last_words()
        with embedded_postgres(folder) as server:
            assert orphan.wait(1)
            assert query(server.admin_url, "SELECT count(*) FROM kept") == 1
    finally:
        stop([orphan], signal.SIGINT, patience_seconds=5)


def test_a_process_that_got_the_id_of_a_former_server_is_left_alone(folder):
    with embedded_postgres(folder):
        lock = (folder / "postgres" / "data" / "postmaster.pid").read_text()
    mine = lock.replace(lock.splitlines()[0], str(os.getpid()), 1)
    (folder / "postgres" / "data" / "postmaster.pid").write_text(mine)
    with embedded_postgres(folder) as server:
        assert query(server.admin_url, "SELECT 1") == 1


def test_a_session_that_outlives_its_killed_server_is_waited_for(folder):
    """A session in the middle of a statement does not notice that its postmaster is gone."""

    async def kill_while_busy(server):
        connection = await asyncpg.connect(server.admin_url)
        session = await connection.fetchval("SELECT pg_backend_pid()")
        busy = asyncio.create_task(
            connection.execute("SELECT count(*) FROM generate_series(1, 20000000)")
        )
        await asyncio.sleep(0.1)
        os.kill(server.process.process.pid, signal.SIGKILL)
        server.process.process.wait()
        assert is_alive(session)
        busy.cancel()
        connection.terminate()

    with embedded_postgres(folder) as server:
        asyncio.run(kill_while_busy(server))
    with embedded_postgres(folder) as server:
        assert query(server.admin_url, "SELECT 1") == 1


def test_data_of_another_major_version_is_refused_with_the_remedy(folder):
    with embedded_postgres(folder):
        pass
    (folder / "postgres" / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(LocalProblem) as problem, embedded_postgres(folder):
        pass
    assert "was made by PostgreSQL 12, this is PostgreSQL 18. Move that folder" in str(
        problem.value
    )
    assert "\n" not in str(problem.value)


def test_a_start_cut_short_is_made_good(folder):
    half = folder / "postgres" / "making-1"
    (half / "data").mkdir(parents=True)
    (half / "data" / "PG_VERSION").write_text("half")
    with embedded_postgres(folder) as server:
        assert query(server.admin_url, "SELECT 1") == 1
    assert not half.exists()


def test_discarded_data_is_gone(folder):
    with embedded_postgres(folder) as server:
        query(server.admin_url, "CREATE TABLE kept AS SELECT 1")
    discard_data(folder)
    with embedded_postgres(folder) as server:
        assert query(server.admin_url, "SELECT to_regclass('kept')") is None


def test_a_temporary_server_leaves_nothing():
    with temporary_postgres() as server:
        place = server.passwords.file.parent
        assert place.exists()
    assert not place.exists()


def test_an_ordinary_user_can_run_it(folder):
    """As root, the run becomes user nobody, with the right to read what root could read."""
    folder.chmod(0o777)
    become = []
    if os.geteuid() == 0:
        capability = "+dac_override"
        become = [shutil.which("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
        become += ["--inh-caps", capability, "--ambient-caps", capability]
    script = """
        import os, sys
        from pathlib import Path
        from tthc.postgres import embedded_postgres
        for _time in range(2):
            with embedded_postgres(Path(sys.argv[1])) as server:
                print(os.geteuid(), Path(f"/proc/{server.process.process.pid}").stat().st_uid)
    """
    ran = subprocess.run(
        [*become, sys.executable, "-c", textwrap.dedent(script), str(folder / "home")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for line in ran.stdout.splitlines():
        ours, servers = line.split()
        assert ours == servers != "0"

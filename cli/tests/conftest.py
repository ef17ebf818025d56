"""Two small services with migrations of their own, and a way to run them as the stack runs."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tthc.postgres import free_port

PLAY = Path(__file__).with_name("play.py")

APPLICATION = """
import json
import os

async def answer(scope, receive, send):
    if scope["type"] != "http":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"] == "/die":
        print("a last word", flush=True)
        os._exit(7)
    start = {"type": "http.response.start", "status": 200, "headers": []}
    await send(start)
    await send({"type": "http.response.body", "body": b"NAME"})

def create_app():
    if "NAME" == "north":
        with open(os.environ["URL_FILE"], "w") as file:
            file.write(os.environ["NORTH_DATABASE_URL"])
    return answer
"""
ENVIRONMENT = """
import os
from alembic import context
from sqlalchemy import create_engine, text
import asyncio
import asyncpg

async def migrate():
    connection = await asyncpg.connect(os.environ["NAME_DATABASE_URL".upper()])
    await connection.execute("CREATE TABLE visits (seen_at timestamptz DEFAULT now())")
    await connection.execute("CREATE TABLE alembic_version (version_num text)")
    await connection.execute("INSERT INTO alembic_version VALUES ('0001_first')")
    await connection.close()

asyncio.run(migrate())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with spaces in its path, open to the user that PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="tthc test ") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


@pytest.fixture(scope="session")
def playground() -> Iterator[Path]:
    """The folder that holds the two small services."""
    with tempfile.TemporaryDirectory(prefix="tthc play ") as name:
        for service in ("north", "south"):
            place = Path(name) / service
            (place / "migrations" / "versions").mkdir(parents=True)
            (place / "migrations" / "HEAD").write_text("0001_first\n")
            (place / "migrations" / "env.py").write_text(ENVIRONMENT.replace("NAME", service))
            (place / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
            (place / "__init__.py").touch()
            (place / "main.py").write_text(APPLICATION.replace("NAME", service))
        yield Path(name)


@dataclass
class Play:
    """One run as a process of its own."""

    process: subprocess.Popen[str]
    told: dict = field(default_factory=dict)

    def is_up(self) -> "Play":
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.told = json.loads(line)
        return self

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; return the exit code and what was said on the way."""
        self.process.send_signal(number)
        _out, said = self.process.communicate(timeout=20)
        return self.process.returncode, said

    def living(self) -> set[str]:
        return {name for name, pid in self.told["pids"].items() if Path(f"/proc/{pid}").exists()}

    def all_gone(self, seconds: float = 10) -> bool:
        deadline = time.monotonic() + seconds
        while self.living() and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.living()


@pytest.fixture
def play(folder: Path, playground: Path) -> Iterator[Callable[..., Play]]:
    """Return a function that starts a run; what is still running at the end is killed."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    started: list[Play] = []

    def start(*ports: int, kind: str = "run", **variables: str) -> Play:
        ports = ports or (free_port(), free_port())
        process = subprocess.Popen(
            [sys.executable, str(PLAY), str(folder), str(playground), kind, *map(str, ports)],
            env={**environment, "PYTHONPATH": str(playground), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(Play(process))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()
        if one.told:
            assert one.all_gone()


@pytest.fixture
def closed_folder(folder: Path) -> Iterator[Path]:
    """A folder that nobody but its owner may enter, as root's home is."""
    closed = folder / "closed to others"
    closed.mkdir(mode=0o700)
    yield closed
    for place in closed.rglob("postgres"):
        if place.is_symlink():
            shutil.rmtree(place.resolve())

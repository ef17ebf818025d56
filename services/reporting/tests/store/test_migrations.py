"""The schema goes up, down and up again, and is the one that the mapped rows describe."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tthc.databases import ensure_database

SERVICE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def alembic(postgres):
    with asyncio.Runner() as runner:
        url = runner.run(ensure_database(postgres, "reporting_stairway"))

    def run(*command):
        return subprocess.run(
            [sys.executable, "-m", "alembic", "-c", str(SERVICE / "alembic.ini"), *command],
            env={**os.environ, "REPORTING_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    return run


def test_up_down_up_and_no_drift(alembic):
    alembic("upgrade", "head")
    alembic("downgrade", "base")
    alembic("upgrade", "head")
    assert "No new upgrade operations detected" in alembic("check")


def test_head_names_the_last_revision(alembic):
    head = (SERVICE / "migrations" / "HEAD").read_text().strip()
    assert alembic("heads").split()[0] == head
    assert (SERVICE / "migrations" / "versions" / f"{head}.py").exists()

"""The schema is what the mapping says, and every step can be taken back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tthc.databases import ensure_database

SERVICE = Path(__file__).parents[2]


def alembic(url, *command):
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(SERVICE / "alembic.ini"), *command],
        env={**os.environ, "RATING_DATABASE_URL": url},
        check=True,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def empty_database(postgres):
    with asyncio.Runner() as runner:
        return runner.run(ensure_database(postgres, "rating_stairway"))


def test_up_down_up_without_drift(empty_database):
    alembic(empty_database, "upgrade", "head")
    assert "No new upgrade operations" in alembic(empty_database, "check").stdout
    alembic(empty_database, "downgrade", "base")
    alembic(empty_database, "upgrade", "head")


def test_head_names_the_last_revision(rating_url):
    head = (SERVICE / "migrations" / "HEAD").read_text().strip()
    assert alembic(rating_url, "heads").stdout.startswith(head)

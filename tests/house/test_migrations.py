"""Rules about the four schema histories."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tthc.databases import ensure_database

ROOT = Path(__file__).parents[2]
SERVICES = ["catalog", "dossier", "rating", "reporting"]


def alembic(service, url, *command):
    return subprocess.run(
        [
            sys.executable,
            *("-m", "alembic", "-c", str(ROOT / "services" / service / "alembic.ini")),
            *command,
        ],
        env={**os.environ, f"{service.upper()}_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("service", SERVICES)
def test_head_names_the_last_revision(service):
    folder = ROOT / "services" / service / "migrations"
    scripts = [f.read_text() for f in (folder / "versions").glob("*.py")]
    revisions = {re.search(r'^revision.*= "(\w+)"', text, re.MULTILINE)[1] for text in scripts}
    parents = {
        match[1]
        for text in scripts
        if (match := re.search(r'^down_revision.*= "(\w+)"', text, re.MULTILINE))
    }
    assert revisions - parents == {(folder / "HEAD").read_text().strip()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_imports_no_application_code(service):
    for file in (ROOT / "services" / service / "migrations" / "versions").glob("*.py"):
        imports = re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE)
        assert not {*SERVICES, "kit", "kernel"} & set(imports), file


@pytest.mark.parametrize("service", SERVICES)
def test_the_history_goes_up_down_and_up_and_ends_where_the_tables_are(service, postgres):
    with asyncio.Runner() as runner:
        url = runner.run(ensure_database(postgres, f"{service}_stairs"))
    for step in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"], ["check"]):
        done = alembic(service, url, *step)
        assert done.returncode == 0, done.stdout + done.stderr

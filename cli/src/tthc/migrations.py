"""Bring the databases of the services to the revision that their code expects."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence

from tthc import migrating
from tthc.databases import Server, revision_of, setting_up
from tthc.problems import LocalProblem, disk_full, speaks_of_a_full_disk
from tthc.services import PROJECT, Service


async def prepare_databases(server: Server, services: Sequence[Service]) -> None:
    """Create the databases of `services` where they are missing, and migrate those behind."""
    async with setting_up(server, [service.database for service in services]):
        urls = {each: server.url(each.database, each.database) for each in services}
        revisions = await asyncio.gather(*(revision_of(url) for url in urls.values()))
        behind = [
            service
            for service, revision in zip(services, revisions, strict=True)
            if revision != _head(service)
        ]
        if behind:
            environment = {each.setting("database_url"): url for each, url in urls.items()}
            await _migrate(behind, environment)


def _head(service: Service) -> str:
    return (service.folder / "migrations" / "HEAD").read_text().strip()


async def _migrate(services: Sequence[Service], environment: dict[str, str]) -> None:
    files = [str(service.folder / "alembic.ini") for service in services]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", migrating.__name__, *files),
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = await process.communicate()
    if process.returncode:
        raise _problem(output.decode(), errors.decode(errors="replace"))


def _problem(output: str, errors: str) -> LocalProblem:
    if speaks_of_a_full_disk(errors):
        return disk_full(PROJECT)
    file = (output.splitlines() or ["alembic"])[-1]
    reason = (errors.strip().splitlines() or ["no reason given"])[-1]
    return LocalProblem(
        f"The database of {file} could not be migrated ({reason})",
        "Run alembic with that file by hand to see more",
    )

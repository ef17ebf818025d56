"""Bring the databases of the services to the revision that their code expects."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence

from tthc.concurrency import all_of
from tthc.databases import Server, revision_of, setting_up
from tthc.problems import LocalProblem, disk_full, speaks_of_a_full_disk
from tthc.services import PROJECT, Service


async def prepare_databases(server: Server, services: Sequence[Service]) -> None:
    """Create and migrate the databases of `services`, all at the same time."""
    async with setting_up(server, [service.database for service in services]):
        await all_of(
            _migrate(service, server.url(service.database, service.database))
            for service in services
        )


async def _migrate(service: Service, url: str) -> None:
    head = (service.folder / "migrations" / "HEAD").read_text().strip()
    if await revision_of(url) == head:
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "alembic", "-c", str(service.folder / "alembic.ini"), "upgrade", "head"),
        env={**os.environ, service.setting("database_url"): url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _nothing = await process.communicate()
    if process.returncode:
        raise _problem(service, output.decode(errors="replace"))


def _problem(service: Service, output: str) -> LocalProblem:
    if speaks_of_a_full_disk(output):
        return disk_full(PROJECT)
    reason = (output.strip().splitlines() or ["no reason given"])[-1]
    return LocalProblem(
        f"The database of {service.name} could not be migrated ({reason})",
        f"Run alembic by hand to see more: services/{service.name}/README.md",
    )

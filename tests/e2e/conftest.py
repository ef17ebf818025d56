"""The real stack with the demo quarter in it: real processes, real HTTP, a real PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from tthc import demo_data
from tthc.keys import LocalIssuer
from tthc.migrations import prepare_databases
from tthc.postgres import temporary_postgres
from tthc.report_api import report_desk
from tthc.report_run import build_report
from tthc.services import SERVICES
from tthc.stack import running_services

QUIET = Console(quiet=True)
PATIENCE = httpx.Timeout(60)


@dataclass(frozen=True, slots=True)
class Stack:
    """The running services, and who may ask them."""

    urls: dict[str, str]
    issuer: LocalIssuer

    def service(self, name: str, *scopes: str, agency: str = "H56.18.26") -> httpx.AsyncClient:
        token = self.issuer.token("e2e", agency, scopes, timedelta(hours=1))
        return httpx.AsyncClient(
            base_url=self.urls[name],
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
        )


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    home: Path = tmp_path_factory.mktemp("stack")
    issuer = LocalIssuer(home / "keys")
    with temporary_postgres() as server:
        await prepare_databases(server, SERVICES)
        starting = running_services(
            SERVICES,
            home=home,
            server=server,
            keys=home / "keys",
            console=QUIET,
            shared={**demo_data.gauges(), "metrics_refresh_seconds": "1"},
        )
        async with starting as running:
            yield Stack(dict(running.addresses), issuer)


@pytest.fixture(scope="session")
async def loaded(stack: Stack) -> Stack:
    """The stack after the demo was loaded twice: the second load must change nothing."""
    for _time in range(2):
        await demo_data.load(stack.urls, stack.issuer, QUIET)
    return stack


@dataclass(frozen=True, slots=True)
class Sealed:
    """The report as `tthc demo` builds it, and what sealing it once more answered."""

    report: dict[str, Any]
    exit_code: int
    again: dict[str, Any]
    files: dict[str, Path]

    @property
    def path(self) -> str:
        return f"/v1/reports/{self.report['report_id']}"


@pytest.fixture(scope="session")
async def sealed(loaded: Stack, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    out = tmp_path_factory.mktemp("out")
    exit_code = await build_report(loaded.urls, loaded.issuer, out, QUIET)
    async with report_desk(loaded.urls["reporting"], loaded.issuer, demo_data.WARD) as desk:
        report = await desk.draft(demo_data.read("report.json"))
        again = await desk.seal(report)
    return Sealed(report, exit_code, again, {file.suffix: file for file in out.iterdir()})

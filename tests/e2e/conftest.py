"""The real stack with the demo quarter in it: real processes, real HTTP, a real PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable
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
            SERVICES, home=home, server=server, issuer=issuer, console=QUIET
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
    """The report after it was sealed twice."""

    report: dict[str, Any]
    seals: tuple[dict[str, Any], dict[str, Any]]
    path: str


@pytest.fixture(scope="session")
async def sealed(loaded: Stack) -> Sealed:
    """The report: drafted, written, checked against the printed one, collected and sealed."""
    scopes = ("reports:write", "reports:read", "reports:seal")
    async with loaded.service("reporting", *scopes) as reporting:
        head = await answer(reporting.post("/v1/reports", json=demo_data.read("report.json")))
        path = f"/v1/reports/{head['report_id']}"
        for section, text in demo_data.read("narratives.json").items():
            await answer(
                reporting.put(
                    f"{path}/narratives/{section}",
                    json={"text": text},
                    headers={"If-Match": '"0"'},
                )
            )
        await answer(reporting.post(f"{path}/stated-figures", json=demo_data.read("stated.json")))
        collected = await answer(reporting.post(f"{path}/collections", json={}))
        matching = {"If-Match": f'"{collected["version"]}"'}
        first = await answer(reporting.post(f"{path}/seal", headers=matching))
        second = await answer(reporting.post(f"{path}/seal", headers=matching))
        return Sealed(await answer(reporting.get(path)), (first, second), path)


async def answer(call: Awaitable[httpx.Response]) -> dict[str, Any]:
    response = await call
    assert response.is_success, f"{response.request.url} {response.status_code} {response.text}"
    content: dict[str, Any] = response.json()
    return content

"""What every test may stand on: a real PostgreSQL, migrated databases, a real token issuer."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from kit.serving import OneWrite
from tthc.databases import ensure_database
from tthc.keys import LocalIssuer
from tthc.postgres import PostgresServer, temporary_postgres

ROOT = Path(__file__).parent

settings.register_profile(
    "shared-machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "branches", settings.get_profile("shared-machine"), derandomize=True, max_examples=20
)
settings.load_profile("shared-machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one part on one worker: they share its databases, stacks and ports."""
    for item in items:
        part = "-".join(item.path.relative_to(ROOT).parts[:2])
        item.add_marker(pytest.mark.xdist_group(part))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with temporary_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def database_url(postgres: PostgresServer) -> Callable[[str], str]:
    """Return a function: service, occasion -> address of a database of its own, migrated."""
    migrated: dict[str, str] = {}

    def url_of(service: str, occasion: str = "test") -> str:
        name = f"{service}_{occasion}"
        if name not in migrated:
            # In a thread of its own: an asynchronous fixture may ask, and its loop is running.
            with ThreadPoolExecutor(1) as aside:
                url = aside.submit(asyncio.run, ensure_database(postgres, name)).result()
            migrate(service, url)
            migrated[name] = url
        return migrated[name]

    return url_of


def migrate(service: str, url: str, *command: str) -> None:
    subprocess.run(
        [
            sys.executable,
            *("-m", "alembic", "-c", str(ROOT / "services" / service / "alembic.ini")),
            *(command or ("upgrade", "head")),
        ],
        env={**os.environ, f"{service.upper()}_DATABASE_URL": url},
        check=True,
        capture_output=True,
    )


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve `app` on a real socket, in a thread with a loop of its own; give its address."""
    served = uvicorn.Server(
        uvicorn.Config(app, port=0, http=OneWrite, log_level="critical", lifespan="on", ws="none")
    )
    thread = threading.Thread(target=served.run)
    thread.start()
    while not served.started:
        assert thread.is_alive(), "the application did not start"
        thread.join(0.02)
    try:
        host, port = served.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        served.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def serve() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Return `serving`: what generated requests are sent to must run as in production."""
    return serving


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> LocalIssuer:
    return LocalIssuer(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def bearer(issuer: LocalIssuer) -> Callable[..., dict[str, str]]:
    """Return a function: scopes, agency, subject -> the Authorization header."""

    def headers(
        *scopes: str, agency: str = "H56.18.26", subject: str = "officer-1"
    ) -> dict[str, str]:
        token = issuer.token(subject, agency, scopes, timedelta(hours=1))
        return {"Authorization": f"Bearer {token}"}

    return headers

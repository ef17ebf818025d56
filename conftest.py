"""What every test may stand on: a real PostgreSQL, migrated databases, a real token issuer."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tthc.databases import ensure_database
from tthc.keys import LocalIssuer
from tthc.postgres import PostgresServer, temporary_postgres

ROOT = Path(__file__).parent

settings.register_profile(
    "shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared-machine")


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

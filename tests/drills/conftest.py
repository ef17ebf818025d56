"""A town at work, to be struck: a durable PostgreSQL, the catalogue and the dossier service.

Each is a process of its own that a drill may kill or stop, and start again where it was.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tthc.keys import LocalIssuer, personal_data_key
from tthc.migrations import prepare_databases
from tthc.postgres import LOOPBACK, PostgresServer, embedded_postgres, free_port
from tthc.processes import Child, start, stop
from tthc.services import SERVICES, Service

CATALOG, DOSSIER = SERVICES[:2]
DISTRICT = "H56.18"
WARDS = tuple(f"{DISTRICT}.{number}" for number in range(1, 21))
PROCEDURES = ("1.001193", "2.000815")
FRESH_SECONDS = 1
_ORIGIN = "2020-01-01"


@dataclass(slots=True)
class Struck:
    """A service's process, at the same address through all its lives."""

    name: str
    home: Path
    settings: Mapping[str, str]
    port: int
    child: Child = field(init=False)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        own = {f"{self.name}_{name}".upper(): value for name, value in self.settings.items()}
        place = ("--host", LOOPBACK, "--port", str(self.port))
        quiet = ("--http", "kit.serving:OneWrite", "--no-access-log", "--log-level", "warning")
        application = ("--factory", f"{self.name}.main:create_app")
        self.child = start(
            self.name,
            [sys.executable, "-m", "uvicorn", *application, *place, *quiet],
            log=self.home / f"{self.name}.log",
            environment={**os.environ, **own},
            at_our_death=signal.SIGKILL,
        )

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        self.child.process.send_signal(number)
        if number == signal.SIGKILL:
            self.child.process.wait()

    def end(self) -> None:
        self.signal(signal.SIGCONT)
        stop([self.child], signal.SIGTERM, patience_seconds=5)


class Database:
    """The PostgreSQL server under a home, at the same port through all its lives."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = free_port()
        self._life = ExitStack()
        self.server: PostgresServer

    def start(self) -> None:
        self.server = self._life.enter_context(embedded_postgres(self._home, port=self._port))

    def kill(self) -> None:
        """End the postmaster as a power cut would; its sessions end when they notice."""
        self.server.process.process.kill()
        self.server.process.process.wait()
        self.end()

    def end(self) -> None:
        self._life.close()


@dataclass(frozen=True, slots=True)
class Town:
    """What a drill strikes, and how it speaks to it."""

    database: Database
    catalog: Struck
    dossier: Struck
    issuer: LocalIssuer

    def headers(self, *scopes: str, agency: str = DISTRICT, by: str = "officer-1") -> dict:
        token = self.issuer.token(by, agency, scopes, timedelta(hours=1))
        return {"Authorization": f"Bearer {token}"}

    @property
    def records(self) -> str:
        """Return the address of the dossier service's database."""
        return self.database.server.url(DOSSIER.database, DOSSIER.database)


async def ready(service: Struck, *, within: float) -> float:
    """Wait until `service` says it is ready; return the seconds that took."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=service.url, timeout=2) as client:
        while (waited := time.monotonic() - began) < within:
            assert not service.child.has_ended(), service.child.last_words(20)
            try:
                if (await client.get("/readyz")).is_success:
                    return waited
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"{service.name} is not ready after {within} s")


@pytest.fixture(scope="session")
def until_ready() -> Callable[..., object]:
    return ready


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tthc-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # Another user's PostgreSQL passes through; it cannot list.
        yield home


@pytest.fixture(scope="session")
async def town(home: Path) -> AsyncIterator[Town]:
    async with _founded(home) as town:
        yield town


@asynccontextmanager
async def _founded(home: Path) -> AsyncIterator[Town]:
    issuer = LocalIssuer(home / "keys")
    database = Database(home / "records")
    database.start()
    try:
        await prepare_databases(database.server, (CATALOG, DOSSIER))
        catalog = Struck("catalog", home, _settings(CATALOG, database, issuer), free_port())
        asking = {
            "catalog_url": catalog.url,
            "catalog_fresh_seconds": str(FRESH_SECONDS),
            "service_token": issuer.token("service-dossier", "*", (), timedelta(hours=1)),
            "personal_data_key": personal_data_key(home / "keys"),
        }
        settings = {**_settings(DOSSIER, database, issuer), **asking}
        dossier = Struck("dossier", home, settings, free_port())
        town = Town(database, catalog, dossier, issuer)
        for service in (catalog, dossier):
            service.start()
        try:
            for service in (catalog, dossier):
                await ready(service, within=60)
            await _settle(town)
            yield town
        finally:
            for service in (dossier, catalog):
                service.end()
    finally:
        database.end()


def _settings(service: Service, database: Database, issuer: LocalIssuer) -> dict[str, str]:
    url = database.server.url(service.database, service.database)
    return {"jwks_file": str(issuer.jwks_file), "database_url": url}


async def _settle(town: Town) -> None:
    """Tell the catalogue of a district and its procedures."""
    headers = town.headers("catalog:write", agency="*")
    async with httpx.AsyncClient(base_url=town.catalog.url, headers=headers, timeout=30) as client:

        async def post(path: str, **body: object) -> None:
            answer = await client.post(path, json=body)
            assert answer.is_success, answer.text

        tree = [("H56", "province", None), (DISTRICT, "district", "H56")]
        tree += [(ward, "commune", DISTRICT) for ward in WARDS]
        for code, level, parent in tree:
            known = {"name": code, "level": level, "parent_code": parent}
            await post("/v1/agencies", code=code, valid_from=_ORIGIN, **known)
        await post("/v1/procedure-fields", code="ho-tich", name="Hộ tịch")
        limit = {"time_limit_value": 3, "time_limit_unit": "working_day"}
        for code in PROCEDURES:
            await post(
                "/v1/procedures",
                code=code,
                name=f"Thủ tục mẫu {code}",
                field_code="ho-tich",
                level="commune",
                filing_methods=[{"channel": "direct", **limit}, {"channel": "online", **limit}],
                steps=["Nộp hồ sơ"],
                components=[{"name": "Tờ khai", "original_count": 1}],
                applicants=["Công dân Việt Nam"],
                valid_from=_ORIGIN,
            )
        notice = {"kind": "off", "note": "Quốc khánh", "decided_by": "mẫu", "source": "mẫu"}
        await post("/v1/calendar-releases", name="drill", days=[{"day": "2026-09-02", **notice}])


@pytest.fixture(scope="session")
def ward() -> Callable[[], str]:
    """Return a function that gives a drill a ward of its own."""
    left = iter(WARDS)
    return lambda: next(left)


@pytest.fixture(scope="session")
def fresh_seconds() -> float:
    """Return for how long a copy of the catalogue is taken for fresh."""
    return FRESH_SECONDS

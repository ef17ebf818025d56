import base64
import itertools
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from dossier import main
from dossier.clients import (
    AgencyCopy,
    AgencyTreeCopy,
    Answer,
    CalendarCopy,
    ProcedureCopy,
    SubtreeCopy,
)
from dossier.domain.errors import UnknownAgency, UnknownProcedure
from dossier.main import create_app
from dossier.settings import Settings
from dossier.store.record_floor import NOT_YET
from dossier.tables.counts import record_floor
from fastapi import FastAPI
from kernel.refusals import NeighbourUnavailable
from kit.db import create_engine, write_sessions
from sqlalchemy import update

NOW = datetime(2022, 10, 15, 3, tzinfo=UTC)
WARD = "H56.18.26"
PROCEDURE = "1.001193"
ENDED_ON = date(2025, 6, 30)
"""The last day of agencies that are no more."""
DAYS_OFF = ["2022-09-01", "2022-09-02"]


def version(**changes) -> dict:
    methods = [
        {"channel": channel, "time_limit_value": 3, "time_limit_unit": "working_day"}
        for channel in ("direct", "online", "postal")
    ]
    return {
        "version_number": 1,
        "name": "Đăng ký khai sinh",
        "field_code": "ho-tich",
        "filing_methods": methods,
        "supplement_policy": "restart",
        "cutoff_time": None,
        "valid_from": "2020-01-01",
        "valid_to": None,
        **changes,
    }


class FakeCatalog:
    """The catalogue's client with answers of its own; tests/contract keeps the real one honest."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked: list[str] = []
        self.days_off = [*DAYS_OFF]
        self.agencies = {"H56", "H56.18", WARD}
        self.ended: set[str] = set()
        self.names: dict[str, str] = {}
        self.procedures = {
            PROCEDURE: [version()],
            "1.000001": [version(name="Chứng thực bản sao", field_code=None, cutoff_time="15:00")],
            "1.000002": [version(valid_from="2022-08-01", valid_to="2022-09-01")],
            "1.000003": [version(filing_methods=version()["filing_methods"][:1])],
            "1.000004": [version(supplement_policy="pause", field_code="dat-dai")],
        }

    async def procedure(self, code: str, *, etag: str | None = None) -> Answer | None:
        self._ask(f"procedure {code}")
        if code not in self.procedures:
            raise UnknownProcedure(procedure_code=code)
        return self._answer(ProcedureCopy, {"code": code, "versions": self.procedures[code]}, etag)

    async def calendar(self, *, etag: str | None = None) -> Answer | None:
        self._ask("calendar")
        notice = {"note": "Quốc khánh", "decided_by": "Thủ tướng Chính phủ"}
        days = [{"day": day, "kind": "off", **notice} for day in self.days_off]
        return self._answer(CalendarCopy, {"days": days}, etag)

    async def agency(
        self, code: str, *, on: date | None = None, etag: str | None = None
    ) -> Answer | None:
        self._ask(f"agency {code}")
        self._require(code)
        name = self.names.get(code, f"Ủy ban nhân dân phường Mẫu {code}")
        above = code.rpartition(".")[0] or None
        return self._answer(AgencyCopy, {"code": code, "name": name, "parent_code": above}, etag)

    async def tree(self, *, etag: str | None = None) -> Answer | None:
        self._ask("tree")
        first_day_after = (ENDED_ON + timedelta(days=1)).isoformat()
        links = [
            {
                "code": code,
                "parent_code": code.rpartition(".")[0] or None,
                "valid_to": first_day_after if code in self.ended else None,
            }
            for code in sorted(self.agencies | self.ended)
        ]
        return self._answer(AgencyTreeCopy, {"links": links}, etag)

    async def subtree(
        self,
        code: str,
        *,
        on: date | None = None,
        with_ended: bool = False,
        etag: str | None = None,
    ) -> Answer | None:
        self._ask(f"subtree {code}")
        there = self.agencies | {c for c in self.ended if with_ended or (on and on <= ENDED_ON)}
        self._require(code, among=there)
        codes = sorted(c for c in there if c == code or c.startswith(f"{code}."))
        return self._answer(SubtreeCopy, {"code": code, "codes": codes}, etag)

    def _ask(self, what: str) -> None:
        if self.is_away:
            raise NeighbourUnavailable(neighbour="catalog")
        self.asked.append(what)

    def _require(self, code: str, *, among: set[str] | None = None) -> None:
        if code not in (self.agencies if among is None else among):
            raise UnknownAgency(agency_code=code)

    def _answer(self, kind, body: dict, etag: str | None) -> Answer | None:
        tag = f'"{hash(json.dumps(body, sort_keys=True))}"'
        return None if tag == etag else Answer(kind.model_validate(body), tag)


class CatalogThatKnowsAll(FakeCatalog):
    """Any code is a code it knows, so that generated requests get past it."""

    async def procedure(self, code: str, *, etag: str | None = None) -> Answer | None:
        self.procedures.setdefault(code, [version()])
        return await super().procedure(code, etag=etag)

    def _require(self, code: str, *, among: set[str] | None = None) -> None:
        self.agencies.add(code)


@pytest.fixture(scope="session")
def catalog_that_knows_all() -> FakeCatalog:
    return CatalogThatKnowsAll()


@pytest.fixture(scope="session")
def settings(database_url, issuer) -> Settings:
    return Settings(
        database_url=database_url("dossier"),
        jwks_file=issuer.jwks_file,
        catalog_url="http://catalog.invalid",
        service_token="unused",
        personal_data_key=base64.b64encode(bytes(32)).decode(),
        fold_seconds=0,
        verify_seconds=0,
    )


@pytest.fixture(scope="session")
async def running_app(settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
async def copies(settings):
    url = settings.database_url.get_secret_value()
    engine = create_engine(url, pool_size=1, application_name="test")
    yield write_sessions(engine)
    await engine.dispose()


@pytest.fixture
def catalog() -> FakeCatalog:
    return FakeCatalog()


@pytest.fixture
async def app(running_app, catalog, copies) -> FastAPI:
    # Each test begins at an instant of its own, maybe long before those that others asked as of.
    async with running_app.state.sessions.begin() as tx:
        await tx.execute(update(record_floor).values(reached=NOT_YET, settled=NOT_YET))
    running_app.state.clock = lambda: NOW
    running_app.state.office = main.open_office(running_app, catalog, copies)
    return running_app


@pytest.fixture
async def client(app, bearer) -> AsyncIterator[httpx.AsyncClient]:
    """A client with every scope over the whole tree."""
    scopes = (
        *("dossiers:receive", "dossiers:process", "dossiers:read", "dossiers:import"),
        *("figures:read", "figures:fold"),
        "calendar:apply",
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://dossier",
        headers=bearer(*scopes, agency="*"),
    ) as client:
        yield client


@pytest.fixture
def later(app) -> Callable[..., None]:
    """Move the clock, so that copies are asked for again."""

    def move(**span: float) -> None:
        instant = app.state.clock() + timedelta(**span)
        app.state.clock = lambda: instant

    return move


_numbers = itertools.count(1)


@pytest.fixture
def agency(catalog) -> str:
    """A ward of its own, so that tests can commit without meeting each other."""
    number = next(_numbers)
    code = f"H77.{number // 900 + 1}.{number % 900 + 1}"
    catalog.agencies.add(code)
    return code


@pytest.fixture
def a_dossier(agency) -> Callable[..., dict]:
    def paper(**changes) -> dict:
        return {
            "agency_code": agency,
            "procedure_code": PROCEDURE,
            "channel": "direct",
            "received_at": "2022-08-31T10:00:00+07:00",
            "applicant": {
                "full_name": "Người nộp mẫu 001",
                "id_number": "000000000123",
                "phone": "0900000456",
            },
            **changes,
        }

    return paper

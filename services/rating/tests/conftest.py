"""The real application on a real database, with its neighbours replaced at the border."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from kernel.ratios import Ratio
from kernel.refusals import NeighbourUnavailable
from kernel.working_days import WorkingCalendar
from kit.errors import BadCursor
from rating.clients import (
    AgencySeen,
    CatalogClient,
    DossierClient,
    DossierSeen,
    NeighbourFigures,
    SettledDossier,
    SettledPage,
)
from rating.main import create_app
from rating.schemas.indicator_sets import IndicatorSetPaper
from rating.settings import Settings
from rating.store.indicator_sets import add_indicator_set
from tthc.databases import ensure_database

SERVICE = Path(__file__).parents[1]
RELEASE = SERVICE / "releases" / "tt01-2018.json"
NOW = datetime(2022, 10, 3, 2, 0, tzinfo=UTC)
LOADED_AT = datetime(2019, 1, 8, tzinfo=UTC)
ALL_OF_220 = {
    key: Ratio(220, 220)
    for key in (
        "procedures.settled_at_desk",
        "procedures.received_and_returned_at_desk",
        "procedures.posted.desk",
        "procedures.posted.agency_portal",
    )
}


class FakeCatalog(CatalogClient):
    """Knows every agency whose code starts with H; their tree is that of the codes."""

    def __init__(self):
        self.codes: set[str] = {"H56", "H56.18", "H56.18.26"}
        self.is_away = False
        self.shares: dict[str, Mapping[str, Ratio]] = {}

    def _answer(self):
        if self.is_away:
            raise NeighbourUnavailable(neighbour="catalog")

    async def agency(self, code: str, *, on: date):
        self._answer()
        return AgencySeen(code=code, level="commune") if code in self.codes else None

    async def subtree(self, code: str, *, on: date, with_ended: bool = False):
        self._answer()
        return frozenset(one for one in self.codes if one == code or one.startswith(f"{code}."))

    async def calendar(self, first_day: date, last_day: date):
        self._answer()
        return WorkingCalendar(frozenset({date(2022, 9, 1), date(2022, 9, 2)}))

    async def figures(self, query):
        self._answer()
        shares = {**ALL_OF_220, "procedures.online.share": Ratio(42, 220)}
        return NeighbourFigures("c1", {**shares, **self.shares.get(query.agency_code, {})}, {})


@dataclass
class FakeDossiers(DossierClient):
    """Keeps dossiers in memory and pages them as the dossier service does."""

    seen: dict[str, DossierSeen] = field(default_factory=dict)
    settled_of: dict[str, list[SettledDossier]] = field(default_factory=dict)
    is_away: bool = False

    def _answer(self):
        if self.is_away:
            raise NeighbourUnavailable(neighbour="dossier")

    async def dossier(self, code: str):
        self._answer()
        return self.seen.get(code)

    async def figures(self, query):
        self._answer()
        settled = [one.attributes.timeliness for one in self.settled_of.get(query.agency_code, [])]
        counts = {
            f"dossiers.settled.{one}": settled.count(one) for one in ("early", "on_time", "late")
        }
        share = Ratio(len(settled) // 3, len(settled))
        return NeighbourFigures(
            "d1",
            {"dossiers.received.online.share": share},
            {**counts, "dossiers.online.settled.late": 0},
        )

    async def settled(self, query, *, limit: int, cursor: str | None):
        self._answer()
        if cursor is not None and not cursor.isdigit():
            raise BadCursor
        every, start = self.settled_of.get(query.agency_code, []), int(cursor or 0)
        following = str(start + limit) if start + limit < len(every) else None
        return SettledPage(
            total=len(every), items=every[start : start + limit], next_cursor=following
        )


def a_settled_dossier(code: str, timeliness: str, ended_on: str = "2022-08-01"):
    return SettledDossier.model_validate(
        {
            "record_id": code,
            "occurred_on": ended_on,
            "attributes": {
                "agency_code": code.partition("-")[0],
                "timeliness": timeliness,
                "channel": "direct",
                "received_on": "2022-07-20",
                "due_on": "2022-08-01",
                "ended_on": ended_on,
            },
        }
    )


@pytest.fixture
def settled_dossiers():
    """Return a function: ward, number by timeliness -> its settled dossiers."""

    def settle(agency, **numbers):
        every = [one for timeliness, number in numbers.items() for one in [timeliness] * number]
        return [
            a_settled_dossier(f"{agency}-220720-{serial:04d}", timeliness)
            for serial, timeliness in enumerate(every, start=1)
        ]

    return settle


@pytest.fixture(scope="session")
def fakes():
    """Return a function that makes a fake catalogue and a fake dossier service."""
    return lambda: (FakeCatalog(), FakeDossiers())


@pytest.fixture(scope="session")
def own_database(postgres):
    """Return a function: name -> address of an empty database that nobody else looks at."""

    def create(name: str) -> str:
        with asyncio.Runner() as runner:
            return runner.run(ensure_database(postgres, f"rating_{name}"))

    return create


@pytest.fixture(scope="session")
def alembic():
    """Return a function: address, command -> what alembic printed."""

    def run(url: str, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "-c", str(SERVICE / "alembic.ini"), *command],
            env={**os.environ, "RATING_DATABASE_URL": url},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    return run


@pytest.fixture(scope="session")
def rating_url(database_url):
    return database_url("rating")


@pytest.fixture(scope="session")
async def app(rating_url, issuer):
    app = create_app(
        Settings(
            database_url=rating_url,
            jwks_file=issuer.jwks_file,
            catalog_url="http://catalog.invalid",
            dossier_url="http://dossier.invalid",
            service_token="not-used-by-fakes",
            log_level="ERROR",
        )
    )
    async with app.router.lifespan_context(app):
        async with app.state.sessions.begin() as session:
            paper = IndicatorSetPaper.model_validate_json(RELEASE.read_text())
            await add_indicator_set(session, paper, recorded_at=LOADED_AT, recorded_by="release")
        yield app


@pytest.fixture
def neighbours(app):
    """Put fresh fakes at the border and stop the clock."""
    app.state.catalog, app.state.dossiers = FakeCatalog(), FakeDossiers()
    app.state.clock = lambda: NOW
    return SimpleNamespace(catalog=app.state.catalog, dossiers=app.state.dossiers)


@pytest.fixture
async def client(app, neighbours):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rating") as client:
        yield client


_numbers = count(1)


@pytest.fixture
def agency(neighbours):
    """A ward nobody else in the run has used, so that tests may commit."""
    number = next(_numbers)
    code = f"H57.{number // 900 + 1}.{number % 900}"
    neighbours.catalog.codes.add(code)
    return code


@pytest.fixture
def officer(bearer, agency):
    """The headers of somebody who may do everything in the test's ward."""
    return bearer(
        "ballots:issue",
        "feedback:write",
        "feedback:handle",
        "assessments:write",
        "figures:read",
        agency=agency,
    )


@pytest.fixture
def ended_dossier(neighbours, agency):
    """Return a function: serial, day of its end -> the code of a dossier of the ward."""

    def end(serial: int = 1, ended_on: date | None = date(2022, 8, 1)) -> str:
        code = f"{agency}-220720-{serial:04d}"
        neighbours.dossiers.seen[code] = DossierSeen(
            code=code, agency_code=agency, ended_on=ended_on
        )
        return code

    return end

import importlib.util
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import stamina
from reporting.main import create_app
from reporting.settings import Settings

SERVICE = Path(__file__).parents[1]
NOW = datetime(2022, 10, 15, 3, tzinfo=UTC)
_wards = itertools.count(100)

_spec = importlib.util.spec_from_file_location(
    "reporting_border", Path(__file__).with_name("border.py")
)
border = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(border)


@pytest.fixture(autouse=True)
def _no_waiting_between_retries():
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


@pytest.fixture(scope="session")
def database(database_url):
    return database_url("reporting")


@pytest.fixture
def world():
    return border.World()


@pytest.fixture
async def app(database, issuer, world):
    app = create_app(
        Settings(
            database_url=database,
            jwks_file=issuer.jwks_file,
            catalog_url="http://catalog",
            dossier_url="http://dossier",
            rating_url="http://rating",
            service_token="none",
        )
    )
    app.state.clock = lambda: NOW
    async with app.router.lifespan_context(app):
        app.state.neighbours = border.neighbours_of(world)
        yield app


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as client:
        yield client


@pytest.fixture
async def rules(client, bearer):
    """Load the data releases, as every installation does once."""
    keeper = bearer("periods:write", agency="*")
    for path, name in [
        ("/v1/period-schemes", "period-schemes.json"),
        ("/v1/report-forms", "form-ii06a.json"),
    ]:
        body = json.loads((SERVICE / "releases" / name).read_text())
        answer = await client.post(path, json=body, headers=keeper)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def ward(world):
    """Return the code of a ward that no other test has a report of."""
    code = f"H56.18.{next(_wards)}"
    world.add_agency("H56.18", "UBND thị xã Bỉm Sơn", "district")
    world.add_agency(code, "UBND phường Phú Sơn", parent="H56.18")
    return code


@pytest.fixture
def officer(bearer, ward):
    """Return the headers of an officer of the ward who may do everything with reports."""
    return bearer("reports:read", "reports:write", "reports:seal", agency=ward)


@pytest.fixture
def draft(client, rules, ward, officer):
    """Return a function that opens a draft and answers its head."""

    async def opened(number=3, year=2022):
        period = {"scheme": "legal", "kind": "quarter", "year": year, "number": number}
        body = period | {"agency_code": ward}
        answer = await client.post("/v1/reports", json=body, headers=officer)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return opened


@pytest.fixture
def collected(client, draft, officer):
    """Return a function that opens a draft, collects its figures and answers the whole report."""

    async def opened(**period):
        path = f"/v1/reports/{(await draft(**period))['report_id']}"
        answer = await client.post(f"{path}/collections", json={}, headers=officer)
        assert answer.status_code == 200, answer.text
        return (await client.get(path, headers=officer)).json()

    return opened


@pytest.fixture
def sealing(client, officer):
    """Return a function that tries to seal a report in its present version."""

    async def seal(report_id):
        read = await client.get(f"/v1/reports/{report_id}", headers=officer)
        return await client.post(
            f"/v1/reports/{report_id}/seal", headers=officer | {"If-Match": read.headers["ETag"]}
        )

    return seal

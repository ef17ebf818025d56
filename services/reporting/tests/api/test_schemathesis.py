"""Whatever the OpenAPI document allows or not, the answers are those that it promises."""

import asyncio
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from reporting.main import create_app
from reporting.settings import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tthc.databases import ensure_database

SERVICE = Path(__file__).parents[2]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ADDRESSES = {f"{name}_url": f"http://{name}" for name in ("catalog", "dossier", "rating")}
WARD = "H56.77.1"
turns = itertools.count()
QUARTER = {"agency_code": WARD, "scheme": "legal", "kind": "quarter", "year": 2022, "number": 3}


def an_app(database, jwks_file):
    return create_app(
        Settings(
            database_url=database,
            jwks_file=jwks_file,
            service_token="none",
            log_level="ERROR",
            **ADDRESSES,
        )
    )


schema = schemathesis.openapi.from_dict(an_app("postgresql://nowhere/x", Path("none")).openapi())


def _border():
    spec = importlib.util.spec_from_file_location("reporting_border", SERVICE / "tests/border.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def serving(app):
    """Serve in a thread with a loop of its own, as in production."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def own_database(postgres):
    """A database that no other test reads: whatever is accepted stays here."""
    with asyncio.Runner() as runner:
        url = runner.run(ensure_database(postgres, "reporting_anything"))
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(SERVICE / "alembic.ini"), "upgrade", "head"],
        env={**os.environ, "REPORTING_DATABASE_URL": url},
        check=True,
        capture_output=True,
    )
    return url


@pytest.fixture(scope="module")
def served(own_database, issuer, bearer):
    """Return the address, the headers of an all-powerful officer, and a report of his."""
    border = _border()
    world = border.World()
    world.add_agency(WARD, "UBND phường Phú Sơn")
    app = an_app(own_database, issuer.jwks_file)
    app.state.clock = lambda: datetime(2022, 10, 15, 3, tzinfo=UTC)
    scopes = ("reports:read", "reports:write", "reports:seal", "periods:write")
    headers = bearer(*scopes, agency="*")
    with serving(app) as url:
        app.state.neighbours = border.neighbours_of(world)
        with httpx.Client(base_url=url, headers=headers) as client:
            for path, name in [
                ("/v1/period-schemes", "period-schemes.json"),
                ("/v1/report-forms", "form-ii06a.json"),
            ]:
                client.post(path, json=json.loads((SERVICE / "releases" / name).read_text()))
            opened = client.post("/v1/reports", json=QUARTER).json()
            client.post(f"/v1/reports/{opened['report_id']}/collections", json={})
        yield url, headers, opened["report_id"]


@schema.parametrize()
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_answers_as_it_promises(case, served):
    url, headers, report_id = served
    known = next(turns) % 2  # every other request names a report that is there
    if known and "report_id" in (case.path_parameters or {}):
        case.path_parameters["report_id"] = report_id
    if known and isinstance(case.body, dict) and "agency_code" in case.body:
        case.body |= QUARTER
    case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

"""Whatever the OpenAPI document allows or not, the answers are those that it promises."""

import importlib.util
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from reporting.main import create_app
from reporting.settings import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

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


@pytest.fixture(scope="module")
def served(serve, database_url, issuer, bearer):
    """Return the address, the headers of an all-powerful officer, and a report of his."""
    border = _border()
    world = border.World()
    world.add_agency(WARD, "UBND phường Phú Sơn")
    app = an_app(database_url("reporting", "schemathesis"), issuer.jwks_file)
    app.state.clock = lambda: datetime(2022, 10, 15, 3, tzinfo=UTC)
    scopes = ("reports:read", "reports:write", "reports:seal", "periods:write")
    headers = bearer(*scopes, agency="*")
    with serve(app) as url:
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

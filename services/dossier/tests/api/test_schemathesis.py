"""Whatever is sent, the answer is one the OpenAPI document promises, and never a 500."""

import base64
import itertools
from datetime import timedelta

import httpx
import pytest
import schemathesis
from dossier import main
from dossier.main import create_app, open_office
from dossier.settings import Settings
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

OWN = {
    "catalog_url": "http://catalog.invalid",
    "service_token": "unused",
    "personal_data_key": base64.b64encode(bytes(32)).decode(),
    "log_level": "CRITICAL",
}
DOCUMENT = create_app(
    Settings(database_url="postgresql://nobody@nowhere/none", jwks_file="none", **OWN)
).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex="^/(livez|readyz|metrics)$")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCOPES = (
    *("dossiers:receive", "dossiers:process", "dossiers:read", "dossiers:import"),
    *("dossiers:approve", "figures:read", "calendar:apply"),
)
PAPER = {
    "agency_code": "H56.18.26",
    "procedure_code": "1.001193",
    "channel": "direct",
    "applicant": {"full_name": "Người nộp mẫu"},
}
_turns = itertools.count()


@pytest.fixture(scope="module")
def server(serve, database_url, issuer, catalog_that_knows_all):
    """Serve the application on a real socket and its own database."""
    url = database_url("dossier", "schemathesis")
    app = create_app(Settings(database_url=url, jwks_file=issuer.jwks_file, **OWN))
    with serve(app) as address:
        app.state.office = open_office(app, catalog_that_knows_all, app.state.sessions)
        yield address


@pytest.fixture(scope="module")
def token(issuer) -> str:
    return issuer.token("schemathesis", "*", SCOPES, timedelta(hours=1))


@pytest.fixture(scope="module")
def code(server, token) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{server}/v1/dossiers", json=PAPER, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


def test_the_document_describes_every_desk():
    operations = [one for methods in DOCUMENT["paths"].values() for one in methods.values()]
    described = {tag for operation in operations for tag in operation.get("tags", ())}
    assert described >= {tag for desk in main._DESKS for tag in desk.router.tags}


@SCHEMA.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_is_sent_is_answered_as_documented(case, server, token, code):
    if "code" in case.path_parameters and next(_turns) % 2:
        case.path_parameters["code"] = code
        case.headers["if-match"] = '"1"'
    case.call_and_validate(
        base_url=server, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS
    )

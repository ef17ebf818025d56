"""Generated requests, sound and broken, against the OpenAPI document of the real application."""

from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from rating.main import create_app
from rating.settings import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ELSEWHERE = {
    "catalog_url": "http://catalog.invalid",
    "dossier_url": "http://dossier.invalid",
    "service_token": "not-used-by-fakes",
    "log_level": "CRITICAL",
}
DOCUMENT = create_app(
    Settings(database_url="postgresql://nobody@nowhere/none", jwks_file="none", **ELSEWHERE)
).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex="^/(livez|readyz|metrics)$")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCOPES = (
    "ballots:issue",
    "feedback:write",
    "feedback:handle",
    "assessments:write",
    "indicator-sets:write",
    "figures:read",
)


@pytest.fixture(scope="module")
def server(serve, database_url, issuer, fakes):
    """Serve the application on a real socket and its own database, with fakes at the border."""
    url = database_url("rating", "schemathesis")
    app = create_app(Settings(database_url=url, jwks_file=issuer.jwks_file, **ELSEWHERE))
    with serve(app) as address:
        app.state.catalog, app.state.dossiers = fakes()
        yield address


@pytest.fixture(scope="module")
def token(issuer):
    return issuer.token("schemathesis", "*", SCOPES, timedelta(hours=1))


def test_the_document_describes_every_desk():
    described = {path for path in DOCUMENT["paths"] if path.startswith("/v1/")}
    assert len(described) == 11


@SCHEMA.parametrize()
@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_is_sent_is_answered_as_documented(case, server, token):
    case.call_and_validate(
        base_url=server, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS
    )

"""Generated requests, sound and broken, against the OpenAPI document of the real application."""

import threading
from datetime import timedelta

import pytest
import schemathesis
import uvicorn
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
def server(own_database, alembic, issuer, fakes):
    """Serve the application on a real socket and its own database, with fakes at the border."""
    url = own_database("schemathesis")
    alembic(url, "upgrade", "head")
    app = create_app(Settings(database_url=url, jwks_file=issuer.jwks_file, **ELSEWHERE))
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="on", ws="none")
    served = uvicorn.Server(config)
    thread = threading.Thread(target=served.run)
    thread.start()
    while not served.started:
        thread.join(0.02)
    app.state.catalog, app.state.dossiers = fakes()
    host, port = served.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    served.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def token(issuer):
    return issuer.token("schemathesis", "*", SCOPES, timedelta(hours=1))


def test_the_document_describes_every_desk():
    described = {path for path in DOCUMENT["paths"] if path.startswith("/v1/")}
    assert len(described) == 11


@SCHEMA.parametrize()
@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_is_sent_is_answered_as_documented(case, server, token):
    # The header's shape is not in the document; generated ones would all be refused before the act.
    case.headers.pop("idempotency-key", None)
    case.call_and_validate(
        base_url=server, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS
    )

"""Generated requests, sound and broken: every answer is one the OpenAPI document promises."""

import httpx
import pytest
import schemathesis
from catalog.main import create_app
from catalog.settings import Settings
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

DOCUMENT = create_app(
    Settings(database_url="postgresql://nobody@nowhere/none", jwks_file="none")
).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex="^/(livez|readyz|metrics)$")
TREE = [
    ("H56", "province", None),
    ("H56.18", "district", "H56"),
    ("H56.18.26", "commune", "H56.18"),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def server(serve, database_url, issuer):
    """Serve the application on a real socket and its own database."""
    url = database_url("catalog", "schemathesis")
    with serve(create_app(Settings(database_url=url, jwks_file=issuer.jwks_file))) as address:
        yield address


@pytest.fixture(scope="module")
def headers(server, bearer, procedure_body):
    """The headers of the system's administrator, to whom the codes of the examples are known."""
    headers = bearer("catalog:write", "figures:read", agency="*")
    papers = [
        *(
            ("/v1/agencies", {"code": code, "name": code, "level": level, "parent_code": parent})
            for code, level, parent in TREE
        ),
        ("/v1/procedure-fields", {"code": "chung-thuc", "name": "Chứng thực"}),
        *(("/v1/procedures", procedure_body(code)) for code in ("2.000815", "1.001193")),
    ]
    with httpx.Client(base_url=server, headers=headers) as client:
        for path, paper in papers:
            dated = {"valid_from": "2020-01-01"} if path == "/v1/agencies" else {}
            answer = client.post(path, json={**paper, **dated})
            assert answer.status_code == 201, answer.text
    return headers


def test_the_document_describes_every_desk():
    assert len([path for path in DOCUMENT["paths"] if path.startswith("/v1/")]) == 19


@SCHEMA.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_is_sent_is_answered_as_documented(case, server, headers):
    case.headers["if-match"] = '"1"'
    case.call_and_validate(base_url=server, headers=headers, checks=CHECKS)

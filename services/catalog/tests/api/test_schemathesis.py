"""Generated requests, sound and broken: every answer is one the OpenAPI document promises."""

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
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
async def filled(clerk):
    """A catalogue that knows the codes of the document's examples."""
    await clerk.tree()
    await clerk.field()
    await clerk.procedure()
    await clerk.procedure("1.001193")
    await clerk.assign("2.000815")
    return clerk


def test_the_document_describes_every_desk():
    assert len([path for path in DOCUMENT["paths"] if path.startswith("/v1/")]) == 18


@SCHEMA.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
async def test_whatever_is_sent_is_answered_as_documented(case, filled):
    # Generated ones are seldom sound headers, and would be refused before anything else happens.
    (case.headers or {}).pop("idempotency-key", None)
    headers = {**filled.headers, "If-Match": '"1"'}
    sent = case.as_transport_kwargs(base_url="http://catalog", headers=headers)
    sent["content"] = sent.pop("data", None)
    sent.pop("cookies", None)
    answer = await filled.client.request(**sent)
    case.validate_response(answer, checks=CHECKS)

"""Rules about the four interfaces, read from their OpenAPI documents."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ["catalog", "dossier", "rating", "reporting"]
HEALTH = {"GET /livez", "GET /readyz", "GET /metrics"}
PUBLIC = {
    "catalog": {
        "GET /v1/agencies",
        "GET /v1/agencies/{code}",
        "GET /v1/agencies/{code}/subtree",
        "GET /v1/agency-tree",
        "GET /v1/calendar-days",
        "GET /v1/procedure-fields",
        "GET /v1/procedures",
        "GET /v1/procedures/{code}",
        "GET /v1/procedures/{code}/versions",
        "GET /v1/publication-decisions",
    },
    "dossier": {"GET /v1/tracking/{code}"},
    "rating": {"POST /v1/ballots"},
    "reporting": set(),
}


def operations(document):
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_needs_a_scope_unless_it_is_listed_as_public(documents, service):
    found = operations(documents[service])
    assert len(found) > len(HEALTH)
    public = {name for name, operation in found.items() if operation.get("x-public")}
    assert public == PUBLIC[service] | HEALTH
    for name, operation in found.items():
        if name in public:
            assert not operation.get("security"), name
        else:
            scopes = [scope for rule in operation["security"] for scope in rule["bearer"]]
            assert scopes, f"{name} asks for a token but for no scope"


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_says_what_it_does_and_how_it_refuses(documents, service):
    for name, operation in operations(documents[service]).items():
        assert operation.get("description"), name
        assert "4XX" in operation["responses"], name


@pytest.mark.parametrize("service", SERVICES)
def test_every_creation_can_be_repeated_safely(documents, service):
    for name, operation in operations(documents[service]).items():
        if "201" in operation["responses"]:
            headers = {p["name"].lower() for p in operation.get("parameters", ())}
            assert "idempotency-key" in headers, name


@pytest.mark.parametrize("service", SERVICES)
def test_the_interface_changes_on_purpose(documents, service):
    """`make openapi` writes the documents that integrators read; review sees each change."""
    written = json.loads((ROOT / "docs" / "openapi" / f"{service}.json").read_text())
    assert documents[service] == written


@pytest.mark.parametrize("service", SERVICES)
def test_paths_are_plural_kebab_case_under_a_version(documents, service):
    for path in documents[service]["paths"]:
        if f"GET {path}" not in HEALTH:
            assert path.startswith("/v1/")
            assert path.replace("{", "").replace("}", "").replace("_", "").islower()

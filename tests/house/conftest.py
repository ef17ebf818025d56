"""The four real applications, built but not started."""

import base64
import importlib
from typing import Any

import pytest

SERVICES = ["catalog", "dossier", "rating", "reporting"]


@pytest.fixture(scope="session")
def documents(issuer) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI document of each service."""
    neighbours = {
        "catalog_url": "http://catalog",
        "dossier_url": "http://dossier",
        "rating_url": "http://rating",
        "service_token": "token",
        "personal_data_key": base64.b64encode(bytes(32)).decode(),
    }
    built = {}
    for service in SERVICES:
        kind = importlib.import_module(f"{service}.settings").Settings
        own = {name: value for name, value in neighbours.items() if name in kind.model_fields}
        settings = kind(database_url="postgresql://x", jwks_file=issuer.jwks_file, **own)
        app = importlib.import_module(f"{service}.main").create_app(settings)
        built[service] = app.openapi()
    return built

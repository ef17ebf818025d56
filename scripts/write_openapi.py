"""Write the OpenAPI document of each service to docs/openapi/, where integrators read it."""

import base64
import importlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("catalog", "dossier", "rating", "reporting")
# The documents do not depend on these; the settings only have to be complete.
STAND_INS = {
    "database_url": "postgresql://x",
    "jwks_url": "http://x",
    "catalog_url": "http://x",
    "dossier_url": "http://x",
    "rating_url": "http://x",
    "service_token": "x",
    "personal_data_key": base64.b64encode(bytes(32)).decode(),
}


def main() -> None:
    """Build each application and write its document."""
    for service in SERVICES:
        kind = importlib.import_module(f"{service}.settings").Settings
        own = {name: value for name, value in STAND_INS.items() if name in kind.model_fields}
        document = importlib.import_module(f"{service}.main").create_app(kind(**own)).openapi()
        file = ROOT / "docs" / "openapi" / f"{service}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        print(file.relative_to(ROOT))


if __name__ == "__main__":
    main()

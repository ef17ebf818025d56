"""Three real record keepers in one process, asking each other over HTTP messages.

A consumer's own client reads the provider's own application: when a field that somebody reads is
renamed, the test named after the reader fails first.
"""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import catalog.main
import dossier.clients
import dossier.main
import httpx
import pytest
import rating.clients
import rating.main
from catalog.settings import Settings as CatalogSettings
from dossier.settings import Settings as DossierSettings
from fastapi import FastAPI
from kit.db import write_sessions
from kit.http import Neighbour, neighbour
from rating.settings import Settings as RatingSettings

ROOT = Path(__file__).parents[2]
WARD = "H56.18.26"
TREE = [("H56", "province", None), ("H56.18", "district", "H56"), (WARD, "commune", "H56.18")]
PROCEDURE = {
    "code": "2.000815",
    "name": "Chứng thực bản sao từ bản chính",
    "field_code": "chung-thuc",
    "level": "commune",
    "filing_methods": [
        {"channel": "direct", "time_limit_value": 2, "time_limit_unit": "working_day"},
        {"channel": "online", "time_limit_value": 2, "time_limit_unit": "working_day"},
    ],
    "steps": ["Nộp hồ sơ", "Nhận kết quả"],
    "components": [{"name": "Bản chính", "original_count": 1}],
    "applicants": ["Công dân Việt Nam"],
    "valid_from": "2022-01-04",
}
DOSSIERS = [  # one early and online, one on time, one late
    ("d-1", "online", "2022-07-04T08:00:00+07:00", "2022-07-05T08:00:00+07:00"),
    ("d-2", "direct", "2022-07-04T08:30:00+07:00", "2022-07-06T08:00:00+07:00"),
    ("d-3", "direct", "2022-07-04T09:00:00+07:00", "2022-07-08T08:00:00+07:00"),
]


@dataclass(frozen=True, slots=True)
class Keepers:
    """The record keepers as neighbours, and the codes of the dossiers they hold."""

    catalog: Neighbour
    dossier: Neighbour
    rating: Neighbour
    dossier_codes: tuple[str, ...]


@pytest.fixture(scope="session")
async def keepers(database_url, issuer) -> AsyncIterator[Keepers]:
    scopes = "catalog:write dossiers:import dossiers:read figures:read indicator-sets:write"
    token = issuer.token("contract", "*", scopes.split(), timedelta(hours=1))
    common = {"jwks_file": issuer.jwks_file}
    away = {"catalog_url": "http://away", "service_token": token}
    key = base64.b64encode(bytes(32)).decode()
    async with AsyncExitStack() as stack:

        async def open_app(app: FastAPI, name: str) -> Neighbour:
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            return await stack.enter_async_context(
                neighbour(name, f"http://{name}", token, transport)
            )

        catalog_app = catalog.main.create_app(
            CatalogSettings(database_url=database_url("catalog", "contract"), **common)
        )
        catalog_seen = await open_app(catalog_app, "catalog")
        dossier_app = dossier.main.create_app(
            DossierSettings(
                database_url=database_url("dossier", "contract"),
                personal_data_key=key,
                verify_seconds=0,
                **common,
                **away,
            )
        )
        dossier_seen = await open_app(dossier_app, "dossier")
        dossier_app.state.office = dossier.main.open_office(
            dossier_app,
            dossier.clients.CatalogClient(catalog_seen),
            write_sessions(dossier_app.state.engine),
        )
        rating_app = rating.main.create_app(
            RatingSettings(
                database_url=database_url("rating", "contract"),
                dossier_url="http://away",
                **common,
                **away,
            )
        )
        rating_seen = await open_app(rating_app, "rating")
        rating_app.state.catalog = rating.clients.CatalogClient(catalog_seen)
        rating_app.state.dossiers = rating.clients.DossierClient(dossier_seen)
        await _fill_catalogue(catalog_app, token)
        codes = await _file_dossiers(dossier_app, token)
        await _release_indicator_set(rating_app, token)
        yield Keepers(catalog_seen, dossier_seen, rating_seen, codes)


async def _post(app: FastAPI, token: str, path: str, **content: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        headers = {"Authorization": f"Bearer {token}", **content.pop("headers", {})}
        answer = await client.post(path, headers=headers, **content)
        assert answer.is_success, answer.text
        return answer


async def _fill_catalogue(app: FastAPI, token: str) -> None:
    for code, level, parent in TREE:
        agency = {"code": code, "name": code, "level": level, "parent_code": parent}
        await _post(app, token, "/v1/agencies", json={**agency, "valid_from": "2020-01-01"})
    field = {"code": "chung-thuc", "name": "Chứng thực"}
    await _post(app, token, "/v1/procedure-fields", json=field)
    await _post(app, token, "/v1/procedures", json=PROCEDURE)
    assignment = {
        "procedure_code": PROCEDURE["code"],
        "valid_from": "2022-01-04",
        "desk": "settled_at_desk",
    }
    body = {"agency_code": WARD, "assignments": [assignment]}
    await _post(app, token, "/v1/agency-procedures", json=body)
    days = [
        {"day": "2022-09-01", "kind": "off", "note": "Quốc khánh"},
        {"day": "2022-09-10", "kind": "make_up_work", "note": "Làm bù"},
    ]
    known = {"decided_by": "sample", "source": "sample"}
    release = {"name": "contract", "days": [{**day, **known} for day in days]}
    await _post(app, token, "/v1/calendar-releases", json=release)


async def _file_dossiers(app: FastAPI, token: str) -> tuple[str, ...]:
    lines = [
        {
            "external_id": external_id,
            "agency_code": WARD,
            "procedure_code": PROCEDURE["code"],
            "channel": channel,
            "received_at": received_at,
            "settled_at": settled_at,
            "applicant": {"full_name": "Người nộp mẫu 001"},
        }
        for external_id, channel, received_at, settled_at in DOSSIERS
    ]
    content = "\n".join(json.dumps(line) for line in lines)
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await _post(app, token, "/v1/dossier-imports", content=content, headers=headers)
    outcomes = [json.loads(line) for line in answer.text.splitlines()]
    assert [one["outcome"] for one in outcomes] == ["stored"] * len(lines), outcomes
    return tuple(one["code"] for one in outcomes)


async def _release_indicator_set(app: FastAPI, token: str) -> None:
    release = (ROOT / "services/rating/releases/tt01-2018.json").read_text()
    headers = {"Content-Type": "application/json"}
    await _post(app, token, "/v1/indicator-sets", content=release, headers=headers)

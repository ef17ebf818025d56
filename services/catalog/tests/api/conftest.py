"""A clerk who fills the catalogue over HTTP, so that tests read as stories."""

import httpx
import pytest


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://catalog") as client:
        yield client


class Clerk:
    """Writes to the catalogue with the token of one administrator."""

    def __init__(self, client, headers):
        self.client = client
        self.headers = headers

    async def post(self, path, body, **headers):
        return await self.client.post(path, json=body, headers={**self.headers, **headers})

    async def recorded(self, path, body, **headers):
        answer = await self.post(path, body, **headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def agency(self, code="H56.18.26", level="commune", parent=None, **more):
        body = {"code": code, "name": code, "level": level, "parent_code": parent}
        return await self.recorded("/v1/agencies", {**body, "valid_from": "2020-01-01", **more})

    async def tree(self):
        await self.agency("H56", "province")
        await self.agency("H56.18", "district", "H56")
        await self.agency("H56.18.26", "commune", "H56.18")

    async def field(self, code="chung-thuc", name="Chứng thực"):
        return await self.recorded("/v1/procedure-fields", {"code": code, "name": name})

    async def decision(self, number="01/QĐ-UBND", effects=(), decided_on="2022-01-04"):
        head = {"number": number, "decided_on": decided_on, "issued_by": "UBND", "title": "Công bố"}
        return await self.recorded("/v1/publication-decisions", {**head, "effects": list(effects)})

    async def procedure(self, code="2.000815", **more):
        return await self.recorded("/v1/procedures", a_procedure(code, **more))

    async def assign(self, *codes, agency="H56.18.26", **more):
        line = {"valid_from": "2022-01-04", "desk": "settled_at_desk", **more}
        assignments = [{"procedure_code": code, **line} for code in codes]
        return await self.recorded(
            "/v1/agency-procedures", {"agency_code": agency, "assignments": assignments}
        )


def a_procedure(code="2.000815", **more):
    method = {"channel": "direct", "time_limit_value": 1, "time_limit_unit": "working_day"}
    return {
        "code": code,
        "name": "Chứng thực bản sao từ bản chính",
        "field_code": "chung-thuc",
        "level": "commune",
        "filing_methods": [method],
        "steps": ["Nộp", "Nhận"],
        "components": [{"name": "Bản chính", "original_count": 1}],
        "applicants": ["Công dân Việt Nam"],
        "valid_from": "2022-01-04",
        **more,
    }


@pytest.fixture(scope="session")
def procedure_body():
    return a_procedure


@pytest.fixture
def clerk(client, bearer):
    """The system's administrator: the whole tree."""
    return Clerk(client, bearer("catalog:write", "figures:read", agency="*"))


@pytest.fixture
def clerk_of(client, bearer):
    """Return a function: agency -> an administrator bound to it."""
    return lambda agency: Clerk(client, bearer("catalog:write", "figures:read", agency=agency))

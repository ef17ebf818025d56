"""While the catalogue is asked, no request holds a transaction open: others get through."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from dossier.main import create_app, open_office
from fastapi import FastAPI
from sqlalchemy import text

AT_ONCE = 8
PATIENCE_SECONDS = 5
SCOPES = ("dossiers:receive", "dossiers:process", "dossiers:read")
OPEN_TRANSACTIONS = text("""
    select count(*) from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'
""")


class SlowCatalog:
    """A catalogue that answers when it is let."""

    def __init__(self, catalog) -> None:
        self._catalog = catalog
        self._may_answer = asyncio.Event()
        self.waiting = 0

    def __getattr__(self, question: str):
        async def ask(*what, **how):
            self.waiting += 1
            await self._may_answer.wait()
            return await getattr(self._catalog, question)(*what, **how)

        return ask

    async def is_asked_by(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.waiting < count:  # noqa: ASYNC110 - a count, not an event
                await asyncio.sleep(0.01)

    def answer(self) -> None:
        self._may_answer.set()


@pytest.fixture
def slow_catalog(catalog) -> SlowCatalog:
    return SlowCatalog(catalog)


@pytest.fixture
async def narrow_app(settings, slow_catalog, copies) -> AsyncIterator[FastAPI]:
    """An application with hardly any connections."""
    app = create_app(settings.model_copy(update={"pool_size": 1}))
    async with app.router.lifespan_context(app):
        app.state.office = open_office(app, slow_catalog, copies)
        yield app


@pytest.fixture
def papers(agency):
    """Return the paper of each POST that meets an agency for the first time."""
    of_agency = {"agency_code": agency, "procedure_code": "1.001193"}
    applicant = {"applicant": {"full_name": "Người nộp mẫu 001"}}
    return {
        "dossiers": {**of_agency, **applicant, "channel": "direct"},
        "filings": {**of_agency, **applicant},
        "certified-copies": {
            "agency_code": agency,
            "certified_on": "2022-08-31",
            "copy_count": 3,
        },
    }


@pytest.mark.parametrize("desk", ["dossiers", "filings", "certified-copies"])
async def test_first_contact_with_an_agency_holds_no_transaction_open(
    desk, narrow_app, slow_catalog, papers, bearer
):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(narrow_app),
        base_url="http://dossier",
        headers=bearer(*SCOPES, agency="*"),
    ) as client:

        async def hand_in() -> int:
            headers = {"Idempotency-Key": str(uuid4())}
            answer = await client.post(f"/v1/{desk}", json=papers[desk], headers=headers)
            return answer.status_code

        posting = [asyncio.create_task(hand_in()) for _ in range(AT_ONCE)]
        await slow_catalog.is_asked_by(AT_ONCE)
        async with narrow_app.state.sessions.begin() as tx:
            assert (await tx.execute(OPEN_TRANSACTIONS)).scalar_one() == 0
        beside = await client.get("/v1/tracking/H56.18.26-220831-9999")
        assert beside.status_code == 404
        slow_catalog.answer()
        outcomes = await asyncio.gather(*posting)
    said_once = [201, *[409] * (AT_ONCE - 1)] if desk == "certified-copies" else [201] * AT_ONCE
    assert sorted(outcomes) == said_once

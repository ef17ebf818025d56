"""What the real clients make of answers that the contract does not promise."""

from datetime import UTC, date, datetime

import httpx
import pytest
from kernel.periods import ReportingPeriod
from kernel.refusals import NeighbourUnavailable
from kit.errors import BadCursor
from kit.http import Neighbour
from reporting.clients import CatalogClient, FiguresClient
from reporting.domain.errors import UnknownFigure

QUARTER = ReportingPeriod(date(2022, 6, 15), date(2022, 9, 15))
AT = datetime(2022, 10, 15, tzinfo=UTC)


def answering(*answers):
    given = iter(answers)
    transport = httpx.MockTransport(lambda _: next(given))
    return Neighbour("dossier", httpx.AsyncClient(base_url="http://dossier", transport=transport))


async def evidence(neighbour, cursor=None):
    return await FiguresClient(neighbour).evidence(
        "dossiers.received",
        "H56",
        QUARTER,
        known_at=AT,
        procedure_field=None,
        limit=10,
        cursor=cursor,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"figures": []}',
        b'{"known_at": "2022-10-15T00:00:00Z", "watermark": "1", "figures": [{"key": "a"}]}',
    ],
)
async def test_an_unreadable_answer_is_no_answer(body):
    client = FiguresClient(answering(httpx.Response(200, content=body)))
    with pytest.raises(NeighbourUnavailable):
        await client.figures("H56", QUARTER, known_at=AT)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
async def test_a_refusal_is_no_answer(status):
    client = FiguresClient(answering(httpx.Response(status, json={})))
    with pytest.raises(NeighbourUnavailable):
        await client.figures("H56", QUARTER, known_at=AT)


async def test_a_busy_neighbour_is_asked_again():
    good = {"known_at": "2022-10-15T00:00:00Z", "watermark": "1", "figures": []}
    client = FiguresClient(answering(httpx.Response(503), httpx.Response(200, json=good)))
    assert (await client.figures("H56", QUARTER, known_at=AT)).watermark == "1"


@pytest.mark.parametrize(
    ("status", "cursor", "refusal"),
    [
        (400, "abc", BadCursor),
        (400, None, NeighbourUnavailable),
        (404, None, UnknownFigure),
        (403, None, NeighbourUnavailable),
        (200, None, NeighbourUnavailable),
    ],
)
async def test_refusals_of_evidence(status, cursor, refusal):
    with pytest.raises(refusal):
        await evidence(answering(httpx.Response(status, json={})), cursor)


async def test_all_pages_of_procedure_fields_are_read():
    pages = [
        {"items": [{"code": "a", "name": "A", "version": 3}], "next_cursor": "x"},
        {"items": [{"code": "b", "name": "B"}], "next_cursor": None},
    ]
    catalog = CatalogClient(
        answering(*(httpx.Response(200, json=page) for page in pages)), fresh_seconds=60
    )
    assert await catalog.procedure_field_names() == {"a": "A", "b": "B"}


async def test_a_subtree_is_remembered_for_a_while_and_when_nobody_answers():
    tree = httpx.Response(200, json={"codes": ["H56", "H56.18"]})
    away = [httpx.Response(503), httpx.Response(503)]
    fresh = CatalogClient(answering(tree), fresh_seconds=60)
    assert await fresh.subtree("H56") == await fresh.subtree("H56") == {"H56", "H56.18"}
    stale = CatalogClient(answering(tree, *away), fresh_seconds=0)
    assert await stale.subtree("H56") == await stale.subtree("H56")
    with pytest.raises(NeighbourUnavailable):
        await CatalogClient(answering(*away), fresh_seconds=0).subtree("H56")


async def test_an_unknown_agency_reaches_itself_and_is_nobody():
    catalog = CatalogClient(
        answering(httpx.Response(404, json={}), httpx.Response(404, json={})), fresh_seconds=60
    )
    assert await catalog.subtree("H77") == {"H77"}
    assert await catalog.agency("H77", on=date(2022, 9, 14)) is None

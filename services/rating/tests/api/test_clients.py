"""What rating makes of its neighbours' answers; the real ones are met in tests/contract."""

from datetime import date, datetime

import httpx
import pytest
from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio
from kernel.refusals import NeighbourUnavailable
from kit.errors import BadCursor
from kit.figures import FigureQuery
from kit.http import neighbour
from rating.clients import CatalogClient, DossierClient

QUERY = FigureQuery(
    "H56.18.26",
    ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14)),
    known_at=datetime.fromisoformat("2022-10-15T00:00:00+00:00"),
)
SETTLED = {
    "record_type": "dossier",
    "contribution": 1,
    "occurred_on": "2022-08-01",
    "attributes": {
        "agency_code": "H56.18.26",
        "timeliness": "early",
        "channel": "online",
        "received_on": "2022-07-20",
        "due_on": "",
        "ended_on": "2022-08-01",
        "procedure_code": "1.001193",
    },
}


@pytest.fixture
def answering():
    """Return a function: client, what the neighbour answers -> what the client makes of it."""

    async def answering(kind, answer, ask):
        async with neighbour(
            "neighbour", "http://neighbour", "token", httpx.MockTransport(answer)
        ) as known:
            return await ask(kind(known))

    return answering


def always(status, body=None):
    return lambda _: httpx.Response(status, json=body)


async def test_what_a_neighbour_does_not_know_is_none(answering):
    async def ask(catalog):
        return await catalog.agency("H56", on=date(2022, 9, 14)), await catalog.subtree(
            "H56", on=date(2022, 9, 14)
        )

    assert await answering(CatalogClient, always(404), ask) == (None, frozenset())
    none = await answering(DossierClient, always(404), lambda it: it.dossier("H56-220720-0001"))
    assert none is None


@pytest.mark.parametrize("answer", [always(500), always(200, {"code": 1}), always(403)])
async def test_an_answer_that_cannot_be_used_is_no_answer(answering, answer):
    with pytest.raises(NeighbourUnavailable):
        await answering(DossierClient, answer, lambda it: it.dossier("H56-220720-0001"))


async def test_a_cursor_the_neighbour_did_not_issue_is_the_callers_fault(answering):
    with pytest.raises(BadCursor):
        await answering(
            DossierClient, always(400), lambda it: it.settled(QUERY, limit=5, cursor="x")
        )


async def test_without_a_cursor_it_is_not_the_callers_fault(answering):
    with pytest.raises(NeighbourUnavailable):
        await answering(
            DossierClient, always(400), lambda it: it.settled(QUERY, limit=5, cursor=None)
        )


async def test_figures_are_asked_for_as_known_then_and_read_by_what_they_are(answering):
    asked = []

    def answer(request):
        asked.append(dict(request.url.params))
        figures = [
            {"key": "a.share", "value": 19.1, "numerator": 42, "denominator": 220},
            {"key": "a.count", "value": 3, "numerator": None, "denominator": None},
            {"key": "a.absent", "value": None, "numerator": None, "denominator": None},
            {"key": "a.word", "value": "Tốt", "numerator": None, "denominator": None},
        ]
        return httpx.Response(200, json={"watermark": "w", "figures": figures, "more": 1})

    found = await answering(CatalogClient, answer, lambda it: it.figures(QUERY))
    assert asked[0]["known_at"] == "2022-10-15T00:00:00+00:00"
    assert (asked[0]["from"], asked[0]["to"]) == ("2022-06-15", "2022-09-14")
    assert (found.shares, found.counts) == ({"a.share": Ratio(42, 220)}, {"a.count": 3})


async def test_all_pages_of_settled_dossiers_are_walked(answering):
    def answer(request):
        page = int(request.url.params.get("cursor", 0))
        item = {**SETTLED, "record_id": f"H56.18.26-220720-{page + 1:04d}"}
        following = str(page + 1) if page < 2 else None
        return httpx.Response(200, json={"total": 3, "items": [item], "next_cursor": following})

    async def ask(dossiers):
        return [one.record_id async for one in dossiers.every_settled(QUERY)]

    found = await answering(DossierClient, answer, ask)
    assert found == [f"H56.18.26-220720-{serial:04d}" for serial in (1, 2, 3)]


async def test_the_calendar_knows_days_off_and_make_up_days(answering):
    days = [
        {"day": "2022-09-01", "kind": "off", "note": "Quốc khánh"},
        {"day": "2022-09-10", "kind": "make_up_work"},
    ]

    async def ask(catalog):
        return await catalog.calendar(date(2022, 9, 1), date(2022, 9, 30))

    calendar = await answering(CatalogClient, always(200, {"days": days}), ask)
    assert not calendar.is_working(date(2022, 9, 1))
    assert calendar.is_working(date(2022, 9, 10))

from datetime import date

import pytest
from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio
from kit.errors import BadCursor
from kit.figures import FigureQuery
from rating.clients import CatalogClient, DossierClient

Q3 = FigureQuery("H56.18.26", ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14)))
TODAY = date(2022, 9, 14)


@pytest.fixture
def catalog(keepers):
    return CatalogClient(keepers.catalog)


@pytest.fixture
def dossiers(keepers):
    return DossierClient(keepers.dossier)


async def test_an_agency_has_a_level_and_a_subtree(catalog):
    assert (await catalog.agency("H56.18.26", on=TODAY)).level == "commune"
    assert await catalog.agency("H57", on=TODAY) is None
    assert await catalog.subtree("H56.18", on=TODAY) == {"H56.18", "H56.18.26"}
    kept = await catalog.subtree("H56.18", on=TODAY, with_ended=True)
    assert kept == {"H56.18", "H56.18.26"}
    assert await catalog.subtree("H57", on=TODAY) == frozenset()


async def test_the_calendar_covers_the_days_asked_for(catalog):
    calendar = await catalog.calendar(date(2022, 8, 1), date(2022, 9, 30))
    assert not calendar.is_working(date(2022, 9, 1))
    assert calendar.is_working(date(2022, 9, 10))


async def test_the_catalogues_shares_are_there_for_indicators_5_6_and_9(catalog):
    figures = await catalog.figures(Q3)
    assert figures.counts["procedures.in_force"] == 1
    assert figures.shares["procedures.settled_at_desk"] == Ratio(1, 1)
    assert figures.shares["procedures.online.share"] == Ratio(0, 1)
    assert figures.shares["procedures.posted"] == Ratio(0, 1)


async def test_a_dossier_tells_whose_it_is_and_whether_it_ended(dossiers, keepers):
    dossier = await dossiers.dossier(keepers.dossier_codes[0])
    assert (dossier.agency_code, dossier.ended_on) == ("H56.18.26", date(2022, 7, 5))
    assert await dossiers.dossier("H56.18.26-220704-9999") is None


async def test_the_dossiers_counts_and_shares_are_there_for_indicators_1_and_9(dossiers):
    figures = await dossiers.figures(Q3)
    assert figures.counts["dossiers.settled.early"] == 1
    assert figures.counts["dossiers.settled.on_time"] == 1
    assert figures.counts["dossiers.settled.late"] == 1
    assert figures.counts["dossiers.online.settled.late"] == 0
    assert figures.shares["dossiers.received.online.share"] == Ratio(1, 3)


async def test_settled_dossiers_come_in_pages_with_their_timeliness(dossiers):
    first = await dossiers.settled(Q3, limit=2, cursor=None)
    assert (first.total, len(first.items)) == (3, 2)
    every = [one async for one in dossiers.every_settled(Q3)]
    assert sorted(one.attributes.timeliness for one in every) == ["early", "late", "on_time"]
    assert sorted(one.attributes.channel for one in every) == ["direct", "direct", "online"]
    with pytest.raises(BadCursor):
        await dossiers.settled(Q3, limit=2, cursor="W10")

from datetime import date

import pytest
from dossier.clients import CatalogClient
from dossier.domain.errors import UnknownAgency, UnknownProcedure


@pytest.fixture
def client(keepers):
    return CatalogClient(keepers.catalog)


async def test_a_procedure_comes_with_its_versions_and_limits(client):
    copy = (await client.procedure("2.000815")).body
    version = copy.versions[0]
    assert (version.field_code, version.valid_from) == ("chung-thuc", date(2022, 1, 4))
    method = next(m for m in version.filing_methods if m.channel == "direct")
    assert (method.time_limit_value, method.time_limit_unit) == (2, "working_day")
    assert version.supplement_policy == "restart"
    assert version.sets_count
    assert version.components[0].name


async def test_a_fresh_copy_is_not_sent_again(client):
    for ask in (
        lambda **known: client.procedure("2.000815", **known),
        client.calendar,
        client.tree,
        lambda **known: client.subtree("H56", **known),
    ):
        tag = (await ask()).etag
        assert tag
        assert await ask(etag=tag) is None


async def test_the_calendar_comes_with_kinds_of_days(client):
    days = {day.day: day.kind for day in (await client.calendar()).body.days}
    assert days == {date(2022, 9, 1): "off", date(2022, 9, 10): "make_up_work"}


async def test_a_day_off_comes_with_the_notice_that_decreed_it(client):
    first = min((await client.calendar()).body.days, key=lambda day: day.day)
    assert (first.note, first.decided_by) == ("Quốc khánh", "sample")


async def test_an_agency_comes_with_all_below_it(client):
    ward = (await client.agency("H56.18.26", on=date(2022, 9, 14))).body
    assert (ward.code, bool(ward.name), ward.parent_code) == ("H56.18.26", True, "H56.18")
    below = (await client.subtree("H56.18", on=date(2022, 9, 14))).body.codes
    assert set(below) == {"H56.18", "H56.18.26"}


async def test_the_tree_comes_with_the_place_of_every_agency(client):
    tree = (await client.tree()).body.links
    assert all("valid_to" in link.model_fields_set for link in tree)
    links = {link.code: link.parent_code for link in tree}
    assert links == {"H56": None, "H56.18": "H56", "H56.18.26": "H56.18"}


async def test_unknown_codes_are_told_apart_from_an_absent_neighbour(client):
    with pytest.raises(UnknownProcedure):
        await client.procedure("9.999999")
    with pytest.raises(UnknownAgency):
        await client.agency("H57")
    with pytest.raises(UnknownAgency):
        await client.subtree("H57")

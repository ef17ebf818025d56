"""Nothing is given to an agency that is no more, however well it is known here."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

LAST_DAY, DAY_AFTER = "2025-06-30T09:00:00+07:00", "2025-07-01T00:00:00+07:00"


@pytest.fixture
def today(app) -> None:
    """A day after the wave of mergers; the copies of the catalogue are of before."""
    app.state.clock = lambda: datetime(2025, 8, 1, tzinfo=UTC)


def merge(catalog, agency: str) -> None:
    catalog.agencies.discard(agency)
    catalog.ended.add(agency)


@pytest.fixture
async def merged(act, catalog, town, later, today) -> str:
    """An agency that was asked here before, and has been merged since."""
    asked = {"agency_code": town, "question": "?", "asked_at": "2022-09-05T08:00:00+07:00"}
    assert (await act("consultations", 1, **asked)).status_code == 200
    merge(catalog, town)
    later(days=1)
    return town


GIVEN = [
    ("hand-overs", "handed_over_at", "to_agency_code", {"step_name": "Thẩm định"}),
    ("consultations", "asked_at", "agency_code", {"question": "?"}),
]


@pytest.mark.parametrize(("desk", "when", "whom", "paper"), GIVEN)
async def test_what_is_given_to_an_agency_that_has_ended_is_refused(
    client, code, act, merged, desk, when, whom, paper
):
    for instant in (None, DAY_AFTER):
        refused = await act(desk, 2, **{**paper, whom: merged, when: instant})
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "agency_ended"), refused.text
        assert problem["details"] == {"agency_code": merged, "ended_on": "2025-07-01"}
    assert (await client.get(f"/v1/dossiers/{code}")).json()["version"] == 2


@pytest.mark.parametrize(("desk", "when", "whom", "paper"), GIVEN)
async def test_what_was_given_to_it_while_it_was_there_may_still_be_told(
    act, merged, desk, when, whom, paper
):
    told = await act(desk, 2, **{**paper, whom: merged, when: LAST_DAY})
    assert told.status_code == 200, told.text


async def test_while_the_catalogue_is_away_the_copy_of_the_tree_tells_of_ends(
    app, act, merged, catalog
):
    paper = {"agency_code": merged, "question": "?", "asked_at": None}
    assert (await act("consultations", 2, **paper)).json()["code"] == "agency_ended"
    catalog.is_away = True
    now = app.state.clock()
    app.state.clock = lambda: now + timedelta(days=9)
    assert (await act("consultations", 2, **paper)).json()["code"] == "agency_ended"


async def test_a_hand_over_goes_on_while_nobody_tells_of_ends(app, client, act, catalog, town):
    """Met before, when nothing hung on its end; then the catalogue is away, and no tree is kept."""
    waiting = await client.get(f"/v1/agencies/{town}/waiting")
    assert waiting.status_code == 200, waiting.text
    async with app.state.sessions.begin() as tx:
        await tx.execute(text("delete from catalog_copies where resource = 'agency-tree'"))
    catalog.is_away = True
    handed = await act("hand-overs", 1, to_agency_code=town, step_name="Thẩm định")
    assert handed.status_code == 200, handed.text

"""The desk works on when the catalogue is away, as long as it has read what it needs once."""

from datetime import timedelta

import pytest
from dossier import main


async def receive(client, paper):
    return await client.post("/v1/dossiers", json=paper)


@pytest.fixture
def restarted(app, copies):
    def restart(catalog) -> None:
        app.state.office = main.open_office(app, catalog, copies)

    return restart


async def test_intake_survives_an_outage_after_a_restart(client, a_dossier, catalog, restarted):
    assert (await receive(client, a_dossier())).status_code == 201
    catalog.is_away = True
    restarted(catalog)
    answer = await receive(client, a_dossier())
    assert (answer.status_code, answer.json()["due_on"]) == (201, "2022-09-07")


async def test_what_was_never_read_cannot_be_served(client, a_dossier, catalog):
    catalog.is_away = True
    answer = await receive(client, a_dossier(procedure_code="1.000099"))
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour_unavailable")
    assert answer.headers["retry-after"]


async def test_a_fresh_copy_asks_nobody(client, a_dossier, catalog):
    await receive(client, a_dossier())
    asked = len(catalog.asked)
    await receive(client, a_dossier())
    assert len(catalog.asked) == asked


async def test_a_stale_copy_is_asked_again_and_a_new_version_is_seen(
    client, a_dossier, catalog, app
):
    await receive(client, a_dossier())
    first = catalog.procedures["1.001193"][0]
    slower = [{**method, "time_limit_value": 5} for method in first["filing_methods"]]
    later = app.state.clock() + timedelta(minutes=1)
    app.state.clock = lambda: later
    catalog.procedures["1.001193"] = [
        {**first, "valid_to": "2022-08-31"},
        {**first, "version_number": 2, "filing_methods": slower, "valid_from": "2022-08-31"},
    ]
    receipt = (await receive(client, a_dossier())).json()
    assert (receipt["time_limit_value"], receipt["due_on"]) == (5, "2022-09-09")


async def test_an_officer_whose_subtree_is_unknown_still_works_in_the_own_agency(
    client, a_dossier, agency, catalog, bearer, restarted
):
    await receive(client, a_dossier())
    catalog.is_away = True
    restarted(catalog)
    headers = bearer("dossiers:receive", agency=agency)
    answer = await client.post("/v1/dossiers", json=a_dossier(), headers=headers)
    assert answer.status_code == 201

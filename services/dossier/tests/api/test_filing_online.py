"""An applicant files online: an id of its own, no code yet, and no clock."""

import pytest


@pytest.fixture
def a_paper(a_dossier):
    paper = a_dossier(filed_at="2022-09-03T20:00:00+07:00")
    del paper["channel"], paper["received_at"]
    return paper


async def test_a_filing_has_an_id_of_its_own_and_no_code(client, filed, agency, figure):
    sheet = (await client.get(filed.path)).json()
    assert (sheet["status"], sheet["code"]) == (1, None)
    assert (await client.get(f"/v1/dossiers?agency={agency}")).json()["items"] == []
    assert await figure("dossiers.received", "dossiers.total") == [0, 0]


async def test_a_filing_is_an_event(filed):
    (event,) = await filed.list("events")
    assert (event["kind"], event["occurred_at"]) == ("filed", "2022-09-03T13:00:00Z")


async def test_a_filing_takes_no_serial_of_the_day(client, a_paper, a_dossier, agency):
    for _ in range(3):
        await client.post("/v1/filings", json=a_paper)
    received = await client.post("/v1/dossiers", json=a_dossier())
    assert received.json()["code"] == f"{agency}-220831-0001"


@pytest.mark.parametrize(
    ("agency_of_officer", "scopes", "refusal"),
    [
        ("H56", ("dossiers:receive",), "not_your_agency"),
        ("*", ("dossiers:process", "dossiers:read"), "missing_scope"),
        ("*", ("dossiers:receive",), None),
    ],
)
async def test_an_intake_desk_files_for_its_own_agency(
    client, bearer, refusal_of, a_paper, agency_of_officer, scopes, refusal
):
    headers = bearer(*scopes, agency=agency_of_officer)
    assert refusal_of(await client.post("/v1/filings", json=a_paper, headers=headers)) == refusal


@pytest.mark.parametrize(
    ("filed_at", "refusal"),
    [
        ("2022-10-15T03:00:00Z", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
        (None, None),
    ],
)
async def test_nobody_files_in_the_future(client, refusal_of, a_paper, filed_at, refusal):
    paper = {**a_paper, "filed_at": filed_at}
    assert refusal_of(await client.post("/v1/filings", json=paper)) == refusal


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"procedure_code": "1.000003"}, "channel_not_offered"),
        ({"procedure_code": "9.999999"}, "unknown_procedure"),
        ({"procedure_code": "1.000002"}, "procedure_not_in_force"),
        ({"agency_code": "H99.99"}, "unknown_agency"),
    ],
)
async def test_only_what_is_offered_online_is_filed(client, refusal_of, a_paper, changes, refusal):
    assert refusal_of(await client.post("/v1/filings", json={**a_paper, **changes})) == refusal

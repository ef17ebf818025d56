"""An intake desk sees what waits for it; a portal learns what became of a filing."""

from datetime import datetime

import pytest
from kit.paging import encode_cursor


@pytest.fixture
def file(client, a_dossier):
    async def filed(hour: int) -> str:
        paper = a_dossier(filed_at=f"2022-09-03T{hour:02d}:00:00+07:00", external_id=f"q-{hour}")
        del paper["channel"], paper["received_at"]
        answer = await client.post("/v1/filings", json=paper)
        assert answer.status_code == 201, answer.text
        filing_id: str = answer.json()["filing_id"]
        return filing_id

    return filed


async def queue(client, agency, **asked) -> dict:
    answer = await client.get("/v1/filings", params={"agency": agency, **asked})
    assert answer.status_code == 200, answer.text
    found: dict = answer.json()
    return found


async def test_what_waits_is_listed_the_oldest_first_page_by_page(client, agency, file):
    filed = {hour: await file(hour) for hour in (9, 7, 8)}
    first = await queue(client, agency, limit=2)
    assert [item["filing_id"] for item in first["items"]] == [filed[7], filed[8]]
    last = await queue(client, agency, limit=2, cursor=first["next_cursor"])
    assert ([item["filing_id"] for item in last["items"]], last["next_cursor"]) == (
        [filed[9]],
        None,
    )


async def test_a_filing_leaves_the_queue_when_it_is_accepted_and_names_its_dossier(
    client, agency, file
):
    filing_id = await file(8)
    before = await client.get(f"/v1/filings/{filing_id}")
    assert (before.json()["code"], before.json()["status_label"]) == (None, "Mới đăng ký")
    fresh = {"If-None-Match": before.headers["etag"]}
    assert (await client.get(f"/v1/filings/{filing_id}", headers=fresh)).status_code == 304
    receipt = await client.post(
        f"/v1/filings/{filing_id}/acceptance",
        json={"accepted_at": "2022-09-05T08:00:00+07:00"},
        headers={"If-Match": before.headers["etag"]},
    )
    after = await client.get(f"/v1/filings/{filing_id}", headers=fresh)
    assert (after.status_code, after.json()["code"]) == (200, receipt.json()["code"])
    assert (await queue(client, agency))["items"] == []
    accepted = await queue(client, agency, status=2)
    assert [item["filing_id"] for item in accepted["items"]] == [filing_id]


async def test_a_refused_filing_tells_why(client, agency, file):
    filing_id = await file(8)
    first = {"If-Match": '"1"'}
    paper = {"reason": "Thiếu tờ khai"}
    await client.post(f"/v1/filings/{filing_id}/refusal", json=paper, headers=first)
    events = (await client.get(f"/v1/filings/{filing_id}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["filed", "refused"]
    assert events[-1]["details"] == {"reason": "Thiếu tờ khai"}
    refused = await queue(client, agency, status=3)
    assert [item["filing_id"] for item in refused["items"]] == [filing_id]


async def test_filings_of_others_do_not_exist(client, agency, file, bearer):
    filing_id = await file(8)
    stranger = bearer("dossiers:read", agency="H56.18.26")
    for path in (f"/v1/filings/{filing_id}", f"/v1/filings/{filing_id}/events"):
        answer = await client.get(path, headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_filing")
    answer = await client.get("/v1/filings", params={"agency": agency}, headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_agency")


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor("then", "00000000-0000-0000-0000-000000000000"),
        encode_cursor(datetime(2022, 9, 3).isoformat(), "00000000-0000-0000-0000-000000000000"),  # noqa: DTZ001 - the fault
        encode_cursor("2022-09-03T00:00:00+00:00", "none"),
        encode_cursor("2022-09-03T00:00:00+00:00"),
    ],
)
async def test_a_cursor_that_is_none_is_refused(client, agency, cursor):
    answer = await client.get("/v1/filings", params={"agency": agency, "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")

"""A day's count of certified copies is corrected by two officers; the old count stays known."""

import asyncio
from datetime import timedelta

import pytest

Q3 = "from=2022-06-15&to=2022-09-14"


@pytest.fixture
async def day(client, agency) -> str:
    paper = {"agency_code": agency, "certified_on": "2022-07-04", "copy_count": 7}
    answer = await client.post("/v1/certified-copies", json=paper)
    assert answer.status_code == 201, answer.text
    return f"/v1/certified-copies/{agency}/2022-07-04"


def a_proposal(**changes) -> dict:
    return {
        "corrected_count": 5,
        "reason_code": "agency",
        "reason": "Đếm trùng hai bản",
        "evidence": "Sổ chứng thực 2022, số 31 đến 35",
        **changes,
    }


@pytest.fixture
def decide(app, client, day, bearer):
    async def post(number, version, *, how="approval", subject="officer-2", **body):
        later = app.state.clock() + timedelta(seconds=1)
        app.state.clock = lambda: later
        headers = bearer("dossiers:approve", agency="*", subject=subject)
        return await client.post(
            f"{day}/corrections/{number}/{how}",
            json=body or None,
            headers={**headers, "If-Match": f'"{version}"'},
        )

    return post


@pytest.fixture
def counted(client, agency):
    async def count(more="") -> list[int]:
        asked = f"agency={agency}&{Q3}{more}"
        figures = (await client.get(f"/v1/figures?{asked}")).json()["figures"]
        value = next(f["value"] for f in figures if f["key"] == "certified_copies")
        page = (await client.get(f"/v1/figures/certified_copies/evidence?{asked}")).json()
        return [value, page["total"], len(page["items"])]

    return count


async def test_an_approved_count_holds_from_then_on_and_the_old_one_before(
    app, client, day, decide, counted
):
    proposed = await client.post(f"{day}/corrections", json=a_proposal())
    assert proposed.status_code == 201, proposed.text
    assert (proposed.json()["recorded_count"], proposed.json()["state"]) == (7, "proposed")
    before = app.state.clock().isoformat().replace("+00:00", "Z")
    assert await counted() == [7, 7, 7]
    approved = await decide(1, 1)
    assert approved.status_code == 200, approved.text
    assert approved.headers["etag"] == '"2"'
    assert await counted() == [5, 5, 5]
    assert await counted(f"&known_at={before}") == [7, 7, 7]
    now = await client.get(day)
    assert (now.json()["copy_count"], now.headers["etag"]) == (5, '"2"')
    fresh = await client.get(day, headers={"If-None-Match": '"2"'})
    assert fresh.status_code == 304


async def test_a_count_is_not_approved_by_whoever_proposed_it(client, day, decide):
    await client.post(f"{day}/corrections", json=a_proposal())
    own = await decide(1, 1, subject="officer-1")
    assert (own.status_code, own.json()["code"]) == (403, "own_correction")


async def test_two_approvers_of_a_count_at_once_make_one_correction(client, day, decide):
    await client.post(f"{day}/corrections", json=a_proposal())
    answers = await asyncio.gather(decide(1, 1), decide(1, 1, subject="officer-3"))
    assert sorted(a.status_code for a in answers) == [200, 412]


async def test_a_rejected_count_changes_nothing(client, day, decide, counted):
    await client.post(f"{day}/corrections", json=a_proposal())
    rejected = await decide(1, 1, how="rejection", reason="Chưa rõ")
    assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")
    again = await decide(1, 1)
    assert (again.status_code, again.json()["code"]) == (409, "correction_decided")
    assert await counted() == [7, 7, 7]


@pytest.mark.parametrize(
    ("path", "changes", "status", "code"),
    [
        ("/corrections", {"corrected_count": 7}, 409, "same_count"),
        ("/corrections", {"corrected_count": -1}, 422, "invalid_fields"),
        ("/corrections", {"evidence": ""}, 422, "invalid_fields"),
    ],
)
async def test_a_count_without_sense_or_evidence_is_refused(
    client, day, path, changes, status, code
):
    answer = await client.post(f"{day}{path}", json=a_proposal(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_one_correction_of_a_count_waits_at_a_time(client, day):
    await client.post(f"{day}/corrections", json=a_proposal())
    second = await client.post(f"{day}/corrections", json=a_proposal(corrected_count=6))
    assert (second.status_code, second.json()["code"]) == (409, "copy_correction_pending")


async def test_what_was_not_stated_or_is_out_of_sight_does_not_exist(client, day, bearer, decide):
    nothing = await client.post(f"{day.replace('07-04', '07-05')}/corrections", json=a_proposal())
    assert (nothing.status_code, nothing.json()["code"]) == (404, "unknown_copies")
    elsewhere = await client.get(day, headers=bearer("dossiers:read", agency="H56"))
    assert elsewhere.status_code == 404
    unknown = await decide(9, 1)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_copy_correction")

import csv
from pathlib import Path

from kernel.working_days import WorkingCalendar

RELEASE = Path(__file__).parents[2] / "releases/working-calendar-2021-2026.csv"


def a_day(day="2022-09-01", kind="off", **more):
    return {"day": day, "kind": kind, "note": "x", "decided_by": "y", "source": "z", **more}


async def read(client, first="2022-01-01", last="2022-12-31", **headers):
    return await client.get(
        "/v1/calendar-days", params={"from": first, "to": last}, headers=headers
    )


async def test_the_release_of_the_repository_makes_the_calendar(clerk, client):
    with RELEASE.open(encoding="utf-8", newline="") as rows:
        days = list(csv.DictReader(rows))
    answer = await clerk.recorded("/v1/calendar-releases", {"name": "2021-2026", "days": days})
    assert answer == {"name": "2021-2026", "days_count": len(days)}
    assert (await read(client, "2021-01-01", "2026-12-31")).json() == {"days": days}
    assert len((await read(client)).json()["days"]) == sum(d["day"][:4] == "2022" for d in days)


async def test_the_later_release_wins_day_by_day(clerk, client):
    first = [a_day("2026-01-01"), a_day("2026-01-02", note="old")]
    await clerk.recorded("/v1/calendar-releases", {"name": "one", "days": first})
    second = [a_day("2026-01-02", "make_up_work", note="new"), a_day("2026-01-10")]
    await clerk.recorded("/v1/calendar-releases", {"name": "two", "days": second})
    days = (await read(client, "2026-01-01", "2026-12-31")).json()["days"]
    assert days == [first[0], *second]
    off = frozenset(day["day"] for day in days if day["kind"] == "off")
    assert len(WorkingCalendar(days_off=off).days_off) == 2


async def test_the_same_release_again_changes_nothing_and_another_content_is_refused(clerk):
    body = {"name": "one", "days": [a_day(), a_day("2022-09-02")]}
    first = await clerk.recorded("/v1/calendar-releases", body)
    again = {**body, "days": list(reversed(body["days"]))}
    assert await clerk.recorded("/v1/calendar-releases", again) == first
    other = await clerk.post("/v1/calendar-releases", {**body, "days": [a_day(note="other")]})
    assert (other.status_code, other.json()["code"]) == (409, "release_differs")
    twice = {"name": "two", "days": [a_day(), a_day()]}
    assert (await clerk.post("/v1/calendar-releases", twice)).json()["code"] == (
        "repeated_in_request"
    )


async def test_a_copy_of_the_calendar_is_asked_whether_it_is_fresh(clerk, client):
    await clerk.recorded("/v1/calendar-releases", {"name": "one", "days": [a_day()]})
    tag = (await read(client)).headers["etag"]
    assert (await read(client, **{"If-None-Match": tag})).status_code == 304
    await clerk.recorded("/v1/calendar-releases", {"name": "two", "days": [a_day("2022-09-02")]})
    assert (await read(client, **{"If-None-Match": tag})).status_code == 200


async def test_a_range_that_ends_before_it_begins_is_refused(client):
    answer = await read(client, "2022-02-01", "2022-01-01")
    assert (answer.status_code, answer.json()["code"]) == (422, "range_reversed")


async def test_a_ward_does_not_decree_days_off(clerk, clerk_of):
    await clerk.tree()
    body = {"name": "one", "days": [a_day()]}
    answer = await clerk_of("H56.18.26").post("/v1/calendar-releases", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "catalogue_wide_write")

import asyncio

import pytest

MORNINGS = [{"weekday": day, "opens": "07:00", "closes": "11:00"} for day in range(1, 7)]


@pytest.fixture
def set_hours(client, agency):
    async def post(valid_from: str, sessions=MORNINGS, **options):
        return await client.post(
            f"/v1/agencies/{agency}/desk-hours",
            json={"valid_from": valid_from, "sessions": sessions},
            **options,
        )

    return post


async def test_without_its_own_an_agency_has_the_usual_hours(client, agency):
    found = (await client.get(f"/v1/agencies/{agency}/desk-hours")).json()
    (week,) = found["weeks"]
    assert week["valid_from"] is None
    assert len(week["sessions"]) == 10
    assert week["sessions"][0] == {"weekday": 1, "opens": "07:30", "closes": "11:30"}


async def test_hours_begin_on_a_day_and_later_receipts_count_by_them(
    client, a_dossier, set_hours, later
):
    before = (await client.post("/v1/dossiers", json=a_dossier())).json()
    answer = await set_hours("2022-09-05")
    assert answer.status_code == 201, answer.text
    assert [week["valid_from"] for week in answer.json()["weeks"]] == [None, "2022-09-05"]
    later(minutes=1)
    for received_at, due_on in (
        ("2022-08-31T16:00:00+07:00", before["due_on"]),
        ("2022-09-06T16:00:00+07:00", "2022-09-12"),
        ("2022-09-10T08:00:00+07:00", "2022-09-14"),
    ):
        paper = a_dossier(received_at=received_at)
        receipt = (await client.post("/v1/dossiers", json=paper)).json()
        assert receipt["due_on"] == due_on, received_at


async def test_an_intake_takes_hours_from_memory_and_asks_nothing(
    client, a_dossier, set_hours, catalog
):
    await client.post("/v1/dossiers", json=a_dossier())
    asked = len(catalog.asked)
    await set_hours("2022-09-05")
    paper = a_dossier(received_at="2022-09-06T16:00:00+07:00")
    receipt = (await client.post("/v1/dossiers", json=paper)).json()
    assert receipt["due_on"] == "2022-09-09"  # what was set just now is not read yet
    assert len(catalog.asked) == asked


async def test_a_supplement_counts_from_the_next_opening_of_the_own_desk(
    client, a_dossier, set_hours, later
):
    code = (await client.post("/v1/dossiers", json=a_dossier())).json()["code"]
    await set_hours("2022-09-05")
    later(minutes=1)
    path = f"/v1/dossiers/{code}"
    ask = {
        "items": [{"component": "Giấy chứng sinh", "what_is_missing": "Bản sao"}],
        "reason": "Thiếu",
        "asked_at": "2022-09-05T08:00:00+07:00",
    }
    await client.post(f"{path}/supplement-requests", json=ask, headers={"If-Match": '"1"'})
    brought = {"received_at": "2022-09-12T15:00:00+07:00"}
    answer = await client.post(f"{path}/supplements", json=brought, headers={"If-Match": '"2"'})
    assert answer.json()["due_on"] == "2022-09-16"
    leg = (await client.get(f"{path}/due-date")).json()["legs"][-1]
    assert (leg["counts_from"], leg["postponed_because"]) == ("2022-09-13", "after_closing")


async def test_hours_are_set_once_for_a_day(set_hours):
    answers = await asyncio.gather(*(set_hours("2022-09-05") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "desk_hours_already_set"


async def test_a_repeated_request_gets_the_same_answer(set_hours):
    key = {"Idempotency-Key": "hours-1"}
    first, second = [await set_hours("2022-09-05", headers=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (second.status_code, second.json())


@pytest.mark.parametrize("hour", ["7:00", "24:00", "07:00:00", "07:00+07:00", 700, None])
async def test_hours_are_written_in_whole_minutes(set_hours, hour):
    answer = await set_hours("2022-09-05", [{**MORNINGS[0], "opens": hour}])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")


@pytest.mark.parametrize(
    ("sessions", "problem", "words"),
    [
        (
            MORNINGS[5:],
            "desk_hours_too_short",
            "Từ thứ Hai đến thứ Sáu phải có tất cả ít nhất một giờ tiếp nhận.",
        ),
        (
            [MORNINGS[0], MORNINGS[0]],
            "desk_hours_overlap",
            "Hai buổi 07:00-11:00 và 07:00-11:00 (ngày 1 trong tuần, 1 là thứ Hai) chồng nhau.",
        ),
        (
            [{"weekday": 2, "opens": "11:00", "closes": "07:00"}],
            "desk_hours_reversed",
            "Buổi 11:00-07:00 (ngày 2 trong tuần, 1 là thứ Hai) phải kết thúc sau khi bắt đầu.",
        ),
    ],
)
async def test_hours_that_cannot_be_are_refused(set_hours, sessions, problem, words):
    answer = await set_hours("2022-09-05", sessions)
    assert (answer.status_code, answer.json()["code"]) == (422, problem)
    assert answer.json()["detail"] == words


async def test_hours_are_set_and_told_inside_ones_own_part_of_the_tree(
    client, agency, set_hours, bearer
):
    stranger = bearer("calendar:apply", "dossiers:read", agency="H56.18")
    assert (await set_hours("2022-09-05", headers=stranger)).status_code == 403
    path = f"/v1/agencies/{agency}/desk-hours"
    assert (await client.get(path, headers=stranger)).status_code == 403


async def test_an_agency_the_catalogue_does_not_know_has_no_hours_to_set(client):
    body = {"valid_from": "2022-09-05", "sessions": MORNINGS}
    answer = await client.post("/v1/agencies/H99/desk-hours", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_agency")

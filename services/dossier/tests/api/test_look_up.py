import pytest


@pytest.fixture
async def receipts(client, a_dossier) -> list[dict]:
    days = ["2022-08-30", "2022-08-31", "2022-09-05"]
    papers = [a_dossier(received_at=f"{day}T10:00:00+07:00", external_id=day) for day in days]
    return [(await client.post("/v1/dossiers", json=paper)).json() for paper in papers]


async def listed(client, query: str) -> list[str]:
    answer = await client.get(f"/v1/dossiers?{query}")
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


async def test_a_list_shows_the_newest_first_page_by_page(client, receipts, agency):
    codes = [receipt["code"] for receipt in reversed(receipts)]
    first = (await client.get(f"/v1/dossiers?agency={agency}&limit=2")).json()
    assert [item["code"] for item in first["items"]] == codes[:2]
    rest = await listed(client, f"agency={agency}&limit=2&cursor={first['next_cursor']}")
    assert rest == codes[2:]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=2", 3),
        ("status=4", 0),
        ("channel=direct", 3),
        ("channel=online", 0),
        ("procedure=1.001193", 3),
        ("procedure=9.999999", 0),
        ("received_from=2022-08-31", 2),
        ("received_to=2022-08-31", 2),
    ],
)
async def test_a_list_is_narrowed(client, receipts, agency, query, count):
    assert len(await listed(client, f"agency={agency}&{query}")) == count


async def test_lists_show_no_numbers_of_people_and_sheets_mask_them(client, receipts, agency):
    listed = (await client.get(f"/v1/dossiers?agency={agency}")).text
    assert "Người nộp mẫu 001" in listed
    assert '123"' not in listed
    sheet = (await client.get(f"/v1/dossiers/{receipts[0]['code']}")).text
    assert "000000000123" not in sheet
    assert "*********123" in sheet


async def test_an_actor_lists_its_own_part_of_the_tree(client, receipts, agency, bearer):
    own = bearer("dossiers:read", agency=agency)
    other = bearer("dossiers:read", agency="H56")
    assert len((await client.get("/v1/dossiers", headers=own)).json()["items"]) == 3
    answer = await client.get(f"/v1/dossiers?agency={agency}", headers=other)
    assert answer.json()["items"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=501", 422),
        ("limit=100000000000000000000", 422),
        ("status=11", 422),
        ("received_from=9999-12-31", 422),
        ("received_from=yesterday", 422),
        ("agency=H5", 422),
        ("agency=%00", 422),
        ("colour=red", 400),
        ("cursor=x", 400),
        ("cursor=WyIyMDIyLTAxLTAxIiw5OTk5OTk5OTk5OTk5LDFd", 400),
        ("cursor=!!", 422),
    ],
)
async def test_a_bad_question_is_refused_precisely(client, query, status):
    answer = await client.get(f"/v1/dossiers?{query}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_fresh_copy_is_not_sent_again(client, receipts):
    path = f"/v1/dossiers/{receipts[0]['code']}"
    tag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("code", ["H77.9.9-220831-0001", "H56.18.26-220831-9999"])
async def test_an_unknown_dossier_is_not_there(client, code):
    for path in (f"/v1/dossiers/{code}", f"/v1/tracking/{code}", f"/v1/dossiers/{code}/events"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("code", ["x", "H56.18.26-221331-0001", "H56.18.26-220831-00001", "%00"])
async def test_what_is_no_code_is_refused(client, code):
    assert (await client.get(f"/v1/dossiers/{code}")).status_code == 422


async def test_the_public_learns_the_degree_of_completion_and_nothing_else(client, receipts):
    answer = await client.get(f"/v1/tracking/{receipts[0]['code']}", headers={"Authorization": ""})
    assert answer.json() == {
        "code": receipts[0]["code"],
        "status": 2,
        "status_label": "Được tiếp nhận",
        "completion_percent": 20,
    }


async def test_reading_an_applicant_in_clear_leaves_a_trace(client, receipts, app):
    answer = await client.get(f"/v1/dossiers/{receipts[0]['code']}/applicant")
    assert answer.json() == {
        "full_name": "Người nộp mẫu 001",
        "id_number": "000000000123",
        "phone": "0900000456",
        "address": None,
        "email": None,
    }
    async with app.state.engine.connect() as connection:
        trace = await connection.exec_driver_sql(
            "select read_by from personal_data_reads where request_id = "
            f"'{answer.headers['x-request-id']}'"
        )
        assert trace.scalar_one() == "officer-1"


async def test_numbers_of_people_rest_encrypted(client, receipts, app):
    async with app.state.engine.connect() as connection:
        rows = await connection.exec_driver_sql("select sealed, key_id from applicants")
        for sealed, key_id in rows:
            assert key_id == "1"
            assert sealed is None or b"000000000123" not in sealed


async def test_events_come_in_pages(client, receipts):
    path = f"/v1/dossiers/{receipts[0]['code']}"
    for version, to_status in ((1, 4), (2, 9)):
        headers = {"If-Match": f'"{version}"'}
        moved = await client.post(f"{path}/moves", json={"to_status": to_status}, headers=headers)
        assert moved.status_code == 200, moved.text
    first = (await client.get(f"{path}/events?limit=2")).json()
    rest = (await client.get(f"{path}/events?limit=2&cursor={first['next_cursor']}")).json()
    assert [e["event_number"] for e in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next_cursor"] is None


async def test_the_sheet_says_what_each_act_answered(client, receipts):
    """A read is written straight from its row; the acts answer through the models."""
    code = receipts[0]["code"]
    acts = [
        ("moves", {"to_status": 4}),
        ("settlement", {}),
        ("return", {"method": "postal"}),
    ]
    for version, (act, body) in enumerate(acts, start=1):
        answer = await client.post(
            f"/v1/dossiers/{code}/{act}", json=body, headers={"If-Match": f'"{version}"'}
        )
        assert answer.status_code == 200, answer.text
        read = await client.get(f"/v1/dossiers/{code}")
        assert read.json() == answer.json()
        assert read.headers["etag"] == answer.headers["etag"]


@pytest.fixture
async def sealed_elsewhere(client, a_dossier, app, agency):
    """A dossier whose applicant's data were sealed with a key that this process was not given."""
    receipt = (await client.post("/v1/dossiers", json=a_dossier())).json()

    async def name_key(key_id: str) -> None:
        async with app.state.engine.begin() as connection:
            await connection.exec_driver_sql(
                f"update applicants set key_id = '{key_id}' where agency_id ="
                f" (select agency_id from agencies where code = '{agency}')"
            )

    await name_key("2")
    yield f"/v1/dossiers/{receipt['code']}"
    await name_key("1")


@pytest.mark.parametrize("what", ["", "/applicant"])
async def test_data_sealed_with_a_key_that_is_not_here_are_unavailable(
    client, sealed_elsewhere, what
):
    answer = await client.get(f"{sealed_elsewhere}{what}")
    assert (answer.status_code, answer.json()["code"]) == (503, "personal_data_key_missing")
    assert answer.json()["details"] == {"key_id": "2"}

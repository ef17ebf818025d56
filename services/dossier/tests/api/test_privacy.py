"""One rule says what of an applicant is shown to whom: in lists, look-ups, queues and files."""

import csv
import io

import pytest

NAME, HIDDEN_NAME = "Nguyễn Văn Mẫu", "N*** V*** M***"
SUBJECT = "Khai sinh cho con của Nguyễn Văn Mẫu"
NUMBER = "000000000123"


@pytest.fixture
def paper(a_dossier):
    people = {"full_name": NAME, "id_number": NUMBER, "phone": "0900000456"}
    return lambda **changes: a_dossier(applicant=people, subject=SUBJECT, **changes)


@pytest.fixture
async def shown(client, agency, paper):
    """Ask everywhere a dossier or a filing is shown; return every answer's text."""
    code = (await client.post("/v1/dossiers", json=paper())).json()["code"]
    filing = paper(filed_at="2022-09-05T08:00:00+07:00")
    del filing["channel"], filing["received_at"]
    filing_id = (await client.post("/v1/filings", json=filing)).json()["filing_id"]
    paths = (
        f"/v1/dossiers?agency={agency}",
        f"/v1/dossiers?agency={agency}&status=2",
        f"/v1/dossiers/{code}",
        f"/v1/dossiers/export?format=csv&agency={agency}",
        f"/v1/filings?agency={agency}",
        f"/v1/filings/{filing_id}",
    )

    async def ask(headers) -> dict[str, str]:
        answers = {path: await client.get(path, headers=headers) for path in paths}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {path: answer.text for path, answer in answers.items()}

    return ask


async def test_who_only_reads_dossiers_sees_neither_names_nor_subjects(shown, bearer, agency):
    for path, text in (await shown(bearer("dossiers:read", agency=agency))).items():
        assert HIDDEN_NAME in text, path
        assert "Nguyễn" not in text, path
        assert "***" in text, path


@pytest.mark.parametrize("scope", ["dossiers:process", "dossiers:receive", "dossiers:search"])
async def test_who_works_with_applicants_or_may_look_them_up_sees_both(
    shown, bearer, agency, scope
):
    for path, text in (await shown(bearer("dossiers:read", scope, agency=agency))).items():
        assert NAME in text, path
        assert SUBJECT in text, path


@pytest.mark.parametrize("scope", ["dossiers:read", "dossiers:process", "dossiers:search"])
async def test_numbers_are_masked_for_everybody(shown, bearer, agency, scope):
    for path, text in (await shown(bearer("dossiers:read", scope, agency=agency))).items():
        assert NUMBER not in text, path


@pytest.mark.parametrize(
    ("scope", "records"),
    [("dossiers:read", 0), ("dossiers:process", 1), ("dossiers:search", 1)],
)
async def test_a_file_with_names_in_clear_is_recorded(
    client, paper, bearer, agency, app, scope, records
):
    await client.post("/v1/dossiers", json=paper())
    reader = bearer("dossiers:read", scope, agency=agency)
    answer = await client.get(f"/v1/dossiers/export?format=csv&agency={agency}", headers=reader)
    _heading, line = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert line[7:9] == ([NAME, SUBJECT] if records else [HIDDEN_NAME, "***"])
    async with app.state.engine.connect() as connection:
        found = await connection.exec_driver_sql(
            "select kind, term_digest from personal_data_searches "
            f"where request_id = '{answer.headers['x-request-id']}'"
        )
        assert found.all() == [("export", None)] * records


async def test_a_line_of_a_masked_list_is_the_dossier_as_it_is_read_alone(
    client, paper, bearer, agency
):
    await client.post("/v1/dossiers", json=paper())
    reader = bearer("dossiers:read", agency=agency)
    (item,) = (await client.get("/v1/dossiers", headers=reader)).json()["items"]
    alone = (await client.get(f"/v1/dossiers/{item['code']}", headers=reader)).json()
    assert alone.pop("applicant")["full_name"] == HIDDEN_NAME
    assert item == alone
    assert (alone["applicant_name"], alone["subject"]) == (HIDDEN_NAME, "***")


async def test_the_short_way_shows_no_more_than_the_long_one(client, paper, bearer, agency):
    code = (await client.post("/v1/dossiers", json=paper())).json()["code"]
    reader = bearer("dossiers:read", agency=agency)
    long = {**reader, "If-None-Match": '"0"'}
    path = f"/v1/dossiers/{code}"
    short, whole = [await client.get(path, headers=headers) for headers in (reader, long)]
    assert short.json() == whole.json()
    assert "Nguyễn" not in short.text


@pytest.fixture
async def two_sheets(client, paper):
    """A dossier and a filing that tell of the same person."""
    code = (await client.post("/v1/dossiers", json=paper())).json()["code"]
    filing = paper(filed_at="2022-09-05T08:00:00+07:00")
    del filing["channel"], filing["received_at"]
    filing_id = (await client.post("/v1/filings", json=filing)).json()["filing_id"]
    return f"/v1/dossiers/{code}", f"/v1/filings/{filing_id}"


@pytest.fixture
def as_seen_by(client, bearer, agency):
    async def read(path: str, *scopes: str, copy: str | None = None):
        headers = bearer("dossiers:read", *scopes, agency=agency)
        if copy is not None:
            headers["If-None-Match"] = copy
        return await client.get(path, headers=headers)

    return read


async def test_a_copy_without_names_is_not_fresh_for_who_may_see_them_by_now(
    two_sheets, as_seen_by
):
    for path in two_sheets:
        masked = await as_seen_by(path)
        tag = masked.headers["etag"]
        assert (tag, masked.headers["vary"]) == ('"1-masked"', "Authorization")
        assert (await as_seen_by(path, copy=tag)).status_code == 304
        clear = await as_seen_by(path, "dossiers:process", copy=tag)
        assert (clear.status_code, clear.headers["etag"]) == (200, '"1"')
        assert NAME in clear.text


async def test_a_copy_with_names_is_not_fresh_for_who_sees_them_no_more(two_sheets, as_seen_by):
    for path in two_sheets:
        clear = await as_seen_by(path, "dossiers:search")
        tag = clear.headers["etag"]
        assert (tag, clear.headers["vary"]) == ('"1"', "Authorization")
        fresh = await as_seen_by(path, "dossiers:search", copy=f"W/{tag}")
        assert (fresh.status_code, fresh.headers["vary"]) == (304, "Authorization")
        masked = await as_seen_by(path, copy=tag)
        assert (masked.status_code, masked.headers["etag"]) == (200, '"1-masked"')
        assert NAME not in masked.text


@pytest.mark.parametrize(
    ("act", "body"), [("moves", {"to_status": 4}), ("settlement", {})], ids=["short", "long"]
)
@pytest.mark.parametrize("weak", ["", "W/"])
async def test_an_act_names_the_version_of_whichever_copy_was_read(
    client, two_sheets, as_seen_by, act, body, weak
):
    path, _ = two_sheets
    tag = weak + (await as_seen_by(path)).headers["etag"]
    done = await client.post(f"{path}/{act}", json=body, headers={"If-Match": tag})
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    late = await client.post(f"{path}/{act}", json=body, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")

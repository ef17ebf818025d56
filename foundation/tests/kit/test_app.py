import asyncio
import json
from datetime import timedelta

import asyncpg
import pytest

WRITE = "notes:write"


async def add(client, headers, **body):
    return await client.post("/v1/notes", json={"title": "a", **body}, headers=headers)


def assert_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_note_is_stored_before_the_answer_leaves(client, bearer):
    assert (await add(client, bearer(WRITE))).status_code == 201
    assert len((await client.get("/v1/notes")).json()) == 1


async def test_a_commit_that_fails_is_never_answered_as_a_success(client, bearer):
    # The constraint on `twin` is deferred: it is only checked by the commit.
    assert (await add(client, bearer(WRITE), title="a", twin="x")).status_code == 201
    second = await add(client, bearer(WRITE), title="b", twin="x")
    assert second.status_code == 500
    assert len((await client.get("/v1/notes")).json()) == 1


async def test_a_violated_constraint_is_told_as_the_refusal_it_stands_for(client, bearer):
    await add(client, bearer(WRITE))
    again = await add(client, bearer(WRITE))
    assert_problem(again, 409, "title_taken")
    assert again.json()["detail"] == "Đã có ghi chú a."
    english = await add(client, {**bearer(WRITE), "Accept-Language": "en-GB"})
    assert english.json()["detail"] == "There is a note a."
    assert english.headers["vary"] == again.headers["vary"] == "Accept-Language, Authorization"


async def test_the_same_key_and_request_get_the_same_answer(client, bearer):
    headers = {**bearer(WRITE), "Idempotency-Key": "k1"}
    first, second = await asyncio.gather(add(client, headers), add(client, headers))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len((await client.get("/v1/notes")).json()) == 1


async def test_the_same_key_with_another_request_is_refused(client, bearer):
    headers = {**bearer(WRITE), "Idempotency-Key": "k1"}
    await add(client, headers)
    assert_problem(await add(client, headers, title="b"), 409, "idempotency_key_reused")


async def test_an_unreadable_key_is_refused(client, bearer):
    headers = {**bearer(WRITE), "Idempotency-Key": "two words"}
    assert_problem(await add(client, headers), 400, "bad_header")


async def test_of_two_changes_at_once_one_is_told_that_it_came_too_late(client, bearer):
    await add(client, bearer(WRITE))
    headers = {**bearer(WRITE), "If-Match": '"1"'}
    answers = await asyncio.gather(*(client.put("/v1/notes/a", headers=headers) for _ in "12"))
    assert sorted(a.status_code for a in answers) == [200, 412]
    assert next(a for a in answers if a.status_code == 200).headers["etag"] == '"2"'


async def test_a_change_must_name_the_version_it_changes(client, bearer):
    await add(client, bearer(WRITE))
    assert_problem(await client.put("/v1/notes/a", headers=bearer(WRITE)), 428, "version_required")


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"1-masked"', 'W/"1-masked"', ' "1" '])
async def test_a_change_takes_the_tag_of_any_view_of_the_version(client, bearer, tag):
    await add(client, bearer(WRITE))
    changed = await client.put("/v1/notes/a", headers={**bearer(WRITE), "If-Match": tag})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize("tag", ["three", "1", '"1-"', '"1-Masked"', '"-masked"', '"1-masked-2"'])
async def test_a_tag_that_names_no_version_is_refused(client, bearer, tag):
    await add(client, bearer(WRITE))
    odd = {**bearer(WRITE), "If-Match": tag}
    assert_problem(await client.put("/v1/notes/a", headers=odd), 400, "bad_header")


async def test_a_fresh_copy_is_not_sent_again(client, bearer):
    await add(client, bearer(WRITE))
    first = await client.get("/v1/notes/a")
    again = await client.get("/v1/notes/a", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_read_transaction_cannot_write(client):
    assert (await client.delete("/v1/notes")).status_code == 500


async def test_a_hot_connection_answers(client):
    assert (await client.get("/v1/odd/hot")).json() == 42


@pytest.mark.parametrize("path", ["/v1/odd/hot", "/v1/notes"])
async def test_a_connection_that_died_in_the_pool_is_replaced_before_it_is_used(
    client, notes_url, path
):
    several = await asyncio.gather(*(client.get(path) for _ in range(4)))
    assert {answer.status_code for answer in several} == {200}
    other = await asyncpg.connect(notes_url)
    await other.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    await other.close()
    await asyncio.sleep(0.1)  # Until the news has come.
    several = await asyncio.gather(*(client.get(path) for _ in range(4)))
    assert {answer.status_code for answer in several} == {200}


@pytest.mark.parametrize("sign", ["dying", "unreachable"])
async def test_a_connection_that_fails_is_told_as_the_database_being_away(client, sign):
    assert_problem(await client.get(f"/v1/odd/{sign}"), 503, "database_unavailable")
    assert (await client.get("/v1/odd/hot")).json() == 42


async def test_without_a_token_nothing_is_written(client):
    answer = await add(client, {})
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "token",
    ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\x00", "é".encode("latin-1").decode("latin-1")],
)
async def test_a_forged_token_proves_nothing(client, token):
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    assert_problem(await add(client, headers), 401, "unauthenticated")


async def test_a_tampered_token_proves_nothing(client, bearer):
    value = bearer(WRITE)["Authorization"]
    forged = value[:-6] + ("AAAAAA" if value[-6:] != "AAAAAA" else "BBBBBB")
    assert_problem(await add(client, {"Authorization": forged}), 401, "unauthenticated")


async def test_an_expired_token_proves_nothing_even_when_it_was_seen_before(app, client, bearer):
    headers, before = bearer(WRITE), app.state.clock
    assert (await add(client, headers)).status_code == 201
    app.state.clock = lambda: before() + timedelta(hours=2)
    assert_problem(await add(client, headers, title="b"), 401, "unauthenticated")


async def test_a_token_for_something_else_is_not_enough(client, bearer):
    assert_problem(await add(client, bearer("notes:read")), 403, "missing_scope")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": "a\x00b"}, "body/title"),
        ({"title": 3}, "body/title"),
        ({"title": "   "}, "body/title"),
        ({"title": "a" * 201}, "body/title"),
        ({"title": "\ud800"}, "body/title"),
        ({"written_on": "9999-12-31"}, "body/written_on"),
        ({"written_at": "9999-12-31T23:59:59Z"}, "body/written_at"),
        ({"written_at": "2022-07-15T10:00:00"}, "body/written_at"),
        ({"count": -1}, "body/count"),
        ({"count": 10**30}, "body/count"),
        ({"count": 1.5}, "body/count"),
        ({"other": 1}, "body/other"),
    ],
)
async def test_a_malformed_body_is_refused_field_by_field(client, bearer, body, pointer):
    content = json.dumps({"title": "a", **body}).encode("utf-8", "surrogatepass")
    headers = {**bearer(WRITE), "Content-Type": "application/json"}
    answer = await client.post("/v1/notes", content=content, headers=headers)
    assert_problem(answer, 422, "invalid_fields")
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]
    assert (await client.get("/v1/notes")).json() == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[" * 20_000, 422),
        (b"[" * 20_000 + b"]" * 20_000, 400),
        (b'{"\\ud800": 1}', 422),
        (b"\xff\xfe", 400),
        (b'{"title": NaN}', 422),
        (b"null", 422),
        (b"x" * 200_000, 413),
    ],
)
async def test_a_body_that_is_no_note_is_refused(client, bearer, content, status):
    headers = {**bearer(WRITE), "Content-Type": "application/json"}
    answer = await client.post("/v1/notes", content=content, headers=headers)
    assert answer.status_code in {status, 400, 422} if status != 413 else answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=1e999", "cursor=!!"])
async def test_a_malformed_parameter_is_refused(client, query):
    assert_problem(await client.get(f"/v1/notes?{query}"), 422, "invalid_fields")


@pytest.mark.parametrize("cursor", ["abc", "W10", "WzFd", "WyJhXHUwMDAwIl0", "bnVsbA", "W3RydWVd"])
async def test_a_cursor_that_this_list_did_not_issue_is_refused(client, cursor):
    assert_problem(await client.get(f"/v1/notes?cursor={cursor}"), 400, "bad_cursor")


async def test_an_unknown_parameter_is_refused_not_ignored(client):
    answer = await client.get("/v1/notes?limt=3")
    assert_problem(answer, 400, "unknown_parameter")
    assert "limt" in answer.json()["detail"]


async def test_an_unknown_path_or_method_is_a_problem_too(client):
    assert_problem(await client.get("/v1/nothing"), 404, "not_found")
    assert_problem(await client.patch("/v1/notes"), 405, "method_not_allowed")


async def test_a_neighbour_away_is_told_with_when_to_come_back(client):
    answer = await client.get("/v1/odd/away")
    assert_problem(answer, 503, "neighbour_unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_a_statement_that_takes_too_long_is_told_as_busy(client):
    assert_problem(await client.get("/v1/odd/slow"), 503, "database_unavailable")


async def test_a_bug_says_no_more_than_its_request_id(client):
    answer = await client.get("/v1/odd/bug")
    assert_problem(answer, 500, "internal_error")
    assert "ZeroDivision" not in answer.text


async def test_a_figure_question_is_a_window_of_days(client):
    asked = {"agency": "H56.18.26", "from": "2022-06-15", "to": "2022-09-14"}
    answer = await client.get("/v1/odd/figures", params={**asked, "by": "procedure_field"})
    assert answer.json() == {**asked, "by": "procedure_field"}
    backwards = {**asked, "to": "2022-06-14"}
    assert_problem(await client.get("/v1/odd/figures", params=backwards), 422, "empty_period")
    known = {**asked, "known_at": "2022-10-15T00:00:00+07:00", "include_subordinates": "true"}
    answer = await client.get("/v1/odd/figures", params=known)
    assert answer.json()["known_at"] == "2022-10-14T17:00:00+00:00"
    narrowed = {**asked, "procedure_field": "ho-tich", "limit": "7"}
    assert (await client.get("/v1/odd/evidence", params=narrowed)).json() == {
        "field": "ho-tich",
        "limit": "7",
    }


async def test_health_says_alive_and_ready(client):
    assert (await client.get("/livez")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_an_old_schema_is_not_ready(app, client):
    app.state.head = "0002"
    answer = await client.get("/readyz")
    assert_problem(answer, 503, "not_ready")


async def test_metrics_count_by_route_template(client, bearer):
    await add(client, bearer(WRITE))
    await client.get("/v1/notes/a")
    await client.get("/v1/nothing")
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/v1/notes/{title}",status="200"} 1.0' in text
    assert 'route="unmatched",status="404"' in text
    assert 'http_request_duration_seconds_count{method="POST",route="/v1/notes"} 1.0' in text


async def test_a_request_keeps_its_number_and_an_odd_one_is_replaced(client):
    kept = await client.get("/livez", headers={"X-Request-ID": "portal-7"})
    assert kept.headers["x-request-id"] == "portal-7"
    replaced = await client.get("/livez", headers={"X-Request-ID": "a b\t"})
    assert replaced.headers["x-request-id"] != "a b\t"


async def test_the_docs_work_without_the_internet(client):
    page = (await client.get("/docs")).text
    assert "static-offline-docs" in page
    assert "cdn" not in page


async def test_every_operation_needs_a_token_or_says_that_it_is_public(app):
    operations = [
        operation
        for operations in app.openapi()["paths"].values()
        for operation in operations.values()
    ]
    assert operations
    assert all(o.get("security") or o.get("x-public") for o in operations)
    post = app.openapi()["paths"]["/v1/notes"]["post"]
    assert post["security"] == [{"bearer": ["notes:write"]}]
    assert "409" in post["responses"]
    assert "Problem" in app.openapi()["components"]["schemas"]

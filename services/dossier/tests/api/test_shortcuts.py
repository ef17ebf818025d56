"""The short ways say what the long ways say, and are taken by plain requests that succeed."""

import asyncio
import copy
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest
from dossier.routes.shortcuts import SHORTCUTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit.shortcut import LONG_WAY, Shortcut

AT_NIGHT = "2022-08-31T23:59:59.123456+07:00"
ODD = [None, "", " ", 0, -1, 1.5, True, [], {}, "x" * 201, "\u0000", "Nguyễn Văn Mẫu", "2022-02-30"]
INSTANTS = [AT_NIGHT, "2022-08-31T03:00:00Z", "2022-08-31T10:00:00", 1661914800, "9999-12-31", "x"]
KEPT = {"content-type", "etag", "vary", "www-authenticate"}


class BothWays:
    """A client of each way, and which way the last request really went."""

    def __init__(self, app, headers) -> None:
        self.app = app
        self.headers = headers
        self.went_short = False

    async def send(self, method: str, path: str, *, is_long: bool, **request) -> tuple:
        seen: list[MutableMapping[str, Any]] = []

        async def entered(scope, receive, send):
            scope = {**scope, LONG_WAY: True} if is_long else dict(scope)
            seen.append(scope)
            await self.app(scope, receive, send)

        given = request.pop("headers", {})
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(entered),
            base_url="http://dossier",
            headers={**self.headers, **given},
        ) as client:
            answer = await client.request(method, path, **request)
        self.went_short = isinstance(seen[-1].get("route"), Shortcut)
        told = {name: value for name, value in answer.headers.items() if name in KEPT}
        return answer.status_code, told, answer.json() if answer.content else None

    async def same(self, method: str, path: str, **request) -> tuple:
        """Send it both ways; nothing must differ but what is new each time."""
        short = await self.send(method, path, is_long=False, **request)
        went_short = self.went_short
        long = await self.send(method, path, is_long=True, **request)
        assert not self.went_short
        assert _timeless(short) == _timeless(long), (short, long)
        self.went_short = went_short
        return short


def _timeless(answer: tuple) -> tuple:
    status, told, body = copy.deepcopy(answer)
    if isinstance(body, dict):
        body.pop("request_id", None)
        if status == 201:  # two receipts differ in the serial
            body["code"] = body["code"][:-4]
    return status, told, body


@pytest.fixture
def both(app, bearer) -> BothWays:
    scopes = ("dossiers:receive", "dossiers:process", "dossiers:read")
    return BothWays(app, bearer(*scopes, agency="*"))


def test_each_short_way_has_its_long_way(app):
    paths = app.openapi()["paths"]
    for shortcut in SHORTCUTS:
        assert shortcut.method.lower() in paths[shortcut.path_format]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"received_at": AT_NIGHT},
        {"received_at": None, "channel": "postal", "subject": " Khai sinh ", "components_count": 3},
        {"procedure_code": "1.000001"},
    ],
    ids=["plain", "at_night", "by_post", "with_cutoff"],
)
async def test_a_plain_intake_goes_short(both, a_dossier, changes):
    status, _, receipt = await both.same("POST", "/v1/dossiers", json=a_dossier(**changes))
    assert status == 201
    assert both.went_short
    path = f"/v1/dossiers/{receipt['code']}"
    _, told, sheet = await both.same("GET", path)
    assert both.went_short
    assert sheet["applicant"]["id_number"] == "*********123"
    assert told["etag"] == '"1"'
    await both.same("GET", f"/v1/tracking/{receipt['code']}")
    assert both.went_short


async def test_a_key_is_kept_on_either_way(both, a_dossier):
    key = {"Idempotency-Key": "portal-1"}
    first = await both.send("POST", "/v1/dossiers", is_long=False, json=a_dossier(), headers=key)
    assert both.went_short
    again = await both.same("POST", "/v1/dossiers", json=a_dossier(), headers=key)
    assert again == first
    other = await both.same("POST", "/v1/dossiers", json=a_dossier(subject="khác"), headers=key)
    assert (other[0], other[2]["code"]) == (409, "idempotency_key_reused")


async def test_a_move_goes_short(both, a_dossier):
    codes = []
    for is_long in (False, True):
        sent = await both.send("POST", "/v1/dossiers", is_long=is_long, json=a_dossier())
        codes.append(sent[2]["code"])
    moves = [
        ({"to_status": 4}, 1, 200),
        ({"to_status": 4}, 2, 409),
        ({"to_status": 8}, 2, 422),
        ({"to_status": 5}, 2, 409),
        ({"to_status": 8, "reason": "Trùng hồ sơ", "occurred_at": AT_NIGHT}, 2, 409),
        ({"to_status": 9, "occurred_at": "2022-09-05T03:00:00Z"}, 1, 412),
        ({"to_status": 9}, None, 428),
        ({"to_status": 9}, 2, 200),
    ]
    for body, version, _status in moves:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        answers = []
        for code, is_long in zip(codes, (False, True), strict=True):
            path = f"/v1/dossiers/{code}/moves"
            answer = await both.send("POST", path, is_long=is_long, json=body, headers=headers)
            assert both.went_short == (answer[0] == 200 and not is_long)
            if "code" in (answer[2] or {}) and answer[0] == 200:
                answer[2].pop("code")
            answers.append(_timeless(answer))
        assert answers[0] == answers[1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_paper_is_taken_or_refused_alike(both, a_dossier, data):
    paper = a_dossier()
    places = [(paper, name) for name in [*paper, "subject", "components_count", "external_id", "?"]]
    places += [(paper["applicant"], name) for name in ("full_name", "id_number", "email", "?")]
    for holder, name in data.draw(st.lists(st.sampled_from(places), max_size=2)):
        odd = data.draw(st.sampled_from(ODD + INSTANTS))
        holder[name] = odd if name != "external_id" or odd else None
    if isinstance(paper.get("external_id"), str):
        paper["external_id"] = None  # the same dossier twice is refused the second time
    status, _, _ = await both.same("POST", "/v1/dossiers", json=paper)
    assert both.went_short == (status == 201)


@pytest.mark.parametrize(
    "request_",
    [
        {"content": b""},
        {"content": b"{"},
        {"content": b"[" * 20_000},
        {"content": b'{"agency_code": NaN}', "headers": {"content-type": "application/json"}},
        {"json": {}, "headers": {"Authorization": ""}},
        {"json": {}, "headers": {"Authorization": "Bearer forged"}},
        {"json": {}, "params": {"colour": "red"}},
        {"json": {}, "headers": {"Idempotency-Key": "có dấu".encode()}},
        {"content": b"agency_code=H56", "headers": {"content-type": "text/plain"}},
    ],
)
async def test_what_is_not_plain_goes_long(both, request_):
    status, _, problem = await both.same("POST", "/v1/dossiers", **request_)
    assert 400 <= status < 500, problem
    assert not both.went_short


async def test_a_body_that_is_too_long_is_not_read_to_its_end(both):
    long = {"content": b"{}" + b" " * 1_100_000, "headers": {"content-type": "application/json"}}
    status, _, problem = await both.same("POST", "/v1/dossiers", **long)
    assert (status, problem["code"]) == (413, "too_large")


async def test_a_database_that_is_away_is_told_alike(both, a_dossier, app, monkeypatch):
    def hang_up():
        raise ConnectionRefusedError

    monkeypatch.setattr(app.state.hot, "connection", hang_up)
    status, _, problem = await both.same("POST", "/v1/dossiers", json=a_dossier())
    assert (status, problem["code"]) == (503, "database_unavailable")
    assert both.went_short


async def test_a_database_that_is_away_is_told_to_everybody_at_once(
    both, a_dossier, app, monkeypatch
):
    def hang_up():
        raise ConnectionRefusedError

    monkeypatch.setattr(app.state.hot, "connection", hang_up)
    sent = (both.send("POST", "/v1/dossiers", is_long=False, json=a_dossier()) for _ in range(8))
    assert {status for status, _, _ in await asyncio.gather(*sent)} == {503}


@pytest.mark.parametrize(
    "code", ["x", "export", "H77.9.9-220831-0001", "H77.9.9-223131-0001", "%00"]
)
async def test_what_is_no_dossier_is_refused_on_the_long_way(both, code):
    for path in (f"/v1/dossiers/{code}", f"/v1/tracking/{code}"):
        status, _, _ = await both.same("GET", path)
        assert status in (404, 422)
        assert not both.went_short


async def test_a_fresh_copy_goes_long(both, a_dossier):
    _, _, receipt = await both.send("POST", "/v1/dossiers", is_long=False, json=a_dossier())
    path = f"/v1/dossiers/{receipt['code']}"
    status, _, _ = await both.same("GET", path, headers={"If-None-Match": '"1"'})
    assert status == 304
    assert not both.went_short


async def test_a_copy_without_names_has_its_own_tag_on_either_way(
    app, bearer, agency, both, a_dossier
):
    _, _, receipt = await both.send("POST", "/v1/dossiers", is_long=False, json=a_dossier())
    reader = BothWays(app, bearer("dossiers:read", agency=agency))
    _, told, _ = await reader.same("GET", f"/v1/dossiers/{receipt['code']}")
    assert reader.went_short
    assert (told["etag"], told["vary"]) == ('"1-masked"', "Authorization")


async def test_an_officer_elsewhere_sees_nothing_on_either_way(app, bearer, both, a_dossier):
    _, _, receipt = await both.send("POST", "/v1/dossiers", is_long=False, json=a_dossier())
    stranger = BothWays(app, bearer("dossiers:receive", "dossiers:read", agency="H56.18.26"))
    assert (await stranger.same("GET", f"/v1/dossiers/{receipt['code']}"))[0] == 404
    assert (await stranger.same("POST", "/v1/dossiers", json=a_dossier()))[0] == 403
    reader = BothWays(app, bearer("figures:read", agency="*"))
    assert (await reader.same("GET", f"/v1/dossiers/{receipt['code']}"))[0] == 403


PLAIN_QUERIES = [
    "",
    "limit=1",
    "agency={agency}",
    "agency={agency}&include_subordinates=true&limit=2",
    "status=2&status=4&channel=direct&timeliness=overdue",
    "received_from=2022-08-31&received_to=2022-08-31&field=ho-tich",
    "intake_officer=officer-1&procedure=1.001193&agency={agency}",
    "agency=H99.99",
]
OTHER_QUERIES = [
    "limit=0",
    "limit=1&limit=2",
    "limit=",
    "status=99",
    "status=",
    "colour=red",
    "agency=%00",
    "agency=h1",
    "include_subordinates=perhaps",
    "received_from=2022-02-30",
    "cursor=x",
    "cursor=%C3%A9",
    "cursor=W10",
    "agency=H99.99&include_subordinates=true",
]


@pytest.fixture
async def listed(both, a_dossier, agency) -> str:
    for day in (29, 30, 31):
        paper = a_dossier(received_at=f"2022-08-{day}T10:00:00+07:00")
        await both.send("POST", "/v1/dossiers", is_long=False, json=paper)
    return agency


@pytest.mark.parametrize("query", PLAIN_QUERIES)
async def test_a_plain_list_goes_short(both, listed, query):
    status, _, page = await both.same("GET", f"/v1/dossiers?{query.format(agency=listed)}")
    assert (status, both.went_short) == (200, True)
    while page["next_cursor"] and "limit=2" in query:
        path = f"/v1/dossiers?{query.format(agency=listed)}&cursor={page['next_cursor']}"
        _, _, page = await both.same("GET", path)
        assert both.went_short


@pytest.mark.parametrize("query", OTHER_QUERIES)
async def test_what_is_no_plain_list_goes_long(both, query):
    await both.same("GET", f"/v1/dossiers?{query}")
    assert not both.went_short


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([q for q in PLAIN_QUERIES + OTHER_QUERIES if q]), max_size=3))
async def test_any_list_is_shown_or_refused_alike(both, queries):
    query = "&".join(queries).format(agency="H77.1.1")
    status, _, _ = await both.same("GET", f"/v1/dossiers?{query}")
    assert both.went_short <= (status == 200)


async def test_a_search_by_name_goes_long(app, bearer, listed, a_dossier):
    searching = BothWays(app, bearer("dossiers:read", "dossiers:search", agency=listed))
    status, _, page = await searching.same("GET", "/v1/dossiers?applicant=nguoi")
    assert (status, len(page["items"]), searching.went_short) == (200, 3, False)
    assert (await searching.same("GET", "/v1/dossiers?applicant=nguoi&cursor=x"))[0] == 400


async def test_a_list_shows_its_reader_no_more_on_the_short_way(app, bearer, listed):
    stranger = BothWays(app, bearer("dossiers:read", agency="H56.18.26"))
    status, _, page = await stranger.same("GET", f"/v1/dossiers?agency={listed}")
    assert (status, page["items"], stranger.went_short) == (200, [], True)
    nobody = BothWays(app, bearer("dossiers:process", agency=listed))
    assert (await nobody.same("GET", "/v1/dossiers"))[0] == 403

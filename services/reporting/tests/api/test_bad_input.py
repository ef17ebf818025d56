"""Whatever is sent, the answer is a problem document and nothing is half-written."""

from datetime import timedelta

import pytest
from tthc.keys import LocalIssuer

JSON = {"Content-Type": "application/json"}
REPORT = {"scheme": "legal", "kind": "quarter", "year": 2022, "number": 3}


def refused(answer, status, code=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    if code:
        assert answer.json()["code"] == code


@pytest.mark.parametrize(
    "change",
    [
        {"year": "hai nghìn"},
        {"year": 9999},
        {"year": 2022.5},
        {"year": None},
        {"number": 0},
        {"kind": "decade"},
        {"agency_code": "H56\u0000"},
        {"agency_code": ["H56"]},
        {"agency_code": "x" * 10_000},
        {"scheme": "Legal; drop table reports"},
        {"unknown": 1},
    ],
)
async def test_wrong_types_and_values(client, rules, officer, ward, change):
    body = REPORT | {"agency_code": ward} | change
    refused(await client.post("/v1/reports", json=body, headers=officer), 422, "invalid_fields")
    listed = await client.get("/v1/reports", params={"agency": ward}, headers=officer)
    assert listed.json()["items"] == []


@pytest.mark.parametrize("known_at", ["9999-12-31T00:00:00Z", "2022-09-14", "x", 1e300])
async def test_instants_out_of_all_bounds(client, draft, officer, known_at):
    path = f"/v1/reports/{(await draft())['report_id']}/collections"
    refused(await client.post(path, json={"known_at": known_at}, headers=officer), 422)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[" * 20_000, id="20,000-deep"),
        pytest.param(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, id="20,000-deep object"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b'{"agency_code": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"year": ' + b"9" * 10_000 + b"}", id="a number of 10,000 digits"),
        pytest.param(b'{"year": NaN}', id="not a number"),
        pytest.param(b"", id="nothing"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/v1/reports", "/v1/stated-figure-checks", "/v1/period-schemes", "/v1/report-forms"]
)
async def test_bodies_that_are_no_json_of_ours(client, bearer, path, content):
    headers = bearer("reports:read", "reports:write", "periods:write", agency="*") | JSON
    answer = await client.post(path, content=content, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_nul_bytes_in_a_text_are_refused(client, draft, officer):
    path = f"/v1/reports/{(await draft())['report_id']}/narratives/direction"
    answer = await client.put(
        path, json={"text": "a\u0000b"}, headers=officer | {"If-Match": '"0"'}
    )
    refused(answer, 422, "invalid_fields")


@pytest.mark.parametrize("section", ["a\u0000b", "x" * 41])
async def test_a_place_in_the_text_that_cannot_be_kept_is_refused(client, draft, officer, section):
    path = f"/v1/reports/{(await draft())['report_id']}/stated-figures"
    stated = {"key": "dossiers.received", "value": 389, "section": section}
    headers = officer | {"If-Match": '"1"'}
    refused(await client.post(path, json={"stated": [stated]}, headers=headers), 422)
    stated["section"] = ""
    answer = await client.post(path, json={"stated": [stated]}, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_a_group_of_columns_that_cannot_be_kept_is_refused(client, bearer):
    form = {
        "code": "X", "version": 1, "title": "t", "unit": "u", "legal_basis": "l",
        "valid_from": "2020-01-01", "row_source": "procedure_field", "checks": [],
        "columns": [{"number": 1, "label": "a", "group": "a\u0000b"}],
    }  # fmt: skip
    headers = bearer("periods:write", agency="*")
    refused(await client.post("/v1/report-forms", json=form, headers=headers), 422)


async def test_a_body_that_is_too_large(client, draft, officer):
    path = f"/v1/reports/{(await draft())['report_id']}/stated-figures"
    answer = await client.post(path, content=b" " * 1_048_577, headers=officer | JSON)
    refused(answer, 413, "too_large")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/reports?limit=501", 422, "invalid_fields"),
        ("/v1/reports?limit=99999999999999999999", 422, "invalid_fields"),
        ("/v1/reports?cursor=%21", 422, "invalid_fields"),
        ("/v1/reports?cursor=AAAA", 400, "bad_cursor"),
        ("/v1/reports?cursor=WyIyMDIyLTA5LTE0IiwieCJd", 400, "bad_cursor"),
        ("/v1/reports?agency=%00", 422, "invalid_fields"),
        ("/v1/reports?sort=name", 400, "unknown_parameter"),
        ("/v1/periods", 422, "invalid_fields"),
        ("/v1/periods?year=9999", 422, "invalid_fields"),
        ("/v1/reports/not-an-id", 422, "invalid_fields"),
        ("/v1/reports/00000000-0000-0000-0000-000000000000", 404, "unknown_report"),
        ("/v1/reports/00000000-0000-0000-0000-000000000000/document?format=exe", 404, None),
        ("/v1/nothing", 404, "not_found"),
    ],
)
async def test_wrong_addresses_and_parameters(client, officer, path, status, code):
    answer = await client.get(path, headers=officer)
    if code is None:
        assert answer.status_code in (404, 422)
    else:
        refused(answer, status, code)


@pytest.mark.parametrize("token", [None, "", "abc", "a.b.c", "é"])
async def test_missing_and_forged_tokens(client, token):
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    answer = await client.get("/v1/reports", headers=headers)
    refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"]


async def test_a_token_signed_by_somebody_else(client, tmp_path):
    forger = LocalIssuer(tmp_path)
    token = forger.token("officer-1", "*", ["reports:read"], timedelta(hours=1))
    answer = await client.get("/v1/reports", headers={"Authorization": f"Bearer {token}"})
    refused(answer, 401, "unauthenticated")


async def test_a_token_without_the_scope(client, bearer):
    refused(await client.get("/v1/reports", headers=bearer("dossiers:read")), 403, "missing_scope")


@pytest.mark.parametrize("tag", ["", "x", '"-1"', '"99999999999999999999"', "*"])
async def test_unreadable_versions(client, draft, officer, tag):
    path = f"/v1/reports/{(await draft())['report_id']}/narratives/direction"
    answer = await client.put(path, json={"text": "x"}, headers=officer | {"If-Match": tag})
    refused(answer, 400, "bad_header")


async def test_unreadable_idempotency_keys(client, rules, officer, ward):
    body = REPORT | {"agency_code": ward}
    for key in ("", "a b", "x" * 201):
        answer = await client.post(
            "/v1/reports", json=body, headers=officer | {"Idempotency-Key": key}
        )
        refused(answer, 400, "bad_header")

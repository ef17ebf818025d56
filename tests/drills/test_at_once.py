"""Several hands at the same moment, each on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from itertools import chain

import httpx
import pytest

CLIENTS = 16
FILINGS_EACH = 6
PROCEDURE = "1.001193"
APPLICANT = {"full_name": "Người nộp mẫu 001"}

Officers = Callable[[int], list[httpx.AsyncClient]]


@pytest.fixture
async def officers(town) -> AsyncIterator[Officers]:
    """Return a function: how many -> clients, each another officer on another connection."""
    scopes = ("dossiers:receive", "dossiers:process", "dossiers:read")
    async with AsyncExitStack() as opened:
        clients = [
            await opened.enter_async_context(
                httpx.AsyncClient(
                    base_url=town.dossier.url,
                    headers=town.headers(*scopes, by=f"officer-{number}"),
                    timeout=30,
                )
            )
            for number in range(CLIENTS)
        ]
        yield lambda count: clients[:count]


async def test_sixteen_officers_accepting_at_one_agency_leave_no_gap_and_no_duplicate(
    officers, ward
):
    agency = ward()

    async def file_and_accept(officer: httpx.AsyncClient) -> list[str]:
        paper = {"agency_code": agency, "procedure_code": PROCEDURE, "applicant": APPLICANT}
        filed = [await officer.post("/v1/filings", json=paper) for _ in range(FILINGS_EACH)]
        paths = [f"/v1/filings/{answer.json()['filing_id']}/acceptance" for answer in filed]
        first = {"If-Match": '"1"'}
        accepted = [await officer.post(path, json={}, headers=first) for path in paths]
        assert {answer.status_code for answer in accepted} == {201}
        return [answer.json()["code"] for answer in accepted]

    codes = await asyncio.gather(*map(file_and_accept, officers(CLIENTS)))
    by_day: dict[str, list[int]] = {}
    for code in chain.from_iterable(codes):
        of_the_day, serial = code.rsplit("-", 1)
        by_day.setdefault(of_the_day, []).append(int(serial))
    assert sum(map(len, by_day.values())) == CLIENTS * FILINGS_EACH
    for serials in by_day.values():
        assert sorted(serials) == list(range(1, len(serials) + 1))


@pytest.mark.parametrize("act", ["moves", "settlement"])
async def test_two_officers_pressing_the_same_button_make_one_event(officers, ward, act):
    one, other = officers(2)
    paper = {"agency_code": ward(), "procedure_code": PROCEDURE, "channel": "direct"}
    for _round in range(10):
        received = await one.post("/v1/dossiers", json={**paper, "applicant": APPLICANT})
        path = f"/v1/dossiers/{received.json()['code']}"
        body = {"to_status": 4} if act == "moves" else {}
        answers = await asyncio.gather(
            *(
                officer.post(f"{path}/{act}", json=body, headers={"If-Match": '"1"'})
                for officer in (one, other)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        lost = max(answers, key=lambda answer: answer.status_code)
        assert lost.json()["code"] == "version_changed"
        events = (await one.get(f"{path}/events")).json()["items"]
        assert [event["event_number"] for event in events] == [1, 2]


@pytest.mark.parametrize("acts", [("refusal", "refusal"), ("acceptance", "refusal")])
async def test_two_officers_at_one_filing_make_one_event(officers, ward, acts):
    one, other = officers(2)
    paper = {"agency_code": ward(), "procedure_code": PROCEDURE, "applicant": APPLICANT}
    bodies = {"acceptance": {}, "refusal": {"reason": "Thiếu tờ khai"}}
    for _round in range(10):
        filed = await one.post("/v1/filings", json=paper)
        path, tag = f"/v1/filings/{filed.json()['filing_id']}", filed.headers["etag"]
        answers = await asyncio.gather(
            *(
                officer.post(f"{path}/{act}", json=bodies[act], headers={"If-Match": tag})
                for officer, act in zip((one, other), acts, strict=True)
            )
        )
        done, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert (done.status_code in {200, 201}, lost.status_code) == (True, 412), lost.text
        events = (await one.get(f"{path}/events")).json()["items"]
        assert [event["event_number"] for event in events] == [1, 2]

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest

Posting = Callable[..., Awaitable[httpx.Response]]

_towns = itertools.count(1)


@pytest.fixture
async def code(client, a_dossier) -> str:
    """A dossier received on Wednesday 31 August 2022, due on 7 September."""
    answer = await client.post("/v1/dossiers", json=a_dossier())
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


@pytest.fixture
def act(client, code) -> Posting:
    """Hand a paper in at a desk of the dossier, naming the version it changes."""

    async def post(desk: str, version: int, **body) -> httpx.Response:
        return await client.post(
            f"/v1/dossiers/{code}/{desk}", json=body, headers={"If-Match": f'"{version}"'}
        )

    return post


@pytest.fixture
def last_event(client, code) -> Callable[[], Awaitable[dict]]:
    async def read() -> dict:
        return (await client.get(f"/v1/dossiers/{code}/events")).json()["items"][-1]

    return read


@pytest.fixture
def town(catalog) -> str:
    """Another agency, outside the ward's part of the tree."""
    code = f"H78.{next(_towns)}"
    catalog.agencies.add(code)
    return code


@pytest.fixture
def officer(client, bearer):
    """Return a function: agency, scopes -> the headers of an officer there."""

    def headers(agency: str, *scopes: str) -> dict[str, str]:
        return bearer(*(scopes or ("dossiers:process", "dossiers:read")), agency=agency)

    return headers


@pytest.fixture
def act_as(client, code, officer):
    async def post(agency: str, desk: str, version: int, **body):
        headers = {**officer(agency), "If-Match": f'"{version}"'}
        return await client.post(f"/v1/dossiers/{code}/{desk}", json=body, headers=headers)

    return post


@pytest.fixture
def propose(client, code, bearer):
    """Return a function: what, of which event, its right time (None: never) -> a proposal."""

    async def post(corrects: str, event: int, to: str | None, *, agency: str = "*"):
        proposal = {
            "corrects": corrects,
            "event_number": event,
            "corrected_at": to,
            "reason_code": "system_not_updated",
            "reason": "Phần mềm ghi nhầm",
            "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
        }
        headers = bearer("dossiers:process", agency=agency)
        path = f"/v1/dossiers/{code}/corrections"
        return await client.post(path, json=proposal, headers=headers)

    return post


@pytest.fixture
def approve(client, code, bearer):
    """Return a function: a correction, the dossier's version -> its approval by another."""

    async def post(number: int, version: int, *, agency: str = "*"):
        headers = bearer("dossiers:approve", agency=agency, subject="officer-2")
        return await client.post(
            f"/v1/dossiers/{code}/corrections/{number}/approval",
            headers={**headers, "If-Match": f'"{version}"'},
        )

    return post


@pytest.fixture
def correct(propose, approve):
    """Return a function: a correction proposed and approved."""

    async def both(corrects: str, event: int, to: str | None, version: int):
        proposed = await propose(corrects, event, to)
        assert proposed.status_code == 201, proposed.text
        return await approve(proposed.json()["correction_id"], version)

    return both


@pytest.fixture
def reads(app):
    """Return a function: answer -> how many readings of personal data its request left."""

    async def count(answer) -> int:
        async with app.state.engine.connect() as connection:
            found = await connection.exec_driver_sql(
                "select count(*) from personal_data_reads where request_id = "
                f"'{answer.headers['x-request-id']}'"
            )
            return found.scalar_one()

    return count


@pytest.fixture
def a_history(agency):
    def line(number: int, **changes) -> dict:
        return {
            "external_id": f"cu-{number}",
            "agency_code": agency,
            "procedure_code": "1.001193",
            "channel": "online",
            "received_at": "2022-07-04T08:00:00+07:00",
            "settled_at": "2022-07-06T09:00:00+07:00",
            "returned_at": "2022-07-07T09:00:00+07:00",
            "applicant": {"full_name": f"Người nộp mẫu {number}", "phone": "0900000001"},
            **changes,
        }

    return line


SUPPLEMENT_ASKED = {
    "items": [{"component": "Tờ khai", "what_is_missing": "Chữ ký"}],
    "reason": "Hồ sơ chưa đủ",
}
MOVES = {
    2: [4, 5, 6, 7, 8, 9],
    4: [5, 6, 7, 8, 9],
    5: [2, 4, 7, 8],
    6: [4, 7, 8],
    7: [2, 8],
    8: [],
    9: [10],
    10: [],
}
"""Where a dossier may go, as the law's table has it; 7 was reached from 2. 1 and 3 are filings'."""
SETTLED = ("settlement", "settled_at", {})
WAYS = {
    2: (),
    4: (("processing", "started_at", {}),),
    5: (("supplement-requests", "asked_at", SUPPLEMENT_ASKED),),
    6: (("payment-requests", "asked_at", {"kind": "fee", "amount_vnd": 50_000}),),
    7: (("withdrawal-requests", "asked_at", {}),),
    8: (("stop", "stopped_at", {"reason": "Trùng hồ sơ"}),),
    9: (SETTLED,),
    10: (SETTLED, ("return", "returned_at", {"method": "direct"})),
}
"""What brings a dossier that was just received into each status."""


@dataclass
class Life:
    """A dossier whose status is known, and officers of each side to press its buttons."""

    client: httpx.AsyncClient
    path: str
    officers: dict[str, dict[str, str]]
    status: int = 2
    version: int = 1

    async def press(self, desk: str, *, by: str = "anybody", **body) -> httpx.Response:
        headers = {**self.officers[by], "If-Match": f'"{self.version}"'}
        return await self.client.post(f"{self.path}/{desk}", json=body, headers=headers)

    async def pressed(self, desk: str, *, by: str = "anybody", **body) -> dict:
        """Press what is expected to be taken, and go on from there."""
        answer = await self.press(desk, by=by, **body)
        assert answer.status_code == 200, answer.text
        self.status, self.version = answer.json()["status"], answer.json()["version"]
        return answer.json()

    def way(self, status: int) -> tuple:
        """Return what brings it into a status: desks, the name of the instant, papers."""
        return WAYS[status]

    async def bring(self, status: int, *, by: str = "anybody") -> None:
        """Go to a status by its acts, all on 5 September at half past eight."""
        for desk, when, body in self.way(status):
            await self.pressed(desk, by=by, **body, **{when: "2022-09-05T08:30:00+07:00"})
        assert self.status == status

    async def list(self, what: str) -> list[dict]:
        return (await self.client.get(f"{self.path}/{what}")).json()["items"]

    async def told(self) -> dict:
        """Return the last event without what differs from run to run."""
        event = (await self.list("events"))[-1]
        return {name: event[name] for name in ("kind", "from_status", "to_status", "occurred_at")}

    def assert_refused(self, answer: httpx.Response) -> None:
        """The act is not for this status: the answer names it and where the dossier may go."""
        problem = answer.json()
        assert answer.status_code == 409, answer.text
        assert problem["code"] in ("illegal_move", "act_not_possible")
        assert problem["details"]["from_status"] == self.status
        assert problem["details"]["allowed"] == MOVES[self.status]


@pytest.fixture
def life(client, code, officer, bearer, agency, town) -> Life:
    """A dossier received on 31 August 2022, due on 7 September."""
    return Life(
        client,
        f"/v1/dossiers/{code}",
        {
            "anybody": {},
            "receiver": officer(agency),
            "resolver": officer(town),
            "stranger": officer("H56.18"),
            "reader": bearer("dossiers:read", "dossiers:receive", agency="*"),
        },
    )


@pytest.fixture(params=MOVES)
async def standing(request, life) -> Life:
    """A dossier in each status in turn."""
    await life.bring(request.param)
    return life


@pytest.fixture
async def handed(life, town) -> Life:
    """A dossier on its way to the town, which has not taken it over yet."""
    at = {"handed_over_at": "2022-09-05T08:00:00+07:00"}
    await life.pressed("hand-overs", to_agency_code=town, step_name="Thẩm định", **at)
    return life


@pytest.fixture
async def shared(handed) -> Life:
    """A dossier that the town has taken over: the desk received it, the town settles it."""
    await handed.pressed("hand-overs/1/take-over", taken_over_at="2022-09-05T08:10:00+07:00")
    return handed


FILING_MOVES = {1: [2, 3, 5, 7], 2: [], 3: [], 5: [2, 7, 8], 7: [1, 8], 8: []}
"""Where a filing may go; 7 was reached from 1. Once accepted the dossier moves in its stead."""
FILING_WAYS = {
    1: (),
    2: (("acceptance", "accepted_at", {}),),
    3: (("refusal", "refused_at", {"reason": "Thiếu tờ khai"}),),
    5: (("supplement-requests", "asked_at", SUPPLEMENT_ASKED),),
    7: (("withdrawal-requests", "asked_at", {}),),
    8: (
        ("withdrawal-requests", "asked_at", {}),
        ("withdrawal", "withdrawn_at", {}),
    ),
}


@dataclass
class FilingLife(Life):
    """A filing whose status is known; it was filed on Saturday 3 September 2022."""

    async def pressed(self, desk: str, *, by: str = "anybody", **body) -> dict:
        answer = await self.press(desk, by=by, **body)
        assert answer.is_success, answer.text
        self.status, self.version = answer.json()["status"], self.version + 1
        return answer.json()

    def way(self, status: int) -> tuple:
        return FILING_WAYS[status]

    def assert_refused(self, answer: httpx.Response) -> None:
        problem = answer.json()
        assert answer.status_code == 409, answer.text
        assert problem["code"] in ("illegal_move", "act_not_possible", "filing_not_open")
        assert problem["details"]["from_status"] == self.status
        assert problem["details"]["allowed"] == FILING_MOVES[self.status]


@pytest.fixture
async def filed(client, a_dossier, bearer, agency, town) -> FilingLife:
    """A filing of Saturday 3 September 2022 that nobody has looked at yet."""
    paper = a_dossier(filed_at="2022-09-03T20:00:00+07:00")
    del paper["channel"], paper["received_at"]
    answer = await client.post("/v1/filings", json=paper)
    assert answer.status_code == 201, answer.text
    officers = {
        "anybody": {},
        "receiver": bearer("dossiers:receive", agency=agency),
        "stranger": bearer("dossiers:receive", agency=town),
        "reader": bearer("dossiers:read", "dossiers:process", agency="*"),
    }
    return FilingLife(client, f"/v1/filings/{answer.json()['filing_id']}", officers, status=1)


@pytest.fixture(params=FILING_MOVES)
async def standing_filing(request, filed) -> FilingLife:
    """A filing in each of its statuses in turn."""
    await filed.bring(request.param)
    return filed


@pytest.fixture
def refusal_of() -> Callable[[httpx.Response], str | None]:
    """Return a function: an answer -> the code of its refusal, None when it is none."""

    def code(answer: httpx.Response) -> str | None:
        return None if answer.is_success else answer.json()["code"]

    return code


@pytest.fixture
def figure(client, agency) -> Callable[..., Awaitable[list[int]]]:
    """Return a function: keys -> their values in the third quarter of 2022."""

    async def values(*keys: str) -> list[int]:
        query = f"agency={agency}&from=2022-06-15&to=2022-09-14"
        found = (await client.get(f"/v1/figures?{query}")).json()["figures"]
        by_key = {figure["key"]: figure["value"] for figure in found}
        return [by_key[key] for key in keys]

    return values

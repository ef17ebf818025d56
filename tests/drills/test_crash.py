"""Sixteen clients at the intake desk while a process is killed -9 in the middle of their work.

Whatever was acknowledged is there, once; nothing is there by halves; nobody has to repair anything.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus

import asyncpg
import httpx
import pytest

log = logging.getLogger(__name__)

CLIENTS = 16
BEFORE, AFTER = 100, 100
"""How many receipts there are before the blow, and how many more are waited for after it."""
READY_WITHIN_SECONDS = 30  # on a busy machine; alone it is one or two
PATIENCE_SECONDS = 45

THEIRS = "agency_id in (select agency_id from agencies where code = any($1))"
"""Other drills leave rows of other wards in the same database."""
UNTOLD = f"""
    select count(*) from dossiers d where {THEIRS} and (d.version != (
        select count(*) from events e
        where (e.agency_id, e.issued_on, e.serial) = (d.agency_id, d.issued_on, d.serial)
    ) or d.status != (
        select e.to_status from events e
        where (e.agency_id, e.issued_on, e.serial, e.event_number)
            = (d.agency_id, d.issued_on, d.serial, d.version)
    ))
"""
"""Dossiers whose version and status their events do not tell."""
PARTS = ("events", "facts", "applicant_names", "intake_keys")
"""What an intake writes beside the dossier, one row each."""
WITHOUT_THE_OTHER = """
    select count(*) from dossiers full join {part} using (agency_id, issued_on, serial)
    where (dossiers.version is null or {part}.tableoid is null) and {theirs}
"""
WITHOUT_APPLICANT = f"""
    select count(*) from dossiers full join applicants using (agency_id, applicant_id)
    where (dossiers.version is null or applicants.tableoid is null) and {THEIRS}
"""
CODES = """
    select a.code || to_char(d.issued_on, '-YYMMDD-') || lpad(d.serial::text, 4, '0')
    from dossiers d join agencies a using (agency_id) where a.code = any($1)
"""
SERIALS = """
    select a.code, d.issued_on, array_agg(d.serial order by d.serial) as serials,
        (select last_serial from daily_serials s
         where (s.agency_id, s.issued_on) = (d.agency_id, d.issued_on)) as last_serial
    from dossiers d join agencies a using (agency_id)
    where a.code = any($1) group by d.agency_id, a.code, d.issued_on
"""


class Crowd:
    """Clients that hand in dossier after dossier and begin the work, each until acknowledged."""

    def __init__(self, url: str, headers: dict[str, str], wards: list[str]) -> None:
        self.receipts: dict[str, dict] = {}
        self.begun: set[str] = set()
        self.failures: Counter[str] = Counter()
        self._url = url
        self._headers = headers
        self._wards = wards
        self._is_over = False
        self._work_aside: Future[None]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work in a thread until the block ends; each client first finishes what it has begun."""
        with ThreadPoolExecutor(1) as aside:
            self._work_aside = aside.submit(asyncio.run, self._work())
            try:
                yield
            finally:
                self._is_over = True
                self._work_aside.result(PATIENCE_SECONDS * 2)

    async def reach(self, count: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.receipts) < count and not self._work_aside.done():
            assert time.monotonic() < deadline, (len(self.receipts), self.failures)
            await asyncio.sleep(0.01)

    async def repeat(self) -> dict[str, dict]:
        """Send everything once more under its key, and return the answers."""
        answers: dict[str, dict] = {}

        async def one_client(client: httpx.AsyncClient, number: int) -> None:
            for key in sorted(self.receipts)[number::CLIENTS]:
                answers[key] = await self._insist(client, key)

        async with self._client() as client, asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(one_client(client, number))
        return answers

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._one_client(number))

    async def _one_client(self, number: int) -> None:
        turn = 0
        async with self._client() as client:
            while not self._is_over:
                turn += 1
                key = f"{self._wards[number % len(self._wards)]}/{number}/{turn}"
                receipt = self.receipts[key] = await self._insist(client, key)
                await self._begin(client, receipt["code"])

    async def _begin(self, client: httpx.AsyncClient, code: str) -> None:
        """Begin the work; who lost the answer presses again and learns that it is done."""
        lost, deadline = False, time.monotonic() + PATIENCE_SECONDS
        while True:
            assert time.monotonic() < deadline, f"{code} was not begun in {PATIENCE_SECONDS} s"
            try:
                answer = await client.post(
                    f"/v1/dossiers/{code}/processing", json={}, headers={"If-Match": '"1"'}
                )
            except httpx.TransportError as error:
                self.failures[type(error).__name__] += 1
            else:
                done = {HTTPStatus.OK, HTTPStatus.PRECONDITION_FAILED} if lost else {HTTPStatus.OK}
                if answer.status_code in done:
                    self.begun.add(code)
                    return
                assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, answer.text
                self.failures[answer.json()["code"]] += 1
            lost = True
            await asyncio.sleep(0.2)

    async def read(self) -> dict[str, dict]:
        """Read every dossier that was acknowledged, as an officer does."""
        sheets: dict[str, dict] = {}
        async with self._client() as client:
            for receipt in self.receipts.values():
                answer = await client.get(f"/v1/dossiers/{receipt['code']}")
                assert answer.status_code == HTTPStatus.OK, answer.text
                sheets[receipt["code"]] = answer.json()
        return sheets

    async def _insist(self, client: httpx.AsyncClient, key: str) -> dict:
        paper = {
            "agency_code": key.partition("/")[0],
            "procedure_code": "1.001193",
            "channel": "direct",
            "applicant": {"full_name": f"Người nộp mẫu {key}", "phone": "0900000456"},
        }
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = await client.post(
                    "/v1/dossiers", json=paper, headers={"Idempotency-Key": key}
                )
            except httpx.TransportError as error:
                self.failures[type(error).__name__] += 1
            else:
                if answer.status_code == HTTPStatus.CREATED:
                    return answer.json()
                assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, answer.text
                assert answer.headers["retry-after"]
                self.failures[answer.json()["code"]] += 1
            await asyncio.sleep(0.2)
        said = dict(self.failures)
        raise AssertionError(f"{key} was not acknowledged in {PATIENCE_SECONDS} s: {said}")

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=5)


@pytest.fixture
def crowd(town, ward) -> Crowd:
    headers = town.headers("dossiers:receive", "dossiers:process", "dossiers:read")
    return Crowd(town.dossier.url, headers, [ward(), ward()])


@pytest.fixture
def records(town) -> Callable:
    """Ask the dossier service's database; it is connected to when first asked."""

    async def ask(query: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(town.records)
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    return ask


def strike_service(town) -> None:
    town.dossier.kill()
    town.dossier.start()


def strike_database(town) -> None:
    town.database.kill()
    town.database.start()


@pytest.mark.parametrize("strike", [strike_service, strike_database])
async def test_a_kill_in_the_middle_of_intake_loses_and_doubles_nothing(
    strike, town, crowd, records, until_ready
):
    with crowd.at_work():
        await crowd.reach(BEFORE)
        struck_at = time.monotonic()
        strike(town)
        log.info("running again %.2f s after the blow", time.monotonic() - struck_at)
        await until_ready(town.dossier, within=READY_WITHIN_SECONDS)
        log.info("ready %.2f s after the blow", time.monotonic() - struck_at)
        await crowd.reach(len(crowd.receipts) + AFTER)
    log.info("%d acknowledged; refused on the way: %s", len(crowd.receipts), crowd.failures)

    assert crowd.failures, "the blow fell between two requests: it proves nothing"
    await assert_all_is_whole(crowd, records)
    assert await crowd.repeat() == crowd.receipts
    await assert_all_is_whole(crowd, records)
    await assert_all_reads_as_it_was_acknowledged(crowd)


async def assert_all_is_whole(crowd: Crowd, records: Callable) -> None:
    wards = sorted({key.partition("/")[0] for key in crowd.receipts})
    acknowledged = sorted(receipt["code"] for receipt in crowd.receipts.values())
    assert sorted(row[0] for row in await records(CODES, wards)) == acknowledged

    days = await records(SERIALS, wards)
    assert {day["code"] for day in days} == set(wards)
    for day in days:
        assert day["serials"] == list(range(1, day["last_serial"] + 1))

    halves: dict[str, int] = defaultdict(int)
    dossiers = len(acknowledged)
    for part in PARTS:
        without = WITHOUT_THE_OTHER.format(part=part, theirs=THEIRS)
        halves[part] += (await records(without, wards))[0][0]
        first = " and event_number = 1" if part == "events" else ""  # later acts have theirs
        rows = f"select count(*) from {part} where {THEIRS}{first}"
        halves[part] += (await records(rows, wards))[0][0] - dossiers
    halves["untold"] = (await records(UNTOLD, wards))[0][0]
    halves["applicants"] += (await records(WITHOUT_APPLICANT, wards))[0][0]
    assert not any(halves.values()), dict(halves)


async def assert_all_reads_as_it_was_acknowledged(crowd: Crowd) -> None:
    """Whose it is, until when, and that the work acknowledged as begun has begun."""
    sheets = await crowd.read()
    assert crowd.begun == set(sheets)
    for key, receipt in crowd.receipts.items():
        sheet = sheets[receipt["code"]]
        assert sheet["applicant"]["full_name"] == f"Người nộp mẫu {key}"
        assert (sheet["status"], sheet["version"]) == (4, 2)
        for name in ("agency_code", "procedure_code", "channel", "due_on"):
            assert sheet[name] == receipt[name]

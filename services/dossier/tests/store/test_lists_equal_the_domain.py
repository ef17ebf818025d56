"""SQL pages, Python filters: over random narrowings both show the same dossiers in one order."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import uuid4

import asyncpg
import pytest
from dossier.domain.facts import Channel
from dossier.domain.lifecycle import ENDED, Status
from dossier.domain.names import folded, is_found
from dossier.domain.standing import STATUSES, Standing, standing
from dossier.store import lists
from dossier.store.agency_codes import AgencyCodes
from dossier.store.lists import Days, Wanted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE

FIRST = date(2022, 6, 1)
TODAY = date(2022, 7, 20)
SPAN = 60
AGENCIES = [f"H88.{number}" for number in range(1, 46)]
BUSY = AGENCIES[:3]
OFFICERS = ["officer-1", "officer-2"]
NAMES = ["Nguyễn Văn An", "Nguyễn Thị Ánh", "Trần Văn Đức", "Lê An", "O'Brien \\ An", "Đỗ Ân Văn"]
TERMS = ["nguyen", "van", "an", "van an", "an nguyen", "ng", "duc", "o b", "o'b", "\\ a", "xyz"]
WAYS = {"procedure": ["1.000001", "1.000002"], "field": ["ho-tich", "dat-dai"]}


@dataclass(frozen=True)
class Kept:
    """A dossier as the brute force sees it."""

    agency: str
    agency_id: int
    issued_on: date
    serial: int
    status: Status
    came_from: Status | None
    channel: str
    procedure: str
    field: str
    intake_officer: str
    case_officer: str | None
    received_on: date
    due_on: date | None
    ended_on: date | None
    name: str

    @property
    def place(self):
        return self.issued_on, self.serial, self.agency_id


def an_instant(chance: random.Random, day: date) -> datetime:
    """Any moment of a local day, its very first and last among them."""
    hours = [time(0), time(12, 30), time(23, 59, 59)]
    return datetime.combine(day, chance.choice(hours), LOCAL_ZONE).astimezone(UTC)


class Shelf:
    """Dossiers in the database and, beside them, in memory."""

    def __init__(self, connection: asyncpg.Connection, ids: dict[str, int]) -> None:
        self.connection = connection
        self.ids = ids
        self.kept: list[Kept] = []
        self.chance = random.Random(7)
        self.serials = count(1)

    async def add(self, agency: str, issued_on: date) -> None:
        chance = self.chance
        status = chance.choice([s for s in Status if s not in (1, 3)])
        is_corrected = chance.random() < 0.1
        received_on = issued_on - timedelta(days=chance.randint(1, 9) if is_corrected else 0)
        ended_on = received_on + timedelta(days=chance.randint(0, 12)) if status in ENDED else None
        due_on = chance.choice([None, received_on + timedelta(days=chance.randint(0, 12))])
        withdraws = status is Status.WITHDRAWAL_ASKED
        came_from = chance.choice([Status.AWAITING_SUPPLEMENT, Status.IN_PROCESS, None])
        one = Kept(
            agency=agency,
            agency_id=self.ids[agency],
            issued_on=issued_on,
            serial=next(self.serials),
            status=status,
            came_from=came_from if withdraws else None,
            channel=chance.choice(list(Channel)).value,
            procedure=chance.choice(WAYS["procedure"]),
            field=chance.choice(WAYS["field"]),
            intake_officer=chance.choice(OFFICERS),
            case_officer=chance.choice([*OFFICERS, None]),
            received_on=received_on,
            due_on=due_on,
            ended_on=ended_on,
            name=chance.choice(NAMES),
        )
        await self._store(one)
        self.kept.append(one)

    async def _store(self, one: Kept) -> None:
        applicant_id = uuid4()
        received_at = an_instant(self.chance, one.received_on)
        await self._insert(
            "applicants",
            agency_id=one.agency_id,
            applicant_id=applicant_id,
            full_name=one.name,
            key_id="1",
        )
        await self._insert(
            "dossiers",
            agency_id=one.agency_id,
            issued_on=one.issued_on,
            serial=one.serial,
            version=1,
            status=one.status,
            came_from=one.came_from,
            status_since=received_at,
            channel=one.channel,
            procedure_code=one.procedure,
            procedure_name="Thủ tục mẫu",
            version_number=1,
            field_code=one.field,
            time_limit_unit="none",
            supplement_policy="pause",
            received_at=received_at,
            due_on=one.due_on,
            ended_at=None if one.ended_on is None else an_instant(self.chance, one.ended_on),
            applicant_id=applicant_id,
            resolver_agency_id=one.agency_id,
            recorded_at=received_at,
            received_by=one.intake_officer,
            case_officer=one.case_officer,
        )
        await self._insert(
            "applicant_names",
            agency_id=one.agency_id,
            issued_on=one.issued_on,
            serial=one.serial,
            folded_name=folded(one.name),
        )

    async def _insert(self, table: str, **row: object) -> None:
        columns, marks = ", ".join(row), ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await self.connection.execute(
            f"insert into {table} ({columns}) values ({marks})", *row.values()
        )

    def wanted(self, wanted: Wanted) -> list[Kept]:
        found = [one for one in self.kept if is_wanted(one, wanted)]
        return sorted(found, key=lambda one: one.place, reverse=True)


def is_wanted(one: Kept, wanted: Wanted) -> bool:
    stands = standing(
        status=one.status,
        came_from=one.came_from,
        due_on=one.due_on,
        ended_on=one.ended_on,
        today=wanted.today,
    )
    equal = [
        (wanted.procedure, one.procedure),
        (wanted.field, one.field),
        (wanted.channel, one.channel),
        (wanted.intake_officer, one.intake_officer),
        (wanted.case_officer, one.case_officer),
        (wanted.standing, stands),
    ]
    days = [
        (wanted.received, one.received_on),
        (wanted.due, one.due_on),
        (wanted.ended, one.ended_on),
    ]
    return (
        (wanted.agencies is None or one.agency in wanted.agencies)
        and (not wanted.statuses or one.status in wanted.statuses)
        and all(asked is None or asked == value for asked, value in equal)
        and all(not asked or (day is not None and is_within(asked, day)) for asked, day in days)
        and (wanted.name is None or is_found(folded(one.name), wanted.name))
    )


def is_within(days: Days, day: date) -> bool:
    return (days.first or date.min) <= day <= (days.last or date.max)


@pytest.fixture(scope="session")
async def shelf(database_url):
    connection = await asyncpg.connect(database_url("dossier", "lists"))
    ids = {
        code: await connection.fetchval(
            "insert into agencies (code) values ($1) returning agency_id", code
        )
        for code in AGENCIES
    }
    shelf = Shelf(connection, ids)
    for number in range(260):
        agency = BUSY[number % 3] if number < 200 else AGENCIES[number % 45]
        await shelf.add(agency, FIRST + timedelta(days=shelf.chance.randrange(SPAN)))
    yield shelf
    await connection.close()


some_days = st.none() | st.integers(-3, SPAN + 3).map(lambda n: FIRST + timedelta(days=n))
ranges = st.just(Days()) | st.builds(Days, some_days, some_days)
narrowings = st.builds(
    Wanted,
    agencies=st.sampled_from([None, (BUSY[0],), tuple(BUSY[:2]), tuple(AGENCIES), ("H99",), ()]),
    today=st.sampled_from([TODAY, FIRST, date(2023, 1, 1)]),
    statuses=st.lists(st.sampled_from([int(s) for s in Status]), max_size=3).map(tuple),
    procedure=st.none() | st.none() | st.sampled_from(WAYS["procedure"]),
    field=st.none() | st.none() | st.sampled_from(WAYS["field"]),
    channel=st.none() | st.none() | st.sampled_from([c.value for c in Channel]),
    intake_officer=st.none() | st.none() | st.sampled_from(OFFICERS),
    case_officer=st.none() | st.none() | st.sampled_from(OFFICERS),
    standing=st.none() | st.sampled_from(Standing),
    received=ranges,
    due=ranges,
    ended=ranges,
    name=st.none() | st.sampled_from(TERMS),
)
generously = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def all_pages(shelf: Shelf, wanted: Wanted, limit: int, meanwhile=None):
    after, places = None, []
    while True:
        rows = await lists.page(shelf.connection, wanted, after=after, limit=limit)
        places += [(row["issued_on"], row["serial"], row["agency_id"]) for row in rows]
        if len(rows) < limit:
            return places
        after = places[-1]
        if meanwhile is not None:
            await meanwhile()


@generously
@given(wanted=narrowings, limit=st.sampled_from([1, 7, 40, 300]))
async def test_every_page_shows_what_a_filter_by_hand_shows(shelf, wanted, limit):
    expected = [one.place for one in shelf.wanted(wanted)]
    limit = limit if len(expected) < 40 else max(limit, 7)
    assert await all_pages(shelf, wanted, limit) == expected


@settings(generously, max_examples=15)
@given(wanted=narrowings)
async def test_what_arrives_meanwhile_neither_repeats_nor_hides_a_dossier(shelf, wanted):
    before = [one.place for one in shelf.wanted(wanted)]

    async def meanwhile() -> None:
        newest = FIRST + timedelta(days=SPAN + 1)
        await shelf.add(BUSY[0], newest)
        await shelf.add(BUSY[1], FIRST + timedelta(days=shelf.chance.randrange(SPAN)))

    shown = await all_pages(shelf, wanted, 25, meanwhile)
    assert len(shown) == len(set(shown))
    assert [place for place in shown if place in set(before)] == before


async def test_the_code_of_an_agency_numbered_meanwhile_is_learnt(shelf):
    codes = AgencyCodes()
    number = shelf.ids[BUSY[0]]
    assert (await codes.of(shelf.connection, {number}))[number] == BUSY[0]
    later = await shelf.connection.fetchval(
        "insert into agencies (code) values ('H88.46') returning agency_id"
    )
    assert (await codes.of(shelf.connection, {number, later}))[later] == "H88.46"


@given(
    status=st.sampled_from([s for s in Status if s not in (1, 3)]),
    came_from=st.none() | st.sampled_from(Status),
    due_on=st.none() | st.dates(FIRST, TODAY),
    ended_on=st.dates(FIRST, TODAY),
    today=st.dates(FIRST, TODAY),
)
def test_a_dossier_stands_so_in_the_statuses_listed_for_it(
    status, came_from, due_on, ended_on, today
):
    how = standing(
        status=status,
        came_from=came_from,
        due_on=due_on,
        ended_on=ended_on if status in ENDED else None,
        today=today,
    )
    assert [s for s in Standing if status in STATUSES[s]].count(how) == 1

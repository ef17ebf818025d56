"""SQL pages, Python filters: over random questions both list the same late work in one order."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from dossier.domain import overdue as rules
from dossier.domain.facts import FOREVER, Channel, Facts, Stretch, timeliness
from dossier.domain.overdue import DueRange, WorkKind, WorkSide, is_on_side
from dossier.store.agencies import number_agency
from dossier.store.overdue import AskedWork, count_ranges, work_page
from dossier.tables.dossiers import dossiers
from dossier.tables.facts import facts
from dossier.tables.people import applicants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit.db import create_engine, write_sessions
from sqlalchemy import insert

FIRST = date(2022, 6, 1)
TODAY = date(2022, 7, 20)
SPAN = (TODAY - FIRST).days
AGENCIES = [f"H87.{number}" for number in range(1, 6)]
OFFICERS = ["officer-1", "officer-2"]
DOSSIERS = 240


@dataclass(frozen=True)
class Kept:
    """A dossier as the brute force sees it."""

    receiver: str
    holder: str
    officer: str
    agency_id: int
    issued_on: date
    serial: int
    facts: Facts

    def place(self, due_on: date):
        return due_on, self.issued_on, self.serial, self.agency_id


def a_life(chance: random.Random) -> Facts:
    """Up to three stretches, each with its own due date, some waiting, up to an end or for ever."""
    received_on = FIRST + timedelta(days=chance.randrange(SPAN))
    turns = sorted(received_on + timedelta(days=chance.randint(0, 20)) for _ in range(2))
    has_ended = chance.random() < 0.5
    ended_on = turns[-1] + timedelta(days=chance.randint(0, 9)) if has_ended else FOREVER
    ended_on = FOREVER if has_ended and ended_on > TODAY else ended_on
    days = [received_on, *[turn for turn in turns if turn <= min(ended_on, TODAY)]]
    stretches = []
    for from_on, until_on in pairwise([*days, ended_on]):
        due_on = chance.choice([FOREVER, *[from_on + timedelta(days=n) for n in range(12)]])
        stretches.append(Stretch(from_on, until_on, due_on, chance.random() < 0.2))
    return Facts(
        channel=Channel.DIRECT,
        received_on=received_on,
        stretches=tuple(stretches),
        ended_on=ended_on,
        apologised_on=chance.choice([FOREVER, received_on + timedelta(days=chance.randint(0, 30))]),
    )


async def keep(tx, ids: dict[str, int], chance: random.Random, serial: int) -> Kept:
    receiver = chance.choice(AGENCIES)
    holder = chance.choice([receiver, *AGENCIES])
    life, officer = a_life(chance), chance.choice(OFFICERS)
    issued_on = life.received_on
    at = datetime.combine(issued_on, time(3), UTC)
    key = {"agency_id": ids[receiver], "issued_on": issued_on, "serial": serial}
    applicant_id = uuid4()
    await tx.execute(
        insert(applicants).values(
            agency_id=ids[receiver], applicant_id=applicant_id, full_name="Mẫu", key_id="1"
        )
    )
    fixed = {"channel": "direct", "procedure_code": "1.000001", "field_code": "ho-tich"}
    await tx.execute(
        insert(dossiers).values(
            **key,
            **fixed,
            version=1,
            status=2,
            status_since=at,
            procedure_name="Thủ tục mẫu",
            version_number=1,
            time_limit_unit="none",
            supplement_policy="pause",
            received_at=at,
            applicant_id=applicant_id,
            resolver_agency_id=ids[holder],
            recorded_at=at,
        )
    )
    for number, stretch in enumerate(life.stretches, start=1):
        await tx.execute(
            insert(facts).values(
                **key,
                **fixed,
                stretch=number,
                version=1,
                is_last=number == len(life.stretches),
                received_on=life.received_on,
                from_on=stretch.from_on,
                until_on=stretch.until_on,
                due_on=stretch.due_on,
                is_waiting=stretch.is_waiting,
                ended_on=life.ended_on,
                returned_on=FOREVER,
                apologised_on=life.apologised_on,
                recorded_from=at,
                officer=officer,
                handed_to_agency_id=None if holder == receiver else ids[holder],
            )
        )
    return Kept(receiver, holder, officer, ids[receiver], issued_on, serial, life)


@pytest.fixture(scope="session")
async def shelf(database_url):
    engine = create_engine(
        database_url("dossier", "work"), pool_size=1, application_name="test-work"
    )
    sessions, chance = write_sessions(engine), random.Random(11)
    async with sessions.begin() as tx:
        ids = {code: await number_agency(tx, code) for code in AGENCIES}
        kept = [await keep(tx, ids, chance, number) for number in range(1, DOSSIERS + 1)]
    yield sessions, kept
    await engine.dispose()


def due_in_list(one: Kept, asked: AskedWork) -> date | None:
    """The due date under which a dossier is on a list, None when it is not on it."""
    life, on = one.facts, asked.on
    due = next((s.due_on for s in life.stretches if s.from_on <= on < s.until_on), life.due_on)
    if asked.kind is WorkKind.DUE_SOON:
        is_work = rules.is_due_soon(life, on, asked.due.last)
    elif asked.kind is WorkKind.OVERDUE:
        is_work = rules.is_overdue(life, on)
    else:
        is_work = rules.owes_apology(life, on)
    return due if is_work and (asked.due is None or due in asked.due) else None


def is_wanted(one: Kept, asked: AskedWork) -> bool:
    codes = [set(AGENCIES) if c is None else set(c) for c in (asked.sight, asked.agencies)]
    reached = codes[0] & codes[1]
    on_side = is_on_side(
        asked.side, is_receiver=one.receiver in reached, is_holder=one.holder in reached
    )
    return on_side and asked.officer in (None, one.officer)


def listed(kept: list[Kept], asked: AskedWork) -> list[tuple]:
    found = [(one, due_in_list(one, asked)) for one in kept if is_wanted(one, asked)]
    return sorted(one.place(due) for one, due in found if due is not None)


some = st.lists(st.sampled_from(AGENCIES), min_size=1, max_size=3).map(frozenset)


@st.composite
def questions(draw) -> AskedWork:
    kind = draw(st.sampled_from(WorkKind))
    on = TODAY if draw(st.booleans()) else FIRST + timedelta(days=draw(st.integers(0, SPAN)))
    due = DueRange(None, on + timedelta(days=draw(st.integers(0, 8))))
    if kind is WorkKind.OVERDUE and draw(st.booleans()):
        due = DueRange(on - timedelta(days=draw(st.integers(3, 9))), on - timedelta(days=2))
    return AskedWork(
        kind=kind,
        side=draw(st.sampled_from(WorkSide)),
        on=on,
        is_today=on == TODAY,
        sight=draw(st.none() | some),
        agencies=draw(st.none() | some),
        officer=draw(st.none() | st.sampled_from(OFFICERS)),
        due=due if kind is not WorkKind.APOLOGY_OWED else None,
    )


generously = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@generously
@given(asked=questions(), limit=st.sampled_from([3, 10, 300]))
async def test_every_page_of_work_shows_what_a_filter_by_hand_shows(shelf, asked, limit):
    sessions, kept = shelf
    after, places = None, []
    async with sessions.begin() as tx:
        while True:
            page = await work_page(tx, asked, after=after, limit=limit)
            places += [(w.due_on, w.issued_on, w.serial, w.agency_id) for w in page]
            if len(page) < limit:
                break
            after = places[-1]
    assert places == listed(kept, asked)


@generously
@given(asked=questions(), edges=st.lists(st.integers(-20, 20), min_size=1, max_size=4, unique=True))
async def test_ranges_count_what_the_lists_show(shelf, asked, edges):
    sessions, kept = shelf
    days = [asked.on + timedelta(days=n) for n in sorted(edges)]
    ranges = {"first": DueRange(None, days[0])}
    for before, last in pairwise(days):
        ranges[last.isoformat()] = DueRange(before + timedelta(days=1), last)
    async with sessions.begin() as tx:
        counted = await count_ranges(tx, asked, ranges)
    dues = [place[0] for place in listed(kept, asked)]
    assert counted == {name: sum(d in due for d in dues) for name, due in ranges.items()}


@generously
@given(asked=questions())
async def test_received_and_held_together_are_either_each_dossier_once(shelf, asked):
    sessions, _ = shelf
    shown = []
    async with sessions.begin() as tx:
        for side in WorkSide:
            one_side = AskedWork(**{**vars_of(asked), "side": side})
            page = await work_page(tx, one_side, after=None, limit=300)
            shown.append([(w.agency_id, w.issued_on, w.serial) for w in page])
    received, held, either = shown
    assert len(either) == len(set(either))
    assert set(either) == set(received) | set(held)


def vars_of(asked: AskedWork) -> dict[str, object]:
    return {name: getattr(asked, name) for name in AskedWork.__dataclass_fields__}


def test_the_shelf_holds_every_kind_of_work_on_both_sides(shelf):
    _, kept = shelf
    for kind in WorkKind:
        due = DueRange(None, TODAY + timedelta(days=5))
        found = [
            one
            for one in kept
            if due_in_list(one, AskedWork(kind=kind, on=TODAY, sight=None, due=due)) is not None
        ]
        assert {one.holder == one.receiver for one in found} == {True, False}, kind
    ends = [timeliness(one.facts.ended_on, one.facts.due_on) for one in kept]
    assert len(set(ends)) > 1

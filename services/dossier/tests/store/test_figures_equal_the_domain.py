"""SQL counts, the domain decides: over random histories both say the same, at any known time."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import uuid4

import pytest
from dossier.domain import facts as days
from dossier.domain.classification import contribution
from dossier.domain.desk import Desk
from dossier.domain.dossier import dossier_code, moved
from dossier.domain.facts import FOREVER, Channel, ReturnMethod
from dossier.domain.figures import COUNTED, DIMENSIONS, ONLINE_PROCEDURES
from dossier.domain.lifecycle import ENDED, Status, allowed_from
from dossier.domain.overdue import WorkKind, owes_apology
from dossier.domain.recomputing import recomputed
from dossier.store import cells, dossiers, event_log, figures, rollups
from dossier.store import course as courses
from dossier.store.agencies import number_agency
from dossier.store.course import Act
from dossier.store.intake import Intake, driver_connection, receive
from dossier.store.officers import change_officer
from dossier.store.overdue import AskedWork, work_page
from dossier.store.personal_data import Sealer
from dossier.store.scopes import Scope
from dossier.usecases import folding
from dossier.usecases.ahead import count_figures
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from kernel.time_zone import LOCAL_ZONE, local_day
from kernel.working_days import WorkingCalendar
from sqlalchemy import select

FIRST = date(2022, 6, 1)
DESK = Desk(WorkingCalendar())
SEALER = Sealer({"1": "A" * 43 + "="}, key_id="1")
KEYS = [definition.key for definition in COUNTED]
SOME = ("dossiers.total", "dossiers.settled.late", "dossiers.pending", "dossiers.returned.postal")
PROCEDURES = ("1.001193", "1.000004")
OFFICERS = ("officer-1", "officer-2", "officer-3")
UNSAID = {"recorded_by": "x", "details": {}}
ASSIGNED, CORRECTED, RECOMPUTED = 10, 11, 12
_numbers = count(1)

steps = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 20), st.integers(0, 600)), max_size=6)
stories = st.tuples(
    st.sampled_from(Channel),
    st.tuples(
        st.sampled_from(["ho-tich", "khac"]),
        st.sampled_from(PROCEDURES),
        st.sampled_from(OFFICERS),
    ),
    st.integers(0, 90),
    st.none() | st.integers(0, 15),
    st.sampled_from(["restart", "pause"]),
    steps,
)

SETTLED = sorted(allowed_from(Status.ACCEPTED)).index(Status.SETTLED)
WHOSE = ("ho-tich", PROCEDURES[0], OFFICERS[0])
SETTLED_AND_RETURNED = (Channel.ONLINE, WHOSE, 10, 3, "restart", [(SETTLED, 5, 1), (0, 2, 1)])
PENDING = (Channel.ONLINE, WHOSE, 20, 3, "pause", [])


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), LOCAL_ZONE).astimezone(UTC)


class Diary:
    """One dossier in the database and, beside it, its facts as known after each recording."""

    def __init__(self, code: str, field: str, procedure: str, channel: str) -> None:
        self.code = code
        self.fixed = {"procedure_field": field, "procedure": procedure, "channel": channel}
        self.known: list[tuple[datetime, days.Facts]] = []
        self.officers: list[tuple[datetime, str]] = []

    def dimensions(self, known_at: datetime | None) -> dict[str, str]:
        officers = (o for at, o in reversed(self.officers) if known_at is None or at <= known_at)
        return {**self.fixed, "officer": next(officers, "")}

    def facts(self, known_at: datetime) -> days.Facts | None:
        return next((f for at, f in reversed(self.known) if at <= known_at), None)


async def live(tx, agency_id: int, agency: str, story) -> Diary:
    channel, (field, procedure, officer), start, limit, policy, acts = story
    received_at = noon(FIRST + timedelta(days=start))
    due_on = None if limit is None else local_day(received_at) + timedelta(days=limit)
    intake = Intake(
        agency_id=agency_id,
        issued_on=local_day(received_at),
        recorded_at=received_at,
        recorded_by=officer,
        key=None,
        body_digest=None,
        filing_id=None,
        applicant_id=uuid4(),
        full_name="Người nộp mẫu",
        sealed=None,
        key_id="1",
        channel=channel,
        procedure_code=procedure,
        procedure_name="Đăng ký khai sinh",
        version_number=1,
        field_code=field,
        time_limit_value=limit,
        time_limit_unit="none" if limit is None else "calendar_day",
        cutoff_time=None,
        supplement_policy=policy,
        received_at=received_at,
        due_on=due_on,
        subject=None,
        components_count=None,
        external_id=None,
        folded_name="nguoi nop mau",
    )
    await tx.execute(select(1))  # a transaction begins with its first statement
    issued = await receive(await driver_connection(tx), intake)
    code = dossier_code(agency, issued.issued_on, issued.serial)
    diary = Diary(code, field, procedure, channel)
    diary.officers.append((received_at, officer))
    first = days.received(channel, local_day(received_at), due_on)
    diary.known.append((received_at, first))
    await carry_on(tx, diary, acts)
    return diary


async def carry_on(tx, diary: Diary, acts) -> None:
    recorded_at = max(diary.known[-1][0], diary.officers[-1][0])
    for choice, later, lag in acts:
        dossier = await dossiers.dossier(tx, diary.code, None, SEALER)
        before = await courses.course(tx, dossier)
        assert before.facts == diary.known[-1][1]
        at = before.status_since + timedelta(days=later)
        recorded_at = max(recorded_at, at) + timedelta(hours=lag)
        if choice == ASSIGNED:
            following = OFFICERS[later % len(OFFICERS)]
            act = Act(kind="assigned", occurred_at=at, recorded_at=recorded_at, **UNSAID)
            assert await courses.keep_course(tx, dossier, before, before, act)
            await change_officer(tx, dossier, following, event_number=dossier.version + 1)
            diary.officers.append((recorded_at, following))
            continue
        after = next_course(before, dossier, choice, at, later=later)
        if after is None:
            break
        act = Act(kind="act", occurred_at=at, recorded_at=recorded_at, **UNSAID)
        assert await courses.keep_course(tx, dossier, before, after, act)
        diary.known.append((recorded_at, after.facts))


def next_course(before, dossier, choice: int, at: datetime, *, later: int):
    if choice == CORRECTED:
        return replace(before, facts=received_earlier(before.facts, later))
    if choice == RECOMPUTED:  # what is told next may have happened before
        due_on = None if before.due_on is None else before.due_on + timedelta(days=1)
        return recomputed(before, due_on, at=at) if before.status not in ENDED else before
    moves = sorted(allowed_from(before.status, came_from=before.came_from))
    if choice == 9 and before.status not in ENDED and before.facts.apologised_on == FOREVER:
        apologised = days.apologised(before.facts, local_day(at))
        return replace(before, facts=apologised, status_since=at)
    if not moves:
        return None
    to = Status(moves[choice % len(moves)])
    method = list(ReturnMethod)[choice % 3]
    return moved(before, to, at=at, terms=dossier.terms, desk=DESK, method=method)


def received_earlier(facts: days.Facts, by_days: int) -> days.Facts:
    """A correction dated back: the dossier was received on a day long reported."""
    received_on = facts.received_on - timedelta(days=by_days)
    first, *others = facts.stretches
    stretches = (replace(first, from_on=received_on), *others)
    return replace(facts, received_on=received_on, stretches=stretches)


def instant_of(known, diaries) -> datetime | None:
    """As known now, some hours on, or right before, at and after something was recorded."""
    if known is None:
        return None
    if isinstance(known, int):
        return noon(FIRST) + timedelta(hours=known)
    place, microseconds = known
    recorded = sorted({at for d in diaries for at, _ in (*d.known, *d.officers)})
    return recorded[place % len(recorded)] + timedelta(microseconds=microseconds)


@pytest.fixture
def in_vain(app):
    """Sessions whose work is undone."""
    return app.state.sessions


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(stories, min_size=1, max_size=5),
    st.integers(0, 120),
    st.integers(1, 92),
    st.none() | st.integers(0, 4_000) | st.tuples(st.integers(0, 40), st.integers(-1, 1)),
)
@example(told=[SETTLED_AND_RETURNED], start=0, length=60, known=(1, -1))
@example(told=[SETTLED_AND_RETURNED], start=0, length=60, known=(1, 0))
@example(told=[SETTLED_AND_RETURNED], start=0, length=60, known=(1, 1))
async def test_sql_and_domain_count_the_same(in_vain, told, start, length, known):
    agency = f"H72.1.{next(_numbers)}"
    period = ReportingPeriod(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length))
    before = ReportingPeriod(period.start - timedelta(days=30), period.start)
    async with in_vain() as tx:
        agency_id = await number_agency(tx, agency)
        diaries = [await live(tx, agency_id, agency, story) for story in told]
        known_at = instant_of(known, diaries)
        holds = [(d, d.facts(known_at or datetime.max.replace(tzinfo=UTC))) for d in diaries]
        keys = {d.code: contribution(f, period) for d, f in holds if f is not None}

        scope = Scope(agencies={agency}, sight=None, period=period, known_at=known_at)
        for key in KEYS:
            expected = {code for code, found in keys.items() if key in found}
            assert await figures.count(tx, scope, key) == len(expected), key
            listed = await figures.evidence(tx, scope, key, narrowed={}, after=None, limit=100)
            found = [dossier_code(r.agency_code, r.issued_on, r.serial) for r in listed]
            assert sorted(found) == sorted(expected)
            days = [(getattr(r, figures.day_of(key)), r.issued_on, r.serial) for r in listed]
            assert days == sorted(days)
        await _sums_agree(tx, scope, keys, diaries)
        previous = Scope(agencies={agency}, sight=None, period=before, known_at=known_at)
        pending = await figures.count(tx, previous, "dossiers.pending")
        assert await figures.count(tx, scope, "dossiers.carried_over") == pending


async def _sums_agree(tx, scope, keys, diaries) -> None:
    """The one statement of all counts, in total and by each dimension, agrees with the domain."""
    total = {key: sum(key in found for found in keys.values()) for key in KEYS}
    assert in_all(await figures.counts(tx, scope, KEYS)) == total
    assert total["dossiers.total"] == total["dossiers.settled"] + total["dossiers.pending"]
    for name in DIMENSIONS:
        by_value = await figures.counts(tx, scope, KEYS, by=name)
        assert in_all(by_value) == total
        told = {diary.code: diary.dimensions(scope.known_at)[name] for diary in diaries}
        for value, row in by_value.items():
            own = [found for code, found in keys.items() if value in (None, told[code])]
            assert {key: row[key] for key in KEYS} == {
                key: sum(key in found for found in own) for key in KEYS
            }
            narrowed = {} if value is None else {name: value}
            online = await figures.online_procedures(tx, scope, narrowed)
            assert row[ONLINE_PROCEDURES] == len(online)
            for key in SOME:
                listed = await figures.totals(tx, scope, key, narrowed=narrowed)
                assert listed == (row[key], row[key])


def in_all(found) -> dict[str, int]:
    return {key: found[None][key] for key in KEYS}


async def test_an_apology_sent_after_the_end_is_owed_still(in_vain):
    """A correction of the end can leave one behind it; figures and lists say the same of it."""
    agency = f"H72.2.{next(_numbers)}"
    *particulars, acts = SETTLED_AND_RETURNED
    async with in_vain() as tx:
        agency_id = await number_agency(tx, agency)
        diary = await live(tx, agency_id, agency, (*particulars, acts[:1]))
        dossier = await dossiers.dossier(tx, diary.code, None, SEALER)
        before = await courses.course(tx, dossier)
        sent_on = before.facts.ended_on + timedelta(days=1)
        after = replace(before, facts=days.apologised(before.facts, sent_on))
        at = diary.known[-1][0]
        act = Act(kind="act", occurred_at=at, recorded_at=at, **UNSAID)
        assert await courses.keep_course(tx, dossier, before, after, act)
        on = sent_on + timedelta(days=30)
        asked = AskedWork(kind=WorkKind.APOLOGY_OWED, on=on, sight=None, agencies={agency})
        listed = await work_page(tx, asked, after=None, limit=10)
        scope = Scope(agencies={agency}, sight=None, period=ReportingPeriod.between(FIRST, on))
        counted = await figures.count(tx, scope, "dossiers.settled.late.without_apology")
    assert owes_apology(after.facts, on)
    assert (len(listed), counted) == (1, 1)


TODAY = date(2023, 2, 20)  # after every story's last act
PERIODS = [
    ReportingPeriod.between(date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        ("2022-06-15", "2022-09-14"),  # a legal quarter
        ("2022-07-01", "2022-09-30"),  # a calendar quarter
        ("2022-06-15", "2022-07-14"),  # a month of both
        ("2022-08-01", "2022-08-14"),  # half a month
        ("2022-03-15", "2022-12-14"),  # three quarters
        ("2022-12-15", "2023-02-20"),  # the quarter that is running, up to today
        ("2022-09-15", "2023-02-20"),  # one that is over, and the running one
        ("2022-12-15", "2023-03-14"),  # the whole of it, up to a day to come
        ("2022-12-15", "2023-02-10"),  # a part that is over
        ("2022-06-20", "2022-09-14"),  # no window begins then
    )
]


@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(stories, min_size=1, max_size=4), st.lists(steps, max_size=4), st.integers(0, 9))
async def test_counts_kept_ahead_say_what_the_facts_say(app, told, more, most):
    wards = [f"H73.1.{next(_numbers)}" for _ in range(2)]
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
        diaries = [
            await live(tx, numbers[turn % 2], wards[turn % 2], story)
            for turn, story in enumerate(told)
        ]
    folder = replace(app.state.folder, clock=lambda: noon(TODAY))
    await folding.fold_log(folder, most=1_000_000)
    for diary, acts in zip(diaries, more, strict=False):
        async with app.state.sessions.begin() as tx:
            await carry_on(tx, diary, acts)
        if most:
            await folding.fold_log(folder, most=most)
    # One ward, and both: they are counted by statements of two shapes.
    await _ahead_equals_raw(app, {wards[0]})
    await _ahead_equals_raw(app, set(wards))


async def _ahead_equals_raw(app, agencies: set[str]) -> None:
    async with app.state.read_sessions.begin() as tx:
        for period in PERIODS:
            scope = Scope(agencies=agencies, sight=None, period=period)
            for by in (None, "procedure_field"):
                raw = await figures.counts(tx, scope, KEYS, by=by)
                ahead = await count_figures(tx, scope, KEYS, by=by, today=TODAY)
                assert some(ahead) == some(raw), period
        known = await cells.known_windows(tx)
        mark = await event_log.mark(tx)
        own = Scope(agencies=agencies, sight=None, period=PERIODS[0])
        for window in known:
            assert await rollups.differences(tx, own, window, mark) == []


def some(found) -> dict:
    """Return what is not nought; values without any dossier may be left out."""
    named = {
        value: {key: n for key, n in row.items() if n and key != "dossiers.settled.in_time"}
        for value, row in found.items()
    }
    return {value: row for value, row in named.items() if row}


async def test_folding_among_concurrent_writers_loses_nothing(app):
    wards = [f"H73.2.{next(_numbers)}" for _ in range(4)]
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(5):
            story = (Channel.ONLINE, ("ho-tich", PROCEDURES[0], "officer-1"), turn, 3, "pause", [])
            async with app.state.sessions.begin() as tx:
                diary = await live(tx, numbers[number], wards[number], story)
                # Others take their numbers later and commit earlier.
                await asyncio.sleep(0.003 * ((number * 7 + turn) % 5))
            assert diary.known

    async def fold() -> None:
        while not is_over.is_set():
            await folding.fold_log(app.state.folder, most=3)

    folders = [asyncio.create_task(fold()) for _ in range(2)]
    await asyncio.gather(*(write(number) for number in range(len(wards))))
    is_over.set()
    await asyncio.gather(*folders)
    left = await folding.fold_log(app.state.folder, most=1_000_000)
    assert left.lag_seconds == 0
    async with app.state.read_sessions.begin() as tx:
        mark = await event_log.mark(tx)
        everything = Scope(agencies=None, sight=None, period=PERIODS[0])
        for window in await cells.known_windows(tx):
            assert await rollups.differences(tx, everything, window, mark) == []


@pytest.mark.parametrize("is_rebuilt", [False, True], ids=["folded", "rebuilt"])
async def test_nothing_is_folded_past_a_transaction_that_is_still_open(app, is_rebuilt):
    wards = [f"H73.4.{next(_numbers)}" for _ in range(2)]
    async with app.state.sessions.begin() as tx:
        numbers = [await number_agency(tx, ward) for ward in wards]
    await folding.fold_log(app.state.folder, most=1_000_000)
    async with app.state.sessions.begin() as older:
        await live(older, numbers[0], wards[0], PENDING)
        async with app.state.sessions.begin() as younger:
            await live(younger, numbers[1], wards[1], PENDING)
        if is_rebuilt:
            await folding.rebuild_counts(app.state.folder)
        folded = await folding.fold_log(app.state.folder, most=1_000_000)
        assert folded.events == 0
    folded = await folding.fold_log(app.state.folder, most=1_000_000)
    assert (folded.events, folded.lag_seconds) == (2, 0)
    await _ahead_equals_raw(app, set(wards))

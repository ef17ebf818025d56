"""Everything at once: acts on the edges of days, hand-overs, corrections, days off decreed late.

Beside the database a plain model lives the same lives by the domain's functions. Figures, lists and
counts kept ahead are then recounted from the model by brute force.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path

from dossier.domain import facts as days
from dossier.domain import overdue as late
from dossier.domain.apologies import standing_promise
from dossier.domain.classification import contribution
from dossier.domain.corrections import replay
from dossier.domain.dossier import Course, dossier_code, moved
from dossier.domain.explanation import told as told_due_date
from dossier.domain.lifecycle import ENDED
from dossier.domain.overdue import WorkKind, WorkSide, is_on_side
from dossier.domain.recomputing import ChangedDays, RunState, may_touch, recomputed, reopened
from dossier.domain.step_history import told_way
from dossier.schemas.due_dates import BeginRecomputation
from dossier.store import corrections as store
from dossier.store import course as courses
from dossier.store import figures
from dossier.store.scopes import Scope
from dossier.usecases import folding
from dossier.usecases.acting import Acting
from dossier.usecases.overdue import Question, list_work
from dossier.usecases.recomputing import Keeper, advance_run, begin_run, plan_run, prepare_batch
from dossier.usecases.telling import story_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from kernel.refusals import Refusal
from kernel.time_zone import local_day


def _beside(name: str):
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


desks, lives, rolled = _beside("desk_lives"), _beside("random_lives"), _beside("rolled_up")
mixed = _beside("mixed_turns")

_numbers = count(1)
FIRST = date(2022, 9, 6)
"""Some days before a legal quarter ends, so that lives cross its edge."""
DAYS_OFF = ["2022-09-01", "2022-09-02"]
LATEST = datetime.max.replace(tzinfo=UTC)
PROCEDURES = ("1.001193", "1.000004")
"""A supplement restarts the limit of the first, and pauses the other's."""


@dataclass
class Kept:
    """A dossier in the database and, beside it, its course by the model."""

    life: object
    course: Course
    channel: str
    promise: date | None = None
    known: list[tuple[datetime, days.Facts]] = field(default_factory=list)

    def facts(self, known_at: datetime) -> days.Facts | None:
        return next((facts for at, facts in reversed(self.known) if at <= known_at), None)


class History:
    """Dossiers of two wards below one province, lived turn by turn, each turn committed."""

    def __init__(self, app, catalog, province: str) -> None:
        self.app = app
        self.office = app.state.office
        self.catalog = catalog
        self.province = province
        self.wards = [f"{province}.1", f"{province}.2"]
        catalog.agencies.update([province, *self.wards])
        self.now = lives.noon(FIRST)
        self.kept: list[Kept] = []
        self.refused: list[tuple[str, int, Refusal]] = []

    async def receive(self, number: int, moment) -> None:
        """Begin a dossier; of three the middle one is the other ward's."""
        ward = self.wards[number % 2]
        elsewhere = (self.wards[1 - number % 2], self.province)
        life = desks.Life(None, self.office, ward, others=elsewhere)
        life.at = life.now = lives.at_local(FIRST + timedelta(days=number * 3), moment)
        channel = ("direct", "postal")[number % 2]
        async with self.app.state.sessions.begin() as life.tx:
            await life.begin(PROCEDURES[number % 2], channel)
        async with self.app.state.sessions.begin() as life.tx:
            dossier = await life.dossier()
            course = await courses.course(life.tx, dossier)
            due_on = told_due_date(
                await store.log(life.tx, dossier), {}, dossier.terms, await self._desk(life)
            ).due_on
        first = days.received(days.Channel(channel), local_day(life.at), due_on)
        assert course.facts == first
        self.kept.append(Kept(life, course, channel, known=[(life.now, first)]))

    async def turn(self, what, whose, choice, later, moment, lag) -> None:
        if what == "fold":
            await folding.fold_log(self.app.state.folder, most=1 + 3 * choice)
        elif what == "decree":
            await self._decree(choice + later)
        else:
            kept = self.kept[whose]
            try:
                await self._turn(kept, what, choice, later, moment, lag)
            except Refusal as refused:
                self.refused.append((what, whose, refused))
            await self._settle(kept)

    async def _turn(self, kept: Kept, what, choice, later, moment, lag) -> None:
        life = kept.life
        day = local_day(life.at) + timedelta(days=later)
        at = max(life.at, lives.at_local(day, moment))
        self.now = life.now = max(self.now, at) + timedelta(hours=lag)
        async with self.app.state.sessions.begin() as life.tx:
            dossier = await life.dossier()
            if what in ("correct", "void"):
                shift = timedelta(days=later - 4)
                held = dict(life.held)
                await life.correct(choice, _instant(what, shift, moment))
                course = kept.course
                if life.held != held:
                    story = await story_of(life.tx, dossier, await store.log(life.tx, dossier))
                    course = replay(story, life.held, await self._desk(life))
                    course = reopened(kept.course, course, await self._due_date(kept), at=life.now)
            else:
                await life.tell(what, choice, at)
                course = await self._model(kept, dossier, what, choice, at)
        if what == "apologise":
            kept.promise = dossier.due_on + timedelta(days=1 + choice)
        kept.course = course

    async def _model(self, kept: Kept, dossier, what, choice, at) -> Course:
        """Return the course after an act, without a look at what was stored."""
        if what == "apologise":
            facts = days.apologised(kept.course.facts, local_day(at))
            return replace(kept.course, facts=facts)
        to = desks.next_status(kept.course, choice) if what == "move" else None
        if to is None:
            return kept.course
        method = desks.return_method(choice) if to is desks.Status.RETURNED else None
        desk = await self._desk(kept.life)
        return moved(kept.course, to, at=at, terms=dossier.terms, desk=desk, method=method)

    async def _decree(self, choice: int) -> None:
        """Decree a day off, and recompute what is open, a few dossiers at a time."""
        day = FIRST + timedelta(days=choice)
        self.catalog.days_off.append(day.isoformat())
        changed = ChangedDays(day, day)
        self.now += timedelta(hours=1)
        paper = BeginRecomputation(
            first_day=day, last_day=day, reason="Nghỉ bù", decided_by="Thủ tướng Chính phủ"
        )
        keeper = Keeper(Acting(by="keeper", sight=None, now=self.now), self.province)
        plan = await plan_run(self.office, paper, keeper=keeper)
        async with self.app.state.sessions.begin() as tx:
            run = await begin_run(tx, plan)
        self.now += timedelta(hours=1)
        keeper = replace(keeper, acting=replace(keeper.acting, now=self.now))
        while run.state is not RunState.DONE:
            batch = await prepare_batch(
                self.app.state.sessions, self.office, run.run_id, size=2, keeper=keeper
            )
            async with self.app.state.sessions.begin() as tx:
                run = await advance_run(tx, self.office, batch)
        for kept in self.kept:
            await self._recomputed(kept, changed, run.created_at)
            await self._settle(kept)

    async def _recomputed(self, kept: Kept, changed: ChangedDays, at: datetime) -> None:
        course, life = kept.course, kept.life
        touched = may_touch(course.facts.received_on, course.due_on, changed)
        if course.status in ENDED or not touched:
            return
        async with self.app.state.sessions.begin() as life.tx:
            due_on = await self._due_date(kept)
        if due_on != course.due_on:
            kept.course = recomputed(course, due_on, at=at)

    async def _settle(self, kept: Kept) -> None:
        """What is stored is what the model says; remember from when on it is known."""
        life = kept.life
        async with self.app.state.sessions.begin() as life.tx:
            dossier = await life.dossier()
            assert await courses.course(life.tx, dossier) == kept.course
            await life.check()
            kept.known.append((await store.recorded_at(life.tx, dossier), kept.course.facts))
            now, as_known = await life.both_readings_of_lateness()
            assert now == as_known
            assert dossier.promised_on == standing_promise(kept.promise, kept.course.due_on)
            if kept.course.status not in ENDED:
                assert await self._due_date(kept) == kept.course.due_on

    async def _due_date(self, kept: Kept) -> date | None:
        """Return the due date as it explains itself on the calendar of now."""
        life = kept.life
        dossier = await life.dossier()
        log = await store.log(life.tx, dossier)
        return told_due_date(log, life.held, dossier.terms, await self._desk(life)).due_on

    async def _desk(self, life):
        return await self.office.catalogue.desk(life.agency)

    def edges(self) -> list[date]:
        """Return the days on which something begins or ends, each also as the day after."""
        touched = {
            day
            for kept in self.kept
            for stretch in kept.course.facts.stretches
            for day in (stretch.from_on, stretch.until_on, stretch.due_on)
        }
        return sorted(day + timedelta(days=n) for day in touched - {days.FOREVER} for n in (0, 1))

    def known(self, at: datetime) -> list[tuple[Kept, days.Facts]]:
        """Return the dossiers of which something was known at an instant, and what it was."""
        found = [(kept, kept.facts(at)) for kept in self.kept]
        return [(kept, facts) for kept, facts in found if facts is not None]

    def known_at(self, known) -> datetime | None:
        """Return an instant at, right before or right after something was recorded."""
        if known is None:
            return None
        place, microseconds = known
        recorded = sorted({at for kept in self.kept for at, _ in kept.known})
        return recorded[place % len(recorded)] + timedelta(microseconds=microseconds)


def _instant(what: str, shift: timedelta, moment):
    """Return what corrects an instant to an edge of another day; none: it never was."""
    if what == "void":
        return lambda at: None
    return lambda at: lives.at_local(local_day(at) + shift, moment)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    told=mixed.LOST_DAY,
    moments=(mixed.LAST, mixed.NOON, mixed.NOON),
    cut=3,
    known=None,
    period=rolled.PERIODS[0],
)
@given(
    told=mixed.histories,
    moments=st.tuples(lives.moments, lives.moments, lives.moments),
    cut=st.integers(0, 60),
    known=mixed.known,
    period=st.sampled_from(rolled.PERIODS),
)
@example(
    told=mixed.EVERYTHING,
    moments=(mixed.LAST, mixed.NOON, mixed.MIDNIGHT),
    cut=3,
    known=None,
    period=rolled.PERIODS[0],
)
@example(
    told=mixed.EVERYTHING,
    moments=(mixed.LAST, mixed.NOON, mixed.MIDNIGHT),
    cut=9,
    known=(9, 0),
    period=rolled.PERIODS[5],
)
async def test_whatever_is_mixed_is_counted_alike(app, catalog, told, moments, cut, known, period):
    history = await _lived(app, catalog, told, moments)
    edges = history.edges()
    day = edges[cut % len(edges)]
    async with app.state.sessions.begin() as tx:
        await _figures_agree(tx, history, day, history.known_at(known))
        await _recounted(tx, history, Scope(agencies=None, sight=None, period=period))
        await _work_agrees(tx, history, day)
    folder = replace(app.state.folder, clock=lambda: lives.noon(rolled.TODAY))
    await folding.fold_log(folder, most=1_000_000)
    for wards in ({history.wards[0]}, {*history.wards}):
        await rolled.ahead_equals_raw(app, wards)


async def test_the_history_of_everything_is_lived_to_its_end(app, catalog):
    history = await _lived(app, catalog, mixed.EVERYTHING, (mixed.LAST, mixed.NOON, mixed.MIDNIGHT))
    assert history.refused == []
    assert [len(kept.life.held) for kept in history.kept] == [0, 1, 1]
    statuses = [int(kept.course.status) for kept in history.kept]
    assert statuses == [4, 2, 9]
    async with app.state.sessions.begin() as tx:
        for day in history.edges():
            await _figures_agree(tx, history, day, None)
            await _work_agrees(tx, history, day)


async def _lived(app, catalog, told, moments) -> History:
    catalog.days_off[:] = DAYS_OFF
    await app.state.office.catalogue.desks_afresh()
    history = History(app, catalog, f"M77.{next(_numbers)}")
    for number, moment in enumerate(moments):
        await history.receive(number, moment)
    for turn in told:
        await history.turn(*turn)
    return history


async def _figures_agree(tx, history: History, day: date, known_at: datetime | None) -> None:
    """What pended when a day began is carried over into it, at any known time."""
    before = ReportingPeriod(day - timedelta(days=9), day)
    after = ReportingPeriod(day, day + timedelta(days=9))
    scope = Scope(agencies=None, sight=None, period=before, known_at=known_at)
    first = await _recounted(tx, history, scope)
    second = await _recounted(tx, history, replace(scope, period=after))
    assert second["dossiers.carried_over"] == first["dossiers.pending"]
    for found in (first, second):
        assert found["dossiers.total"] == found["dossiers.settled"] + found["dossiers.pending"]


async def _recounted(tx, history: History, scope: Scope) -> Counter[str]:
    """Count by SQL, ward by ward, all together, and as evidence; the model's count is the same."""
    for wards in ([history.wards[0]], [history.wards[1]], history.wards):
        own = replace(scope, agencies={*wards})
        counted = {
            kept.life.code: contribution(facts, scope.period)
            for kept, facts in history.known(scope.known_at or LATEST)
            if kept.life.agency in wards
        }
        expected = Counter(key for keys in counted.values() for key in keys)
        found = await figures.counts(tx, own, rolled.KEYS)
        assert {key: found[None][key] for key in rolled.KEYS} == {
            key: expected[key] for key in rolled.KEYS
        }
    for key in lives.SOME:
        listed = await figures.evidence(tx, own, key, narrowed={}, after=None, limit=100)
        codes = [dossier_code(row.agency_code, row.issued_on, row.serial) for row in listed]
        assert sorted(codes) == sorted(code for code, keys in counted.items() if key in keys)
    return expected


async def _work_agrees(tx, history: History, on: date) -> None:
    """Late work is with whoever received it and whoever holds it, with the promise that stands."""
    acting = Acting(by="supervisor", sight=None, now=lives.noon(rolled.TODAY))
    rules = {WorkKind.OVERDUE: late.is_overdue, WorkKind.APOLOGY_OWED: late.owes_apology}
    holders = {}
    for kept in history.kept:
        kept.life.tx = tx
        log = await store.log(tx, await kept.life.dossier())
        way = told_way(log, kept.life.held, receiver=kept.life.agency)
        holders[kept.life.code] = way.resolver
    for ward in history.wards:
        for side in WorkSide:
            for kind, rule in rules.items():
                question = Question(
                    kind=kind,
                    within_working_days=3,
                    bucket=None,
                    side=side,
                    agency=ward,
                    on=on,
                    officer=None,
                )
                page, _ = await list_work(
                    tx, history.office, question, cursor=None, limit=50, acting=acting
                )
                expected = {
                    kept.life.code: standing_promise(kept.promise, kept.course.due_on)
                    for kept in history.kept
                    if rule(kept.course.facts, on)
                    and is_on_side(
                        side,
                        is_receiver=kept.life.agency == ward,
                        is_holder=holders[kept.life.code] == ward,
                    )
                }
                assert {item.code: item.promised_on for item in page} == expected, (side, kind)

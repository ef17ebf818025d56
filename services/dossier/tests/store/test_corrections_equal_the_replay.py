"""Random lives with corrections: what is stored is what a replay tells, then and now."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise

import pytest
from dossier.domain import facts as days
from dossier.domain import overdue as late
from dossier.domain.apologies import OverdueReason
from dossier.domain.classification import contribution
from dossier.domain.corrections import VOIDS, Correction, Story, records, replay
from dossier.domain.dossier import moved
from dossier.domain.errors import NotLate
from dossier.domain.facts import ReturnMethod
from dossier.domain.figures import COUNTED, DIMENSIONS
from dossier.domain.lifecycle import ENDED, Status, allowed_from
from dossier.domain.overdue import WorkKind, WorkSide
from dossier.domain.readings import CORRECTIONS, readings
from dossier.schemas.intake import Applicant, ReceiveDossier
from dossier.store import corrections as store
from dossier.store import course as courses
from dossier.store import dossiers, figures
from dossier.store.course import Act, Apology
from dossier.store.intake import alone, driver_connection
from dossier.store.readings import ALL_READ, reading_counts, reading_evidence
from dossier.store.scopes import Scope
from dossier.usecases.acting import Acting
from dossier.usecases.correcting import approve_correction, propose_correction, reject_correction
from dossier.usecases.intake import prepare_intake, receive_dossier
from dossier.usecases.overdue import Question, count_ageing, list_work, state_reason
from dossier.usecases.proposing import Claim
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from kernel.refusals import Refusal
from kernel.time_zone import LOCAL_ZONE, local_day
from sqlalchemy import text

FIRST, LATEST, NO_LIMIT = date(2022, 6, 1), datetime(2023, 6, 1, tzinfo=UTC), 9
_numbers = count(1)

acts = st.tuples(st.just("act"), st.integers(0, 9), st.integers(0, 12), st.integers(0, 400))
settlements = st.tuples(st.just("act"), st.just(5), st.integers(1, 12), st.integers(0, 99))
wrongs = st.tuples(
    st.just("correct"), st.integers(0, 11), st.sampled_from([-9, -5, -2, -1, 1]), st.integers(1, 99)
)
rights = st.tuples(
    st.just("correct"), st.sampled_from([3, 9]), st.sampled_from([-9, -5, -2]), st.integers(1, 9)
)
reasons = st.tuples(st.just("reason"), st.integers(0, 5), st.integers(0, 0), st.integers(1, 99))
steps = st.lists(acts | settlements | wrongs | rights | reasons, max_size=9)
in_time_after_all = st.tuples(settlements, rights, steps).map(lambda t: [t[0], t[1], *t[2]])
lives = st.tuples(
    st.sampled_from(["direct", "postal"]),
    st.integers(0, 60),
    st.sampled_from([0, 1, 2, 3, NO_LIMIT]),
    st.integers(0, 1),
    steps | in_time_after_all,
)

IN_SOFTWARE_ONLY = ("direct", 0, 2, 0, [("act", 5, 9, 1), ("correct", 3, -9, 1)])
"""Due on the third day, said to have ended on the tenth, found to have ended on the first."""


MOMENTS = (time(12), time(0), time(23, 59, 59))  # noon, and both ends of a day


def noon(day: date) -> datetime:
    return at_local(day, MOMENTS[0])


def at_local(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, LOCAL_ZONE).astimezone(UTC)


class Diary:
    """What became known of one dossier, and when; written beside the database."""

    def __init__(self, code: str, at: datetime) -> None:
        self.code = code
        self.recorded_at = at
        self.known: list[tuple[datetime, days.Facts]] = []
        self.held: dict[int, Correction] = {}
        self.approved: list[datetime] = []
        self.reasons: list[tuple[datetime, OverdueReason]] = []
        self.apology: tuple[datetime, OverdueReason] | None = None

    def next(self, at: datetime, hours: int) -> datetime:
        self.recorded_at = max(self.recorded_at, at) + timedelta(hours=hours, seconds=1)
        return self.recorded_at

    def versions(self, known_at: datetime) -> list[days.Facts]:
        return [facts for at, facts in self.known if at <= known_at]

    def keys(self, known_at: datetime, period: ReportingPeriod) -> set[str]:
        """Return the figures of a reading or a reason in which the dossier appears once."""
        versions = self.versions(known_at)
        if not versions:
            return set()
        found = set(readings(versions, period))
        if "dossiers.settled.late" in contribution(versions[-1], period):
            stated = [reason for at, reason in self.reasons if at <= known_at]
            has_apology = self.apology is not None and self.apology[0] <= known_at
            reason = late.stated_reason(
                stated[-1] if stated else None, self.apology[1] if has_apology else None
            )
            found.add(late.reason_key(reason or late.UNSTATED))
        return found


class Life:
    """Lives dossiers through acts and use cases, in one transaction that is undone."""

    def __init__(self, tx, office, agency: str) -> None:
        self.tx = tx
        self.office = office
        self.agency = agency

    async def live(self, life) -> Diary:
        channel, start, limit, policy, steps = life
        received_at = noon(FIRST + timedelta(days=start))
        paper = ReceiveDossier(
            agency_code=self.agency,
            procedure_code=f"2.{limit:03}{policy:03}",
            channel=channel,
            received_at=received_at,
            applicant=Applicant(full_name="Người nộp mẫu"),
        )
        acting = Acting(by="officer-1", sight=None, now=received_at)
        prepared = await prepare_intake(self.office, paper, acting=acting, request_key=None)
        await self.tx.execute(text("select 1"))
        received = await receive_dossier(alone(await driver_connection(self.tx)), prepared)
        diary = Diary(received.code, received_at)
        diary.known.append((received_at, (await self._course(diary))[1].facts))
        for what, choice, shift, lag in steps:
            await getattr(self, what)(diary, choice, shift, lag)
        return diary

    async def act(self, diary: Diary, choice: int, later: int, lag: int) -> None:
        dossier, before = await self._course(diary)
        day = local_day(before.status_since) + timedelta(days=later)
        at = max(before.status_since, at_local(day, MOMENTS[lag % len(MOMENTS)]))
        recorded_at = diary.next(at, lag)
        if choice == 9 and diary.apology is None and before.status not in ENDED:
            diary.apology = (recorded_at, OverdueReason.FORCE_MAJEURE)
            after = replace(before, facts=days.apologised(before.facts, local_day(at)))
            await self._keep(dossier, before, after, "apologised", at, recorded_at, {})
            await courses.add_apology(
                self.tx,
                dossier,
                Apology(
                    reason_code=OverdueReason.FORCE_MAJEURE,
                    reason="Bão",
                    promised_on=local_day(at) + timedelta(days=9),
                    sent_at=at,
                    sent_in_time=True,
                ),
            )
        else:
            moves = sorted(allowed_from(before.status, came_from=before.came_from))
            if not moves:
                return
            to = Status(moves[choice % len(moves)])
            method = list(ReturnMethod)[choice % 3]
            desk = await self.office.catalogue.desk(self.agency)
            after = moved(before, to, at=at, terms=dossier.terms, desk=desk, method=method)
            details = {"method": str(method)} if to is Status.RETURNED else {}
            if after.due_on != before.due_on:
                details["due_on"] = after.due_on and after.due_on.isoformat()
            kind = to.name.lower()
            await self._keep(dossier, before, after, kind, at, recorded_at, details)
        diary.known.append((recorded_at, after.facts))

    async def correct(self, diary: Diary, choice: int, shift: int, lag: int) -> None:
        """Propose to correct some event; approve it, or reject it when it could not have been."""
        dossier, _ = await self._course(diary)
        log = await store.log(self.tx, dossier)
        event = log[-1 - min(choice % 3, len(log) - 1)]
        what = sorted(records(event))
        if not what:
            return
        corrects = what[choice % len(what)]
        corrected_at = None
        if corrects not in VOIDS:
            corrected_at = event.occurred_at + timedelta(days=shift, hours=choice)
        now = diary.next(corrected_at or event.occurred_at, lag)
        try:
            proposed = await propose_correction(
                self.tx,
                self.office,
                diary.code,
                Claim(
                    corrects=corrects,
                    event_number=event.number,
                    corrected_at=corrected_at,
                    reason_code="system_not_updated",
                    reason="Nhập chậm",
                    evidence="Sổ theo dõi",
                    attachment=None,
                ),
                acting=Acting(by="officer-1", sight=None, now=now),
            )
        except Refusal:
            return
        await self._decide(diary, dossier, proposed, diary.next(now, 1))

    async def reason(self, diary: Diary, choice: int, _shift: int, lag: int) -> None:
        dossier, _ = await self._course(diary)
        recorded_at = diary.next(diary.recorded_at, lag)
        reason = list(OverdueReason)[choice]
        try:
            await state_reason(
                self.tx,
                self.office,
                diary.code,
                reason_code=reason,
                note=None,
                expected=dossier.version,
                acting=Acting(by="officer-1", sight=None, now=recorded_at),
            )
        except NotLate:
            return
        diary.reasons.append((recorded_at, reason))

    async def _decide(self, diary: Diary, dossier, proposed, at: datetime) -> None:
        acting = Acting(by="officer-2", sight=None, now=at)
        asked = {"expected": dossier.version, "acting": acting}
        number = proposed.correction_id
        try:
            await approve_correction(self.tx, self.office, diary.code, number, **asked)
        except Refusal:
            await reject_correction(
                self.tx, self.office, diary.code, number, reason="Không thể", **asked
            )
            return
        diary.held[proposed.event_number] = proposed.correction
        diary.approved.append(at)
        corrected, course = await self._course(diary)
        story = Story(
            channel=corrected.channel,
            terms=corrected.terms,
            return_method=None,
            events=await store.log(self.tx, corrected),
        )
        desk = await self.office.catalogue.desk(self.agency)
        assert course == replay(story, diary.held, desk)
        diary.known.append((at, course.facts))

    async def _course(self, diary: Diary):
        dossier = await dossiers.dossier(self.tx, diary.code, None, self.office.sealer)
        return dossier, await courses.course(self.tx, dossier)

    async def _keep(self, dossier, before, after, kind, at, recorded_at, details) -> None:
        act = Act(
            kind=kind,
            occurred_at=at,
            recorded_at=recorded_at,
            recorded_by="officer-1",
            details=details,
        )
        assert await courses.keep_course(self.tx, dossier, before, after, act)


@pytest.fixture
def office(app, catalog):
    """The desk, whose catalogue has a procedure for each limit and supplement policy."""
    (usual,) = catalog.procedures["1.001193"]
    for limit in range(NO_LIMIT + 1):
        for policy, name in enumerate(("restart", "pause")):
            unit = "none" if limit == NO_LIMIT else "working_day"
            value = None if limit == NO_LIMIT else limit
            methods = [
                {"channel": channel, "time_limit_value": value, "time_limit_unit": unit}
                for channel in ("direct", "postal")
            ]
            changed = {"filing_methods": methods, "supplement_policy": name}
            catalog.procedures[f"2.{limit:03}{policy:03}"] = [{**usual, **changed}]
    return app.state.office


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(lives, min_size=1, max_size=4),
    st.integers(0, 60),
    st.integers(7, 120),
    st.none() | st.integers(0, 4_000),
    st.integers(0, 140),
)
@example(told=[IN_SOFTWARE_ONLY], start=0, length=30, known_hours=None, later=20)
@example(told=[IN_SOFTWARE_ONLY], start=0, length=30, known_hours=240, later=8)
async def test_stored_and_told_agree_at_any_known_time(
    app, office, catalog, told, start, length, known_hours, later
):
    agency = f"H71.1.{next(_numbers)}"
    catalog.agencies.add(agency)
    period = ReportingPeriod(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length))
    known_at = None if known_hours is None else noon(FIRST) + timedelta(hours=known_hours)
    async with app.state.sessions() as tx:
        life = Life(tx, office, agency)
        diaries = [await life.live(one) for one in told]
        scope = Scope(agencies={agency}, sight=None, period=period, known_at=known_at)
        await _figures_agree(tx, scope, diaries, known_at or LATEST)
        await _work_agrees(life, diaries, FIRST + timedelta(days=later))


async def _figures_agree(tx, scope, diaries, known_at) -> None:
    period = scope.period
    known = {d.code: versions[-1] for d in diaries if (versions := d.versions(known_at))}
    keys = {code: contribution(facts, period) for code, facts in known.items()}
    for definition in COUNTED:
        expected = sum(definition.key in found for found in keys.values())
        assert await figures.count(tx, scope, definition.key) == expected, definition.key
    await _carried_over_is_what_pended(tx, scope)
    counted = (await reading_counts(tx, scope))[None]
    by_value = {name: await reading_counts(tx, scope, by=name) for name in DIMENSIONS}
    assert all(found.pop(None) == counted for found in by_value.values())
    corrected = [
        d.code
        for d in diaries
        for at in d.approved
        if at <= known_at and "dossiers.total" in keys[d.code]
    ]
    for definition in ALL_READ:
        key = definition.key
        behind = [d.code for d in diaries if key in d.keys(known_at, period)]
        expected = corrected if key == CORRECTIONS else behind
        assert counted[key] == len(expected), key
        listed = await reading_evidence(tx, scope, key, after=None, limit=100)
        assert sorted(f"{r.serial}-{r.issued_on}" for r in listed) == sorted(
            f"{int(code.rsplit('-', 1)[1])}-{_issued(code)}" for code in expected
        )
        for one, following in pairwise(listed):
            place = (one.issued_on, one.serial, one.agency_id, one.correction_number)
            (found,) = await reading_evidence(tx, scope, key, after=place, limit=1)
            assert found == replace(following, total=0), key
        for name, column in DIMENSIONS.items():
            parts = {value: row[key] for value, row in by_value[name].items() if row[key]}
            assert parts == Counter(getattr(r, column) for r in listed), (key, name)
            for value, number in parts.items():
                narrowed = {name: value}
                own = await reading_evidence(tx, scope, key, narrowed=narrowed, after=None, limit=1)
                assert own[0].total == number
    reasoned = [counted[definition.key] for definition in late.LATE_REASONS]
    assert sum(reasoned) == sum("dossiers.settled.late" in found for found in keys.values())


async def _carried_over_is_what_pended(tx, scope) -> None:
    """Three periods in a row, of any length, whatever was corrected, apologised for or moved."""
    first = scope.period
    days_long = (first.last_day - first.start).days + 1
    for earlier in (1, 2):
        until = first.start - timedelta(days=(earlier - 1) * days_long)
        before = ReportingPeriod(until - timedelta(days=days_long), until)
        after = ReportingPeriod(until, until + timedelta(days=days_long))
        pended = replace(scope, period=before), "dossiers.pending"
        carried = replace(scope, period=after), "dossiers.carried_over"
        assert await figures.count(tx, *carried) == await figures.count(tx, *pended)


async def _work_agrees(life: Life, diaries, on: date) -> None:
    desk = await life.office.catalogue.desk(life.agency)
    soon = late.due_soon_until(on, 3, desk.calendar)
    acting = Acting(by="supervisor", sight=None, now=LATEST)
    rules = {
        WorkKind.OVERDUE: late.is_overdue,
        WorkKind.APOLOGY_OWED: late.owes_apology,
        WorkKind.DUE_SOON: lambda facts, day: late.is_due_soon(facts, day, soon),
    }
    asked = {"side": WorkSide.EITHER, "agency": life.agency, "on": on, "officer": None}
    for kind, rule in rules.items():
        question = Question(kind=kind, within_working_days=3, bucket=None, **asked)
        seen, cursor = [], None
        while True:
            page, cursor = await list_work(
                life.tx, life.office, question, cursor=cursor, limit=2, acting=acting
            )
            seen += page
            if cursor is None:
                break
        assert sorted(item.code for item in seen) == sorted(
            d.code for d in diaries if rule(d.known[-1][1], on)
        ), kind
        assert [item.due_on for item in seen] == sorted(item.due_on for item in seen)
    ageing = await count_ageing(life.tx, life.office, **asked, acting=acting)
    overdue = [d for d in diaries if late.is_overdue(d.known[-1][1], on)]
    assert ageing.total == len(overdue) == sum(bucket.dossiers for bucket in ageing.buckets)


def _issued(code: str) -> date:
    return datetime.strptime(code.rsplit("-", 2)[1], "%y%m%d").replace(tzinfo=UTC).date()

"""Many dossiers live at random; whatever the desk does, and however late it tells,
the books balance.

The machine acts through the domain's own functions, as the use cases do, and keeps the log that
they would write.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from dossier.domain import facts as days
from dossier.domain.classification import contribution
from dossier.domain.correction_errors import ImpossibleHistory
from dossier.domain.corrections import (
    APOLOGISED,
    CORRECTED,
    Correction,
    Corrects,
    Recorded,
    Story,
    effective,
    records,
    replay,
    require_correctable,
)
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms, moved
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit, due_date
from dossier.domain.errors import EventVoid, IllegalMove, NothingToCorrect
from dossier.domain.facts import FOREVER, Channel, ReturnMethod
from dossier.domain.lifecycle import ALLOWED, ENDED, OPEN, WAITING, Status
from dossier.domain.recomputing import RECOMPUTED, recomputed
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)
from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from kernel.working_days import WorkingCalendar

DESK = Desk(WorkingCalendar())
FIRST = datetime(2022, 6, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIMITS = [
    TimeLimit(3, TimeUnit.WORKING_DAY),
    TimeLimit(0, TimeUnit.WORKING_DAY),
    TimeLimit(20, TimeUnit.WORKING_HOUR),
    TimeLimit(10, TimeUnit.CALENDAR_DAY),
    TimeLimit(1, TimeUnit.MONTH),
    TimeLimit(None, TimeUnit.NONE),
]
waits = st.integers(0, 200)


@dataclass(eq=False)
class Life:
    """A dossier, its log, and the corrections that hold."""

    story: Story
    course: Course
    corrections: dict[int, Correction] = field(default_factory=dict)

    def write(self, kind, to, at, **details):
        log = self.story.events
        written = Recorded(
            number=len(log) + 1,
            kind=kind,
            from_status=self.course.status,
            to_status=to,
            occurred_at=at,
            details=details,
        )
        self.story = replace(self.story, events=(*log, written))

    def go_on(self, kind, course, at, **details):
        """Take over the course an act led to, and write what the act would."""
        if course.due_on != self.course.due_on:
            details["due_on"] = course.due_on and course.due_on.isoformat()
        self.write(kind, course.status, at, **details)
        self.course = course


def received(at, channel, terms) -> Life:
    due_on = due_date(at, terms.limit, DESK)
    course = Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=at,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=days.received(channel, local_day(at), due_on),
    )
    first = Recorded(
        number=1,
        kind="received",
        from_status=None,
        to_status=Status.ACCEPTED,
        occurred_at=at,
        details={"due_on": due_on and due_on.isoformat()},
    )
    return Life(Story(channel=channel, terms=terms, return_method=None, events=(first,)), course)


def may_become(course) -> frozenset[Status]:
    """Read the table anew: a wish to withdraw ends in a stop, or where it came from."""
    listed = ALLOWED[course.status]
    if course.status is Status.WITHDRAWAL_ASKED:
        return listed & {Status.STOPPED, course.came_from}
    return listed


def end_of(life):
    facts = life.course.facts
    return facts.stretches, facts.ended_on, facts.end_kind, facts.apologised_on


def stands(life) -> bool:
    """Tell from the log whether the clock stands: a wish to withdraw leaves it as it was."""
    standing = False
    for event in effective(life.story.events, life.corrections):
        if event.is_move and event.to_status is not Status.WITHDRAWAL_ASKED:
            standing = event.to_status in WAITING
    return standing


def balances(counted) -> None:
    """Hold the counts of a period to the identities of form II.06a."""

    def of(*names):
        return sum(counted.get(f"dossiers.{name}", 0) for name in names)

    assert of("received", "carried_over") == of("settled", "pending") == of("total")
    assert of("received") == of("received.direct", "received.online", "received.postal")
    assert of("settled") == of("settled.early", "settled.on_time", "settled.late")
    assert of("pending") == of("pending.in_time", "pending.overdue")
    assert of("settled.late.without_apology") <= of("settled.late")


class Ward(RuleBasedStateMachine):
    """One desk and its dossiers; time goes on, and some acts are told after others."""

    lives: Bundle = Bundle("lives")

    @initialize(target=lives, start=st.integers(0, 23))
    def opens(self, start):
        self.now = FIRST + start * HOUR
        self.known: list[Life] = []
        self.ended: dict[Life, tuple] = {}
        policies = zip(Channel, SupplementPolicy, strict=False)
        return multiple(
            *(self.receive(0, channel, LIMITS[0], policy) for channel, policy in policies)
        )

    @property
    def today(self):
        return local_day(self.now)

    def later(self, hours):
        self.now += hours * HOUR

    def closed(self):
        """Return what each dossier counts in, in periods that are over: no act may change it."""
        yesterday = self.today - DAY
        periods = [
            ReportingPeriod.between(yesterday - length * DAY, yesterday) for length in (0, 6, 29)
        ]
        return [[contribution(life.course.facts, each) for each in periods] for life in self.known]

    @rule(
        target=lives,
        hours=waits,
        channel=st.sampled_from(Channel),
        limit=st.sampled_from(LIMITS),
        policy=st.sampled_from(SupplementPolicy),
    )
    def receive(self, hours, channel, limit, policy):
        self.later(hours)
        before = self.closed()
        life = received(self.now, channel, Terms(limit, policy))
        self.known.append(life)
        *others, of_the_new = self.closed()
        assert others == before
        assert not any(of_the_new)
        return life

    @rule(life=lives, hours=waits, choice=st.integers(0, 9), method=st.sampled_from(ReturnMethod))
    def act(self, life, hours, choice, method):
        self.later(hours)
        before, course = self.closed(), life.course
        possible = sorted(may_become(course))
        if not possible:
            return
        to = possible[choice % len(possible)]
        terms = life.story.terms
        after = moved(course, to, at=self.now, terms=terms, desk=DESK, method=method)
        details = {"method": str(method)} if to is Status.RETURNED else {}
        life.go_on(to.name.lower(), after, self.now, **details)
        assert (life.course.status, life.course.came_from) == (to, course.status)
        if to in OPEN and stands(life):
            assert life.course.due_on == course.due_on
        assert self.closed() == before
        if to in ENDED:
            self.ended.setdefault(life, end_of(life))

    @rule(life=lives, hours=waits, late=st.integers(0, 900), choice=st.integers(0, 9))
    def act_and_tell_late(self, life, hours, late, choice):
        """Only the act before it comes before it; a recomputation may have come in between."""
        self.later(hours)
        course = life.course
        possible = sorted(may_become(course))
        if not possible:
            return
        to, method = possible[choice % len(possible)], ReturnMethod.POSTAL
        at = max(course.status_since, self.now - late * HOUR)
        after = moved(course, to, at=at, terms=life.story.terms, desk=DESK, method=method)
        details = {"method": str(method)} if to is Status.RETURNED else {}
        life.go_on(to.name.lower(), after, at, **details)
        if to in ENDED:
            self.ended.setdefault(life, end_of(life))

    @rule(life=lives, hours=waits)
    def apologise(self, life, hours):
        self.later(hours)
        facts = life.course.facts
        if life.course.status not in OPEN or facts.apologised_on != FOREVER:
            return
        before = self.closed()
        course = replace(life.course, facts=days.apologised(facts, self.today))
        life.go_on(APOLOGISED, course, self.now)
        assert life.course.facts.stretches == facts.stretches
        assert self.closed() == before

    @rule(life=lives, hours=waits, by=st.integers(0, 5))
    def recompute(self, life, hours, by):
        """A day off is decreed late; the log of a corrected dossier is counted anew instead."""
        self.later(hours)
        course = life.course
        if course.status not in OPEN or course.due_on is None or life.corrections:
            return
        before = self.closed()
        due_on = course.due_on + by * DAY
        after = recomputed(course, due_on, at=self.now)
        life.write(RECOMPUTED, course.status, self.now, due_on=due_on.isoformat())
        life.course = after
        assert life.course.due_on == due_on
        assert self.closed() == before

    @rule(
        life=lives, number=st.integers(1, 60), to_end=st.booleans(), hours_ago=st.integers(0, 900)
    )
    def correct(self, life, number, to_end, hours_ago):
        event = life.story.events[(number - 1) % len(life.story.events)]
        known = records(event)
        if not known:
            return
        voids = to_end and Corrects.END in known
        corrects = Corrects.END if voids else min(known - {Corrects.END})
        corrected_at = None if voids else self.now - hours_ago * HOUR
        holding = {**life.corrections, event.number: Correction(event.number, corrected_at)}
        try:
            require_correctable(
                event,
                recorded=known,
                corrects=corrects,
                corrected_at=corrected_at,
                holding=life.corrections,
                now=self.now,
            )
            course = replay(life.story, holding, DESK)
        except (EventVoid, NothingToCorrect, ImpossibleHistory):
            return
        life.write(CORRECTED, course.status, self.now)
        life.course, life.corrections = course, holding
        self.ended.pop(life, None)
        if course.status in ENDED:
            self.ended[life] = end_of(life)

    @rule(start=st.integers(-3, 400), lengths=st.lists(st.integers(1, 100), min_size=2, max_size=4))
    def cut_time_into_periods(self, start, lengths):
        first = FIRST.date() + start * DAY
        periods = []
        for length in lengths:
            periods.append(ReportingPeriod(first, first + length * DAY))
            first += length * DAY
        counts = [self.counts(period) for period in periods]
        for counted in counts:
            balances(counted)
        for one, following in pairwise(counts):
            assert following["dossiers.carried_over"] == one["dossiers.pending"]
        whole = self.counts(ReportingPeriod(periods[0].start, periods[-1].end))
        for flow in ("received", "received.online", "settled", "settled.late", "apologies"):
            key = f"dossiers.{flow}"
            assert whole[key] == sum(counted[key] for counted in counts)

    def counts(self, period) -> Counter[str]:
        return Counter(
            key for life in self.known for key in contribution(life.course.facts, period)
        )

    @invariant()
    def stretches_tile_the_life_of_a_dossier(self):
        for life in self.known:
            facts = life.course.facts
            assert facts.stretches[0].from_on == facts.received_on
            assert facts.stretches[-1].until_on == facts.ended_on
            assert all(each.from_on <= each.until_on for each in facts.stretches)
            for one, following in pairwise(facts.stretches):
                assert one.until_on == following.from_on

    @invariant()
    def a_dossier_is_carried_over_by_the_period_after_the_one_in_which_it_pends(self):
        for life in self.known:
            facts = life.course.facts
            turns = {facts.received_on, facts.ended_on, *(s.from_on for s in facts.stretches)}
            for turn in (turns | {day + DAY for day in turns - {FOREVER}}) - {FOREVER}:
                ahead = ReportingPeriod(turn - 7 * DAY, turn)
                then = ReportingPeriod(turn, turn + 7 * DAY)
                one, following = (contribution(facts, each) for each in (ahead, then))
                balances(dict.fromkeys(one, 1))
                balances(dict.fromkeys(following, 1))
                assert ("dossiers.pending" in one) == ("dossiers.carried_over" in following)

    @invariant()
    def no_act_leaves_the_table(self):
        for life in self.known:
            for to in frozenset(Status) - may_become(life.course):
                with pytest.raises(IllegalMove):
                    moved(life.course, to, at=self.now, terms=life.story.terms, desk=DESK)

    @invariant()
    def the_status_and_the_facts_tell_the_same(self):
        for life in self.known:
            course = life.course
            assert (course.status in ENDED) == (course.facts.ended_on != FOREVER)
            assert (course.status is Status.RETURNED) == (course.facts.returned_on != FOREVER)
            if course.status in OPEN:
                assert course.facts.stretches[-1].is_waiting == stands(life)
                assert (course.stopped_at is not None) == stands(life)

    @invariant()
    def an_ended_dossier_is_moved_by_corrections_only(self):
        for life, end in self.ended.items():
            assert end_of(life) == end

    @invariant()
    def the_log_tells_the_course(self):
        for life in self.known:
            assert replay(life.story, life.corrections, DESK) == life.course


TestLives = Ward.TestCase

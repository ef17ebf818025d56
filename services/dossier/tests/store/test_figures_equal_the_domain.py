"""SQL counts, the domain decides: over random histories both say the same, at any known time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path

import pytest
from dossier.domain import facts as days
from dossier.domain.classification import contribution
from dossier.domain.dossier import dossier_code
from dossier.domain.figures import DIMENSIONS, ONLINE_PROCEDURES
from dossier.domain.overdue import WorkKind, owes_apology
from dossier.store import course as courses
from dossier.store import dossiers, figures
from dossier.store.agencies import number_agency
from dossier.store.course import Act
from dossier.store.overdue import AskedWork, work_page
from dossier.store.scopes import Scope
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod

_spec = spec_from_file_location("dossier_lives", Path(__file__).with_name("random_lives.py"))
lives = module_from_spec(_spec)
_spec.loader.exec_module(lives)

_numbers = count(1)


@pytest.fixture
def in_vain(app):
    """Sessions whose work is undone."""
    return app.state.sessions


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(lives.stories, min_size=1, max_size=5),
    st.integers(0, 120),
    st.integers(1, 92),
    st.none() | st.integers(0, 4_000) | st.tuples(st.integers(0, 40), st.integers(-1, 1)),
)
@example(told=[lives.SETTLED_AND_RETURNED], start=0, length=60, known=(1, -1))
@example(told=[lives.SETTLED_AND_RETURNED], start=0, length=60, known=(1, 0))
@example(told=[lives.SETTLED_AND_RETURNED], start=0, length=60, known=(1, 1))
@example(told=lives.AT_THE_EDGE, start=14, length=lives.EDGE - 14, known=None)
@example(told=lives.AT_THE_EDGE, start=lives.EDGE, length=91, known=None)
async def test_sql_and_domain_count_the_same(in_vain, told, start, length, known):
    agency = f"H72.1.{next(_numbers)}"
    period = ReportingPeriod(
        lives.FIRST + timedelta(days=start), lives.FIRST + timedelta(days=start + length)
    )
    before = ReportingPeriod(period.start - timedelta(days=30), period.start)
    async with in_vain() as tx:
        agency_id = await number_agency(tx, agency)
        diaries = [await lives.live(tx, agency_id, agency, story) for story in told]
        known_at = lives.instant_of(known, diaries)
        holds = [(d, d.facts(known_at or datetime.max.replace(tzinfo=UTC))) for d in diaries]
        keys = {d.code: contribution(f, period) for d, f in holds if f is not None}

        scope = Scope(agencies={agency}, sight=None, period=period, known_at=known_at)
        for key in lives.KEYS:
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
        elsewhere = replace(scope, agencies={lives.ELSEWHERE})
        assert await figures.count(tx, elsewhere, "dossiers.total") == 0


Q3 = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
Q4 = ReportingPeriod.between(date(2022, 9, 15), date(2022, 12, 14))


@pytest.mark.parametrize(
    ("story", "third", "fourth"),
    [
        (lives.RECEIVED_LAST, {"received", "pending.in_time"}, {"carried_over"}),
        (lives.RECEIVED_FIRST, set(), {"received"}),
        (lives.ENDED_LAST, {"received", "settled.late"}, set()),
        (lives.ENDED_FIRST, {"received", "pending.overdue"}, {"carried_over", "settled.late"}),
        (lives.WAITS_FROM_LAST, {"received", "pending.in_time"}, {"carried_over"}),
        (lives.WAITS_FROM_FIRST, {"received", "pending.overdue"}, {"carried_over"}),
        (lives.SUPPLIED_LAST, {"received", "pending.overdue"}, {"carried_over"}),
        (lives.SUPPLIED_FIRST, {"received", "pending.in_time"}, {"carried_over"}),
    ],
)
async def test_a_second_decides_at_the_edge_of_a_quarter(in_vain, story, third, fourth):
    """Law: domain.md 2; 14/9 23:59:59 is the third quarter's, 15/9 00:00:00 the fourth's."""
    agency = f"H72.3.{next(_numbers)}"
    judged = {"received", "carried_over", "settled.late"}
    judged_third = judged | {"pending.in_time", "pending.overdue"}
    async with in_vain() as tx:
        await lives.live(tx, await number_agency(tx, agency), agency, story)
        for period, names, expected in ((Q3, judged_third, third), (Q4, judged, fourth)):
            scope = Scope(agencies={agency}, sight=None, period=period)
            found = await figures.counts(tx, scope, lives.KEYS)
            assert {name for name in names if found[None][f"dossiers.{name}"]} == expected


async def _sums_agree(tx, scope, keys, diaries) -> None:
    """The one statement of all counts, in total and by each dimension, agrees with the domain."""
    total = {key: sum(key in found for found in keys.values()) for key in lives.KEYS}
    assert in_all(await figures.counts(tx, scope, lives.KEYS)) == total
    assert total["dossiers.total"] == total["dossiers.settled"] + total["dossiers.pending"]
    for name in DIMENSIONS:
        by_value = await figures.counts(tx, scope, lives.KEYS, by=name)
        assert in_all(by_value) == total
        told = {diary.code: diary.dimensions(scope.known_at)[name] for diary in diaries}
        for value, row in by_value.items():
            own = [found for code, found in keys.items() if value in (None, told[code])]
            assert {key: row[key] for key in lives.KEYS} == {
                key: sum(key in found for found in own) for key in lives.KEYS
            }
            narrowed = {} if value is None else {name: value}
            online = await figures.online_procedures(tx, scope, narrowed)
            assert row[ONLINE_PROCEDURES] == len(online)
            for key in lives.SOME:
                listed = await figures.totals(tx, scope, key, narrowed=narrowed)
                assert listed == (row[key], row[key])


def in_all(found) -> dict[str, int]:
    return {key: found[None][key] for key in lives.KEYS}


async def test_an_apology_sent_after_the_end_is_owed_still(in_vain):
    """A correction of the end can leave one behind it; figures and lists say the same of it."""
    agency = f"H72.2.{next(_numbers)}"
    *particulars, acts = lives.SETTLED_AND_RETURNED
    async with in_vain() as tx:
        agency_id = await number_agency(tx, agency)
        diary = await lives.live(tx, agency_id, agency, (*particulars, acts[:1]))
        dossier = await dossiers.dossier(tx, diary.code, None, lives.SEALER)
        before = await courses.course(tx, dossier)
        sent_on = before.facts.ended_on + timedelta(days=1)
        after = replace(before, facts=days.apologised(before.facts, sent_on))
        at = diary.known[-1][0]
        act = Act(kind="act", occurred_at=at, recorded_at=at, **lives.UNSAID)
        assert await courses.keep_course(tx, dossier, before, after, act)
        on = sent_on + timedelta(days=30)
        asked = AskedWork(kind=WorkKind.APOLOGY_OWED, on=on, sight=None, agencies={agency})
        listed = await work_page(tx, asked, after=None, limit=10)
        scope = Scope(
            agencies={agency}, sight=None, period=ReportingPeriod.between(lives.FIRST, on)
        )
        counted = await figures.count(tx, scope, "dossiers.settled.late.without_apology")
    assert owes_apology(after.facts, on)
    assert (len(listed), counted) == (1, 1)

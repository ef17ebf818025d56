"""A run moves due dates; the domain tells each life from scratch: both end on the same days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

from dossier.domain import facts as days
from dossier.domain.desk import OFFICE_HOURS, Desks
from dossier.domain.dossier import Course, Terms, dossier_code, moved
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel
from dossier.domain.lifecycle import ENDED, Status, allowed_from
from dossier.domain.recomputing import ChangedDays, RunState, may_touch
from dossier.store import course as courses
from dossier.store import dossiers
from dossier.store import recomputing as runs
from dossier.store.agencies import number_agency
from dossier.store.course import Act
from dossier.store.intake import Intake, alone, driver_connection
from dossier.store.recomputing import Run
from dossier.usecases.acting import Acting
from dossier.usecases.recomputing import Batch, advance_run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel.time_zone import local_day, start_of_day
from kernel.working_days import WorkingCalendar

FIRST = date(2022, 8, 22)
NOW = datetime(2022, 12, 1, 3, tzinfo=UTC)
TOLD = {"recorded_by": "x", "details": {}}
_numbers = count(1)

some_days = st.sets(st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n)), max_size=4)
calendars = st.builds(
    lambda off, made_up: WorkingCalendar(frozenset(off), frozenset(made_up - off)),
    some_days,
    some_days,
)
limits = st.builds(TimeLimit, st.integers(0, 12), st.sampled_from(TimeUnit), st.none() | st.times())
minutes = st.integers(0, 10 * 24 * 60)
stories = st.tuples(
    minutes,
    limits,
    st.sampled_from(SupplementPolicy),
    st.lists(st.tuples(st.integers(0, 9), minutes), max_size=4),
)


def desks_on(calendar: WorkingCalendar) -> Desks:
    return Desks(calendar, {}, OFFICE_HOURS, {})


def course_at_receipt(received_at, limit, desk) -> Course:
    due_on = due_date(received_at, limit, desk)
    return Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=received_at,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=days.received(Channel.DIRECT, local_day(received_at), due_on),
    )


def lived(story, desk):
    """Return the moves of a story, and the course they give on a calendar."""
    start, limit, policy, steps = story
    at = start_of_day(FIRST) + timedelta(minutes=start)
    course = course_at_receipt(at, limit, desk)
    moves = []
    for choice, later in steps:
        allowed = sorted(allowed_from(course.status, came_from=course.came_from))
        if not allowed:
            break
        at += timedelta(minutes=later)
        moves.append((Status(allowed[choice % len(allowed)]), at))
        course = moved(course, *moves[-1][:1], at=at, terms=Terms(limit, policy), desk=desk)
    return moves, course


async def stored(tx, agency_id: int, agency: str, story, desk) -> str:
    start, limit, policy, _ = story
    received_at = start_of_day(FIRST) + timedelta(minutes=start)
    intake = Intake(
        agency_id=agency_id,
        issued_on=local_day(received_at),
        recorded_at=received_at,
        recorded_by="officer-1",
        key=None,
        body_digest=None,
        filing_id=None,
        applicant_id=uuid4(),
        full_name="Người nộp mẫu",
        sealed=None,
        key_id="1",
        channel="direct",
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        version_number=1,
        field_code="ho-tich",
        time_limit_value=limit.value,
        time_limit_unit=limit.unit,
        cutoff_time=limit.cutoff,
        supplement_policy=policy,
        received_at=received_at,
        due_on=due_date(received_at, limit, desk),
        subject=None,
        components_count=None,
        external_id=None,
        folded_name="nguoi nop mau",
    )
    issued = await alone(await driver_connection(tx))(intake)
    return dossier_code(agency, issued.issued_on, issued.serial)


async def act_out(tx, code: str, moves, desk, sealer) -> None:
    for to, at in moves:
        dossier = await dossiers.dossier(tx, code, None, sealer)
        before = await courses.course(tx, dossier)
        after = moved(before, to, at=at, terms=dossier.terms, desk=desk)
        act = Act(kind=to.name.lower(), occurred_at=at, recorded_at=at, **TOLD)
        assert await courses.keep_course(tx, dossier, before, after, act)


async def recompute(tx, office, agency: str, changed: ChangedDays, desks, sizes) -> Run:
    """Drive a run to its end; a batch in between is lost before its commit."""
    run = Run(
        run_id=uuid4(),
        agency_code=None,
        reason="Nghỉ bù",
        decided_by=None,
        first_day=changed.first_day,
        last_day=changed.last_day,
        created_at=NOW,
        created_by="keeper",
    )
    await runs.add_run(tx, run)
    later = Acting(by="keeper", sight=None, now=NOW + timedelta(minutes=5))
    size, lost_at = sizes
    for number in range(40):
        batch = Batch(run.run_id, frozenset({agency}), desks, later, size)
        if number == lost_at:
            lost = await tx.begin_nested()
            await advance_run(tx, office, batch)
            await lost.rollback()
        run = await advance_run(tx, office, batch)
        if run.state is RunState.DONE:
            return run
    raise AssertionError(run)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(stories, min_size=1, max_size=5),
    calendars,
    calendars,
    st.tuples(st.integers(1, 4), st.integers(0, 3)),
)
async def test_a_run_ends_where_the_domain_does_from_scratch(app, told, old, new, sizes):
    agency, office = f"Q01.1.{next(_numbers)}", app.state.office
    before, after = desks_on(old).of(agency), desks_on(new).of(agency)
    differing = (old.days_off ^ new.days_off) | (old.make_up_days ^ new.make_up_days) | {FIRST}
    changed = ChangedDays(min(differing), max(differing))
    async with app.state.sessions() as tx:
        agency_id = await number_agency(tx, agency)
        lives = []
        for story in told:
            moves, course = lived(story, before)
            code = await stored(tx, agency_id, agency, story, before)
            await act_out(tx, code, moves, before, office.sealer)
            lives.append((code, story, moves, course))
        run = await recompute(tx, office, agency, changed, desks_on(new), sizes)
        moved_count, looked_at = 0, 0
        for code, (_, limit, policy, _), moves, course in lives:
            dossier = await dossiers.dossier(tx, code, None, office.sealer)
            is_open = course.status not in ENDED
            scratch = course_at_receipt(dossier.received_at, limit, after)
            for to, at in moves:
                scratch = moved(scratch, to, at=at, terms=Terms(limit, policy), desk=after)
            expected = scratch.due_on if is_open else course.due_on
            assert dossier.due_on == expected
            kept = await courses.course(tx, dossier)
            assert kept.due_on == dossier.due_on
            assert replace(kept, facts=course.facts) == course
            moved_count += expected != course.due_on
            looked_at += is_open and may_touch(dossier.received_on, course.due_on, changed)
        assert (run.changed_count, run.done_count) == (moved_count, looked_at)

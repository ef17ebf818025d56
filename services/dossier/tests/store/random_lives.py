"""Random lives of dossiers: acts in the database and, beside them, what became known when."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from dossier.domain import facts as days
from dossier.domain.desk import Desk
from dossier.domain.dossier import dossier_code, moved
from dossier.domain.facts import FOREVER, Channel, ReturnMethod
from dossier.domain.figures import COUNTED
from dossier.domain.lifecycle import ENDED, Status, allowed_from
from dossier.domain.recomputing import recomputed
from dossier.store import course as courses
from dossier.store import dossiers
from dossier.store.agencies import number_agency
from dossier.store.course import Act
from dossier.store.intake import Intake, alone, driver_connection
from dossier.store.officers import change_officer
from dossier.store.personal_data import Sealer
from hypothesis import strategies as st
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
ASSIGNED, CORRECTED, RECOMPUTED, HANDED_OVER = 10, 11, 12, 13
ELSEWHERE = "H72.9"
"""Where dossiers are handed over to; their figures stay with the agency that received them."""
NOON = time(12)
MOMENTS = (time(0), NOON, time(23, 59, 59))
"""The first and the last second of a local day, and its middle."""

moments = st.sampled_from(MOMENTS)
steps = st.lists(
    st.tuples(st.integers(0, 13), st.integers(0, 20), st.integers(0, 600), moments), max_size=6
)
stories = st.tuples(
    st.sampled_from(Channel),
    st.tuples(
        st.sampled_from(["ho-tich", "khac"]),
        st.sampled_from(PROCEDURES),
        st.sampled_from(OFFICERS),
    ),
    st.tuples(st.integers(0, 90), moments),
    st.none() | st.integers(0, 15),
    st.sampled_from(["restart", "pause"]),
    steps,
)

SETTLED = sorted(allowed_from(Status.ACCEPTED)).index(Status.SETTLED)
ASKED_TO_SUPPLY = sorted(allowed_from(Status.ACCEPTED)).index(Status.AWAITING_SUPPLEMENT)
SUPPLIED = sorted(allowed_from(Status.AWAITING_SUPPLEMENT, came_from=Status.ACCEPTED)).index(
    Status.ACCEPTED
)
WHOSE = ("ho-tich", PROCEDURES[0], OFFICERS[0])
SETTLED_AND_RETURNED = (
    Channel.ONLINE,
    WHOSE,
    (10, NOON),
    3,
    "restart",
    [(SETTLED, 5, 1, NOON), (0, 2, 1, NOON)],
)
EDGE = (date(2022, 9, 15) - FIRST).days
"""The first day of the fourth legal quarter: the second before it is the third quarter's."""
RECEIVED_LAST = (Channel.DIRECT, WHOSE, (EDGE - 1, MOMENTS[-1]), 3, "restart", [])
RECEIVED_FIRST = (Channel.DIRECT, WHOSE, (EDGE, MOMENTS[0]), 3, "restart", [])
ENDED_LAST, ENDED_FIRST = (
    (Channel.DIRECT, WHOSE, (EDGE - 9, NOON), 3, "restart", [(SETTLED, later, 0, moment)])
    for later, moment in ((8, MOMENTS[-1]), (9, MOMENTS[0]))
)
WAITS_FROM_LAST, WAITS_FROM_FIRST = (
    (Channel.DIRECT, WHOSE, (EDGE - 9, NOON), 3, "pause", [(ASKED_TO_SUPPLY, later, 0, moment)])
    for later, moment in ((8, MOMENTS[-1]), (9, MOMENTS[0]))
)
"""Due days ago; whether it is overdue when the quarter ends hangs on a second."""
SUPPLIED_LAST, SUPPLIED_FIRST = (
    (
        *(Channel.DIRECT, WHOSE, (EDGE - 9, NOON), 3, "pause"),
        [(ASKED_TO_SUPPLY, 5, 0, NOON), (SUPPLIED, later, 0, moment)],
    )
    for later, moment in ((3, MOMENTS[-1]), (4, MOMENTS[0]))
)
AT_THE_EDGE = [
    *(RECEIVED_LAST, RECEIVED_FIRST, ENDED_LAST, ENDED_FIRST),
    *(WAITS_FROM_LAST, WAITS_FROM_FIRST, SUPPLIED_LAST, SUPPLIED_FIRST),
]
PENDING = (Channel.ONLINE, WHOSE, (20, NOON), 3, "pause", [])


def at_local(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, LOCAL_ZONE).astimezone(UTC)


def noon(day: date) -> datetime:
    return at_local(day, NOON)


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
    channel, (field, procedure, officer), (start, moment), limit, policy, acts = story
    received_at = at_local(FIRST + timedelta(days=start), moment)
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
    issued = await alone(await driver_connection(tx))(intake)
    code = dossier_code(agency, issued.issued_on, issued.serial)
    diary = Diary(code, field, procedure, channel)
    diary.officers.append((received_at, officer))
    first = days.received(channel, local_day(received_at), due_on)
    diary.known.append((received_at, first))
    await carry_on(tx, diary, acts)
    return diary


async def carry_on(tx, diary: Diary, acts) -> None:
    recorded_at = max(diary.known[-1][0], diary.officers[-1][0])
    for choice, later, lag, moment in acts:
        dossier = await dossiers.dossier(tx, diary.code, None, SEALER)
        before = await courses.course(tx, dossier)
        assert before.facts == diary.known[-1][1]
        day = local_day(before.status_since) + timedelta(days=later)
        at = max(before.status_since, at_local(day, moment))
        recorded_at = max(recorded_at, at) + timedelta(hours=lag)
        if choice == ASSIGNED:
            following = OFFICERS[later % len(OFFICERS)]
            act = Act(kind="assigned", occurred_at=at, recorded_at=recorded_at, **UNSAID)
            assert await courses.keep_course(tx, dossier, before, before, act)
            await change_officer(tx, dossier, following, event_number=dossier.version + 1)
            diary.officers.append((recorded_at, following))
            continue
        if choice == HANDED_OVER:
            act = Act(kind="handed_over", occurred_at=at, recorded_at=recorded_at, **UNSAID)
            whose = await number_agency(tx, ELSEWHERE)
            assert await courses.keep_course(
                tx, dossier, before, before, act, resolver_agency_id=whose
            )
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

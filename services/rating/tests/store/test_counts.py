"""What SQL counts is what the domain would count one by one."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio
from kernel.time_zone import local_day
from rating.domain.facts import BallotAnswers, Question, Satisfaction
from rating.domain.feedback import FeedbackKind, is_on_time, judged_on
from rating.domain.permissions import WHOLE_TREE, Sight
from rating.domain.rules import AnswerPoints, AnswerStep
from rating.store import agencies, ballots, feedback

PERIOD = ReportingPeriod(date(2022, 6, 15), date(2022, 9, 15))
KNOWN_AT = datetime(2022, 10, 1, tzinfo=UTC)
WARD = "H58.1.1"

instants = st.integers(-2 * 86_400, 94 * 86_400).map(
    lambda seconds: datetime(2022, 6, 15, tzinfo=UTC) + timedelta(seconds=seconds)
)
recorded = st.sampled_from([-86_400, 0, 1]).map(lambda late: KNOWN_AT + timedelta(seconds=late))
answers = st.builds(
    BallotAnswers,
    satisfaction=st.sampled_from(Satisfaction),
    contacts_count=st.none() | st.integers(0, 2),
    agencies_contacted_count=st.none() | st.integers(0, 2),
    own_fault=st.booleans(),
)
days = st.dates(date(2022, 6, 10), date(2022, 9, 20))


@pytest.fixture(scope="session")
def open_session(app):
    """Return a function that opens a session whose work is undone."""

    class Undone:
        async def __aenter__(self):
            self.connection = await app.state.engine.connect()
            self.outer = await self.connection.begin()
            self.session = app.state.sessions(
                bind=self.connection, join_transaction_mode="create_savepoint"
            )
            return self.session

        async def __aexit__(self, *_):
            await self.session.close()
            await self.outer.rollback()
            await self.connection.close()

    return Undone


@settings(max_examples=25)
@given(st.lists(st.tuples(instants, recorded, answers), max_size=20))
async def test_ballots_are_counted_by_local_day_and_knowledge(open_session, cast):
    async with open_session() as session:
        ward = (await agencies.agency_ids(session, {WARD}))[WARD]
        for cast_at, recorded_at, given_answers in cast:
            await ballots.add_ballot(
                session,
                agency_id=ward,
                cast_at=cast_at,
                answers=given_answers,
                comment=None,
                recorded_at=recorded_at,
            )
        found = await ballots.ballot_counts(
            session, agencies.within({WARD}, WHOLE_TREE), period=PERIOD, known_at=KNOWN_AT
        )
    expected = {}
    for cast_at, recorded_at, given_answers in cast:
        if local_day(cast_at) in PERIOD and recorded_at <= KNOWN_AT:
            expected[given_answers] = expected.get(given_answers, 0) + 1
    assert found == expected


@settings(max_examples=25)
@given(st.lists(answers, max_size=12), st.booleans(), st.sampled_from(Question))
async def test_evidence_lists_the_ballots_that_the_rule_counts(
    open_session, cast, excuses_own_fault, question
):
    rule = AnswerPoints(question, (AnswerStep(0, 2), AnswerStep(1, 1)), 0, excuses_own_fault)
    async with open_session() as session:
        ward = (await agencies.agency_ids(session, {WARD}))[WARD]
        for given_answers in cast:
            await ballots.add_ballot(
                session,
                agency_id=ward,
                cast_at=KNOWN_AT - timedelta(days=60),
                answers=given_answers,
                comment=None,
                recorded_at=KNOWN_AT,
            )
        found = await ballots.ballots_cast(
            session,
            agencies.within({WARD}, WHOLE_TREE),
            period=PERIOD,
            known_at=KNOWN_AT,
            counted_by=rule,
            after=None,
            limit=500,
        )
    points = [rule.points(one) for one in cast]
    assert sorted(rule.points(one.answers) for one in found) == sorted(
        one for one in points if one is not None
    )


entries = st.tuples(
    st.sampled_from(FeedbackKind),
    days,
    st.integers(0, 30),
    st.none() | st.integers(0, 60),
    recorded,
    recorded,
)


def a_feedback(kind, received_on, wait):
    return feedback.Feedback(
        feedback_id=uuid4(),
        agency_code=WARD,
        kind=kind,
        received_at=datetime.combine(received_on, datetime.min.time(), UTC),
        received_on=received_on,
        subject="mẫu",
        content="mẫu",
        dossier_code=None,
        transfer_by=received_on,
        refuse_by=received_on,
        ask_more_by=received_on,
        due_on=received_on + timedelta(days=wait),
    )


def answered(received, after_days):
    on = received.received_on + timedelta(days=after_days)
    return feedback.Feedback(
        **{
            **{name: getattr(received, name) for name in received.__dataclass_fields__},
            "answered_at": datetime.combine(on, datetime.min.time(), UTC),
            "answered_on": on,
            "answer": "mẫu",
            "publish_by": on,
        }
    )


@settings(max_examples=25)
@given(st.lists(entries, max_size=12), st.dates(PERIOD.start, PERIOD.last_day))
async def test_the_register_is_judged_as_the_domain_judges(open_session, entered, as_of):
    view = feedback.RegisterView(
        agencies.within({WARD}, WHOLE_TREE), PERIOD, known_at=KNOWN_AT, as_of=as_of
    )
    known = []
    async with open_session() as session:
        ward = (await agencies.agency_ids(session, {WARD}))[WARD]
        for kind, received_on, wait, after_days, received_then, answered_then in entered:
            received = a_feedback(kind, received_on, wait)
            await feedback.add_feedback(
                session, received, agency_id=ward, recorded_at=received_then, recorded_by="x"
            )
            answer = None if after_days is None else answered(received, after_days)
            if answer is not None:
                await feedback.add_answer(
                    session, answer, recorded_at=answered_then, recorded_by="x"
                )
            if received_then <= KNOWN_AT:
                known.append(answer if answer and answered_then <= KNOWN_AT else received)
        found = await feedback.feedback_counts(session, view)
    received_in = [one for one in known if one.received_on in PERIOD]
    judged = [
        one for one in known if PERIOD.start <= judged_on(one.due_on, one.answered_on) <= as_of
    ]
    assert found.received == len(received_in)
    assert found.received_regulation == sum(one.kind != "conduct" for one in received_in)
    assert found.received_conduct == sum(one.kind != "regulation" for one in received_in)
    assert found.answered == sum(
        one.answered_on is not None and one.answered_on in PERIOD for one in known
    )
    assert found.on_time == Ratio(
        sum(is_on_time(one.due_on, one.answered_on) for one in judged), len(judged)
    )


async def test_the_predicate_of_sight_hides_other_agencies(open_session):
    async with open_session() as session:
        await agencies.agency_ids(session, {WARD, "H58.1.2"})
        blind = agencies.within({WARD, "H58.1.2"}, Sight(frozenset({WARD})))
        assert len((await session.scalars(blind)).all()) == 1
        assert len((await session.scalars(agencies.within(None, Sight(frozenset())))).all()) == 0

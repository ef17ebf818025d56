"""Indicators 1 to 9 of TT 01/2018 and the class of the sum, vectors of the project's rule book."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.ratios import Ratio
from rating.domain.facts import BallotAnswers, Facts, Satisfaction, Timeliness
from rating.domain.rules import ConductPoints, NotCounted, reaches
from rating.domain.scoring import score_sheet
from rating.schemas.indicator_sets import IndicatorSetPaper

RELEASE = Path(__file__).parents[2] / "releases" / "tt01-2018.json"
TT01 = IndicatorSetPaper.model_validate_json(RELEASE.read_text()).in_domain()
INDICATORS = {indicator.number: indicator for indicator in TT01.indicators}

PHU_SON = Facts(
    level="commune",
    settled={Timeliness.EARLY: 316, Timeliness.ON_TIME: 70, Timeliness.LATE: 3},
    ballots={
        BallotAnswers(Satisfaction.SATISFIED, 0, 0, own_fault=False): 23,
        BallotAnswers(Satisfaction.VERY_SATISFIED, 0, 0, own_fault=False): 102,
    },
    shares={
        "procedures.settled_at_desk": Ratio(220, 220),
        "procedures.received_and_returned_at_desk": Ratio(220, 220),
        "procedures.posted.desk": Ratio(220, 220),
        "procedures.posted.agency_portal": Ratio(220, 220),
        "procedures.online.share": Ratio(42, 220),
        "dossiers.received.online.share": Ratio(131, 389),
        "feedback.answered_on_time": Ratio(0, 0),
    },
    counts={"dossiers.online.settled.late": 0},
)


def facts(**changes):
    level = changes.pop("level", "commune")
    return Facts(level=level, **changes)


def score(number, given_facts):
    """Return the points, or the reason why there are none."""
    sheet = score_sheet(TT01, given_facts)
    found = next(one for one in sheet.scores if one.indicator.number == number)
    return found.not_counted if found.points is None else found.points


def a_ballot(*, contacts=0, agencies=0, own_fault=False):
    return BallotAnswers(Satisfaction.SATISFIED, contacts, agencies, own_fault)


def test_phu_son_third_quarter_2022_counts_seven_indicators():
    sheet = score_sheet(TT01, PHU_SON).limited_to(frozenset(range(1, 8)))
    assert [str(one.points) for one in sheet.counted] == [
        "1.8", "1.8", "2.0", "2.0", "2.0", "2.0", "1.8",
    ]  # fmt: skip
    assert (sheet.total, sheet.maximum) == (Decimal("13.4"), 14)
    assert sheet.ranking.name_vi == "Tốt"
    assert [one.not_counted for one in sheet.scores[7:]] == [NotCounted.NOT_ASSESSED] * 2


def test_phu_son_with_every_indicator_that_has_data():
    sheet = score_sheet(TT01, PHU_SON)
    assert [one.points for one in sheet.scores[7:]] == [Decimal(2), Decimal(1)]
    assert (sheet.total, sheet.maximum, len(sheet.counted)) == (Decimal("16.4"), 18, 9)
    assert sheet.ranking.name_vi == "Xuất sắc"


def test_scores_are_rounded_before_they_are_summed():
    # 31/17 is 1.8235..: three of them are 5.4 when rounded first, 5.5 when rounded last.
    sheet = score_sheet(
        TT01, facts(settled={Timeliness.EARLY: 14, Timeliness.ON_TIME: 3, Timeliness.LATE: 0})
    )
    assert sheet.limited_to(frozenset({1, 2, 7})).total == Decimal("5.4")


def test_an_agency_without_records_is_not_scored_but_for_feedback():
    sheet = score_sheet(TT01, facts())
    reasons = [one.not_counted for one in sheet.scores]
    assert reasons == [
        NotCounted.NO_SETTLED_DOSSIERS,
        NotCounted.NO_SETTLED_DOSSIERS,
        NotCounted.NO_ANSWERS,
        NotCounted.NO_ANSWERS,
        NotCounted.NO_PROCEDURES,
        NotCounted.NO_PROCEDURES,
        NotCounted.NO_SETTLED_DOSSIERS,
        None,
        NotCounted.NO_PROCEDURES,
    ]
    assert (sheet.total, sheet.maximum) == (Decimal(2), 2)


def test_nothing_counted_has_no_total_no_maximum_and_no_class():
    sheet = score_sheet(TT01, facts()).limited_to(frozenset({1}))
    assert (sheet.counted, sheet.total, sheet.maximum, sheet.ranking) == ((), None, None, None)
    assert sheet.scores[0].not_counted is NotCounted.NO_SETTLED_DOSSIERS


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("18", "Xuất sắc"),
        ("15", "Xuất sắc"),
        ("14.9", "Tốt"),
        ("12", "Tốt"),
        ("11.9", "Khá"),
        ("9", "Khá"),
        ("8.9", "Trung bình"),
        ("6", "Trung bình"),
        ("5.9", "Yếu"),
        ("0", "Yếu"),
    ],
)
def test_class_of_the_raw_sum(total, name):
    assert TT01.class_of(Decimal(total)).name_vi == name


@pytest.mark.parametrize("number", [1, 2, 7])
def test_time_indicators_of_316_early_70_on_time_3_late(number):
    assert score(number, PHU_SON) == Decimal("1.8")


def test_feedback_on_conduct_takes_the_points_of_its_dossier():
    given_facts = facts(
        settled={Timeliness.EARLY: 1, Timeliness.ON_TIME: 1, Timeliness.LATE: 0},
        complained={Timeliness.EARLY: 1},
    )
    assert (score(1, given_facts), score(7, given_facts)) == (Decimal("1.5"), Decimal("0.5"))


@pytest.mark.parametrize(
    ("timeliness", "complained", "points"),
    [
        (Timeliness.EARLY, False, 2),
        (Timeliness.ON_TIME, False, 1),
        (Timeliness.LATE, False, 0),
        (Timeliness.EARLY, True, 0),
        (Timeliness.ON_TIME, True, 0),
        (Timeliness.LATE, True, 0),
    ],
)
def test_indicator_7_per_dossier(timeliness, complained, points):
    rule = INDICATORS[7].rule
    assert isinstance(rule, ConductPoints)
    assert rule.points(timeliness, complained=complained) == points


@pytest.mark.parametrize(("answer", "points"), [(0, 2), (1, 1), (2, 0), (1000, 0)])
@pytest.mark.parametrize("number", [3, 4])
def test_contacts_and_agencies_per_ballot(number, answer, points):
    ballot = a_ballot(contacts=answer, agencies=answer)
    assert score(number, facts(ballots={ballot: 3})) == Decimal(points)


def test_a_missing_answer_never_scores():
    assert score(3, facts(ballots={a_ballot(contacts=None): 5})) is NotCounted.NO_ANSWERS
    mixed = facts(ballots={a_ballot(contacts=None): 5, a_ballot(contacts=1): 2})
    assert score(3, mixed) == Decimal(1)


def test_own_fault_is_excused_for_contacts_but_not_for_agencies():
    given_facts = facts(ballots={a_ballot(contacts=9, agencies=9, own_fault=True): 4})
    assert score(3, given_facts) is NotCounted.NO_ANSWERS
    assert score(4, given_facts) == Decimal(0)


@pytest.mark.parametrize(
    ("level", "at_desk", "returned", "points"),
    [
        ("commune", 100, 100, 2),
        ("commune", 99, 100, 1),
        ("commune", 99, 99, 0),
        ("district", 50, 0, 2),
        ("district", 49, 100, 1),
        ("province", 20, 0, 2),
        ("province", 19, 99, 0),
        ("central", 100, 100, NotCounted.NO_THRESHOLD_FOR_LEVEL),
    ],
)
def test_one_stop_organisation_by_level(level, at_desk, returned, points):
    shares = {
        "procedures.settled_at_desk": Ratio(at_desk, 100),
        "procedures.received_and_returned_at_desk": Ratio(returned, 100),
    }
    assert score(5, facts(level=level, shares=shares)) == points


@pytest.mark.parametrize(
    ("desk", "portal", "points"), [(10, 10, 2), (10, 9, 1), (9, 10, 1), (9, 9, 0)]
)
def test_publicity_is_one_point_a_way(desk, portal, points):
    shares = {
        "procedures.posted.desk": Ratio(desk, 10),
        "procedures.posted.agency_portal": Ratio(portal, 10),
    }
    assert score(6, facts(shares=shares)) == points


@pytest.mark.parametrize(
    ("on_time", "judged", "points"), [(0, 0, 2), (5, 5, 2), (9, 10, 1), (8, 9, 0), (0, 1, 0)]
)
def test_handling_of_feedback(on_time, judged, points):
    shares = {"feedback.answered_on_time": Ratio(on_time, judged)}
    assert score(8, facts(shares=shares)) == points


@pytest.mark.parametrize(
    ("procedures", "dossiers", "late", "points"),
    [
        (2000, 3000, 0, 2),
        (2000, 2999, 0, 1),
        (1999, 3000, 0, 1),
        (2000, 1500, 0, 1),
        (0, 1500, 0, 1),
        (2000, 1499, 0, 0),
        (2000, 9999, 1, 0),
    ],
)
def test_online_services(procedures, dossiers, late, points):
    shares = {
        "procedures.online.share": Ratio(procedures, 10_000),
        "dossiers.received.online.share": Ratio(dossiers, 10_000),
    }
    counts = {"dossiers.online.settled.late": late}
    assert score(9, facts(shares=shares, counts=counts)) == points


def test_online_services_without_dossiers_are_not_counted():
    shares = {"procedures.online.share": Ratio(1, 2), "dossiers.received.online.share": Ratio(0, 0)}
    assert score(9, facts(shares=shares)) is NotCounted.NO_DOSSIERS_RECEIVED


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 1000))
def test_thresholds_are_exact(part, whole, tenths):
    percent = Decimal(tenths) / 10
    assert reaches(Ratio(part, whole), percent) == (part * 1000 >= tenths * whole)


counts = st.fixed_dictionaries({one: st.integers(0, 500) for one in Timeliness})
ballots = st.dictionaries(
    st.builds(
        BallotAnswers,
        satisfaction=st.sampled_from(Satisfaction),
        contacts_count=st.none() | st.integers(0, 3),
        agencies_contacted_count=st.none() | st.integers(0, 3),
        own_fault=st.booleans(),
    ),
    st.integers(1, 50),
    max_size=12,
)


def pooled(one, other):
    return {key: one.get(key, 0) + other.get(key, 0) for key in {*one, *other}}


def earned(number, given_facts):
    found = INDICATORS[number].rule.earned(given_facts)
    return Ratio(0, 0) if isinstance(found, NotCounted) else found


@given(counts, counts, ballots, ballots, st.sampled_from([1, 2, 3, 4, 7]))
def test_scores_of_two_parts_pool_their_cases(settled_a, settled_b, ballots_a, ballots_b, number):
    a, b = facts(settled=settled_a, ballots=ballots_a), facts(settled=settled_b, ballots=ballots_b)
    both = facts(settled=pooled(settled_a, settled_b), ballots=pooled(ballots_a, ballots_b))
    assert earned(number, both) == earned(number, a) + earned(number, b)


@given(counts, ballots)
def test_no_score_leaves_its_bounds(settled, cast):
    for one in score_sheet(TT01, facts(settled=settled, ballots=cast)).counted:
        assert 0 <= one.points <= one.indicator.max_points


def test_the_release_reads_as_its_own_json():
    paper = IndicatorSetPaper.model_validate_json(RELEASE.read_text())
    assert json.loads(paper.model_dump_json()) == json.loads(RELEASE.read_text())

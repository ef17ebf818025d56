"""The seed report's slips, each with its citation, and the statements that must not be flagged."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.figures import FigureKind
from kernel.periods import ReportingPeriod
from reporting.domain.calendar import PeriodKind, PeriodName
from reporting.domain.checks.statement import check_statement
from reporting.domain.figures import ReportFigure
from reporting.domain.findings import Severity
from reporting.domain.statement import QuotedPeriod, StatedEvent, StatedFigure, Statement

Q3 = PeriodName("legal", PeriodKind.QUARTER, 2022, 3)
WINDOW = ReportingPeriod(date(2022, 6, 15), date(2022, 9, 15))
WARD, TOWN = "UBND phường Phú Sơn", "UBND thị xã Bỉm Sơn"


def said(key, value, section="I.4", **more):
    return StatedFigure(key, value, section, **more)


def findings(*figures, events=(), records=None, name=Q3, window=WINDOW):
    return check_statement(
        Statement("H56.18.26", WARD, name, window, tuple(figures), tuple(events), records)
    )


def codes(*figures, **more):
    return {finding.check_id for finding in findings(*figures, **more)}


def points(*values, section="I.5.đ"):
    numbered = enumerate(values, start=1)
    return [said(f"rating.indicator.{n}", Decimal(value), section) for n, value in numbered]


SEVEN = points("1.8", "1.8", "2", "2", "2", "2", "1.8")
NINE = [*SEVEN, *(said(f"rating.indicator.{n}", 2, "I.5.đ") for n in (8, 9))]
LAST_QUARTER = QuotedPeriod(PeriodKind.QUARTER, 2, 2022)

SLIPS = [
    pytest.param(
        [*NINE[:7], said("rating.score", Decimal("11.4"))],
        [],
        "score_sum",
        "13,4",
        id="slip 1, I.5.đ",
    ),
    pytest.param(
        [*SEVEN, said("rating.maximum", 12)], [], "score_maximum", "14", id="slip 2, I.5.đ"
    ),
    pytest.param(
        [*SEVEN, said("rating.class", "Khá")], [], "class_mismatch", "Tốt", id="slip 3, I.5.đ"
    ),
    pytest.param(SEVEN, [], "indicators_missing", None, id="slip 4, I.5.đ"),
    pytest.param(
        [
            said("procedures.online.level_3", 8, "I.2"),
            said("procedures.online.level_3", 34, "I.6.a"),
        ],
        [],
        "sections_disagree",
        None,
        id="slip 5, I.2 and I.6.a",
    ),
    pytest.param(
        [
            said("dossiers.received", 389),
            said("dossiers.received.online.share", 100, numerator=131),
        ],
        [],
        "share_mismatch",
        "33,7 %",
        id="slip 6, I.4",
    ),
    pytest.param(
        [said("dossiers.online.procedures", 7, "I.2", unit="HS")],
        [],
        "unit_mismatch",
        "thủ tục",
        id="slip 7, I.2",
    ),
    pytest.param(
        [said("dossiers.settled.late", 3), said("dossiers.apologies", 0)],
        [],
        "late_without_apology",
        "3",
        id="slip 8, I.4",
    ),
    pytest.param(
        [
            said("dossiers.received.online", 131),
            said("dossiers.received.direct", 258),
            said("certified_copies", 288, "I.6.b", unit="hồ sơ"),
        ],
        [],
        "copies_exceed_dossiers",
        "258",
        id="slip 9, I.6.b",
    ),
    pytest.param(
        [
            said("dossiers.received.online", 131),
            said("dossiers.received.online", 128, "I.6.a"),
        ],
        [],
        "sections_disagree",
        None,
        id="slip 10, I.4 and I.6.a",
    ),
    pytest.param(
        [said("certified_copies", 288, "I.6.b", unit="bản", period=LAST_QUARTER)],
        [],
        "period_quoted",
        "quý III năm 2022",
        id="slip 11, I.6.b",
    ),
    *(
        pytest.param(
            [],
            [StatedEvent(day, "Kế hoạch", "I.5.a")],
            "event_outside_period",
            "15/06/2022 – 14/09/2022",
            id=f"slip 12, {day}",
        )
        for day in (
            date(2022, 6, 13),
            date(2022, 4, 28),
            date(2022, 1, 7),
            date(2022, 6, 2),
            date(2021, 7, 5),
        )
    ),
    pytest.param(
        [said("procedures.online.level_4", 34, "I.6.a")],
        [],
        "vocabulary_superseded",
        "một phần / toàn trình",
        id="slip 13, I.6.a",
    ),
    pytest.param(
        [said("satisfaction.ballots", 125, "I.5.đ", entity=TOWN)],
        [],
        "entity_mismatch",
        WARD,
        id="slip 14, I.5.đ",
    ),
    pytest.param(
        [said("satisfaction.satisfied", Decimal("18.4"), "I.5.đ")],
        [],
        "percentage_without_n",
        None,
        id="slip 15, I.5.đ",
    ),
]


@pytest.mark.parametrize(("figures", "events", "check_id", "computed"), SLIPS)
def test_slips_of_the_seed_report_are_found(figures, events, check_id, computed):
    found = [f for f in findings(*figures, events=events) if f.check_id == check_id]
    assert len(found) == 1
    assert found[0].message
    if computed is not None:
        assert found[0].computed == computed


CONSISTENT = [
    pytest.param(
        [
            said("dossiers.received.online", 131),
            said("dossiers.received.direct", 258),
            said("dossiers.received", 389),
        ],
        id="131 + 258 = 389, I.4",
    ),
    pytest.param(
        [
            said("dossiers.settled.early", 316),
            said("dossiers.settled.on_time", 70),
            said("dossiers.settled.late", 3),
            said("dossiers.settled", 389),
        ],
        id="316 + 70 + 3 = 389, I.4",
    ),
    pytest.param(
        [
            said("procedures.online.level_3", 8, "I.2", unit="thủ tục"),
            said("procedures.online.level_4", 34, "I.2", unit="TTHC"),
            said("procedures.online", 42, "I.2", unit="procedure"),
        ],
        id="8 + 34 = 42, I.2",
    ),
    pytest.param(
        [
            said("satisfaction.not_satisfied", 0, unit="%"),
            said("satisfaction.satisfied", Decimal("18.4"), unit="%"),
            said("satisfaction.very_satisfied", "81,6", unit="%"),
            said("satisfaction.ballots", 125, unit="phiếu"),
        ],
        id="0 + 18,4 + 81,6 = 100, I.5.đ",
    ),
    pytest.param(
        [said("reviews.time_limit_cut", 100, "I.2", numerator=7, denominator=7)],
        id="7/7 = 100 %, I.2",
    ),
]


@pytest.mark.parametrize("figures", CONSISTENT)
def test_consistent_statements_are_not_flagged(figures):
    before = PeriodName("legal", PeriodKind.QUARTER, 2022, 2)
    days = ReportingPeriod(date(2022, 3, 15), date(2022, 6, 15))
    assert findings(*figures, name=before, window=days) == []


counts = st.integers(0, 5_000)


@st.composite
def balanced(draw):
    early, on_time, late = draw(counts), draw(counts), draw(counts)
    in_time, overdue = draw(counts), draw(counts)
    whole = early + on_time + late + in_time + overdue
    online = draw(st.integers(0, whole))
    postal = draw(st.integers(0, whole - online))
    carried = draw(st.integers(0, whole - online - postal))
    direct = whole - online - postal - carried
    return {
        "dossiers.received": whole - carried,
        "dossiers.received.online": online,
        "dossiers.received.direct": direct,
        "dossiers.received.postal": postal,
        "dossiers.carried_over": carried,
        "dossiers.total": whole,
        "dossiers.settled": early + on_time + late,
        "dossiers.settled.early": early,
        "dossiers.settled.on_time": on_time,
        "dossiers.settled.late": late,
        "dossiers.pending": in_time + overdue,
        "dossiers.pending.in_time": in_time,
        "dossiers.pending.overdue": overdue,
        "dossiers.apologies": late,
    }


def errors(counted):
    found = findings(*(said(key, value) for key, value in counted.items()))
    return {f.check_id for f in found if f.severity is Severity.ERROR}


@given(balanced())
def test_balanced_statements_are_never_flagged(counted):
    assert errors(counted) == set()


@given(balanced(), st.data())
def test_any_single_change_is_flagged(counted, data):
    key = data.draw(st.sampled_from(sorted(set(counted) - {"dossiers.apologies"})))
    assert errors(counted | {key: counted[key] + data.draw(st.integers(1, 99))})


ratings = st.lists(st.integers(0, 20).map(lambda n: Decimal(n) / 10), min_size=9, max_size=9)


def scored(values, change=0):
    total = sum(values)
    classes = [(15, "Xuất sắc"), (12, "Tốt"), (9, "Khá"), (6, "Trung bình"), (-1, "Yếu")]
    name = next(name for least, name in classes if total >= least)
    return [
        *points(*values),
        said("rating.score", total + change),
        said("rating.maximum", 18),
        said("rating.class", name),
    ]


@given(ratings)
def test_a_correct_score_is_never_flagged(values):
    assert codes(*scored(values)) == set()


@given(ratings, st.integers(1, 20))
def test_a_wrong_score_is_always_flagged(values, tenths):
    assert codes(*scored(values, Decimal(tenths) / 10)) == {"score_sum"}


@pytest.mark.parametrize(
    ("score", "word"),
    [
        pytest.param(score, word, id=f"TT 01/2018 Đ.15: {score}")
        for score, word in [
            ("15", "Xuất sắc"),
            ("14.9", "Tốt"),
            ("12", "Tốt"),
            ("11.9", "Khá"),
            ("9", "Khá"),
            ("8.9", "Trung bình"),
            ("6", "Trung bình"),
            ("5.9", "Yếu"),
        ]
    ],
)
def test_classes_follow_from_the_stated_score_when_no_indicator_is_stated(score, word):
    stated = said("rating.score", Decimal(score))
    assert codes(stated, said("rating.class", word)) == set()
    assert codes(stated, said("rating.class", "Lạ")) == {"class_mismatch"}


def test_nothing_is_said_of_scores_before_the_first_indicator_set():
    days = ReportingPeriod(date(2017, 6, 15), date(2017, 9, 15))
    name = PeriodName("legal", PeriodKind.QUARTER, 2017, 3)
    assert codes(*SEVEN, said("rating.maximum", 12), name=name, window=days) == set()


def test_a_class_without_any_points_is_not_judged():
    assert codes(said("rating.class", "Khá")) == set()


def a_record(key, value, kind=FigureKind.COUNT, numerator=None, denominator=None):
    return ReportFigure(
        key, key, value, "dossier", kind, "dossier", f"{key}@1", "", "", numerator, denominator
    )


def test_missing_indicators_say_what_the_records_give():
    records = {
        key: a_record(key, value, FigureKind.AVERAGE)
        for key, value in [("rating.indicator.8", 2), ("rating.indicator.9", None)]
    }
    found = findings(*SEVEN, records=records)
    missing = next(f for f in found if f.check_id == "indicators_missing")
    assert missing.computed == "chỉ số 8: 2"
    assert "15,4 điểm, loại “Xuất sắc”" in missing.message

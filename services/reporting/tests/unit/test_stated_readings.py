"""How statements are read: precision, units, periods, names, and what the records bear out."""

from datetime import date
from decimal import Decimal

import pytest
from kernel.figures import FigureKind
from kernel.periods import ReportingPeriod
from reporting.domain.calendar import PeriodKind, PeriodName
from reporting.domain.checks.statement import check_statement
from reporting.domain.errors import NoSuchPeriod
from reporting.domain.figures import ReportFigure
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


def a_record(key, value, kind=FigureKind.COUNT, numerator=None, denominator=None):
    return ReportFigure(
        key, key, value, "dossier", kind, "dossier", f"{key}@1", "", "", numerator, denominator
    )


RECORDS = {
    "dossiers.received": a_record("dossiers.received", 389),
    "copies": a_record("copies", 1389),
    "share": a_record("share", Decimal("33.7"), FigureKind.RATIO, 131, 389),
    "average": a_record("average", Decimal("1.8"), FigureKind.AVERAGE, 702, 389),
    "class": a_record("class", "Tốt", FigureKind.LABEL),
    "absent": a_record("absent", None),
}


@pytest.mark.parametrize(
    "figure",
    [
        said("dossiers.received", 389),
        said("dossiers.received", "389"),
        said("share", Decimal("33.7")),
        said("share", Decimal("33.68")),
        said("share", 34),
        said("share", "33,7 %"),
        said("share", "33,68%"),
        said("copies", "1.389"),
        said("copies", "1.389", unit="bản sao"),
        said("share", Decimal("33.7"), numerator=131, denominator=389),
        said("average", Decimal("1.8")),
        said("average", 2),
        said("class", "tốt"),
        said("absent", 12),
        said("dossiers.unheard_of", 12),
    ],
)
def test_what_the_records_bear_out_is_not_flagged(figure):
    assert codes(figure, records=RECORDS) == set()


@pytest.mark.parametrize(
    "figure",
    [
        said("dossiers.received", 388),
        said("share", Decimal("33.6")),
        said("share", Decimal("33.7"), numerator=130),
        said("share", "33,6 %"),
        said("copies", "1.388"),
        said("copies", "1,389"),
        said("average", Decimal("1.7")),
        said("class", "Khá"),
        said("dossiers.received", "nhiều"),
        said("share", 100, numerator=131, denominator=131),
    ],
)
def test_what_the_records_do_not_bear_out_is_flagged(figure):
    found = [f for f in findings(figure, records=RECORDS) if f.check_id == "differs_from_records"]
    assert len(found) == 1
    assert found[0].stated != found[0].computed


POINTS = (Decimal("1.8"), Decimal("1.8"), 2, 2, 2, 2, Decimal("1.8"), 2, 1)
SCORED = {
    f"rating.{name}{suffix}": a_record(f"rating.{name}{suffix}", value, kind)
    for name, kind, of_seven, of_nine in (
        ("score", FigureKind.COUNT, Decimal("13.4"), Decimal("16.4")),
        ("maximum", FigureKind.COUNT, 14, 18),
        ("class", FigureKind.LABEL, "Tốt", "Xuất sắc"),
        ("indicators_counted", FigureKind.COUNT, 7, 9),
    )
    for suffix, value in (("", of_seven), (".all", of_nine))
} | {
    f"rating.indicator.{number}": a_record(f"rating.indicator.{number}", points)
    for number, points in enumerate(POINTS, start=1)
}


@pytest.mark.parametrize(
    ("printed", "score", "maximum", "ranking", "differing"),
    [
        (7, Decimal("13.4"), 14, "Tốt", set()),
        (9, Decimal("16.4"), 18, "Xuất sắc", set()),
        (9, Decimal("13.4"), 14, "Tốt", {"rating.score", "rating.maximum", "rating.class"}),
        (7, Decimal("16.4"), 18, "Xuất sắc", {"rating.score", "rating.maximum", "rating.class"}),
    ],
    ids=["seven", "nine", "sum_of_seven_under_nine", "sum_of_nine_under_seven"],
)
def test_a_sum_is_compared_with_that_of_the_indicators_printed(
    printed, score, maximum, ranking, differing
):
    stated = [
        *(said(f"rating.indicator.{n}", POINTS[n - 1]) for n in range(1, printed + 1)),
        said("rating.score", score),
        said("rating.maximum", maximum),
        said("rating.class", ranking),
    ]
    found = findings(*stated, records=SCORED)
    assert {f.keys[0] for f in found if f.check_id == "differs_from_records"} == differing


def test_a_figure_that_nobody_keeps_is_told_not_judged():
    stated = [said("unheard.of", 12, "I"), said("unheard.of", 12, "II")]
    found = findings(*stated, records=RECORDS)
    assert [(f.check_id, f.sections) for f in found] == [("figure_unknown", ("I", "II"))]
    assert findings(*stated) == []


def test_a_statement_is_read_at_the_precision_it_is_printed_with():
    coarse = [said("a", 18, "I"), said("a", Decimal("18.4"), "II")]
    assert codes(*coarse) == set()
    assert codes(said("a", "Tốt"), said("a", "tốt")) == set()
    assert codes(said("a", "Tốt"), said("a", 12)) == {"sections_disagree"}


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("11,4", "11.4"),
        ("11.4", "11.4"),
        ("07", "7"),
        ("1.389", "1389"),
        ("1.234.567,5", "1234567.5"),
        ("0.125", "0.125"),
        ("12.34.567", None),
        ("81,6 %", "81.6"),
        ("%", None),
        ("389 hồ sơ", None),
    ],
)
def test_numbers_are_read_as_vietnamese_texts_print_them(printed, number):
    assert said("a", printed).number == (None if number is None else Decimal(number))


def test_shares_are_compared_with_the_counts_stated_elsewhere():
    base = [said("dossiers.received.online", 131), said("dossiers.received", 389)]
    share = "dossiers.received.online.share"
    assert codes(*base, said(share, Decimal("33.7"))) == set()
    assert codes(*base, said(share, Decimal("33.8"))) == {"share_mismatch"}
    assert codes(said(share, Decimal("33.8"))) == {"percentage_without_n"}
    assert codes(said("dossiers.received", 0), said(share, 0, numerator=0)) == set()
    assert codes(*base, said(share, "đa số")) == set()


def test_shares_by_largest_remainder_may_be_one_unit_off():
    thirds = [
        said(f"satisfaction.{level}", Decimal(value), numerator=1, denominator=3)
        for level, value in [
            ("not_satisfied", "33.4"),
            ("satisfied", "33.3"),
            ("very_satisfied", "33.3"),
        ]
    ]
    assert codes(*thirds) == set()


def test_satisfaction_must_sum_to_a_hundred():
    levels = [
        said(f"satisfaction.{level}", value, denominator=125)
        for level, value in [("not_satisfied", 1), ("satisfied", 18), ("very_satisfied", 82)]
    ]
    found = findings(*levels)
    assert [f.check_id for f in found] == ["shares_do_not_sum"]
    assert found[0].stated == "101 %"


@pytest.mark.parametrize(
    ("copies", "flagged"),
    [
        (said("certified_copies", 288, unit="copy"), False),
        (said("certified_copies", 288, unit=" Bản  sao "), False),
        (said("certified_copies", 288), True),
        (said("certified_copies", 250, unit="HS"), False),
        (said("certified_copies", "nhiều"), False),
    ],
)
def test_copies_are_weighed_against_dossiers_only_without_their_own_unit(copies, flagged):
    base = [said("dossiers.received.online", 131), said("dossiers.received.direct", 258)]
    assert ("copies_exceed_dossiers" in codes(*base, copies)) is flagged


def test_copies_against_all_dossiers_or_none():
    copies = said("certified_copies", 400)
    assert codes(copies, said("dossiers.received", 389)) == {"copies_exceed_dossiers"}
    assert codes(copies) == set()


@pytest.mark.parametrize(
    ("kind", "number", "year", "label"),
    [
        (PeriodKind.QUARTER, 2, None, "quý II"),
        (PeriodKind.QUARTER, 3, 2021, "quý III năm 2021"),
        (PeriodKind.MONTH, 8, 2022, "tháng 08 năm 2022"),
        (PeriodKind.HALF_YEAR, 1, 2022, "6 tháng đầu năm 2022"),
        (PeriodKind.HALF_YEAR, 2, None, "6 tháng cuối năm"),
        (PeriodKind.YEAR, 1, 2022, "năm 2022"),
        (PeriodKind.YEAR, 1, None, "năm khác"),
    ],
)
def test_other_periods_are_named(kind, number, year, label):
    quoted = QuotedPeriod(kind, number, year)
    found = findings(said("a", 1, "I", period=quoted), said("b", 2, "II", period=quoted))
    assert [(f.check_id, f.stated, f.sections) for f in found] == [
        ("period_quoted", label, ("I", "II"))
    ]


def test_the_own_period_may_be_quoted():
    own = QuotedPeriod(PeriodKind.QUARTER, 3, 2022)
    assert codes(said("a", 1, period=own), said("b", 1, period=QuotedPeriod(own.kind, 3))) == set()


def test_a_quoted_period_must_be_one():
    with pytest.raises(NoSuchPeriod):
        QuotedPeriod(PeriodKind.QUARTER, 5)


def test_events_and_entities_of_the_report_itself_are_fine():
    events = [StatedEvent(day, "x") for day in (date(2022, 6, 15), date(2022, 9, 14))]
    names = [
        "ubnd  phường phú sơn",
        "H56.18.26",
        "Uỷ ban nhân dân phường Phú Sơn",
        "phường Phú Sơn",
    ]
    own = [said("a", 1, entity=name) for name in names]
    assert codes(*own, events=events) == set()


@pytest.mark.parametrize(
    ("figure", "flagged"),
    [
        (said("a.unknown.figure", 7, unit="HS"), False),
        (said("procedures.in_force", 220, unit="con"), False),
        (said("dossiers.apologies", 0, unit="phiếu"), False),
        (said("dossiers.apologies", 0, unit="Phiếu xin lỗi"), False),
        (said("certified_copies", 288, unit="lượt"), False),
        (said("dossiers.received", 389, unit="phiếu"), True),
        (said("procedures.in_force", 220, unit="HS"), True),
        (said("procedures.in_force", 220, unit="%"), True),
        (said("reviews.time_limit_cut", 100, unit="HS", numerator=7, denominator=7), True),
    ],
)
def test_units(figure, flagged):
    assert ("unit_mismatch" in codes(figure)) is flagged


def test_apologies_for_all_late_dossiers_are_enough():
    assert codes(said("dossiers.settled.late", 3), said("dossiers.apologies", 3)) == set()


def test_one_reading_that_balances_is_enough_when_places_disagree():
    figures = [
        said("procedures.online", 42, "I.2", unit="procedure"),
        said("procedures.online.level_3", 8, "I.2"),
        said("procedures.online.level_4", 34, "I.2"),
        said("procedures.online.level_3", 34, "I.6"),
        said("procedures.online.level_4", 8, "I.6"),
    ]
    found = findings(*figures)
    assert {f.check_id for f in found} == {"sections_disagree", "vocabulary_superseded"}
    assert found[0].sections == ("I.2", "I.6")

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.figures import FigureKind
from kernel.periods import ReportingPeriod
from reporting.domain.calendar import PeriodKind, PeriodName
from reporting.domain.errors import (
    NotCollected,
    OutsideReach,
    PartialReport,
    PeriodNotOver,
    UnbalancedReport,
)
from reporting.domain.figures import ReportFigure
from reporting.domain.findings import Finding, Origin, Severity, distinct, shown
from reporting.domain.own_figures import DEFINITIONS, own_figures
from reporting.domain.permissions import EVERYWHERE, Reach
from reporting.domain.sealing import Contents, canonical, digest, require_sealable

WINDOW = ReportingPeriod(date(2022, 6, 15), date(2022, 9, 15))
LATER = datetime(2022, 9, 20, tzinfo=UTC)


def a_finding(check_id, severity=Severity.ERROR, origin=Origin.RECORDS, computed=None):
    return Finding(check_id, severity, "…", computed=computed, origin=origin)


def seal(*findings, known_at=LATER):
    require_sealable(findings, known_at=known_at, window=WINDOW)


def test_a_sound_report_may_be_sealed():
    seal()
    seal(a_finding("late_without_apology", Severity.NOTICE))
    seal(a_finding("score_sum", origin=Origin.STATED))


def test_a_report_without_figures_may_not():
    with pytest.raises(NotCollected):
        seal(known_at=None)


def test_a_partial_report_may_not():
    with pytest.raises(PartialReport) as refusal:
        seal(
            a_finding("balance_flow"),
            a_finding("source_unavailable", computed="dossier"),
            a_finding("source_unavailable", computed="rating"),
        )
    assert refusal.value.details == {"sources": "dossier, rating"}


def test_an_unbalanced_report_may_not():
    with pytest.raises(UnbalancedReport) as refusal:
        seal(a_finding("balance_flow"), a_finding("balance_rows"), a_finding("balance_flow"))
    assert refusal.value.details == {"checks": "balance_flow, balance_rows"}


def test_the_last_day_must_be_over_in_vietnam():
    with pytest.raises(PeriodNotOver):
        seal(known_at=datetime(2022, 9, 14, 16, 59, 59, tzinfo=UTC))
    seal(known_at=datetime(2022, 9, 14, 17, tzinfo=UTC))


def a_figure(key, value, **more):
    return ReportFigure(key, "", value, "", FigureKind.COUNT, "dossier", "", "", "", **more)


FIGURES = (
    a_figure("b", Decimal("1.80"), numerator=9, denominator=5),
    a_figure("a", 2),
    a_figure("a", 1, dimensions={"procedure_field": "x"}),
    a_figure("c", "Tốt"),
    a_figure("d", None),
)
CONTENTS = Contents(
    agency_code="H56.18.26",
    name=PeriodName("legal", PeriodKind.QUARTER, 2022, 3),
    window=WINDOW,
    form=("II.06a", 1),
    figures=FIGURES,
    counted_indicators=(1, 2, 7),
    narratives={"staffing": "01 công chức", "direction": "Kế hoạch"},
    findings=(a_finding("late_without_apology", Severity.NOTICE, computed="3"),),
)


def test_the_canonical_text_is_known_to_the_byte():
    text = canonical(replace(CONTENTS, figures=FIGURES[:1], findings=(), narratives={"a": "ộ"}))
    assert text.decode() == (
        '{"agency":"H56.18.26","counted_indicators":[1,2,7],"figures":[{"denominator":5,"dimensions":{},"key":"b",'
        '"numerator":9,"value":"1.8"}],"findings":[],"form":{"code":"II.06a","version":1},'
        '"narratives":{"a":"ộ"},"period":{"from":"2022-06-15","kind":"quarter","number":3,'
        '"scheme":"legal","to":"2022-09-14","year":2022}}'
    )
    assert digest(b"") == (
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@given(st.permutations(FIGURES), st.permutations(list(CONTENTS.narratives.items())))
def test_the_digest_does_not_depend_on_any_order(figures, narratives):
    same = replace(CONTENTS, figures=tuple(figures), narratives=dict(narratives))
    assert canonical(same) == canonical(CONTENTS)


@pytest.mark.parametrize(
    "change",
    [
        {"agency_code": "H56.18.27"},
        {"form": ("II.06a", 2)},
        {"figures": FIGURES[1:]},
        {"figures": (a_figure("b", Decimal("1.9"), numerator=9, denominator=5), *FIGURES[1:])},
        {"counted_indicators": (1, 2)},
        {"counted_indicators": None},
        {"narratives": {}},
        {"findings": ()},
        {"name": PeriodName("calendar", PeriodKind.QUARTER, 2022, 3)},
    ],
)
def test_any_change_of_the_contents_changes_the_digest(change):
    assert digest(canonical(replace(CONTENTS, **change))) != digest(canonical(CONTENTS))


def test_findings_on_another_paper_do_not_change_the_digest():
    stated = a_finding("score_sum", origin=Origin.STATED)
    assert canonical(replace(CONTENTS, findings=(*CONTENTS.findings, stated))) == canonical(
        CONTENTS
    )


def test_equal_values_have_equal_digests():
    assert canonical(replace(CONTENTS, figures=(a_figure("a", 2),))) == canonical(
        replace(CONTENTS, figures=(a_figure("a", Decimal("2.0")),))
    )


def test_reach():
    ward = Reach.of(["H56.18.26"])
    ward.require("H56.18.26")
    EVERYWHERE.require("H56")
    with pytest.raises(OutsideReach):
        ward.require("H56.18.27")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1.234.567"),
        (Decimal("1234.5"), "1.234,5"),
        (Decimal(389), "389"),
        ("Tốt", "Tốt"),
        (None, "không có số liệu"),
    ],
)
def test_numbers_in_messages_are_vietnamese(value, text):
    assert shown(value) == text


def test_distinct_keeps_the_order_of_first_appearance():
    assert distinct(["I.4", "", "I.2", "I.4"]) == ("I.4", "I.2")


def test_gauges_count_zero_where_nothing_is():
    figures = {figure.key: figure.value for figure in own_figures({"draft": 2}, {"error": 5})}
    assert set(figures) == set(DEFINITIONS)
    assert figures["reports.draft"] == 2
    assert figures["reports.sealed"] == 0
    assert figures["reports.findings.error"] == 5

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from kernel.figures import FigureKind
from reporting.domain.cross_checks import OK, UNAVAILABLE, Draft, Source, cross_check
from reporting.domain.figures import (
    COMPOSITION_OF,
    ReportFigure,
    by_procedure_field,
    composed,
    indicator_numbers,
    plain,
    totals,
)
from reporting.domain.findings import Origin, Severity
from reporting.domain.forms import fill
from reporting.domain.outline import OUTLINE, missing_sections
from reporting.schemas.rules import ReportForm

RELEASE = Path(__file__).parents[2] / "releases" / "form-ii06a.json"
II06A = ReportForm.model_validate_json(RELEASE.read_text()).form()
AT = datetime(2022, 10, 15, tzinfo=UTC)
COUNTS = {
    "procedures.in_force": 220,
    "procedures.online": 42,
    "procedures.posted": 220,
    "certified_copies": 288,
    "feedback.received": 0,
    "satisfaction.ballots": 125,
    "dossiers.online.procedures": 7,
    "dossiers.received": 389,
    "dossiers.total": 389,
    "dossiers.received.online": 131,
    "dossiers.received.direct": 258,
    "dossiers.received.postal": 0,
    "dossiers.carried_over": 0,
    "dossiers.settled": 389,
    "dossiers.settled.early": 316,
    "dossiers.settled.on_time": 70,
    "dossiers.settled.late": 3,
    "dossiers.pending": 0,
    "dossiers.pending.in_time": 0,
    "dossiers.pending.overdue": 0,
}
REQUIRED = [section.key for section in OUTLINE if section.required]


def a_figure(key, value, field=None):
    return ReportFigure(
        key,
        key,
        value,
        "dossier",
        FigureKind.COUNT,
        "dossier",
        f"{key}@1",
        "",
        "",
        dimensions={"procedure_field": field} if field else {},
    )


def a_draft(counts=None, *, outcome=OK, written=REQUIRED, previous=None):
    figures = [
        a_figure(key, value) for key, value in (COUNTS if counts is None else counts).items()
    ]
    per_field = [
        a_figure(key, value, "tu-phap") for key, value in COUNTS.items() if key in II06A.figure_keys
    ]
    everything = [*figures, *per_field]
    return Draft(
        figures=everything,
        sources=[Source(name, outcome, "1", AT) for name in ("catalog", "dossier", "rating")],
        written=written,
        filled=fill(
            II06A, per_field=by_procedure_field(everything), total=totals(figures), names={}
        ),
        previous=previous,
    )


def codes(draft):
    return [finding.check_id for finding in cross_check(draft)]


def test_a_sound_draft_has_no_findings():
    assert codes(a_draft()) == []
    assert not a_draft().is_partial


def test_a_silent_source_is_named_and_makes_the_draft_partial():
    draft = a_draft({}, outcome=UNAVAILABLE)
    found = [f for f in cross_check(draft) if f.check_id == "source_unavailable"]
    assert draft.is_partial
    assert [f.computed for f in found] == ["catalog", "dossier", "rating"]
    assert {f.severity for f in found} == {Severity.ERROR}
    assert {f.origin for f in found} == {Origin.RECORDS}


def test_an_unbalanced_form_names_its_figures():
    found = cross_check(a_draft(COUNTS | {"dossiers.total": 390}))
    assert [(f.check_id, f.keys) for f in found] == [("balance_figures", ("dossiers.total",))]
    assert "389 khác" in found[0].message


def test_pending_of_the_period_before_is_carried_over():
    assert codes(a_draft(previous={11: 0})) == []
    assert codes(a_draft(previous={11: 4})) == ["balance_carried_over"]


def test_figures_that_an_answering_source_left_out_are_missed():
    counts = {k: v for k, v in COUNTS.items() if k != "dossiers.settled.late"}
    assert "figures_missing" in codes(a_draft(counts))
    assert "figures_missing" not in codes(a_draft(counts, outcome=UNAVAILABLE))


@pytest.mark.parametrize(("count", "found"), [(3, True), (0, False), (None, False)])
def test_late_without_apology_is_a_notice(count, found):
    draft = a_draft(COUNTS | {"dossiers.settled.late.without_apology": count})
    assert ("late_without_apology" in codes(draft)) is found


def test_indicators_with_data_that_are_not_counted_are_told():
    counted = {"rating.indicators_counted": 7, "rating.indicators_counted.all": 9}
    scores = {"rating.score.all": Decimal("16.4"), "rating.maximum.all": 18}
    found = cross_check(a_draft(COUNTS | counted | scores))
    assert [f.check_id for f in found] == ["indicators_not_counted"]
    assert "16,4/18 điểm" in found[0].message
    assert codes(a_draft(COUNTS | counted)) == ["indicators_not_counted"]
    assert codes(a_draft(COUNTS | counted | {"rating.indicators_counted": 9})) == []
    assert codes(a_draft(COUNTS | counted | {"rating.indicators_counted": None})) != []


def test_missing_sections_are_named_as_missing():
    found = cross_check(a_draft(written=[key for key in REQUIRED if key != "staffing"]))
    assert [(f.check_id, f.computed, f.sections) for f in found] == [
        ("section_missing", "staffing", ("I.5.c",))
    ]


def test_a_common_assessment_stands_for_both_halves():
    written = [key for key in REQUIRED if key not in ("strengths", "limitations")]
    figures = list(COUNTS)
    assert [s.key for s in missing_sections(written, figures)] == ["strengths", "limitations"]
    assert missing_sections([*written, "assessment"], figures) == []
    assert "settling" in [s.key for s in missing_sections([*written, "unheard_of"], [])]


def test_compositions_add_counts_and_never_average():
    figures = {f.key: f for f in composed([a_figure(k, v) for k, v in COUNTS.items()])}
    paper = figures["report.dossiers.paper_share"]
    assert (paper.numerator, paper.denominator, paper.value) == (258, 389, Decimal("66.3"))
    assert figures["report.dossiers.late_share"].value == Decimal("0.8")
    assert figures["report.procedures.online_used_share"].value == Decimal("16.7")
    assert set(figures) == set(COMPOSITION_OF)
    composition = COMPOSITION_OF[paper.key]
    assert composition.components("numerator") == composition.numerator
    assert composition.components("denominator") == ("dossiers.received",)


def a_ratio(key, part, whole):
    return replace(a_figure(key, None), kind=FigureKind.RATIO, numerator=part, denominator=whole)


@pytest.mark.parametrize(
    ("ratio", "found"),
    [
        (a_ratio("dossiers.received.online.share", 131, 389), []),
        (a_ratio("dossiers.received.online.share", 130, 389), ["share_mismatch"]),
        (a_ratio("dossiers.received.online.share", 130, 388), ["share_mismatch"] * 2),
        (a_ratio("dossiers.received.online.share", None, None), []),
        (a_ratio("procedures.published", 219, 220), []),
        (a_ratio("procedures.published", 219, 219), ["share_mismatch"]),
    ],
)
def test_ratios_rest_on_the_counts_of_the_same_answer(ratio, found):
    draft = a_draft()
    assert codes(replace(draft, figures=[*draft.figures, ratio])) == found


def test_ratios_whose_counts_are_away_are_not_judged():
    draft = a_draft({"dossiers.received": 389}, outcome=UNAVAILABLE)
    ratio = a_ratio("dossiers.received.online.share", 130, 389)
    assert "share_mismatch" not in codes(replace(draft, figures=[*draft.figures, ratio]))


def test_a_composition_needs_all_its_parts_and_no_cases_is_not_zero():
    assert composed([a_figure("dossiers.settled", 1)]) == []
    none = composed([a_figure(key, 0) for key in COUNTS])
    assert {figure.value for figure in none} == {None}


def test_per_field_figures_that_are_no_counts_are_absent():
    table = by_procedure_field([a_figure("a", "x", "f"), a_figure("b", 2, "f"), a_figure("c", 3)])
    assert table == {"f": {"a": None, "b": 2}}


def test_counted_indicators_are_named_by_their_figures():
    keys = ["rating.indicator.7", "rating.indicator.1", "rating.indicator.1", "rating.score", ""]
    assert indicator_numbers(keys) == (1, 7)
    assert indicator_numbers([]) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        (Decimal("2.0"), "2"),
        (Decimal("1.80"), "1.8"),
        (Decimal(100), "100"),
        ("Tốt", "Tốt"),
        (None, None),
    ],
)
def test_equal_values_have_one_text(value, text):
    assert plain(value) == text

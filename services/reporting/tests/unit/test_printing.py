"""What a stored report hands to the printers."""

from datetime import UTC, date, datetime
from pathlib import Path

from kernel.figures import FigureKind
from reporting.domain.cross_checks import OK, Source
from reporting.domain.figures import ReportFigure
from reporting.domain.findings import Finding, Origin, Severity
from reporting.domain.report import Narrative, Parts, Seal
from reporting.schemas.rules import ReportForm
from reporting.tables import ReportRow
from reporting.usecases.printing import content

RELEASE = Path(__file__).parents[2] / "releases" / "form-ii06a.json"
II06A = ReportForm.model_validate_json(RELEASE.read_text()).form()
AT = datetime(2022, 10, 15, 18, tzinfo=UTC)
BASE = dict.fromkeys(sorted(II06A.figure_keys), 2)


def a_row(**more):
    given = {
        "agency_code": "H56.18.26",
        "agency_name": "UBND phường Phú Sơn",
        "parent_name": "UBND thị xã Bỉm Sơn",
        "scheme": "legal",
        "kind": "quarter",
        "year": 2022,
        "number": 4,
        "from_on": date(2022, 9, 15),
        "to_on": date(2022, 12, 14),
        "collected_at": AT,
    }
    return ReportRow(**given | more)


def a_figure(key, value, field=None):
    return ReportFigure(
        key,
        "",
        value,
        "dossier",
        FigureKind.COUNT,
        "dossier",
        "",
        "",
        "",
        dimensions={"procedure_field": field} if field else {},
    )


def the_parts(seal=None):
    per_field = [a_figure(key, value, "ho-tich") for key, value in BASE.items()]
    return Parts(
        form=II06A,
        counted_indicators=(1, 2),
        field_names={"ho-tich": "Hộ tịch"},
        figures=(*(a_figure(key, value) for key, value in BASE.items()), *per_field),
        sources=(Source("dossier", OK, "1", AT),),
        findings=(
            Finding("late_without_apology", Severity.NOTICE, "…", origin=Origin.RECORDS),
            Finding("section_missing", Severity.NOTICE, "…", origin=Origin.RECORDS),
            Finding("score_sum", Severity.ERROR, "…", origin=Origin.STATED),
        ),
        narratives=(Narrative("staffing", "02 công chức", 3),),
        seal=seal,
    )


def test_a_draft_prints_its_own_figures_and_findings():
    printed = content(a_row(), the_parts())
    assert (printed.period_label, printed.next_period_label) == (
        "quý IV năm 2022",
        "quý I năm 2023",
    )
    assert [line.check_id for line in printed.findings] == ["late_without_apology"]
    assert set(printed.figures) == set(BASE)
    assert printed.narratives == {"staffing": "02 công chức"}
    assert printed.counted_indicators == (1, 2)
    assert (printed.digest, printed.sealed_on) == (None, None)


def test_points_are_printed_of_the_most_that_the_set_in_force_gives():
    assert content(a_row(), the_parts()).indicator_maximum == 2
    before = a_row(from_on=date(2018, 6, 15), to_on=date(2018, 9, 14))
    assert content(before, the_parts()).indicator_maximum is None


def test_the_form_is_printed_cell_by_cell():
    form = content(a_row(), the_parts()).form
    assert [row.label for row in form.rows] == ["Hộ tịch"]
    assert form.rows[0].cells == form.total.cells == (8, 2, 4, 2, 6, 2, 2, 2, 4, 2, 2)
    assert len(form.columns) == 13


def test_a_seal_is_dated_in_vietnam():
    printed = content(a_row(), the_parts(Seal("sha256:0", AT)))
    assert (printed.digest, printed.sealed_on) == ("sha256:0", date(2022, 10, 16))


def test_without_figures_there_is_no_form():
    printed = content(a_row(collected_at=None, parent_name=None), the_parts())
    assert printed.form is None
    assert not printed.parent_name

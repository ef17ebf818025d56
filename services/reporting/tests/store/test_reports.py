"""What only the database can settle."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from kernel.figures import FigureKind
from kernel.periods import ReportingPeriod
from reporting.domain.errors import DraftExists
from reporting.domain.figures import ReportFigure
from reporting.store import parts, reports
from reporting.tables import ReportRow
from reporting.usecases.measuring import measure

AT = datetime(2022, 10, 15, tzinfo=UTC)


def a_report(agency, state=reports.DRAFT, number=3):
    return ReportRow(
        report_id=uuid4(),
        agency_code=agency,
        agency_name="UBND phường Phú Sơn",
        agency_level="commune",
        scheme="legal",
        kind="quarter",
        year=2022,
        number=number,
        from_on=date(2022, 6, 15),
        to_on=date(2022, 9, 14),
        form_code="II.06a",
        form_version=1,
        state=state,
        field_names={},
        version=1,
        created_by="officer-1",
        created_at=AT,
    )


def a_figure(key, value, kind=FigureKind.COUNT, **more):
    return ReportFigure(key, "Nhãn", value, "x", kind, "dossier", f"{key}@1", "…", "…", **more)


FIGURES = (
    a_figure("count", 389),
    a_figure("count", 12, dimensions={"procedure_field": "tu-phap"}),
    a_figure("points", Decimal("13.4"), FigureKind.TOTAL),
    a_figure("whole-points", 14, FigureKind.TOTAL),
    a_figure("share", Decimal("33.7"), FigureKind.RATIO, numerator=131, denominator=389),
    a_figure("class", "Tốt", FigureKind.LABEL),
    a_figure("absent", None),
)


async def test_sealed_reports_make_room_for_another_draft(app):
    async with app.state.sessions.begin() as session:
        await reports.add_report(session, a_report("H01", reports.SEALED))
        await reports.add_report(session, a_report("H01"))
        await reports.add_report(session, a_report("H01", number=2))
    with pytest.raises(DraftExists):
        async with app.state.sessions.begin() as session:
            await reports.add_report(session, a_report("H01"))


async def test_figures_come_back_as_they_were_collected(app):
    row = a_report("H02")
    async with app.state.sessions.begin() as session:
        await reports.add_report(session, row)
        await parts.replace_figures(session, row.report_id, FIGURES)
    async with app.state.sessions.begin() as session:
        assert await parts.figures(session, row.report_id) == FIGURES
        await parts.replace_figures(session, row.report_id, FIGURES[:1])
    async with app.state.read_sessions.begin() as session:
        found = await parts.figures(session, row.report_id)
    assert found == FIGURES[:1]
    assert isinstance(found[0].value, int)


async def test_gauges_count_an_agencys_reports(app):
    async with app.state.sessions.begin() as session:
        await reports.add_report(session, a_report("H03"))
        await reports.add_report(session, a_report("H03", reports.SEALED, number=2))
    period = ReportingPeriod(date(2022, 6, 15), date(2022, 9, 15))
    figures = {figure.key: figure.value for figure in await measure(app, "H03", period)}
    assert (figures["reports.draft"], figures["reports.sealed"]) == (1, 1)
    assert figures["reports.findings.error"] == 0

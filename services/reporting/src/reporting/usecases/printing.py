"""The report on paper: the stored report handed to the printers, nothing computed."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.documents.builder import build_document
from reporting.documents.content import (
    FigureValue,
    FindingLine,
    FormColumn,
    FormContent,
    FormRow,
    ReportContent,
)
from reporting.documents.docx import render_docx
from reporting.documents.pdf import render_pdf
from reporting.domain.figures import undimensioned
from reporting.domain.findings import Origin
from reporting.domain.forms import Cells, FilledForm
from reporting.domain.permissions import Reach
from reporting.domain.report import Parts
from reporting.domain.score_scale import scale_in_force
from reporting.schemas.reports import DocumentFormat, Report
from reporting.store import parts, reports
from reporting.tables import ReportRow
from reporting.usecases.checking import filled_form, name_of
from reporting.usecases.reading import report_view

JSON = "application/json"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
MEDIA_TYPES: dict[DocumentFormat, str] = {"json": JSON, "docx": DOCX, "pdf": PDF}


@dataclass(frozen=True, slots=True)
class Printable:
    """A report read and ready to be written in any format, without the database."""

    report: Report
    content: ReportContent


@dataclass(frozen=True, slots=True)
class Printed:
    """A file: its bytes, what they are, and a name for them."""

    body: bytes
    media_type: str
    filename: str


async def printable_report(session: AsyncSession, report_id: UUID, reach: Reach) -> Printable:
    """Return what the report prints."""
    row = await reports.report(session, report_id, reach)
    view = await report_view(session, report_id, reach)
    return Printable(view, content(row, await parts.parts(session, row)))


async def printed(report: Printable, paper: DocumentFormat) -> Printed:
    """Write the report; rendering happens in a thread, for it keeps a processor busy."""
    period = report.report.period
    name = f"bao-cao-{period.kind.value.replace('_', '-')}-{period.number}-{period.year}.{paper}"
    body = await asyncio.to_thread(_render, report, paper)
    return Printed(body, MEDIA_TYPES[paper], name)


def _render(report: Printable, paper: DocumentFormat) -> bytes:
    if paper == "json":
        return report.report.model_dump_json(by_alias=True).encode()
    document = build_document(report.content)
    return render_docx(document) if paper == "docx" else render_pdf(document)


def content(row: ReportRow, now: Parts) -> ReportContent:
    """Map a stored report to what is printed.

    Findings on stated figures are about another paper and are not printed.
    """
    name, seal = name_of(row), now.seal
    following = name.following
    own = [finding for finding in now.findings if finding.origin is Origin.RECORDS]
    scale = scale_in_force(row.to_on)
    return ReportContent(
        agency_name=row.agency_name,
        parent_name=row.parent_name or "",
        first_day=row.from_on,
        last_day=row.to_on,
        period_label=name.label,
        next_period_label=following.label if following else "kỳ tiếp theo",
        figures={
            key: FigureValue(figure.value, figure.numerator, figure.denominator)
            for key, figure in undimensioned(now.figures).items()
        },
        form=_form(filled_form(now)) if row.collected_at else None,
        narratives={narrative.section: narrative.text for narrative in now.narratives},
        findings=tuple(
            FindingLine(finding.severity.value, finding.message, finding.check_id)
            for finding in own
            if finding.check_id != "section_missing"  # said in the place of the section itself
        ),
        counted_indicators=now.counted_indicators,
        indicator_maximum=scale.points_each if scale else None,
        digest=seal.digest if seal else None,
        sealed_on=local_day(seal.sealed_at) if seal else None,
    )


def _form(filled: FilledForm) -> FormContent:
    form = filled.form
    counted = [column.number for column in form.columns if not column.is_text]

    def cells(row: Cells) -> tuple[int | None, ...]:
        return tuple(row.get(number) for number in counted)

    return FormContent(
        code=form.code,
        title=form.title,
        columns=tuple(FormColumn(c.number, c.label, c.group) for c in form.columns),
        rows=tuple(FormRow(row.label, cells(row.cells)) for row in filled.rows),
        total=FormRow("Tổng cộng", cells(filled.total)),
    )

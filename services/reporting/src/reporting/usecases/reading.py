"""Reading reports: heads, lists, and the whole JSON."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kit.errors import BadCursor
from kit.paging import decode_cursor, encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.figures import PROCEDURE_FIELD, ReportFigure
from reporting.domain.findings import Finding
from reporting.domain.forms import FilledForm
from reporting.domain.outline import SECTION
from reporting.domain.permissions import Reach
from reporting.domain.report import Narrative, Seal
from reporting.schemas.reports import (
    AgencyOut,
    Collection,
    ColumnOut,
    FigureOfReport,
    FormOut,
    MissingSection,
    NarrativeOut,
    Report,
    ReportHead,
    RowOut,
    SourceOut,
)
from reporting.schemas.statements import FindingOut
from reporting.store import parts, reports
from reporting.tables import ReportRow, SealRow
from reporting.usecases.checking import draft_of, name_of, window_of
from reporting.usecases.rules import period_out


async def report_view(session: AsyncSession, report_id: UUID, reach: Reach) -> Report:
    """Return the whole report."""
    row = await reports.report(session, report_id, reach)
    now = await parts.parts(session, row)
    draft = draft_of(now)
    return Report(
        **dict(head_view(row, now.seal)),
        partial=draft.is_partial or row.collected_at is None,
        figures=[_figure(row, figure) for figure in now.figures],
        counted_indicators=None if now.counted_indicators is None else [*now.counted_indicators],
        form=_form(draft.filled),
        findings=findings_view(now.findings),
        sources=[SourceOut.model_validate(source) for source in now.sources],
        narratives=[narrative_view(narrative) for narrative in now.narratives],
        missing_sections=[
            MissingSection(section=section.key, place=section.place, title=section.title)
            for section in draft.missing
        ],
    )


async def collection_view(session: AsyncSession, row: ReportRow) -> Collection:
    """Return what a collection brought."""
    await session.flush()  # the view reads what the collection wrote
    now = await parts.parts(session, row)
    return Collection(
        report_id=row.report_id,
        partial=draft_of(now).is_partial,
        version=row.version,
        known_at=row.known_at or row.created_at,
        figures=len(now.figures),
        sources=[SourceOut.model_validate(source) for source in now.sources],
        findings=findings_view(now.findings),
    )


async def report_page(
    session: AsyncSession,
    reach: Reach,
    *,
    agency_code: str | None,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[ReportHead], str | None]:
    """Return a page of heads, newest period first, and the cursor of the next."""
    rows = await reports.reports(
        session,
        reach=reach,
        agency_code=agency_code,
        state=state,
        before=_position(cursor),
        limit=limit + 1,
    )
    page = rows[:limit]
    seals = await reports.seals(session, [row.report_id for row in page])
    heads = [head_view(row, seals.get(row.report_id)) for row in page]
    more = len(rows) > limit
    last = page[-1] if page else None
    return heads, encode_cursor(last.to_on, str(last.report_id)) if more and last else None


def head_view(row: ReportRow, seal: Seal | SealRow | None) -> ReportHead:
    """Return a report without its contents."""
    return ReportHead(
        report_id=row.report_id,
        agency=AgencyOut(code=row.agency_code, name=row.agency_name),
        parent_agency=(
            AgencyOut(code=row.parent_code, name=row.parent_name or row.parent_code)
            if row.parent_code
            else None
        ),
        period=period_out(name_of(row), window_of(row)),
        state=row.state,
        due_on=row.due_on,
        known_at=row.known_at,
        collected_at=row.collected_at,
        digest=seal and seal.digest,
        sealed_at=seal and seal.sealed_at,
        version=row.version,
    )


def findings_view(findings: Iterable[Finding]) -> list[FindingOut]:
    """Return findings for the wire."""
    return [
        FindingOut(
            check_id=finding.check_id,
            severity=finding.severity,
            message=finding.message,
            keys=list(finding.keys),
            stated=finding.stated,
            computed=finding.computed,
            sections=list(finding.sections),
            origin=finding.origin,
        )
        for finding in findings
    ]


def narrative_view(narrative: Narrative) -> NarrativeOut:
    """Return a section with its title."""
    return NarrativeOut(
        section=narrative.section,
        title=SECTION[narrative.section].title,
        text=narrative.text,
        version=narrative.version,
    )


def _position(cursor: str | None) -> tuple[date, UUID] | None:
    values = decode_cursor(cursor, date, str)
    if values is None:
        return None
    to_on, report_id = values
    try:
        return date.fromisoformat(str(to_on)), UUID(str(report_id))
    except ValueError as error:
        raise BadCursor from error


def _figure(row: ReportRow, figure: ReportFigure) -> FigureOfReport:
    code = figure.dimensions.get(PROCEDURE_FIELD)
    narrowed = f"?{PROCEDURE_FIELD}={code}" if code else ""
    return FigureOfReport(
        key=figure.key,
        label=figure.label,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        unit=figure.unit,
        kind=figure.kind.value,
        dimensions=dict(figure.dimensions),
        definition_id=figure.definition_id,
        definition=figure.definition,
        law=figure.law,
        source=figure.source,
        evidence_url=f"/v1/reports/{row.report_id}/figures/{figure.key}/evidence{narrowed}",
    )


def _form(filled: FilledForm) -> FormOut:
    form = filled.form
    rows = [(row.field_code, row.label, row.cells) for row in filled.rows]
    return FormOut(
        code=form.code,
        version=form.version,
        title=form.title,
        unit=form.unit,
        legal_basis=form.legal_basis,
        columns=[
            ColumnOut(
                number=column.number,
                label=column.label,
                group=column.group,
                formula=str(column.formula) if column.formula else None,
            )
            for column in form.columns
        ],
        rows=[
            RowOut(
                procedure_field=code,
                label=label,
                cells={str(number): value for number, value in cells.items()},
            )
            for code, label, cells in [*rows, (None, "Tổng cộng", filled.total)]
        ],
    )

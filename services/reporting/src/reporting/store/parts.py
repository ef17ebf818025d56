"""What a report is made of: figures, sources, findings, narratives, the attached statement."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from kernel.figures import FigureKind
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.cross_checks import Source
from reporting.domain.figures import PROCEDURE_FIELD, ReportFigure, Value
from reporting.domain.findings import Finding, Origin, Severity
from reporting.domain.report import Narrative, Parts, Seal
from reporting.schemas.statements import StatedFigures
from reporting.store.rules import form
from reporting.tables import (
    FindingRow,
    NarrativeRow,
    ReportFigureRow,
    ReportRow,
    ReportSourceRow,
    SealRow,
    StatementRow,
)

PartRow = TypeVar("PartRow", ReportFigureRow, ReportSourceRow, FindingRow, NarrativeRow)
_WHOLE = (FigureKind.COUNT, FigureKind.TOTAL)


async def parts(session: AsyncSession, row: ReportRow) -> Parts:
    """Return everything that a report is made of."""
    seal = await session.get(SealRow, row.report_id)
    return Parts(
        form=await form(session, row.form_code, row.form_version),
        counted_indicators=(
            None if row.counted_indicators is None else tuple(row.counted_indicators)
        ),
        field_names=row.field_names,
        figures=await figures(session, row.report_id),
        sources=tuple(
            Source(s.service, s.outcome, s.watermark, s.known_at, s.note)
            for s in await _rows(session, ReportSourceRow, row.report_id, "service")
        ),
        findings=tuple(
            _finding(f) for f in await _rows(session, FindingRow, row.report_id, "ordinal")
        ),
        narratives=tuple(
            Narrative(n.section, n.body, n.version)
            for n in await _rows(session, NarrativeRow, row.report_id, "section")
        ),
        seal=Seal(seal.digest, seal.sealed_at) if seal else None,
    )


async def figures(session: AsyncSession, report_id: UUID) -> tuple[ReportFigure, ...]:
    """Return the figures of a report in the order of their sources."""
    rows = await _rows(session, ReportFigureRow, report_id, "ordinal")
    return tuple(_figure(row) for row in rows)


async def _rows(
    session: AsyncSession, table: type[PartRow], report_id: UUID, order: str
) -> Sequence[PartRow]:
    found = await session.scalars(
        select(table).where(table.report_id == report_id).order_by(getattr(table, order))
    )
    return found.all()


async def replace_figures(
    session: AsyncSession, report_id: UUID, new: Iterable[ReportFigure]
) -> None:
    """Put the figures of a collection in the place of those before."""
    await session.execute(delete(ReportFigureRow).where(ReportFigureRow.report_id == report_id))
    session.add_all(_figure_row(report_id, at, figure) for at, figure in enumerate(new))


async def replace_sources(session: AsyncSession, report_id: UUID, new: Iterable[Source]) -> None:
    """Put the sources of a collection in the place of those before."""
    await session.execute(delete(ReportSourceRow).where(ReportSourceRow.report_id == report_id))
    session.add_all(
        ReportSourceRow(
            report_id=report_id,
            service=source.service,
            outcome=source.outcome,
            watermark=source.watermark,
            known_at=source.known_at,
            note=source.note,
        )
        for source in new
    )


async def replace_findings(session: AsyncSession, report_id: UUID, new: Iterable[Finding]) -> None:
    """Put the findings of a new check in the place of those before."""
    await session.execute(delete(FindingRow).where(FindingRow.report_id == report_id))
    session.add_all(
        FindingRow(
            report_id=report_id,
            ordinal=at,
            origin=finding.origin.value,
            check_id=finding.check_id,
            severity=finding.severity.value,
            message=finding.message,
            keys=list(finding.keys),
            stated=finding.stated,
            computed=finding.computed,
            sections=list(finding.sections),
        )
        for at, finding in enumerate(new)
    )


async def narrative(session: AsyncSession, report_id: UUID, section: str) -> NarrativeRow | None:
    """Return one section of a locked draft."""
    return await session.get(NarrativeRow, (report_id, section))


async def statement(session: AsyncSession, report_id: UUID) -> StatedFigures | None:
    """Return the stated figures that are attached, if any."""
    row = await session.get(StatementRow, report_id)
    return None if row is None else StatedFigures.model_validate(row.body)


async def put_statement(session: AsyncSession, row: StatementRow) -> None:
    """Attach stated figures in the place of those before."""
    await session.merge(row)


def _figure(row: ReportFigureRow) -> ReportFigure:
    kind = FigureKind(row.kind)
    dimensions = {PROCEDURE_FIELD: row.procedure_field} if row.procedure_field else {}
    return ReportFigure(
        key=row.key,
        label=row.label,
        value=row.value_text if row.value_number is None else _number(row.value_number, kind),
        unit=row.unit,
        kind=kind,
        source=row.source,
        definition_id=row.definition_id,
        definition=row.definition,
        law=row.law,
        numerator=row.numerator,
        denominator=row.denominator,
        dimensions=dimensions,
    )


def _number(value: Decimal, kind: FigureKind) -> Value:
    return int(value) if kind in _WHOLE and value == int(value) else value


def _figure_row(report_id: UUID, ordinal: int, figure: ReportFigure) -> ReportFigureRow:
    is_word = isinstance(figure.value, str)
    return ReportFigureRow(
        report_id=report_id,
        key=figure.key,
        procedure_field=figure.dimensions.get(PROCEDURE_FIELD, ""),
        ordinal=ordinal,
        label=figure.label,
        value_number=None if is_word or figure.value is None else Decimal(figure.value),
        value_text=figure.value if isinstance(figure.value, str) else None,
        numerator=figure.numerator,
        denominator=figure.denominator,
        unit=figure.unit,
        kind=figure.kind.value,
        source=figure.source,
        definition_id=figure.definition_id,
        definition=figure.definition,
        law=figure.law,
    )


def _finding(row: FindingRow) -> Finding:
    return Finding(
        row.check_id,
        Severity(row.severity),
        row.message,
        keys=tuple(row.keys),
        stated=row.stated,
        computed=row.computed,
        sections=tuple(row.sections),
        origin=Origin(row.origin),
    )

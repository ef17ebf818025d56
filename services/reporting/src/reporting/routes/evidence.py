"""The records behind the figures of a report, and the report on paper."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from kit.errors import BadCursor, refusals
from kit.figures import EvidencePage
from kit.paging import DEFAULT_LIMIT, Cursor, Limit
from kit.wire import Slug

from reporting.deps import (
    AskedNeighbours,
    AskedReport,
    FiguresOfReport,
    PrintableReport,
    Reader,
)
from reporting.domain.errors import UnknownFigure, UnknownReport
from reporting.schemas.reports import DocumentFormat, Report
from reporting.schemas.rules import FigureKey
from reporting.usecases import printing, tracing

router = APIRouter(prefix="/v1/reports", tags=["evidence and documents"])


@router.get(
    "/{report_id}/figures/{key}/evidence",  # noqa: FAST003 - read by the dependency
    responses=refusals(UnknownReport, UnknownFigure, BadCursor),
)
async def list_evidence(
    _: Reader,
    report: AskedReport,
    figures: FiguresOfReport,
    neighbours: AskedNeighbours,
    key: Annotated[FigureKey, Path(description="Which figure.")],
    part: Annotated[
        Literal["numerator", "denominator"] | None, Query(description="Which part of a ratio.")
    ] = None,
    procedure_field: Annotated[Slug | None, Query(description="Only this field's.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> EvidencePage:
    """List the records behind a figure, as known when the report was collected."""
    return await tracing.evidence_page(
        neighbours,
        report,
        figures,
        key=key,
        part=part,
        procedure_field=procedure_field,
        limit=limit,
        cursor=cursor,
    )


@router.get(
    "/{report_id}/document",  # noqa: FAST003 - read by the dependency
    response_class=Response,
    responses={
        200: {"model": Report, "content": {printing.DOCX: {}, printing.PDF: {}}},
        **refusals(UnknownReport),
    },
)
async def print_report(
    _: Reader,
    report: PrintableReport,
    format_: Annotated[DocumentFormat, Query(alias="format", description="Which file.")] = "json",
) -> Response:
    """Give the report as a file: JSON, DOCX or PDF laid out by NĐ 30/2020."""
    paper = await printing.printed(report, format_)
    disposition = f'attachment; filename="{paper.filename}"'
    return Response(
        paper.body,
        media_type=paper.media_type,
        headers={"Content-Disposition": disposition},
    )

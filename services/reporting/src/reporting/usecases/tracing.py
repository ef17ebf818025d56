"""From a figure to the records behind it, as known when the report was collected."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from kernel.figures import FigureKind
from kit.errors import BadCursor
from kit.figures import EvidencePage
from kit.paging import decode_cursor, encode_cursor

from reporting.domain.errors import UnknownFigure
from reporting.domain.figures import COMPOSITION_OF, PROCEDURE_FIELD, ReportFigure, totals
from reporting.tables import ReportRow
from reporting.usecases.checking import window_of
from reporting.usecases.collecting import Neighbours

Part = Literal["numerator", "denominator"]


async def evidence_page(
    neighbours: Neighbours,
    row: ReportRow,
    figures: Sequence[ReportFigure],
    *,
    key: str,
    part: Part | None,
    procedure_field: str | None,
    limit: int,
    cursor: str | None,
) -> EvidencePage:
    """Return a page of the records behind a figure of the report.

    Of a ratio, `denominator` (also when no part is named) lists every case and `numerator` those
    that count. The records of a composed ratio are the records of the figures it is composed of.

    Raises:
        UnknownFigure: the report has no such figure.
    """
    figure = _figure(figures, key, procedure_field)
    if key in COMPOSITION_OF:
        return await _of_composition(
            neighbours, row, figures, key=key, part=part, limit=limit, cursor=cursor
        )
    page = await _ask(neighbours, row, figure, limit=limit, cursor=cursor)
    if part == "numerator" and figure.kind is FigureKind.RATIO:
        counting = [record for record in page.items if record.contribution]
        return page.model_copy(update={"items": counting, "total": int(page.total_contribution)})
    return page


def _figure(figures: Sequence[ReportFigure], key: str, procedure_field: str | None) -> ReportFigure:
    for figure in figures:
        if figure.identity == (key, procedure_field or ""):
            return figure
    raise UnknownFigure(key=key)


async def _of_composition(
    neighbours: Neighbours,
    row: ReportRow,
    figures: Sequence[ReportFigure],
    *,
    key: str,
    part: Part | None,
    limit: int,
    cursor: str | None,
) -> EvidencePage:
    """Walk through the component figures one after the other; the cursor remembers which."""
    components = COMPOSITION_OF[key].components(part or "denominator")
    at, inner = _position(cursor, len(components))
    figure = _figure(figures, components[at], None)
    page = await _ask(neighbours, row, figure, limit=limit, cursor=inner)
    total = sum(totals(figures)[component] for component in components)
    following = None
    if page.next_cursor is not None:
        following = encode_cursor(at, page.next_cursor)
    elif at + 1 < len(components):
        following = encode_cursor(at + 1, "")
    return EvidencePage(
        key=key,
        kind=FigureKind.RATIO.value,
        total=total,
        total_contribution=total,
        items=page.items,
        next_cursor=following,
    )


def _position(cursor: str | None, components: int) -> tuple[int, str | None]:
    values = decode_cursor(cursor, int, str)
    if values is None:
        return 0, None
    at, inner = int(str(values[0])), str(values[1])
    if not 0 <= at < components:
        raise BadCursor
    return at, inner or None


async def _ask(
    neighbours: Neighbours,
    row: ReportRow,
    figure: ReportFigure,
    *,
    limit: int,
    cursor: str | None,
) -> EvidencePage:
    keeper = next(k for k in neighbours.keepers if k.service == figure.source)
    return await keeper.evidence(
        figure.key,
        row.agency_code,
        window_of(row),
        known_at=_known_at(row),
        procedure_field=figure.dimensions.get(PROCEDURE_FIELD),
        limit=limit,
        cursor=cursor,
    )


def _known_at(row: ReportRow) -> datetime:
    """Return the instant of knowledge; a report that has figures has one."""
    return row.known_at or row.created_at

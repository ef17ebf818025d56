"""The wire side of the figures contract: one question, one answer, one list of evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query
from kernel.figures import Figure, FigureDefinition
from kernel.periods import ReportingPeriod
from kernel.refusals import Malformed, NotFound
from pydantic import ConfigDict, Field

from kit.paging import DEFAULT_LIMIT, Cursor, Limit
from kit.wire import AgencyCodeText, Day, Instant, Points, Slug, WireModel


class EmptyPeriod(Malformed):
    """The period ends before it begins."""

    code = "empty_period"


class UnknownFigure(NotFound):
    """No such figure here."""

    code = "unknown_figure"


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """Which figures are asked: agency, period (whole local days), knowledge and breakdown.

    `known_at` None means as known now. `include_subordinates` adds the agencies below, as of the
    period's last day. `procedure_field` narrows evidence to one field.
    """

    agency_code: str
    period: ReportingPeriod
    known_at: datetime | None = None
    include_subordinates: bool = False
    by: Literal["procedure_field"] | None = None
    procedure_field: str | None = None

    def parameters(self) -> dict[str, str]:
        """Return the query parameters that ask the same again, without the breakdown."""
        asked = {
            "agency": self.agency_code,
            "from": self.period.start.isoformat(),
            "to": self.period.last_day.isoformat(),
        }
        if self.known_at is not None:
            asked["known_at"] = self.known_at.isoformat()
        if self.include_subordinates:
            asked["include_subordinates"] = "true"
        return asked


async def _window(
    agency: Annotated[AgencyCodeText, Query(description="The agency reported on.")],
    first_day: Annotated[Day, Query(alias="from", description="First day of the period.")],
    last_day: Annotated[Day, Query(alias="to", description="Last day, included.")],
    known_at: Annotated[
        Instant | None, Query(description="As known at this instant; now when absent.")
    ] = None,
    include_subordinates: Annotated[  # noqa: FBT002 - a query parameter, named on the wire
        bool, Query(description="Add the agencies below it.")
    ] = False,
) -> FigureQuery:
    if last_day < first_day:
        raise EmptyPeriod(first_day=first_day, last_day=last_day)
    return FigureQuery(
        agency_code=agency,
        period=ReportingPeriod.between(first_day, last_day),
        known_at=known_at,
        include_subordinates=include_subordinates,
    )


_Window = Annotated[FigureQuery, Depends(_window)]


async def _asked_figures(
    window: _Window,
    by: Annotated[
        Literal["procedure_field"] | None, Query(description="Break figures down.")
    ] = None,
) -> FigureQuery:
    return FigureQuery(
        window.agency_code, window.period, window.known_at, window.include_subordinates, by
    )


@dataclass(frozen=True, slots=True)
class EvidenceQuery:
    """Which records are asked: those behind one figure, a page at a time."""

    figures: FigureQuery
    limit: int
    cursor: str | None


async def _asked_evidence(
    window: _Window,
    procedure_field: Annotated[Slug | None, Query(description="Only this field's records.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> EvidenceQuery:
    narrowed = FigureQuery(
        window.agency_code,
        window.period,
        window.known_at,
        window.include_subordinates,
        procedure_field=procedure_field,
    )
    return EvidenceQuery(narrowed, limit, cursor)


AskedFigures = Annotated[FigureQuery, Depends(_asked_figures)]
AskedEvidence = Annotated[EvidenceQuery, Depends(_asked_evidence)]

FigureValue = int | Points | str | None


class FigureOut(WireModel):
    """One figure. `value` null means absent: no cases or not enough data, never 0."""

    key: str
    label: str
    value: FigureValue
    numerator: int | None
    denominator: int | None
    unit: str
    kind: str
    dimensions: dict[str, str]
    definition_id: str
    definition: str
    law: str
    evidence_url: str


class FiguresOut(WireModel):
    """The figures of one agency and period, and up to which record they reach."""

    agency_code: str
    from_: date
    to: date
    known_at: datetime
    watermark: str
    figures: list[FigureOut]

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"), populate_by_name=True)


class EvidenceRecord(WireModel):
    """A record behind a figure; `contribution` is what it adds to the numerator or total."""

    record_type: str
    record_id: str
    contribution: Points
    occurred_on: date | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class EvidencePage(WireModel):
    """A page of evidence; `total` and `total_contribution` are over all pages."""

    key: str
    kind: str
    total: int
    total_contribution: Points
    items: list[EvidenceRecord]
    next_cursor: str | None = None


def figures_out(
    definitions: Mapping[str, FigureDefinition],
    figures: Sequence[Figure],
    query: FigureQuery,
    *,
    watermark: str,
    known_at: datetime,
) -> FiguresOut:
    """Dress computed figures with their definitions and the address of their evidence."""
    return FiguresOut(
        agency_code=query.agency_code,
        from_=query.period.start,
        to=query.period.last_day,
        known_at=known_at,
        watermark=watermark,
        figures=[_figure_out(definitions[f.key], f, query, known_at) for f in figures],
    )


def _figure_out(
    definition: FigureDefinition, figure: Figure, query: FigureQuery, known_at: datetime
) -> FigureOut:
    asked = {**query.parameters(), **figure.dimensions, "known_at": known_at.isoformat()}
    return FigureOut(
        key=figure.key,
        label=definition.label_vi,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        unit=definition.unit,
        kind=definition.kind,
        dimensions=dict(figure.dimensions),
        definition_id=definition.definition_id,
        definition=definition.definition_vi,
        law=definition.law,
        evidence_url=f"/v1/figures/{figure.key}/evidence?{urlencode(asked)}",
    )

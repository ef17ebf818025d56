"""The wire side of the figures contract: one question, one answer, one list of evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlencode

import orjson
from fastapi import Depends, Query
from kernel.figures import Figure, FigureDefinition
from kernel.periods import ReportingPeriod
from kernel.refusals import Malformed, NotFound
from pydantic import ConfigDict, Field

from kit.paging import DEFAULT_LIMIT, Cursor, Limit
from kit.wire import (
    AgencyCodeText,
    Day,
    Instant,
    Points,
    ProcedureCodeText,
    ShortText,
    Slug,
    WireModel,
)


class EmptyPeriod(Malformed):
    """The period ends before it begins."""

    code = "empty_period"


class UnknownFigure(NotFound):
    """No such figure here."""

    code = "unknown_figure"


class BreakdownNotOffered(Malformed):
    """The figures asked for are not kept by that dimension here."""

    code = "breakdown_not_offered"


Dimension = Literal["procedure_field", "procedure", "channel", "officer"]
"""What figures can be broken down by; each is also the name of the parameter that narrows."""


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """Which figures are asked: agency, period (whole local days), knowledge and breakdown.

    `known_at` None means as known now. `include_subordinates` adds the agencies below, as of the
    period's last day. The fields named as dimensions narrow evidence, each to one of its values.
    """

    agency_code: str
    period: ReportingPeriod
    known_at: datetime | None = None
    include_subordinates: bool = False
    by: Dimension | None = None
    procedure_field: str | None = None
    procedure: str | None = None
    channel: str | None = None
    officer: str | None = None

    @property
    def narrowed(self) -> dict[str, str]:
        """Return the dimensions that evidence is narrowed by, with their values."""
        values = {
            "procedure_field": self.procedure_field,
            "procedure": self.procedure,
            "channel": self.channel,
            "officer": self.officer,
        }
        return {name: value for name, value in values.items() if value is not None}

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
    by: Annotated[Dimension | None, Query(description="Break figures down.")] = None,
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
    procedure: Annotated[
        ProcedureCodeText | None, Query(description="Only this procedure's records.")
    ] = None,
    channel: Annotated[Slug | None, Query(description="Only this channel's records.")] = None,
    officer: Annotated[ShortText | None, Query(description="Only this officer's records.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> EvidenceQuery:
    narrowed = FigureQuery(
        window.agency_code,
        window.period,
        window.known_at,
        window.include_subordinates,
        procedure_field=procedure_field,
        procedure=procedure,
        channel=channel,
        officer=officer,
    )
    return EvidenceQuery(narrowed, limit, cursor)


def require_dimensions(query: FigureQuery, *offered: Dimension) -> None:
    """Refuse a question by, or narrowed to, a dimension that is not kept here.

    Raises:
        BreakdownNotOffered: it names such a dimension.
    """
    asked = {*query.narrowed, *([] if query.by is None else [query.by])}
    if missing := sorted(asked.difference(offered)):
        raise BreakdownNotOffered(by=", ".join(missing), offered=", ".join(offered) or "-")


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
    told = _told(definitions, figures, query, watermark=watermark, known_at=known_at)
    return FiguresOut.model_validate(told)


def figures_written(
    definitions: Mapping[str, FigureDefinition],
    figures: Sequence[Figure],
    query: FigureQuery,
    *,
    watermark: str,
    known_at: datetime,
) -> bytes:
    """Return the JSON of `figures_out` without the way through models; a test holds them equal.

    A ward's quarter by field has over a thousand figures and a megabyte, most of it words that are
    the same in each: they are written once, and put together.
    """
    asked = urlencode({**query.parameters(), "known_at": known_at.isoformat()})
    around = {key: _around(definitions[key], asked) for key in {figure.key for figure in figures}}
    told = _headed((), query, watermark=watermark, known_at=known_at)
    parts = [orjson.dumps(told, option=orjson.OPT_UTC_Z).removesuffix(b"]}")]
    place: Mapping[str, str] | None = None
    dimensions = narrowing = b""
    for key, value, numerator, denominator, of in figures:
        before, between, after = around[key]
        if of is not place:  # Figures of one value follow each other and share what they say of it.
            place, (dimensions, narrowing) = of, _placed(of)
        counts = _NO_COUNTS if numerator is None is denominator else _counts(numerator, denominator)
        parts += (before, _number(value), counts, between, dimensions, after, narrowing)
    # Each figure opens with a comma; the first has none before it.
    parts[1:2] = [part.removeprefix(b",") for part in parts[1:2]]
    parts.append(b"]}")
    return b"".join(parts)


def _around(definition: FigureDefinition, asked: str) -> tuple[bytes, bytes, bytes]:
    """Return what stands before a figure's numbers, between them and its dimensions, and after."""
    dressed = _dressed(definition)
    names = list(dressed)
    value, dimensions = names.index("value"), names.index("dimensions")
    first, second, last = (
        orjson.dumps({name: dressed[name] for name in some})
        for some in (names[:value], names[value + 3 : dimensions], names[dimensions + 1 :])
    )
    url = f',"evidence_url":"/v1/figures/{definition.key}/evidence?{asked}'.encode()
    return (
        b"," + first[:-1] + b',"value":',
        b"," + second[1:-1] + b',"dimensions":',
        b"," + last[1:-1] + url,
    )


def _placed(dimensions: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return dimensions as written, and the end of the address that narrows evidence to them."""
    narrowing = f"&{urlencode(dimensions)}" if dimensions else ""
    return orjson.dumps(dict(dimensions)), f'{narrowing}"}}'.encode()


def _counts(numerator: int | None, denominator: int | None) -> bytes:
    return b',"numerator":%b,"denominator":%b' % (_number(numerator), _number(denominator))


_NO_COUNTS = b',"numerator":null,"denominator":null'


def _number(value: Decimal | str | int | None) -> bytes:
    if value is None:
        return b"null"
    return b"%d" % value if type(value) is int else orjson.dumps(value, default=float)


def _told(
    definitions: Mapping[str, FigureDefinition],
    figures: Sequence[Figure],
    query: FigureQuery,
    *,
    watermark: str,
    known_at: datetime,
) -> dict[str, object]:
    asked = urlencode({**query.parameters(), "known_at": known_at.isoformat()})
    # What figures share is made once; a breakdown has as many of each as there are values.
    dressed = {key: _dressed(definitions[key]) for key in {figure.key for figure in figures}}
    narrowing = lru_cache(maxsize=None)(lambda *dimensions: f"&{urlencode(dimensions)}")
    written = [
        {
            **dressed[figure.key],
            "value": figure.value,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "dimensions": dict(figure.dimensions),
            "evidence_url": f"/v1/figures/{figure.key}/evidence?{asked}"
            + (narrowing(*figure.dimensions.items()) if figure.dimensions else ""),
        }
        for figure in figures
    ]
    return _headed(written, query, watermark=watermark, known_at=known_at)


def _headed(
    figures: Sequence[object], query: FigureQuery, *, watermark: str, known_at: datetime
) -> dict[str, object]:
    return {
        "agency_code": query.agency_code,
        "from": query.period.start,
        "to": query.period.last_day,
        "known_at": known_at,
        "watermark": watermark,
        "figures": figures,
    }


def _dressed(definition: FigureDefinition) -> dict[str, object]:
    """Return what all figures of a definition share, in the order of `FigureOut`."""
    return {
        "key": definition.key,
        "label": definition.label_vi,
        **dict.fromkeys(("value", "numerator", "denominator")),
        "unit": definition.unit,
        "kind": definition.kind,
        "dimensions": {},
        "definition_id": definition.definition_id,
        "definition": definition.definition_vi,
        "law": definition.law,
    }

"""Stated figures on the wire: what somebody typed into a report."""

from typing import Annotated

from kit.wire import AgencyCodeText, Caption, Count, Day, Points, ShortText, Text, WireModel
from pydantic import Field

from reporting.domain.calendar import PeriodKind
from reporting.domain.findings import Origin, Severity
from reporting.domain.statement import QuotedPeriod, StatedEvent, StatedFigure
from reporting.schemas.rules import FigureKey, SchemeName

_LARGEST = 2_000_000_000
StatedNumber = Annotated[int, Field(ge=0, le=_LARGEST, strict=True)]
StatedDecimal = Annotated[
    Points, Field(ge=0, le=_LARGEST, max_digits=16, decimal_places=6, examples=[18.4])
]
Year = Annotated[int, Field(ge=1946, le=2198, examples=[2022])]
Number = Annotated[int, Field(ge=1, le=12, examples=[3])]
Place = Annotated[Caption, Field(max_length=40)]


class QuotedPeriodBody(WireModel):
    """The period that the text speaks of."""

    kind: PeriodKind
    number: Number
    year: Year | None = None

    def stated(self) -> QuotedPeriod:
        """Return the period of the domain; refuse one that no year has."""
        return QuotedPeriod(self.kind, self.number, self.year)


class StatedFigureBody(WireModel):
    """One figure as printed. `value` may be a number, a word, or a number in words (`11,4`)."""

    key: FigureKey
    value: StatedNumber | StatedDecimal | ShortText
    numerator: Count | None = None
    denominator: Count | None = None
    unit: ShortText | None = None
    section: Place = ""
    period: QuotedPeriodBody | None = None
    entity: ShortText | None = None
    text: Text | None = None

    def stated(self) -> StatedFigure:
        """Return the figure of the domain."""
        return StatedFigure(
            key=self.key,
            value=self.value,
            section=self.section,
            numerator=self.numerator,
            denominator=self.denominator,
            unit=self.unit,
            period=self.period.stated() if self.period else None,
            entity=self.entity,
        )


class StatedEventBody(WireModel):
    """Something the report says was done, with its day."""

    date: Day
    text: Text
    section: Place = ""

    def stated(self) -> StatedEvent:
        """Return the event of the domain."""
        return StatedEvent(self.date, self.text, self.section)


class StatedFigures(WireModel):
    """The figures and events that somebody typed into a report."""

    stated: Annotated[list[StatedFigureBody], Field(max_length=500)]
    events: Annotated[list[StatedEventBody], Field(max_length=500, default_factory=list)]

    def figures(self) -> tuple[StatedFigure, ...]:
        """Return the stated figures of the domain."""
        return tuple(figure.stated() for figure in self.stated)

    def occurrences(self) -> tuple[StatedEvent, ...]:
        """Return the stated events of the domain."""
        return tuple(event.stated() for event in self.events)


class StatedFigureCheck(StatedFigures):
    """Stated figures of an agency and period, checked without keeping anything."""

    agency_code: AgencyCodeText
    scheme: SchemeName = "legal"
    kind: PeriodKind
    year: Year
    number: Number
    against_records: bool = False


class FindingOut(WireModel):
    """One finding; `check_id` is stable, `message` is for people."""

    check_id: str
    severity: Severity
    message: str
    keys: list[str]
    stated: str | None
    computed: str | None
    sections: list[str]
    origin: Origin


class Findings(WireModel):
    """The findings, in the order of the checks; none means that nothing contradicts."""

    findings: list[FindingOut]

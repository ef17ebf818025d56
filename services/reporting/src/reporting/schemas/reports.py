"""Reports on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from kit.figures import FigureValue
from kit.wire import AgencyCodeText, Instant, LongText, WireModel
from pydantic import Field, StringConstraints

from reporting.domain.calendar import PeriodKind
from reporting.schemas.rules import Code, PeriodOut, SchemeName
from reporting.schemas.statements import FindingOut, Number, Year

DocumentFormat = Literal["json", "docx", "pdf"]
SectionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class NewReport(WireModel):
    """Which report is to be drafted."""

    agency_code: AgencyCodeText
    scheme: SchemeName = "legal"
    kind: PeriodKind
    year: Year
    number: Number
    form_code: Code = "II.06a"


class Collect(WireModel):
    """As known at which instant; now when absent."""

    known_at: Instant | None = None


class Write(WireModel):
    """The text of a section."""

    text: LongText


class AgencyOut(WireModel):
    """An agency by code and by its name at the period's end."""

    code: str
    name: str


class ReportHead(WireModel):
    """A report without its contents; `due_on` null means that nobody set a deadline."""

    report_id: UUID
    agency: AgencyOut
    parent_agency: AgencyOut | None
    period: PeriodOut
    state: str
    due_on: date | None
    known_at: datetime | None
    collected_at: datetime | None
    digest: str | None
    sealed_at: datetime | None
    version: int


class FigureOfReport(WireModel):
    """One figure. `value` null means absent, never 0; `evidence_url` lists its records."""

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
    source: str
    evidence_url: str


class ColumnOut(WireModel):
    """A column as printed."""

    number: int
    label: str
    group: str
    formula: str | None


class RowOut(WireModel):
    """A row: `cells` by column number; null means absent."""

    procedure_field: str | None
    label: str
    cells: dict[str, int | None]


class FormOut(WireModel):
    """The filled form; the last row is the total."""

    code: str
    version: int
    title: str
    unit: str
    legal_basis: str
    columns: list[ColumnOut]
    rows: list[RowOut]


class SourceOut(WireModel):
    """What one service answered, up to which record, as known when."""

    service: str
    outcome: str
    watermark: str | None
    known_at: datetime
    note: str | None


class NarrativeOut(WireModel):
    """One section as its officer last wrote it."""

    section: str
    title: str
    text: str
    version: int


class MissingSection(WireModel):
    """A section of which the report says nothing."""

    section: str
    place: str
    title: str


class Report(ReportHead):
    """The whole report."""

    partial: bool
    figures: list[FigureOfReport]
    counted_indicators: Annotated[
        list[int] | None, Field(description="Those of the assessment; null when there is none.")
    ]
    form: FormOut
    findings: list[FindingOut]
    sources: list[SourceOut]
    narratives: list[NarrativeOut]
    missing_sections: list[MissingSection]


class Collection(WireModel):
    """What a collection brought."""

    report_id: UUID
    partial: bool
    version: int
    known_at: datetime
    figures: Annotated[int, Field(description="How many figures the report has now.")]
    sources: list[SourceOut]
    findings: list[FindingOut]


class SealOut(WireModel):
    """The seal of a report."""

    report_id: UUID
    digest: str
    sealed_at: datetime
    version: int

"""What a report hands over to be printed: its figures, texts and marks, and nothing computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One figure as the report stores it; `value` None means that there are no data."""

    value: int | Decimal | str | None
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a form: `number` is printed as `(3)`; equal neighbouring groups share a head."""

    number: int
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form: the field's name and one cell per counted column; None means absent."""

    label: str
    cells: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class FormContent:
    """A filled form. `columns` includes the first two (ordinal and label)."""

    code: str
    title: str
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]
    total: FormRow | None = None


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding of the cross-checks, for the annex; `severity` is error, warning or notice."""

    severity: str
    message: str
    check_id: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the lines of authority above, the name below (blank until known)."""

    authority: tuple[str, ...] = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that a control report prints.

    `agency_name` and `parent_name` are the names as the catalogue has them ("UBND phường Phú
    Sơn"); `last_day` is included in the period. `narratives` go by the keys of
    `domain.outline.SECTION`; other keys are printed at the end under their own key.
    A report without `digest` is a draft and says so on its first page. Indicators not among
    `counted_indicators` are listed but marked as not counted; None says that nobody knows which
    are. `place` and `recipients` follow from the names when None.
    """

    agency_name: str
    parent_name: str
    first_day: date
    last_day: date
    period_label: str
    next_period_label: str
    figures: Mapping[str, FigureValue] = field(default_factory=dict)
    form: FormContent | None = None
    narratives: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[FindingLine, ...] = ()
    counted_indicators: tuple[int, ...] | None = None
    indicator_labels: Mapping[int, str] | None = None
    indicator_maximum: int | None = None
    digest: str | None = None
    sealed_on: date | None = None
    number: str = ""
    issued_on: date | None = None
    place: str | None = None
    signer: Signer = Signer()
    recipients: tuple[str, ...] | None = None

"""Period schemes, deadlines and forms on the wire, as the data releases write them."""

from datetime import date
from typing import Annotated, Literal

from kit.wire import Caption, Day, ShortText, Text, WireModel
from pydantic import ConfigDict, Field, StringConstraints

from reporting.domain.calendar import DayRule, DeadlineRule, PeriodKind, PeriodRule
from reporting.domain.forms import Check, CheckKind, ClassificationPolicy, Column, Form
from reporting.domain.formula import Formula

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
SchemeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FigureKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$", max_length=100)
]
FormulaText = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,2}(?:[+-][0-9]{1,2})*$", max_length=200),
    Field(examples=["4+5+6"]),
]
Level = Literal["central", "province", "district", "commune"]


class DayRuleBody(WireModel):
    """A day relative to a month: `day` 0 is the last of the month."""

    day: Annotated[int, Field(ge=0, le=28)]
    month_offset: Annotated[int, Field(ge=-12, le=12)]

    def rule(self) -> DayRule:
        """Return the rule of the domain."""
        return DayRule(self.day, self.month_offset)


class PeriodScheme(WireModel):
    """One dated rule of a scheme."""

    scheme: SchemeName
    kind: PeriodKind
    from_rule: DayRuleBody
    to_rule: DayRuleBody
    valid_from: Day
    valid_to: Day | None = None
    legal_basis: Text

    def rule(self) -> PeriodRule:
        """Return the rule of the domain; refuse one whose windows would not tile."""
        return PeriodRule(
            self.scheme,
            self.kind,
            self.from_rule.rule(),
            self.to_rule.rule(),
            self.valid_from,
            self.valid_to,
            self.legal_basis,
        )

    @classmethod
    def of(cls, rule: PeriodRule) -> "PeriodScheme":
        """Dress a rule of the domain."""
        return cls.model_validate(rule)


class Deadline(WireModel):
    """One dated deadline of the agencies of a level."""

    level: Level
    kind: PeriodKind
    due: DayRuleBody
    valid_from: Day
    valid_to: Day | None = None
    legal_basis: Text

    def rule(self) -> DeadlineRule:
        """Return the rule of the domain."""
        return DeadlineRule(
            self.level,
            self.kind,
            self.due.rule(),
            self.valid_from,
            self.valid_to,
            self.legal_basis,
        )


class PeriodSchemeRelease(WireModel):
    """A data release: schemes and deadlines with their source."""

    release: Code
    schemes: Annotated[list[PeriodScheme], Field(max_length=500)]
    deadlines: Annotated[list[Deadline], Field(max_length=500, default_factory=list)]


class PeriodSchemes(WireModel):
    """All rules that are loaded."""

    schemes: list[PeriodScheme]
    deadlines: list[Deadline]


class Loaded(WireModel):
    """What a data release brought."""

    release: str
    rules: int


class PeriodOut(WireModel):
    """A period and the days that it covers, both included."""

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"), populate_by_name=True)

    scheme: str
    kind: PeriodKind
    year: int
    number: int
    from_: date
    to: date
    label: str


class Periods(WireModel):
    """The periods of one year."""

    periods: list[PeriodOut]


class ColumnBody(WireModel):
    """A column of a form; a counted cell is the sum of its `figures`."""

    number: Annotated[int, Field(ge=1, le=99)]
    label: ShortText
    group: Caption = ""
    figures: Annotated[list[FigureKey], Field(max_length=20, default_factory=list)]
    formula: FormulaText | None = None
    agrees_with: FigureKey | None = None

    def column(self) -> Column:
        """Return the column of the domain."""
        return Column(
            self.number,
            self.label,
            self.group,
            tuple(self.figures),
            Formula.parse(self.formula) if self.formula else None,
            self.agrees_with,
        )


class CheckBody(WireModel):
    """An identity that the form must keep."""

    check_id: Annotated[str, StringConstraints(pattern=r"^balance_[a-z_]{1,60}$")]
    kind: CheckKind
    left: FormulaText | None = None
    right: FormulaText | None = None

    def check(self) -> Check:
        """Return the check of the domain."""
        return Check(
            self.check_id,
            self.kind,
            Formula.parse(self.left) if self.left else None,
            Formula.parse(self.right) if self.right else None,
        )


class ReportForm(WireModel):
    """One version of a form, as data."""

    code: Code
    version: Annotated[int, Field(ge=1, le=1_000)]
    title: ShortText
    unit: ShortText
    legal_basis: Text
    valid_from: Day
    valid_to: Day | None = None
    row_source: Literal["procedure_field"]
    columns: Annotated[list[ColumnBody], Field(min_length=1, max_length=99)]
    checks: Annotated[list[CheckBody], Field(max_length=100)]
    # Left out unless it says something, so that a version loaded before keeps its digest.
    classification_policy: Annotated[
        ClassificationPolicy,
        Field(
            exclude_if=lambda policy: policy is ClassificationPolicy.BY_END_DATE,
            description="Where dossiers that were stopped, given back or withdrawn are printed.",
        ),
    ] = ClassificationPolicy.BY_END_DATE

    def form(self) -> Form:
        """Return the form of the domain; refuse one that contradicts itself."""
        return Form(
            code=self.code,
            version=self.version,
            title=self.title,
            unit=self.unit,
            legal_basis=self.legal_basis,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            row_source=self.row_source,
            columns=tuple(column.column() for column in self.columns),
            checks=tuple(check.check() for check in self.checks),
            classification_policy=self.classification_policy,
        )


class ReportForms(WireModel):
    """All versions of all forms that are loaded."""

    forms: list[ReportForm]

"""Indicator sets on the wire: a rule is named, its parameters are typed, the domain judges."""

from decimal import Decimal
from typing import Annotated, Literal

from kit.wire import Day, ShortText, Slug, Text, WireModel
from pydantic import Field, StringConstraints

from rating.domain import rules
from rating.domain.facts import Question, Satisfaction
from rating.domain.indicator_sets import ClassBand, Indicator, IndicatorSet

RulePoints = Annotated[int, Field(ge=0, le=100)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
FigureKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$", max_length=80)
]
AgencyLevel = Literal["central", "province", "district", "commune"]


class TimelinessPaper(WireModel):
    """Parameters of `timeliness_points`."""

    rule: Literal["timeliness_points"]
    early: RulePoints
    on_time: RulePoints
    late: RulePoints

    def in_domain(self) -> rules.TimelinessPoints:
        """Return the rule."""
        return rules.TimelinessPoints(self.early, self.on_time, self.late)


class ConductPaper(WireModel):
    """Parameters of `conduct_points`."""

    rule: Literal["conduct_points"]
    early: RulePoints
    on_time: RulePoints
    late: RulePoints
    complained: RulePoints

    def in_domain(self) -> rules.ConductPoints:
        """Return the rule."""
        by_time = rules.TimelinessPoints(self.early, self.on_time, self.late)
        return rules.ConductPoints(by_time, self.complained)


class AnswerStepPaper(WireModel):
    """Answers up to `up_to` earn `points`."""

    up_to: Annotated[int, Field(ge=0, le=1_000)]
    points: RulePoints


class AnswerPaper(WireModel):
    """Parameters of `answer_points`."""

    rule: Literal["answer_points"]
    question: Question
    steps: Annotated[list[AnswerStepPaper], Field(min_length=1, max_length=10)]
    beyond: RulePoints
    excuses_own_fault: bool

    def in_domain(self) -> rules.AnswerPoints:
        """Return the rule."""
        steps = tuple(rules.AnswerStep(step.up_to, step.points) for step in self.steps)
        return rules.AnswerPoints(self.question, steps, self.beyond, self.excuses_own_fault)


class DeskPaper(WireModel):
    """Parameters of `desk_points`."""

    rule: Literal["desk_points"]
    settled_figure: FigureKey
    settled_at_least_percent: dict[AgencyLevel, Percent]
    settled_points: RulePoints
    returned_figure: FigureKey
    returned_at_least_percent: Percent
    returned_points: RulePoints
    otherwise: RulePoints

    def in_domain(self) -> rules.DeskPoints:
        """Return the rule."""
        return rules.DeskPoints(
            settled_figure=self.settled_figure,
            settled_at_least_percent={
                str(level): percent for level, percent in self.settled_at_least_percent.items()
            },
            settled_points=self.settled_points,
            returned_figure=self.returned_figure,
            returned_at_least_percent=self.returned_at_least_percent,
            returned_points=self.returned_points,
            otherwise=self.otherwise,
        )


class PostingPaper(WireModel):
    """Parameters of `posting_points`."""

    rule: Literal["posting_points"]
    figures: Annotated[list[FigureKey], Field(min_length=1, max_length=10)]
    at_least_percent: Percent
    points_by_ways: Annotated[list[RulePoints], Field(min_length=2, max_length=11)]

    def in_domain(self) -> rules.PostingPoints:
        """Return the rule."""
        return rules.PostingPoints(
            tuple(self.figures), self.at_least_percent, tuple(self.points_by_ways)
        )


class ShareStepPaper(WireModel):
    """A share of at least `at_least_percent` earns `points`."""

    at_least_percent: Percent
    points: RulePoints


class FeedbackPointsPaper(WireModel):
    """Parameters of `feedback_points`."""

    rule: Literal["feedback_points"]
    figure: FigureKey
    when_none: RulePoints
    steps: Annotated[list[ShareStepPaper], Field(min_length=1, max_length=10)]
    otherwise: RulePoints

    def in_domain(self) -> rules.FeedbackPoints:
        """Return the rule."""
        steps = tuple(rules.ShareStep(step.at_least_percent, step.points) for step in self.steps)
        return rules.FeedbackPoints(self.figure, self.when_none, steps, self.otherwise)


class OnlineStepPaper(WireModel):
    """Both shares reaching their thresholds earns `points`."""

    procedures_at_least_percent: Percent
    dossiers_at_least_percent: Percent
    points: RulePoints


class OnlinePaper(WireModel):
    """Parameters of `online_points`."""

    rule: Literal["online_points"]
    procedures_figure: FigureKey
    dossiers_figure: FigureKey
    late_figure: FigureKey
    late_at_most: Annotated[int, Field(ge=0, le=1_000_000)]
    steps: Annotated[list[OnlineStepPaper], Field(min_length=1, max_length=10)]
    otherwise: RulePoints

    def in_domain(self) -> rules.OnlinePoints:
        """Return the rule."""
        steps = tuple(
            rules.OnlineStep(
                step.procedures_at_least_percent, step.dossiers_at_least_percent, step.points
            )
            for step in self.steps
        )
        return rules.OnlinePoints(
            procedures_figure=self.procedures_figure,
            dossiers_figure=self.dossiers_figure,
            late_figure=self.late_figure,
            late_at_most=self.late_at_most,
            steps=steps,
            otherwise=self.otherwise,
        )


Scoring = Annotated[
    TimelinessPaper
    | ConductPaper
    | AnswerPaper
    | DeskPaper
    | PostingPaper
    | FeedbackPointsPaper
    | OnlinePaper,
    Field(discriminator="rule"),
]


class IndicatorPaper(WireModel):
    """One indicator: what it is called, what it is scored on, by which rule."""

    number: Annotated[int, Field(ge=1, le=99)]
    label_vi: Text
    scored_per: Literal["dossier", "agency"]
    max_points: Annotated[int, Field(ge=1, le=100)]
    scoring: Scoring

    def in_domain(self) -> Indicator:
        """Return the indicator."""
        return Indicator(
            self.number,
            self.label_vi,
            self.scored_per,
            self.max_points,
            self.scoring.in_domain(),
        )


class ClassBandPaper(WireModel):
    """A class and the raw sum from which it is reached."""

    from_points: Annotated[Decimal, Field(ge=0, le=1_000, decimal_places=1)]
    code: Slug
    name_vi: ShortText


class SatisfactionStepPaper(WireModel):
    """One step of the satisfaction scale, worst first."""

    code: Satisfaction
    label_vi: ShortText


class IndicatorSetPaper(WireModel):
    """A dated set of indicators; `valid_to` is the first day on which it no longer rates."""

    code: Slug
    name: ShortText
    valid_from: Day
    valid_to: Day | None
    legal_basis: ShortText
    classes: Annotated[list[ClassBandPaper], Field(min_length=1, max_length=20)]
    satisfaction_scale: Annotated[list[SatisfactionStepPaper], Field(min_length=3, max_length=3)]
    indicators: Annotated[list[IndicatorPaper], Field(min_length=1, max_length=50)]

    def in_domain(self) -> IndicatorSet:
        """Return the set; raise `InconsistentIndicatorSet` when it contradicts itself."""
        return IndicatorSet(
            code=self.code,
            name=self.name,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            legal_basis=self.legal_basis,
            classes=tuple(
                ClassBand(band.from_points, band.code, band.name_vi) for band in self.classes
            ),
            indicators=tuple(indicator.in_domain() for indicator in self.indicators),
            satisfaction_scale=tuple(
                (step.code, step.label_vi) for step in self.satisfaction_scale
            ),
        )

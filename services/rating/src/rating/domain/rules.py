"""The scoring rules that indicator sets refer to by name; every threshold is a parameter.

A rule answers with points earned of cases counted, or with the reason why it cannot be applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kernel.ratios import Ratio

from rating.domain.facts import BallotAnswers, Facts, Question, Timeliness


class NotCounted(StrEnum):
    """Why an indicator does not enter the score."""

    NO_SETTLED_DOSSIERS = "no_settled_dossiers"
    NO_ANSWERS = "no_answers"
    NO_PROCEDURES = "no_procedures"
    NO_THRESHOLD_FOR_LEVEL = "no_threshold_for_level"
    NO_DOSSIERS_RECEIVED = "no_dossiers_received"
    NOT_ASSESSED = "not_assessed"


def reaches(share: Ratio, percent: Decimal) -> bool:
    """Tell whether `share` is at least `percent`, exactly: 2999 of 10000 does not reach 30."""
    return 100 * share.part >= percent * share.whole


@dataclass(frozen=True, slots=True)
class TimelinessPoints:
    """Points per dossier by when it ended against its lawful due date.

    Indicator 2 asks for the time of each agency taking part: as long as hand-overs are not
    recorded, a dossier has one agency taking part, the one that received it.

    Law: TT 01/2018/TT-VPCP art. 13-15
    """

    early: int
    on_time: int
    late: int

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.early, self.on_time, self.late)

    def points(self, timeliness: Timeliness) -> int:
        """Return the points of one dossier."""
        return {
            Timeliness.EARLY: self.early,
            Timeliness.ON_TIME: self.on_time,
            Timeliness.LATE: self.late,
        }[timeliness]

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Pool the points of the settled dossiers."""
        if not sum(facts.settled.values()):
            return NotCounted.NO_SETTLED_DOSSIERS
        return Ratio(
            sum(self.points(timeliness) * count for timeliness, count in facts.settled.items()),
            sum(facts.settled.values()),
        )


@dataclass(frozen=True, slots=True)
class ConductPoints:
    """As `TimelinessPoints`, but feedback on the officials' conduct sets `complained` points.

    The circular names early without feedback (2) and on time without feedback (1). A late
    dossier without feedback falls under "otherwise", hence 0.

    Law: our reading of TT 01/2018/TT-VPCP art. 15 (indicator 7)
    """

    by_time: TimelinessPoints
    complained: int

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.by_time.most, self.complained)

    def points(self, timeliness: Timeliness, *, complained: bool) -> int:
        """Return the points of one dossier."""
        return self.complained if complained else self.by_time.points(timeliness)

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Pool the points of the settled dossiers."""
        by_time = self.by_time.earned(facts)
        if isinstance(by_time, NotCounted):
            return by_time
        lost = sum(
            (self.by_time.points(timeliness) - self.complained) * count
            for timeliness, count in facts.complained.items()
        )
        return Ratio(by_time.part - lost, by_time.whole)


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """Answers up to `up_to` (inclusive) earn `points`."""

    up_to: int
    points: int


@dataclass(frozen=True, slots=True)
class AnswerPoints:
    """Points per ballot by the number answered to one question; a missing answer never scores.

    `excuses_own_fault`: ballots that say the applicant caused the contacts are left out.

    Law: TT 01/2018/TT-VPCP art. 13-15
    """

    question: Question
    steps: tuple[AnswerStep, ...]
    beyond: int
    excuses_own_fault: bool

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.beyond, *(step.points for step in self.steps))

    def points(self, ballot: BallotAnswers) -> int | None:
        """Return the points of one ballot, None when it does not count."""
        answer = ballot.answer(self.question)
        if answer is None or (self.excuses_own_fault and ballot.own_fault):
            return None
        return next((step.points for step in self.steps if answer <= step.up_to), self.beyond)

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Pool the points of the ballots that count."""
        counted = [
            (points, count)
            for ballot, count in facts.ballots.items()
            if (points := self.points(ballot)) is not None
        ]
        if not counted:
            return NotCounted.NO_ANSWERS
        return Ratio(
            sum(points * count for points, count in counted), sum(count for _, count in counted)
        )


@dataclass(frozen=True, slots=True)
class DeskPoints:
    """Points of the agency for its one-stop desk: settled there, or received and returned there.

    How large a share must be settled at the desk depends on the agency's level.

    Law: TT 01/2018/TT-VPCP art. 13-15
    """

    settled_figure: str
    settled_at_least_percent: Mapping[str, Decimal]
    settled_points: int
    returned_figure: str
    returned_at_least_percent: Decimal
    returned_points: int
    otherwise: int

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.settled_points, self.returned_points, self.otherwise)

    @property
    def looks_at(self) -> tuple[str, ...]:
        """Return the figures that decide, for the evidence."""
        return (self.settled_figure, self.returned_figure)

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Return the agency's points of one case: itself."""
        threshold = self.settled_at_least_percent.get(facts.level)
        if threshold is None:
            return NotCounted.NO_THRESHOLD_FOR_LEVEL
        settled, returned = facts.share(self.settled_figure), facts.share(self.returned_figure)
        if not settled.whole or not returned.whole:
            return NotCounted.NO_PROCEDURES
        if reaches(settled, threshold):
            return Ratio(self.settled_points, 1)
        if reaches(returned, self.returned_at_least_percent):
            return Ratio(self.returned_points, 1)
        return Ratio(self.otherwise, 1)


@dataclass(frozen=True, slots=True)
class PostingPoints:
    """Points of the agency by how many ways of publishing reach the share asked for.

    `points_by_ways` is indexed by the number of ways: none, one of them, both.

    Law: TT 01/2018/TT-VPCP art. 13-15
    """

    figures: tuple[str, ...]
    at_least_percent: Decimal
    points_by_ways: tuple[int, ...]

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.points_by_ways)

    @property
    def looks_at(self) -> tuple[str, ...]:
        """Return the figures that decide, for the evidence."""
        return self.figures

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Return the agency's points of one case: itself."""
        shares = [facts.share(key) for key in self.figures]
        if not all(share.whole for share in shares):
            return NotCounted.NO_PROCEDURES
        ways = sum(reaches(share, self.at_least_percent) for share in shares)
        return Ratio(self.points_by_ways[ways], 1)


@dataclass(frozen=True, slots=True)
class ShareStep:
    """A share of at least `at_least_percent` earns `points`."""

    at_least_percent: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class FeedbackPoints:
    """Points of the agency by the share of feedback answered on time; none at all is perfect.

    Law: TT 01/2018/TT-VPCP art. 13-15
    """

    figure: str
    when_none: int
    steps: tuple[ShareStep, ...]
    otherwise: int

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.when_none, self.otherwise, *(step.points for step in self.steps))

    @property
    def looks_at(self) -> tuple[str, ...]:
        """Return the figures that decide, for the evidence."""
        return (self.figure,)

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Return the agency's points of one case: itself."""
        share = facts.share(self.figure)
        if not share.whole:
            return Ratio(self.when_none, 1)
        return Ratio(_first_reached(self.steps, share, self.otherwise), 1)


@dataclass(frozen=True, slots=True)
class OnlineStep:
    """Both shares reaching their thresholds earns `points`."""

    procedures_at_least_percent: Decimal
    dossiers_at_least_percent: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class OnlinePoints:
    """Points of the agency by its shares of online procedures and dossiers, none of them late.

    The circular's middle step (15 to 30 % of dossiers) names no share of procedures: an agency
    with 30 % of dossiers but too few online procedures takes the middle step too.

    Law: our reading of TT 01/2018/TT-VPCP art. 15 (indicator 9)
    """

    procedures_figure: str
    dossiers_figure: str
    late_figure: str
    late_at_most: int
    steps: tuple[OnlineStep, ...]
    otherwise: int

    @property
    def most(self) -> int:
        """Return the points a perfect case earns."""
        return max(self.otherwise, *(step.points for step in self.steps))

    @property
    def looks_at(self) -> tuple[str, ...]:
        """Return the figures that decide, for the evidence."""
        return (self.procedures_figure, self.dossiers_figure, self.late_figure)

    def earned(self, facts: Facts) -> Ratio | NotCounted:
        """Return the agency's points of one case: itself."""
        procedures, dossiers = (
            facts.share(self.procedures_figure),
            facts.share(self.dossiers_figure),
        )
        if not procedures.whole:
            return NotCounted.NO_PROCEDURES
        if not dossiers.whole:
            return NotCounted.NO_DOSSIERS_RECEIVED
        if facts.counts.get(self.late_figure, 0) > self.late_at_most:
            return Ratio(self.otherwise, 1)
        for step in self.steps:
            if reaches(procedures, step.procedures_at_least_percent) and reaches(
                dossiers, step.dossiers_at_least_percent
            ):
                return Ratio(step.points, 1)
        return Ratio(self.otherwise, 1)


def _first_reached(steps: Sequence[ShareStep], share: Ratio, otherwise: int) -> int:
    return next((step.points for step in steps if reaches(share, step.at_least_percent)), otherwise)


Rule = (
    TimelinessPoints
    | ConductPoints
    | AnswerPoints
    | DeskPoints
    | PostingPoints
    | FeedbackPoints
    | OnlinePoints
)

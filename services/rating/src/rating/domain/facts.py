"""What the records say of one agency in one period: counts, before any rule speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kernel.ratios import Ratio


class Timeliness(StrEnum):
    """When a dossier ended, against its lawful due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


class Satisfaction(StrEnum):
    """The ordered scale of the ballot, worst first."""

    NOT_SATISFIED = "not_satisfied"
    SATISFIED = "satisfied"
    VERY_SATISFIED = "very_satisfied"


class Question(StrEnum):
    """The questions of the ballot that are answered with a number."""

    CONTACTS = "contacts_count"
    AGENCIES_CONTACTED = "agencies_contacted_count"


@dataclass(frozen=True, slots=True)
class BallotAnswers:
    """What one ballot says; None is a question left open."""

    satisfaction: Satisfaction
    contacts_count: int | None
    agencies_contacted_count: int | None
    own_fault: bool

    def answer(self, question: Question) -> int | None:
        """Return the number given to `question`."""
        if question is Question.CONTACTS:
            return self.contacts_count
        return self.agencies_contacted_count


NO_CASES = Ratio(0, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of one agency (or of several pooled) in one period.

    `settled` counts the dossiers ended in the period; `complained` those among them on whose
    handling feedback about conduct was received; `ballots` how often each set of answers was
    given; `shares` and `counts` are figures by their keys.
    """

    level: str
    settled: Mapping[Timeliness, int] = field(default_factory=dict)
    complained: Mapping[Timeliness, int] = field(default_factory=dict)
    ballots: Mapping[BallotAnswers, int] = field(default_factory=dict)
    shares: Mapping[str, Ratio] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def share(self, key: str) -> Ratio:
        """Return the figure's counts, 0 of 0 when nobody reported it."""
        return self.shares.get(key, NO_CASES)

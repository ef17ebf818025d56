"""Feedback of citizens on regulations and conduct: what must happen by when, and was it so."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.working_days import WorkingCalendar


class FeedbackKind(StrEnum):
    """What the feedback is about."""

    REGULATION = "regulation"
    CONDUCT = "conduct"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class FeedbackRule:
    """Limits in working days for feedback received from `valid_from` on."""

    valid_from: date
    transfer_working_days: int
    refuse_working_days: int
    ask_more_working_days: int
    answer_working_days: int
    publish_working_days: int


RULES = (
    FeedbackRule(
        valid_from=date.min,
        transfer_working_days=5,
        refuse_working_days=2,
        ask_more_working_days=5,
        answer_working_days=15,
        publish_working_days=2,
    ),
)
"""Oldest first. A new decree is a new row; what was received before keeps its own.

The first row is NĐ 20/2008/NĐ-CP; older feedback had no limits and takes the same row.
"""

LONGEST_WAIT = timedelta(days=90)
"""How many calendar days of the working calendar suffice for any limit, Tết included."""


@dataclass(frozen=True, slots=True)
class FeedbackLimits:
    """The last days on which each step is in time."""

    transfer_by: date
    refuse_by: date
    ask_more_by: date
    due_on: date


def rule_on(day: date) -> FeedbackRule:
    """Return the rule for feedback received on `day`."""
    return max((rule for rule in RULES if rule.valid_from <= day), key=lambda r: r.valid_from)


def limits(received_on: date, calendar: WorkingCalendar) -> FeedbackLimits:
    """Return the limits of feedback received on a local day, which is day 0 even when it is off.

    Law: NĐ 20/2008/NĐ-CP
    """
    rule = rule_on(received_on)
    return FeedbackLimits(
        transfer_by=calendar.add(received_on, rule.transfer_working_days),
        refuse_by=calendar.add(received_on, rule.refuse_working_days),
        ask_more_by=calendar.add(received_on, rule.ask_more_working_days),
        due_on=calendar.add(received_on, rule.answer_working_days),
    )


def publish_by(received_on: date, answered_on: date, calendar: WorkingCalendar) -> date:
    """Return the last day on which the answer is published in time.

    Law: NĐ 20/2008/NĐ-CP
    """
    return calendar.add(answered_on, rule_on(received_on).publish_working_days)


def judged_on(due_on: date, answered_on: date | None) -> date:
    """Return the day that decides: the answer, or the first day past `due_on` without one.

    Every feedback is thus judged once, in one period, whatever happens later.

    Law: our reading of NĐ 20/2008/NĐ-CP
    """
    overdue_on = due_on + timedelta(days=1)
    return overdue_on if answered_on is None else min(answered_on, overdue_on)


def is_on_time(due_on: date, answered_on: date | None) -> bool:
    """Tell whether the answer came no later than `due_on`."""
    return answered_on is not None and answered_on <= due_on

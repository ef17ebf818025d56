"""A day off decreed after dossiers came in: their due dates are told again, and moved as events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kernel.time_zone import local_day

from dossier.domain import facts as days
from dossier.domain.dossier import Course
from dossier.domain.errors import DaysReversed, NotTheProvince
from dossier.domain.lifecycle import ENDED

RECOMPUTED = "due_date_recomputed"
"""The kind of the event."""
DUE_DATE_TOLD = "due_date_told"
"""The kind of the event that keeps a due date as the system a dossier was moved from told it."""
RECOUNTED = "recounted_due_on"
"""What a correction says of the due date of a dossier that it opened again."""


class RunState(StrEnum):
    """How far a recomputation is.

    `catching_up` looks again at what was recorded since the run began, once no process can count
    on a copy of the old calendar any more.
    """

    WALKING = "walking"
    CATCHING_UP = "catching_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ChangedDays:
    """The days, first and last included, whose working changed."""

    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if self.first_day > self.last_day:
            raise DaysReversed(first_day=self.first_day, last_day=self.last_day)


def may_touch(received_on: date, due_on: date | None, changed: ChangedDays) -> bool:
    """Tell whether the counting of a dossier passes the changed days.

    Nothing before the receipt or after the due date was counted. SQL asks the same; a test keeps
    both together.
    """
    if due_on is None:
        return False
    return received_on <= changed.last_day and due_on >= changed.first_day


def recomputed(course: Course, due_on: date | None, *, at: datetime) -> Course:
    """Return the course of an open dossier with the due date that holds from `at` on.

    What held before stays in the facts' earlier stretches.

    Law: our reading (a newly decreed day off moves the due dates of open dossiers)
    """
    return replace(course, facts=days.rescheduled(course.facts, local_day(at), due_on))


def reopened(before: Course, after: Course, due_on: date | None, *, at: datetime) -> Course:
    """Return the course of a corrected dossier; open again it is due as counted by now.

    A day off decreed while it had ended moved the open ones and left it alone.

    Law: our reading (a dossier open again is due by the calendar of that day)
    """
    is_reopened = before.status in ENDED and after.status not in ENDED
    return recomputed(after, due_on, at=at) if is_reopened and due_on != after.due_on else after


def require_province(agency_code: str | None) -> None:
    """Refuse anybody but a province and who sees the whole tree (None)."""
    if agency_code is None:
        return
    segments = [part for part in agency_code.split(".") if part.strip("0")]
    if len(segments) > 1:
        raise NotTheProvince(agency_code=agency_code)


def notice(
    *, run_id: str, reason: str, decided_by: str | None, changed: ChangedDays
) -> Mapping[str, str | bool | int | None]:
    """Return what the event says about why the due date moved."""
    return {
        "run_id": run_id,
        "reason": reason,
        "decided_by": decided_by,
        "first_day": changed.first_day.isoformat(),
        "last_day": changed.last_day.isoformat(),
    }


def next_state(state: RunState, *, is_short: bool) -> RunState:
    """Return the state after a batch; a short one is the last of its walk."""
    if not is_short:
        return state
    return RunState.CATCHING_UP if state is RunState.WALKING else RunState.DONE

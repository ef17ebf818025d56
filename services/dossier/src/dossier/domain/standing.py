"""How a dossier stands against its due date on a day: ended early, on time or late, or pending."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from dossier.domain.facts import FOREVER, timeliness
from dossier.domain.lifecycle import ENDED, Status, is_waiting


class Standing(StrEnum):
    """A dossier's timeliness: of its end, or, while it pends, as of a day."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    IN_TIME = "in_time"
    OVERDUE = "overdue"


_PENDING = frozenset({Standing.IN_TIME, Standing.OVERDUE})
_OPEN = frozenset(Status) - ENDED - {Status.FILED, Status.REFUSED_AT_INTAKE}

STATUSES: Mapping[Standing, frozenset[Status]] = {
    standing: _OPEN if standing in _PENDING else ENDED for standing in Standing
}
"""In which statuses a dossier can stand so."""


def standing(
    *,
    status: Status,
    came_from: Status | None,
    due_on: date | None,
    ended_on: date | None,
    today: date,
) -> Standing:
    """Return how a dossier stands; one that waits for the applicant is in time.

    Law: TT 01/2020/TT-VPCP form II.06a
    """
    due = due_on or FOREVER
    if ended_on is not None:
        return Standing(timeliness(ended_on, due))
    if due < today and not is_waiting(status, came_from=came_from):
        return Standing.OVERDUE
    return Standing.IN_TIME

"""How an agency's one-stop desk handles a procedure, and where procedures are posted."""

from collections.abc import Iterable
from enum import StrEnum


class Desk(StrEnum):
    """How much of a procedure happens at the one-stop desk, the most first."""

    SETTLED_AT_DESK = "settled_at_desk"
    RECEIVED_AND_RETURNED = "received_and_returned"
    ELSEWHERE = "elsewhere"


class PostingPlace(StrEnum):
    """Where a procedure is made public."""

    DESK = "desk"
    AGENCY_PORTAL = "agency_portal"
    NATIONAL_DATABASE = "national_database"


FROM_THE_MOST = tuple(Desk)
AT_THE_DESK = frozenset({Desk.SETTLED_AT_DESK, Desk.RECEIVED_AND_RETURNED})
"""What is settled at the desk is received and returned there as well."""


def least(desks: Iterable[Desk]) -> Desk:
    """Return the desk of several agencies taken together: as good as the weakest of them.

    Law: our reading (several agencies are as good as the weakest of them)
    """
    return max(desks, key=FROM_THE_MOST.index)

"""What a line of an import tells of a dossier's life, and the events that come of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from dossier.domain.apologies import OverdueReason
from dossier.domain.facts import Channel, ReturnMethod
from dossier.domain.lifecycle import Status
from dossier.domain.stops import StopKind

Details = Mapping[str, str | bool | int | None]


class PastEvent(NamedTuple):
    """One act of an imported history; without `details` it says nothing but that it was."""

    kind: str
    from_status: Status | None
    to_status: Status
    occurred_at: datetime
    details: Details | None = None


class PastPause(NamedTuple):
    """The applicant was asked for something; `received_at` is None while it is awaited."""

    kind: StopKind
    asked_at: datetime
    received_at: datetime | None
    reason: str


class PastDueDate(NamedTuple):
    """The due date by the old system's word, and why it was not the one counted."""

    due_on: date
    moved_at: datetime | None
    reason: str


class PastApology(NamedTuple):
    """The apology the applicant got, with the new appointment."""

    apologised_on: date
    promised_on: date
    reason_code: OverdueReason
    reason: str


class Told(NamedTuple):
    """What a line tells: instants in order, and the status when it names one.

    `due_on` is the due date as counted from the receipt.
    """

    channel: Channel
    received_at: datetime
    due_on: date | None
    settled_at: datetime | None
    returned_at: datetime | None
    return_method: ReturnMethod | None
    status: Status | None
    pauses: tuple[PastPause, ...] = ()
    due_date: PastDueDate | None = None
    apology: PastApology | None = None
    stopped_at: datetime | None = None
    withdrawn_at: datetime | None = None
    end_reason: str | None = None

    @property
    def ended_at(self) -> datetime | None:
        """Return when the clock ended."""
        return self.settled_at or self.stopped_at or self.withdrawn_at

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing moved the clock or cut the work short: nearly all are so."""
        return self[7:] == _PLAIN


_PLAIN = ((), None, None, None, None, None)


class Content(NamedTuple):
    """What tells one dossier from another that bears its external id.

    `marks` are what else the old system said that decides about lateness, or by what it is found.
    """

    procedure_code: str
    channel: str
    full_name: str
    instants: frozenset[datetime]
    marks: frozenset[str] = frozenset()

    def says(self, other: "Content") -> bool:
        """Tell whether all that `other` says is said here; what came after may be said too."""
        is_same = self[:3] == other[:3]
        return is_same and self.instants >= other.instants and self.marks >= other.marks

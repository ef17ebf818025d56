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
    tells_facts: bool = True
    """Whether statistics read something of it: a stop, a due date, an end, a return, an apology."""


class Owed(NamedTuple):
    """What the applicant was to pay."""

    kind: str
    amount_vnd: int


class PastPause(NamedTuple):
    """The applicant was asked for something; `received_at` is None while it is awaited.

    What exactly, the old system may know or not: the `items` of a supplement, the sum `owed`.
    """

    kind: StopKind
    asked_at: datetime
    received_at: datetime | None
    reason: str
    items: tuple[Mapping[str, str], ...] = ()
    owed: Owed | None = None


class PastStep(NamedTuple):
    """The dossier was handed over by whoever had it; each side's time, as far as it came.

    `given_back_at` is when it went back to the agency that received it. What was handed on, or
    ended in other hands, was not given back.
    """

    step_name: str
    to_agency_code: str
    to_unit: str | None
    limit_working_days: int | None
    handed_over_at: datetime
    taken_over_at: datetime | None
    given_back_at: datetime | None


class PastQuestion(NamedTuple):
    """Another agency was asked for its opinion; the answer is None while it is awaited."""

    agency_code: str
    question: str
    answer_due_on: date | None
    asked_at: datetime
    answered_at: datetime | None
    answer: str | None


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

    `due_on` is the due date as counted from the receipt. `withdrawal_asked_at` without
    `withdrawn_at` is a wish that nobody has decided about yet.
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
    hand_overs: tuple[PastStep, ...] = ()
    consultations: tuple[PastQuestion, ...] = ()
    withdrawal_asked_at: datetime | None = None
    receiver: str = ""
    """The agency whose dossier it is; it says nothing of the life itself."""

    @property
    def ended_at(self) -> datetime | None:
        """Return when the clock ended."""
        return self.settled_at or self.stopped_at or self.withdrawn_at

    @property
    def is_plain(self) -> bool:
        """Tell whether it was received, settled and returned and no more: nearly all are so."""
        return self[7:-1] == _PLAIN

    @property
    def resolver(self) -> str:
        """Return the agency that has the dossier, or had it when it ended."""
        if not self.hand_overs or self.hand_overs[-1].given_back_at is not None:
            return self.receiver
        return self.hand_overs[-1].to_agency_code


_PLAIN = ((), None, None, None, None, None, (), (), None)


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

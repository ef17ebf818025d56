"""The papers of the clock: due dates explained, desk hours, recomputations."""

import re
from datetime import date, datetime, time
from typing import Annotated, Self
from uuid import UUID

from kit.wire import (
    AgencyCodeText,
    Day,
    DossierCodeText,
    Instant,
    ProcedureCodeText,
    ShortText,
    Text,
    WireModel,
)
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from dossier.domain.counting import Outcome
from dossier.domain.desk import Closed
from dossier.domain.due_date import LONGEST_DAYS, SupplementPolicy, TimeUnit
from dossier.domain.explanation import LegKind
from dossier.domain.facts import Channel
from dossier.domain.recomputing import RunState
from dossier.domain.stops import StopKind

_HOUR = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _hour(given: object) -> object:
    if isinstance(given, time):
        return given
    if isinstance(given, str) and re.fullmatch(_HOUR, given):
        return time.fromisoformat(given)
    raise ValueError("must be an hour such as 07:30")


Hour = Annotated[
    time,
    BeforeValidator(_hour),
    PlainSerializer(lambda hour: f"{hour:%H:%M}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _HOUR, "examples": ["07:30"]}),
]
"""An hour of the clock, in whole minutes: `07:30`."""

_MOST_STOPS = 10
_MOST_SESSIONS = 40


class CountedDay(WireModel):
    """A day of the counting: counted, or skipped and why, with the notice that decreed it.

    A day off on which the count ended, and from which it moved on, says why too; so does the day of
    what came after the cut-off.
    For limits in months each item is the end of a month; for limits in hours `minutes` is the
    working time taken from the day.
    """

    day: date
    outcome: Outcome
    ordinal: int | None
    minutes: int | None
    reason: Closed | None
    note: str | None = Field(description="The words of the official notice about the day.")
    decided_by: str | None


class StopOut(WireModel):
    """The clock stood still; `to_at` is absent while it still does."""

    kind: StopKind
    from_at: datetime
    to_at: datetime | None


class LegOut(WireModel):
    """One part of the counting, from the receipt or the end of a stop on, and by what rule."""

    kind: LegKind
    law: str
    from_at: datetime | None
    stop: StopOut | None
    counts_from: date | None
    postponed_because: Closed | None = Field(
        description="Why the instant counts from a later day than its own; `after_cutoff` says why"
        " what is due the same day is due a working day later."
    )
    due_on_before: date | None
    due_on: date | None
    reason: str | None = Field(
        description="Why the due date is another, as told by the system the dossier was moved from."
    )
    days: tuple[CountedDay, ...]


class RecomputationOut(WireModel):
    """The due date moved because the calendar did."""

    event_number: int
    occurred_at: datetime
    run_id: str
    reason: str
    decided_by: str | None
    due_on_before: date | None
    due_on: date | None


class LimitOut(WireModel):
    """The limit that is counted; what is due the same day has a cut-off, 15:00 if not its own."""

    value: int | None
    unit: TimeUnit
    cutoff: Hour | None


class ComputedDueDate(WireModel):
    """A due date and the counting that leads to it."""

    received_at: datetime
    limit: LimitOut
    supplement_policy: SupplementPolicy
    due_on: date | None
    legs: tuple[LegOut, ...]


class DueDateOut(ComputedDueDate):
    """Why a dossier is due when it is.

    The counting uses the calendar as it is known now. Where that gives another day than the
    lawful `due_on` (a dossier that ended before a day off was decreed, or one whose recomputation
    is still to come), `agrees` is false and `counted_due_on` is the day counted.
    """

    code: DossierCodeText
    version: int
    counted_due_on: date | None
    agrees: bool
    promised_on: date | None
    ended_on: date | None
    recomputations: tuple[RecomputationOut, ...]


class PreviewLimit(WireModel):
    """A limit that belongs to no procedure."""

    value: Annotated[int, Field(ge=0, le=LONGEST_DAYS)] | None
    unit: TimeUnit
    cutoff: Hour | None = None


class PreviewStop(WireModel):
    """A stop to be reckoned with."""

    kind: StopKind
    from_at: Instant
    to_at: Instant | None = None


class PreviewDueDate(WireModel):
    """A due date to be computed: of a procedure and channel, or of a free limit."""

    agency_code: AgencyCodeText
    received_at: Instant
    procedure_code: ProcedureCodeText | None = None
    channel: Channel | None = None
    limit: PreviewLimit | None = None
    supplement_policy: SupplementPolicy | None = Field(
        default=None, description="For a free limit; a procedure brings its own."
    )
    stops: list[PreviewStop] = Field(default=[], max_length=_MOST_STOPS)

    @property
    def of_procedure(self) -> tuple[str, Channel]:
        """Return the procedure and the channel of a preview without a free limit."""
        if self.procedure_code is None or self.channel is None:
            raise ValueError("give procedure_code and channel, or limit")
        return self.procedure_code, self.channel

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        named = {self.procedure_code is not None, self.channel is not None}
        is_free = self.limit is not None
        if named != {not is_free} or (self.supplement_policy is not None and not is_free):
            raise ValueError("give procedure_code and channel, or limit and its policy")
        return self


class DeskSession(WireModel):
    """A stretch of a weekday (1 is Monday, 7 is Sunday) in which the desk receives."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    opens: Hour
    closes: Hour


class SetDeskHours(WireModel):
    """A week of reception hours that begins to hold on a day."""

    valid_from: Day
    sessions: list[DeskSession] = Field(min_length=1, max_length=_MOST_SESSIONS)


class WeekOfHours(WireModel):
    """A week of reception hours; without `valid_from` it is the usual one."""

    valid_from: date | None
    sessions: tuple[DeskSession, ...]


class DeskHoursOut(WireModel):
    """When an agency's desk receives: the usual week, then what the agency set, by day."""

    agency_code: str
    weeks: tuple[WeekOfHours, ...]


class BeginRecomputation(WireModel):
    """Days whose working changed, and why; the catalogue's calendar already says so."""

    reason: Text = Field(examples=["Nghỉ bù Quốc khánh theo thông báo"])
    decided_by: ShortText | None = Field(default=None, examples=["Thủ tướng Chính phủ"])
    first_day: Day
    last_day: Day


class RunOut(WireModel):
    """How far a recomputation is; `expected_count` is an estimate made when it began."""

    run_id: UUID
    state: RunState
    reason: str
    decided_by: str | None
    first_day: date
    last_day: date
    expected_count: int
    done_count: int
    changed_count: int
    created_at: datetime
    created_by: str
    finished_at: datetime | None

"""Why a dossier is due when it is: the due date computed with every step kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dossier.domain.corrections import Corrections, Recorded, effective
from dossier.domain.counting import Outcome, Step, end
from dossier.domain.desk import Closed, Desk
from dossier.domain.dossier import Terms
from dossier.domain.due_date import (
    SupplementPolicy,
    TimeLimit,
    TimeUnit,
    came_after_cutoff,
    counted_after_pause,
    counted_from_receipt,
    is_idle,
)
from dossier.domain.recomputing import DUE_DATE_TOLD
from dossier.domain.stops import Stop, StopKind, Turn, stops_of

RECEIPT_LAW = "our reading (the day of receipt is day 0; a due date is never a day off)"
HOURS_LAW = (
    "our reading (working hours are those of the desk on working days; the bound is the day)"
)
SAME_DAY_LAW = "our reading (due the same day until the cut-off, later the next working day)"
SUPPLEMENT_LAW = "NĐ 61/2018/NĐ-CP art. 19.4"
PAUSE_LAW = "our reading (a procedure may say that a supplement only pauses the limit)"
PAYMENT_LAW = "our reading (a financial obligation pauses the limit)"
TOLD_LAW = "our reading (a due date is taken over as the old system told it, with its reason)"


class LegKind(StrEnum):
    """How a part of the counting began."""

    RECEIPT = "receipt"
    RESTARTED = "restarted"
    PAUSED = "paused"
    UNMOVED = "unmoved"
    STANDING = "standing"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One part of the counting, from an instant on; `law` says by what rule.

    `stop` is what it follows, None after the receipt. Without `steps` the due date stays, or is
    what the system told that the dossier was moved from; `reason` is then that system's.
    `postponed_because` says why the instant counts on a later day, or came after the cut-off.
    """

    kind: LegKind
    law: str
    from_at: datetime | None
    stop: Stop | None
    due_on_before: date | None
    due_on: date | None
    postponed_because: Closed | None = None
    steps: tuple[Step, ...] = ()
    reason: str | None = None

    def days(self, desk: Desk) -> Iterator[tuple[Step, Closed | None]]:
        """Give the days on which nothing counted yet, then those of the counting, and why.

        Why a day was passed over, why the count could not end on it, or why it was too late on it.
        """
        if self.steps and self.from_at is not None:
            for day, why in desk.waited(self.from_at):
                yield Step(day, Outcome.SKIPPED), why
        left = _left(self.steps)
        for step in self.steps:
            if step is left or step.outcome is Outcome.SKIPPED:
                yield step, desk.uncounted_because(step.day)
            elif step.outcome is Outcome.START and self.postponed_because is Closed.AFTER_CUTOFF:
                yield step, Closed.AFTER_CUTOFF
            else:
                yield step, None


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole counting; its end is the due date."""

    legs: tuple[Leg, ...]

    @property
    def due_on(self) -> date | None:
        """Return the due date; None when there is no limit."""
        return self.legs[-1].due_on


@dataclass(frozen=True, slots=True)
class ToldDay:
    """A due date that an old system told, from when on it held, and why."""

    at: datetime
    due_on: date
    reason: str


def explained(
    received_at: datetime,
    terms: Terms,
    stops: Iterable[Stop],
    desk: Desk,
    told_days: Sequence[ToldDay] = (),
) -> Trace:
    """Count from the receipt through every stop, in order, on the calendar as it is known now.

    What an old system told during a stop holds when the clock runs again.
    """
    legs, left = [_receipt(received_at, terms.limit, desk)], list(told_days)
    for stop in stops:
        while left and (stop.to_at is None or left[0].at < stop.to_at):
            legs.append(_taken_over(left.pop(0), legs[-1].due_on))
        legs.append(_after(stop, legs[-1].due_on, terms, desk))
    for day in left:
        legs.append(_taken_over(day, legs[-1].due_on))
    return Trace(tuple(legs))


def told(events: Sequence[Recorded], corrections: Corrections, terms: Terms, desk: Desk) -> Trace:
    """Fold the events of a dossier, each when it really happened, into the counting."""
    received, *rest = effective(events, corrections)
    turns = [Turn(e.from_status, e.to_status, e.occurred_at) for e in rest if e.is_move]
    days = [
        ToldDay(
            e.occurred_at, date.fromisoformat(str(e.details["due_on"])), str(e.details["reason"])
        )
        for e in rest
        if e.kind == DUE_DATE_TOLD
    ]
    return explained(received.occurred_at, terms, stops_of(turns), desk, days)


def _taken_over(day: ToldDay, due_on: date | None) -> Leg:
    """Let a due date stand as it was told.

    Law: our reading (a due date is taken over as the old system told it, with its reason)
    """
    return Leg(
        kind=LegKind.TOLD,
        law=TOLD_LAW,
        from_at=day.at,
        stop=None,
        due_on_before=due_on,
        due_on=day.due_on,
        reason=day.reason,
    )


def _receipt(received_at: datetime, limit: TimeLimit, desk: Desk) -> Leg:
    steps = () if limit.is_none else tuple(counted_from_receipt(received_at, limit, desk))
    return Leg(
        kind=LegKind.RECEIPT,
        law=_law_of_receipt(limit),
        from_at=received_at,
        stop=None,
        due_on_before=None,
        due_on=end(steps) if steps else None,
        postponed_because=_postponed_because(received_at, limit, desk),
        steps=steps,
    )


def _after(stop: Stop, due_on: date | None, terms: Terms, desk: Desk) -> Leg:
    kind = _kind(stop, due_on, terms.supplement_policy, desk)
    steps: tuple[Step, ...] = ()
    postponed_because = None if stop.to_at is None else desk.postponed_because(stop.to_at)
    if stop.to_at is not None and due_on is not None:
        if kind is LegKind.RESTARTED:
            postponed_because = _postponed_because(stop.to_at, terms.limit, desk)
            steps = tuple(counted_from_receipt(stop.to_at, terms.limit, desk))
        elif kind is LegKind.PAUSED:
            steps = tuple(
                counted_after_pause(
                    due_on,
                    stopped_at=stop.from_at,
                    resumed_at=stop.to_at,
                    limit=terms.limit,
                    desk=desk,
                )
            )
    return Leg(
        kind=kind,
        law=_law(stop.kind, terms.supplement_policy),
        from_at=stop.to_at,
        stop=stop,
        due_on_before=due_on,
        due_on=end(steps) if steps else due_on,
        postponed_because=postponed_because,
        steps=steps,
    )


def _postponed_because(at: datetime, limit: TimeLimit, desk: Desk) -> Closed | None:
    """Return why a limit that is counted from `at` gives a later day than `at` would."""
    if came_after_cutoff(at, limit, desk):
        return Closed.AFTER_CUTOFF
    return desk.postponed_because(at)


def _left(steps: Sequence[Step]) -> Step | None:
    """Return the day on which the count ended and from which it moved on, if it did."""
    last = None
    for step in steps:
        if step.outcome is Outcome.MOVED_TO:
            return last
        if step.outcome is not Outcome.SKIPPED:
            last = step
    return None


def _kind(stop: Stop, due_on: date | None, policy: SupplementPolicy, desk: Desk) -> LegKind:
    """Say what a stop does.

    Law: our reading (a procedure may say that a supplement only pauses the limit)
    """
    if is_idle(due_on, stop.from_at, desk):
        return LegKind.UNMOVED
    if stop.to_at is None:
        return LegKind.STANDING
    restarts = stop.kind is StopKind.SUPPLEMENT and policy is SupplementPolicy.RESTART
    return LegKind.RESTARTED if restarts else LegKind.PAUSED


def _law_of_receipt(limit: TimeLimit) -> str:
    if limit.is_same_day:
        return SAME_DAY_LAW
    return HOURS_LAW if limit.unit is TimeUnit.WORKING_HOUR else RECEIPT_LAW


def _law(kind: StopKind, policy: SupplementPolicy) -> str:
    if kind is StopKind.PAYMENT:
        return PAYMENT_LAW
    return SUPPLEMENT_LAW if policy is SupplementPolicy.RESTART else PAUSE_LAW

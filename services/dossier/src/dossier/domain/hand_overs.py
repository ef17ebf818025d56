"""Steps of a dossier between agencies and units, and who made a late one late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kernel.time_zone import local_day

from dossier.domain.desk import Desk
from dossier.domain.errors import HandedToItself, HandOverOpen, OutOfOrder, StepNotOpen
from dossier.domain.facts import FOREVER, Facts
from dossier.domain.lifecycle import LegalAct
from dossier.domain.permissions import is_resolvers_alone


class Undone(StrEnum):
    """Why a hand-over does not count: called back in time, or found never to have happened."""

    RECALLED = "recalled"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hand-over with both sides' time; the limit counts from the hand-over."""

    step_number: int
    step_name: str
    from_agency_code: str
    to_agency_code: str
    to_unit: str | None
    limit_working_days: int | None
    due_on: date | None
    handed_over_at: datetime
    taken_over_at: datetime | None
    completed_at: datetime | None
    undone: Undone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTimes:
    """What corrections change of a step; called back it ended then, void when it was told."""

    step_number: int
    handed_over_at: datetime
    taken_over_at: datetime | None
    completed_at: datetime | None
    undone: Undone | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStep:
    """The step a dossier is in, or was in last: both sides' time, as work on it needs them.

    `back_at` is when another step ended last: one that was called back ended in the course of
    the step before it.
    """

    step_number: int
    from_agency_code: str
    agency_code: str
    handed_over_at: datetime
    taken_over_at: datetime | None
    completed_at: datetime | None
    back_at: datetime | None

    @property
    def since(self) -> datetime:
        """Return from when on the dossier is where it is now."""
        since = self.completed_at or self.taken_over_at or self.handed_over_at
        return since if self.back_at is None else max(since, self.back_at)

    @property
    def sender(self) -> str | None:
        """Return who handed the dossier over; None once the step is done."""
        return self.from_agency_code if self.completed_at is None else None


@dataclass(frozen=True, slots=True)
class StepTime:
    """What a step used of its own limit, in working days on which the clock ran."""

    step: Step
    used: int
    over: int


class LatenessRule(StrEnum):
    """By which rule a late dossier is laid at an agency's door."""

    LATE_STEPS = "late_steps"
    HOLDER_AT_DUE_DATE = "holder_at_due_date"


@dataclass(frozen=True, slots=True)
class Cause:
    """An agency that made a dossier late; `step_number` None is its time outside any step."""

    agency_code: str
    step_number: int | None
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How late a dossier is as of a day, each step's time, and whose doing it is.

    `corrections` is how many of the dossier's events are told otherwise than first recorded.
    """

    as_of: date
    due_on: date | None
    ended_on: date | None
    working_days_late: int
    rule: LatenessRule | None
    causes: tuple[Cause, ...]
    steps: tuple[StepTime, ...]
    corrections: int

    @property
    def is_late(self) -> bool:
        """Tell whether the dossier ended, or is still open, after its lawful due date."""
        return self.rule is not None


def step_due_on(
    handed_over_at: datetime, limit_working_days: int | None, desk: Desk
) -> date | None:
    """Return the last day of a step's own limit; the day of the hand-over is day 0.

    Law: our reading (a step's limit counts from the hand-over)
    """
    if limit_working_days is None:
        return None
    return desk.calendar.add(desk.counts_from(handed_over_at), limit_working_days)


def require_other_hands(holder: str, to_agency: str, to_unit: str | None) -> None:
    """Refuse a hand-over to the holder itself, unless it names a unit."""
    if holder == to_agency and to_unit is None:
        raise HandedToItself(agency_code=to_agency)


def require_after(began_at: datetime | None, *, at: datetime) -> None:
    """Refuse an act said to have happened before the step it belongs to began."""
    if began_at is not None and at < began_at:
        raise OutOfOrder(occurred_at=at, after=began_at)


def require_in_hand(step: LastStep | None, act: LegalAct, *, at: datetime, ends_step: bool) -> None:
    """Refuse work on what is not taken over, or for a time before it was, or was given back.

    Nothing ends a step before it began. What the desk hears from the applicant while a step is
    open goes by the dossier alone.
    """
    if step is None:
        return
    is_work = is_resolvers_alone(act)
    if is_work and step.taken_over_at is None and step.completed_at is None:
        raise HandOverOpen(step_number=step.step_number, agency_code=step.agency_code)
    if is_work or ends_step:
        require_after(step.since, at=at)


def require_handed_on(steps: Sequence[Step], *, at: datetime) -> None:
    """Refuse to hand over what nobody has taken over yet, or before it was taken over."""
    for step in steps:
        if step.undone is Undone.VOID:
            continue
        if step.completed_at is None and step.taken_over_at is None:
            raise HandOverOpen(step_number=step.step_number, agency_code=step.to_agency_code)
        require_after(step.completed_at or step.taken_over_at, at=at)


def require_step_open(step: Step, *, taken_over: bool) -> None:
    """Refuse to take over twice, to complete twice, or to complete what is not taken over."""
    if step.completed_at is not None or (step.taken_over_at is not None) is not taken_over:
        raise StepNotOpen(
            step_number=step.step_number,
            taken_over_at=step.taken_over_at,
            completed_at=step.completed_at,
        )


def with_times(step: Step, told: StepTimes, desk: Desk) -> Step:
    """Return a step with the times it has as told; one handed over anew has its limit from then.

    Law: our reading (a step's limit counts from the hand-over)
    """
    due_on = step.due_on
    if told.handed_over_at != step.handed_over_at:
        due_on = step_due_on(told.handed_over_at, step.limit_working_days, desk)
    return replace(
        step,
        due_on=due_on,
        handed_over_at=told.handed_over_at,
        taken_over_at=told.taken_over_at,
        completed_at=told.completed_at,
        undone=told.undone,
    )


def lateness(
    facts: Facts,
    steps: Sequence[Step],
    *,
    receiver: str,
    as_of: date,
    desk: Desk,
    corrections: int = 0,
) -> Lateness:
    """Attribute a late dossier to the steps over their own limits, else to its holder.

    Steps count working days on which the clock ran: days spent waiting for the applicant are
    nobody's, and so are those of a hand-over that was called back. Where no step is over its
    limit, the agency that held the dossier at the end of the due date answers for the whole.

    Law: our reading (lateness belongs to the step that caused it)
    """
    until = min(facts.ended_on, as_of)
    recalled = _days_of_recalled(steps, desk)
    counted = [step for step in steps if step.undone is None]
    times = tuple(_time(step, facts, until, recalled, desk) for step in counted)
    late = _days_late(facts, until, desk)
    rule, causes = _causes(facts, times, late, receiver)
    return Lateness(
        as_of=as_of,
        due_on=None if facts.due_on == FOREVER else facts.due_on,
        ended_on=None if facts.ended_on == FOREVER else facts.ended_on,
        working_days_late=late,
        rule=rule,
        causes=causes,
        steps=times,
        corrections=corrections,
    )


def _days_late(facts: Facts, until: date, desk: Desk) -> int:
    is_waiting = facts.stretches[-1].is_waiting and facts.ended_on == FOREVER
    if until <= facts.due_on or is_waiting:
        return 0
    return max(desk.calendar.count(facts.due_on, until), 1)


def _causes(
    facts: Facts, times: Sequence[StepTime], late: int, receiver: str
) -> tuple[LatenessRule | None, tuple[Cause, ...]]:
    if not late:
        return None, ()
    over = tuple(
        Cause(time.step.to_agency_code, time.step.step_number, time.over)
        for time in times
        if time.over
    )
    if over:
        return LatenessRule.LATE_STEPS, over
    holder = next((time.step for time in times if _holds(time.step, facts.due_on)), None)
    if holder is None:
        return LatenessRule.HOLDER_AT_DUE_DATE, (Cause(receiver, None, late),)
    cause = Cause(holder.to_agency_code, holder.step_number, late)
    return LatenessRule.HOLDER_AT_DUE_DATE, (cause,)


def _holds(step: Step, day: date) -> bool:
    """Tell whether a step had begun by the end of `day` and was not completed by then."""
    begun = local_day(step.handed_over_at) <= day
    return begun and (step.completed_at is None or local_day(step.completed_at) > day)


def _time(step: Step, facts: Facts, until: date, recalled: frozenset[date], desk: Desk) -> StepTime:
    start = desk.counts_from(step.handed_over_at)
    end = until if step.completed_at is None else local_day(step.completed_at)
    used = sum(
        desk.calendar.is_working(day) and day not in recalled and not _waits(facts, day)
        for day in _days(start, end)
    )
    limit = step.limit_working_days
    return StepTime(step, used, 0 if limit is None else max(used - limit, 0))


def _days_of_recalled(steps: Sequence[Step], desk: Desk) -> frozenset[date]:
    """Return the days after a hand-over up to the one on which it was called back."""
    return frozenset(
        day
        for step in steps
        if step.undone is Undone.RECALLED and step.completed_at is not None
        for day in _days(desk.counts_from(step.handed_over_at), local_day(step.completed_at))
    )


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]


def _waits(facts: Facts, day: date) -> bool:
    """Tell whether the clock stood still on `day`: after it stopped, up to the day it resumed."""
    return any(s.is_waiting and s.from_on < day <= s.until_on for s in facts.stretches)

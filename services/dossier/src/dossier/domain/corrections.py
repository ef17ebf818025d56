"""Correcting what was recorded wrongly: events stay, and the course is told again from them.

A correction names one event and says when it really happened, or that it never did. The course is
then derived by the same functions as the acts themselves, so a corrected dossier stands exactly
where it would stand had everything been recorded right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kernel.time_zone import local_day

from dossier.domain import facts as days
from dossier.domain.correction_errors import HistoryMoveImpossible, HistoryOutOfOrder
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms, moved
from dossier.domain.due_date import due_date
from dossier.domain.errors import (
    CorrectionUnclear,
    EventVoid,
    IllegalMove,
    InTheFuture,
    NothingToCorrect,
    NotWhatWasRecorded,
    NotYourAct,
    OwnCorrection,
)
from dossier.domain.event_kinds import (
    APOLOGISED,
    CONSULTED,
    CORRECTED,
    HANDED_OVER,
    OF_QUESTIONS,
    OF_STEPS,
    OPINION_GIVEN,
    RECALLED,
    STEP_COMPLETED,
    TAKEN_OVER,
)
from dossier.domain.facts import FOREVER, Channel, Facts, ReturnMethod
from dossier.domain.lifecycle import ENDED, WAITING, Status
from dossier.domain.permissions import Holders, Side, Sight, may_read, may_see, not_your_act
from dossier.domain.recomputing import DUE_DATE_TOLD, RECOMPUTED, RECOUNTED, recomputed

_WHENEVER = frozenset({APOLOGISED, CONSULTED})
"""What may be recorded for any time after the receipt."""
Details = Mapping[str, str | bool | int | None]


class Corrects(StrEnum):
    """What a correction sets right: an instant, or an end or a step that never came about."""

    RECEIVED_AT = "received_at"
    CLOCK_STOPPED_AT = "clock_stopped_at"
    CLOCK_RESUMED_AT = "clock_resumed_at"
    MOVED_AT = "moved_at"
    SETTLED_AT = "settled_at"
    STOPPED_AT = "stopped_at"
    RETURNED_AT = "returned_at"
    APOLOGY_SENT_AT = "apology_sent_at"
    CONSULTED_AT = "consulted_at"
    ANSWERED_AT = "answered_at"
    HANDED_OVER_AT = "handed_over_at"
    TAKEN_OVER_AT = "taken_over_at"
    STEP_COMPLETED_AT = "step_completed_at"
    RECALLED_AT = "recalled_at"
    FILED_AT = "filed_at"
    REFUSED_AT = "refused_at"
    SUPPLEMENT_ASKED_AT = "supplement_asked_at"
    END = "end"
    STEP = "step"


VOIDS = frozenset({Corrects.END, Corrects.STEP})
"""What a correction says never came about, so that it has no time."""


class CorrectionState(StrEnum):
    """How far a correction is; what is decided stays decided."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One event as it stands in the log."""

    number: int
    kind: str
    from_status: Status | None
    to_status: Status
    occurred_at: datetime
    details: Details

    @property
    def is_move(self) -> bool:
        """Tell whether the event changed the status; a correction is told by what it corrects."""
        return self.kind != CORRECTED and self.from_status != self.to_status


@dataclass(frozen=True, slots=True)
class Correction:
    """An event, and when it really happened; None: it never did."""

    event_number: int
    corrected_at: datetime | None


Corrections = Mapping[int, Correction]
"""The corrections that hold, by the number of the event each corrects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a course is told from: the log, and what never changes in a dossier's life.

    `return_method` speaks for imported returns, whose events do not name one; `filed_at` is when
    an online filing last moved before it was received.
    """

    channel: Channel
    terms: Terms
    return_method: ReturnMethod | None
    events: Sequence[Recorded]
    filed_at: datetime | None = None


def records(event: Recorded) -> frozenset[Corrects]:
    """Return what of an event can be corrected; nothing when no day hangs on it."""
    if not event.is_move:
        return _OF_KIND.get(event.kind, frozenset())
    if event.from_status is None:
        return frozenset({Corrects.RECEIVED_AT})
    if event.to_status in ENDED:
        return frozenset({_ENDS[event.to_status], Corrects.END})
    return frozenset({_turn(event)})


_OF_KIND: dict[str, frozenset[Corrects]] = {
    APOLOGISED: frozenset({Corrects.APOLOGY_SENT_AT}),
    CONSULTED: frozenset({Corrects.CONSULTED_AT}),
    OPINION_GIVEN: frozenset({Corrects.ANSWERED_AT}),
    HANDED_OVER: frozenset({Corrects.HANDED_OVER_AT, Corrects.STEP}),
    TAKEN_OVER: frozenset({Corrects.TAKEN_OVER_AT, Corrects.STEP}),
    STEP_COMPLETED: frozenset({Corrects.STEP_COMPLETED_AT, Corrects.STEP}),
    RECALLED: frozenset({Corrects.RECALLED_AT, Corrects.STEP}),
}
_ENDS = {
    Status.SETTLED: Corrects.SETTLED_AT,
    Status.STOPPED: Corrects.STOPPED_AT,
    Status.RETURNED: Corrects.RETURNED_AT,
}


def _turn(event: Recorded) -> Corrects:
    """Say what a move between open statuses did to the clock; a wish to withdraw leaves it."""
    if Status.WITHDRAWAL_ASKED not in (event.from_status, event.to_status):
        if event.to_status in WAITING:
            return Corrects.CLOCK_STOPPED_AT
        if event.from_status in WAITING:
            return Corrects.CLOCK_RESUMED_AT
    return Corrects.MOVED_AT


def require_correctable(
    event: Recorded,
    *,
    recorded: frozenset[Corrects],
    corrects: Corrects,
    corrected_at: datetime | None,
    holding: Corrections,
    now: datetime,
) -> None:
    """Refuse a correction that names the wrong thing, says nothing new, or reaches past now.

    `recorded` is what of the event can be corrected.

    Law: our reading (a wrong time is corrected with evidence and a second pair of eyes)
    """
    if corrects not in recorded:
        known = sorted(str(what) for what in recorded)
        raise NotWhatWasRecorded(event_number=event.number, corrects=str(corrects), records=known)
    if (corrects in VOIDS) != (corrected_at is None):
        raise CorrectionUnclear(corrects=str(corrects))
    if corrected_at is not None and corrected_at > now:
        raise InTheFuture(occurred_at=corrected_at)
    held = holding.get(event.number, Correction(event.number, event.occurred_at))
    if held.corrected_at is None:
        raise EventVoid(event_number=event.number)
    if held.corrected_at == corrected_at:
        raise NothingToCorrect(event_number=event.number, occurred_at=corrected_at)


_OF_THE_DESK = frozenset({Corrects.RECEIVED_AT, Corrects.RETURNED_AT, Corrects.APOLOGY_SENT_AT})
_DESK = frozenset({Side.RECEIVER})
_OF_WHO_TOLD = OF_STEPS | OF_QUESTIONS


def may_know(event: Recorded, sight: Sight, holders: Holders, *, told_by: str) -> bool:
    """Tell whether an actor may know of an event: either side, and whoever told of it itself."""
    tells = event.kind in _OF_WHO_TOLD and may_see(sight, told_by)
    return tells or may_read(sight, holders)


def require_own_record(event: Recorded, sight: Sight, holders: Holders, *, told_by: str) -> None:
    """Refuse to correct what another agency told.

    Hand-overs, takings-over, completions, questions and answers are corrected, and decided on, by
    the agency that told of them, wherever the dossier is by now. Receipt, return and apology are
    the desk's, everything else is either side's; before a hand-over they are one.

    Law: our reading (whoever told of a step or an opinion corrects it)
    """
    if event.kind in _OF_WHO_TOLD:
        if not may_see(sight, told_by):
            raise NotYourAct(act="correct", agencies=[told_by])
    elif records(event) & _OF_THE_DESK and Side.RECEIVER not in holders.sides(sight):
        raise not_your_act("correct", _DESK, holders)


def require_not_author(author: str, decides: str) -> None:
    """Refuse to decide on one's own correction.

    Law: our reading (a wrong time is corrected with evidence and a second pair of eyes)
    """
    if author == decides:
        raise OwnCorrection


def replay(story: Story, corrections: Corrections, desk: Desk) -> Course:
    """Return where the dossier stands when its events are told with `corrections`.

    Due dates recorded before the first correction that touches the clock stay as they were
    recorded, whatever the calendar says today; those after it are counted anew. So is one that a
    day off moved in between: it goes on from there as the whole life counts today.

    Raises:
        HistoryOutOfOrder: an act would come before the one it follows.
        HistoryMoveImpossible: an act would have no place at all.
    """
    first, *rest = effective(story.events, corrections)
    _require_filed(first, story.filed_at)
    _require_order([first, *rest])
    counted_anew_from = _first_touching_the_clock(story.events, corrections)
    course = _received(first, story, desk, is_as_recorded=first.number < counted_anew_from)
    anew = _received(first, story, desk, is_as_recorded=False)
    for event in rest:
        is_as_recorded = event.number < counted_anew_from
        course = _told(course, event, story, desk, is_as_recorded=is_as_recorded)
        anew = _told(anew, event, story, desk, is_as_recorded=False)
        was_moved = event.kind == RECOMPUTED or RECOUNTED in event.details
        if was_moved and not is_as_recorded and course.due_on != anew.due_on:
            course = recomputed(course, anew.due_on, at=event.occurred_at)
    return course


def received_at(story: Story, corrections: Corrections) -> datetime:
    """Return when the dossier was received, corrected or not."""
    return effective(story.events[:1], corrections)[0].occurred_at


def changed_days(before: Facts, after: Facts) -> dict[str, str | bool | int | None]:
    """Return the days a correction changed, before and after; None stands for "not yet"."""
    changed: dict[str, str | bool | int | None] = {}
    for name in ("received_on", "due_on", "ended_on", "returned_on", "apologised_on"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            changed[f"{name}_before"] = None if was == FOREVER else was.isoformat()
            changed[name] = None if now == FOREVER else now.isoformat()
    return changed


def effective(events: Sequence[Recorded], corrections: Corrections) -> list[Recorded]:
    """Return the events that tell the course, each when it really happened."""
    effective: list[Recorded] = []
    for event in events:
        held = corrections.get(event.number, Correction(event.number, event.occurred_at))
        if held.corrected_at is not None:
            effective.append(replace(event, occurred_at=held.corrected_at))
    return effective


def out_of_order(event: Recorded, before: Recorded) -> HistoryOutOfOrder:
    """Return the refusal of a history in which an act comes before the one it follows."""
    return HistoryOutOfOrder(
        event_number=event.number,
        kind=event.kind,
        occurred_at=event.occurred_at,
        after_event_number=before.number,
        after_kind=before.kind,
        after=before.occurred_at,
    )


def _require_filed(receipt: Recorded, filed_at: datetime | None) -> None:
    """Nothing is received before it was filed."""
    if filed_at is not None and receipt.occurred_at < filed_at:
        raise HistoryOutOfOrder(
            event_number=receipt.number,
            kind=receipt.kind,
            occurred_at=receipt.occurred_at,
            after_kind="filed",
            after=filed_at,
        )


def _require_order(events: Iterable[Recorded]) -> None:
    """Moves follow each other; an apology and a question to another agency follow the receipt."""
    first: Recorded | None = None
    last: Recorded | None = None
    for event in events:
        if not event.is_move and event.kind not in _WHENEVER:
            continue
        before = last if event.is_move else first
        if before is not None and event.occurred_at < before.occurred_at:
            raise out_of_order(event, before)
        if event.is_move:
            first, last = first or event, event


def _first_touching_the_clock(events: Sequence[Recorded], corrections: Corrections) -> int:
    """Return the number of the first event whose corrected instant moves due dates."""
    turning = {*WAITING, Status.WITHDRAWAL_ASKED, None}
    touched = [
        event.number
        for event in events
        if event.number in corrections
        and corrections[event.number].corrected_at is not None
        and event.is_move
        and turning & {event.from_status, event.to_status}
    ]
    return min(touched, default=events[-1].number + 1)


def _received(event: Recorded, story: Story, desk: Desk, *, is_as_recorded: bool) -> Course:
    due_on = due_date(event.occurred_at, story.terms.limit, desk)
    facts = days.received(story.channel, local_day(event.occurred_at), due_on)
    course = Course(
        status=event.to_status,
        came_from=None,
        status_since=event.occurred_at,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=facts,
    )
    return _as_recorded(course, course, event) if is_as_recorded else course


def _told(
    course: Course, event: Recorded, story: Story, desk: Desk, *, is_as_recorded: bool
) -> Course:
    if event.kind == APOLOGISED:
        facts = days.apologised(course.facts, local_day(event.occurred_at))
        return replace(course, facts=facts)
    # What an old system told no counting can give: it holds whatever is counted anew before it.
    if event.kind == DUE_DATE_TOLD or (event.kind == RECOMPUTED and is_as_recorded):
        due_on = _due_on_told(event)
        return recomputed(course, None if due_on == FOREVER else due_on, at=event.occurred_at)
    if event.kind == CORRECTED and RECOUNTED in event.details and is_as_recorded:
        due_on = date.fromisoformat(str(event.details[RECOUNTED]))
        return recomputed(course, due_on, at=event.occurred_at)
    if not event.is_move:
        return course
    method = event.details.get("method") or story.return_method or ReturnMethod.DIRECT
    try:
        following = moved(
            course,
            event.to_status,
            at=event.occurred_at,
            terms=story.terms,
            desk=desk,
            method=ReturnMethod(str(method)),
        )
    except IllegalMove as refused:
        raise HistoryMoveImpossible(
            event_number=event.number, kind=event.kind, **refused.details
        ) from refused
    return _as_recorded(course, following, event) if is_as_recorded else following


def _as_recorded(before: Course, after: Course, event: Recorded) -> Course:
    """Return `after` with the due date the event recorded; one that says none left it alone."""
    due_on = before.facts.due_on
    if "due_on" in event.details:
        due_on = _due_on_told(event)
    *earlier, last = after.facts.stretches
    stretches = (*earlier, replace(last, due_on=due_on))
    return replace(after, facts=replace(after.facts, stretches=stretches))


def _due_on_told(event: Recorded) -> date:
    told = event.details["due_on"]
    return FOREVER if told is None else date.fromisoformat(str(told))

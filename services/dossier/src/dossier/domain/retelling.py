"""A history in which more happened than receipt, end and return, told act by act."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from heapq import merge
from itertools import pairwise

from kernel.time_zone import local_day, start_of_day

from dossier.domain import facts as days
from dossier.domain.apologies import sent_in_time
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Terms, moved
from dossier.domain.due_date import due_date
from dossier.domain.errors import InconsistentHistory
from dossier.domain.event_kinds import APOLOGISED
from dossier.domain.facts import ReturnMethod
from dossier.domain.lifecycle import Status, status_after_supplement
from dossier.domain.limits import asked_in_time
from dossier.domain.past_acts import Act, Turn
from dossier.domain.past_hands import Hands, acts_of_questions, acts_of_steps, hand_instants
from dossier.domain.recomputing import DUE_DATE_TOLD, recomputed
from dossier.domain.stops import StopKind
from dossier.domain.told import Details, PastEvent, PastPause, Told


def last_instant(told: Told) -> datetime:
    """Refuse moves that go back in time, and return the last instant that is told."""
    instants = [("received_at", told.received_at), *_pauses(told)]
    for pointer in _ENDS:
        at = getattr(told, pointer)
        if at is not None:
            instants.append((pointer, at))
    for (_, before), (pointer, after) in pairwise(instants):
        if after < before:
            raise InconsistentHistory(why="order", pointer=pointer)
    words = [told.received_at]
    if told.due_date is not None and told.due_date.moved_at is not None:
        words.append(told.due_date.moved_at)
    if told.apology is not None:
        words.append(start_of_day(told.apology.apologised_on))
    return max(instants[-1][1], *words, *hand_instants(told))


_ENDS = ("withdrawal_asked_at", "settled_at", "returned_at", "stopped_at", "withdrawn_at")


def _pauses(told: Told) -> Iterator[tuple[str, datetime]]:
    """Give the instants of the pauses; only the last may still last, and nothing settles it."""
    for number, pause in enumerate(told.pauses, start=1):
        place = f"pauses/{number - 1}"
        yield f"{place}/asked_at", pause.asked_at
        if pause.received_at is not None:
            yield f"{place}/received_at", pause.received_at
        elif number < len(told.pauses) or told.settled_at is not None:
            raise InconsistentHistory(why="pause_open", pointer=f"{place}/received_at")


_WAITS = {
    StopKind.SUPPLEMENT: Status.AWAITING_SUPPLEMENT,
    StopKind.PAYMENT: Status.AWAITING_PAYMENT,
}


def replayed(told: Told, terms: Terms, desk: Desk) -> tuple[Course, tuple[PastEvent, ...]]:
    """Tell a history act by act, its instants being in order.

    Raises:
        InconsistentHistory: what is told contradicts itself.
    """
    _require_one_end(told)
    counted = due_date(told.received_at, terms.limit, desk)
    received_on = local_day(told.received_at)
    course = Course(
        status=Status.ACCEPTED,
        came_from=None,
        status_since=told.received_at,
        stopped_at=None,
        ended_at=None,
        returned_at=None,
        facts=days.received(told.channel, received_on, counted),
    )
    details: Details = {"due_on": _iso(counted)}
    events = [PastEvent("received", None, Status.ACCEPTED, told.received_at, details)]
    unmoved: date | None = None
    hands = Hands()
    for act in _acts(told, desk):
        before = course
        hands.require(act, course)
        if act.to is not None:
            to = status_after_supplement(course.came_from) if act.to is _ON else act.to
            method = told.return_method or ReturnMethod.DIRECT
            course = moved(course, to, at=act.at, terms=terms, desk=desk, method=method)
            kind, details = to.name.lower(), act.details
        elif act.kind == DUE_DATE_TOLD and told.due_date is not None:
            unmoved = course.due_on
            course = recomputed(course, told.due_date.due_on, at=act.at)
            kind, details = DUE_DATE_TOLD, act.details
        elif act.kind == APOLOGISED:
            course, details = _apologised(course, told, act, lawful=unmoved or course.due_on)
            kind = APOLOGISED
        else:
            kind, details = act.kind, act.details
        details = {**details, **_due_dates(before, course, kind)}
        tells_facts = course.facts is not before.facts
        events.append(
            PastEvent(kind, before.status, course.status, act.at, details, tells_facts=tells_facts)
        )
    if told.status not in (None, course.status):
        raise InconsistentHistory(why="status", pointer="status")
    return course, tuple(events)


_ON = Status.FILED
"""Stands for going on with a dossier where the supplement was asked for."""


def _acts(told: Told, desk: Desk) -> Iterator[Act]:
    """Return what followed the receipt, in order.

    Each part of a line tells its own acts in order; what several tell of the same instant goes by
    the turns, so that nothing possible is refused for the order in which a line has its parts.
    """
    clock = list(_clock(told, desk))
    return merge(
        [*clock, *_ends(told)],
        acts_of_steps(told, desk),
        acts_of_questions(told),
        _due_date_told(told, clock),
        _apology_told(told),
        key=lambda act: (act.at, act.turn),
    )


def _clock(told: Told, desk: Desk) -> Iterator[Act]:
    """Give what began the work and what stopped and started the clock."""
    if told.status is Status.IN_PROCESS:
        yield Act(told.received_at, Turn.BEGIN, "received_at", to=Status.IN_PROCESS)
    for number, pause in enumerate(told.pauses):
        place, details = f"pauses/{number}", _asked(told, pause, number, desk)
        asked = _WAITS[pause.kind]
        yield Act(pause.asked_at, Turn.ASK, f"{place}/asked_at", to=asked, details=details)
        if pause.received_at is not None:
            goes_on = _ON if pause.kind is StopKind.SUPPLEMENT else Status.IN_PROCESS
            yield Act(pause.received_at, Turn.GO_ON, f"{place}/received_at", to=goes_on)


def _due_date_told(told: Told, clock: list[Act]) -> list[Act]:
    """Return the due date told where it was moved; the last turn of the clock when nobody says."""
    if told.due_date is None:
        return []
    moved_at = told.due_date.moved_at or (clock[-1].at if clock else told.received_at)
    if not told.received_at <= moved_at <= (told.ended_at or moved_at):
        raise InconsistentHistory(why="order", pointer="due_date/moved_at")
    if told.due_date.due_on < local_day(told.received_at):
        raise InconsistentHistory(why="due_before_receipt", pointer="due_date/due_on")
    details: Details = {"reason": told.due_date.reason}
    return [Act(moved_at, Turn.WORD, "due_date", kind=DUE_DATE_TOLD, details=details)]


def _apology_told(told: Told) -> list[Act]:
    if told.apology is None:
        return []
    sent_on, ended_at = told.apology.apologised_on, told.ended_at
    last_day = sent_on if ended_at is None else local_day(ended_at)
    if not local_day(told.received_at) <= sent_on <= last_day:
        raise InconsistentHistory(why="order", pointer="apology/apologised_on")
    at = max(start_of_day(sent_on), told.received_at)
    return [Act(at, Turn.WORD, "apology", kind=APOLOGISED)]


def _asked(told: Told, pause: PastPause, number: int, desk: Desk) -> Details:
    """Return what the event says of what was asked for; the old system may not know it exactly."""
    if pause.kind is StopKind.PAYMENT:
        if pause.items:
            raise InconsistentHistory(why="not_of_this_stop", pointer=f"pauses/{number}/items")
        return {"reason": pause.reason} if pause.owed is None else pause.owed._asdict()
    if pause.owed is not None:
        raise InconsistentHistory(why="not_of_this_stop", pointer=f"pauses/{number}/owed")
    in_time = asked_in_time(told.received_at, asked_at=pause.asked_at, desk=desk)
    details: Details = {"reason": pause.reason, "asked_in_time": in_time}
    return {**details, "items_count": len(pause.items)} if pause.items else details


def _ends(told: Told) -> Iterator[Act]:
    because: Details = {} if told.end_reason is None else {"reason": told.end_reason}
    asked_at = told.withdrawal_asked_at or told.withdrawn_at
    if told.stopped_at is not None:
        yield Act(told.stopped_at, Turn.END, "stopped_at", to=Status.STOPPED, details=because)
    if asked_at is not None:
        to, place = Status.WITHDRAWAL_ASKED, "withdrawal_asked_at"
        yield Act(asked_at, Turn.END, place, to=to, details=because)
    if told.withdrawn_at is not None:
        given: Details = {"withdrawn": True}
        yield Act(told.withdrawn_at, Turn.END, "withdrawn_at", to=Status.STOPPED, details=given)
    if told.settled_at is not None:
        yield Act(told.settled_at, Turn.END, "settled_at", to=Status.SETTLED)
    if told.returned_at is not None:
        yield Act(told.returned_at, Turn.END, "returned_at", to=Status.RETURNED)


def _apologised(
    course: Course, told: Told, act: Act, *, lawful: date | None
) -> tuple[Course, Details]:
    """Tell of the apology, against the due date that held before the old system moved it.

    Law: NĐ 61/2018/NĐ-CP art. 19.9
    """
    apology = told.apology
    if apology is None or lawful is None:
        raise InconsistentHistory(why="apology_not_due", pointer="apology")
    if apology.promised_on <= lawful or apology.promised_on < apology.apologised_on:
        raise InconsistentHistory(why="promised_too_early", pointer="apology/promised_on")
    details: Details = {
        "reason_code": str(apology.reason_code),
        "promised_on": apology.promised_on.isoformat(),
        "sent_in_time": sent_in_time(act.at, lawful),
    }
    facts = days.apologised(course.facts, apology.apologised_on)
    return replace(course, facts=facts), details


def _due_dates(before: Course, after: Course, kind: str) -> Details:
    """Return what an event says of the due date: that it moved, or that the old system said so."""
    if before.due_on == after.due_on and kind != DUE_DATE_TOLD:
        return {}
    return {"due_on_before": _iso(before.due_on), "due_on": _iso(after.due_on)}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _require_one_end(told: Told) -> None:
    """Refuse a dossier that ended twice, or whose end says less or more than an end does."""
    ends = ("settled_at", "stopped_at", "withdrawn_at")
    told_ends = [pointer for pointer in ends if getattr(told, pointer) is not None]
    if len(told_ends) > 1:
        raise InconsistentHistory(why="two_ends", pointer=told_ends[-1])
    was_asked_back = told.withdrawal_asked_at is not None
    if was_asked_back and (told.settled_at is not None or told.stopped_at is not None):
        raise InconsistentHistory(why="asked_back", pointer="withdrawal_asked_at")
    if told.stopped_at is not None and told.end_reason is None:
        raise InconsistentHistory(why="reason_missing", pointer="end_reason")
    needs_no_reason = told.stopped_at is None and told.withdrawn_at is None and not was_asked_back
    if told.end_reason is not None and needs_no_reason:
        raise InconsistentHistory(why="reason_without_end", pointer="end_reason")

"""A history with stops, a due date of its own or an early end, told act by act."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
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
from dossier.domain.recomputing import DUE_DATE_TOLD, recomputed
from dossier.domain.stops import StopKind
from dossier.domain.told import Details, PastEvent, PastPause, Told


def last_instant(told: Told) -> datetime:
    """Refuse moves that go back in time, and return the last instant that is told."""
    instants = [("received_at", told.received_at), *_pauses(told)]
    for pointer in ("settled_at", "returned_at", "stopped_at", "withdrawn_at"):
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
    return max(instants[-1][1], *words)


def _pauses(told: Told) -> Iterator[tuple[str, datetime]]:
    """Give the instants of the pauses; only the last may still last, and nothing settles it."""
    for number, pause in enumerate(told.pauses, start=1):
        place = f"pauses/{number - 1}"
        yield f"{place}/asked_at", pause.asked_at
        if pause.received_at is not None:
            yield f"{place}/received_at", pause.received_at
        elif number < len(told.pauses) or told.settled_at is not None:
            raise InconsistentHistory(why="pause_open", pointer=f"{place}/received_at")


@dataclass(frozen=True, slots=True)
class _Act:
    """One act of a history to be told; without `to` it moves nothing."""

    at: datetime
    to: Status | None
    details: Details
    is_due_date: bool = False


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
    for act in _acts(told, desk):
        before = course
        if act.to is not None:
            to = status_after_supplement(course.came_from) if act.to is _ON else act.to
            method = told.return_method or ReturnMethod.DIRECT
            course = moved(course, to, at=act.at, terms=terms, desk=desk, method=method)
            kind, details = to.name.lower(), act.details
        elif act.is_due_date and told.due_date is not None:
            unmoved = course.due_on
            course = recomputed(course, told.due_date.due_on, at=act.at)
            kind, details = DUE_DATE_TOLD, act.details
        else:
            course, details = _apologised(course, told, act, lawful=unmoved or course.due_on)
            kind = APOLOGISED
        details = {**details, **_due_dates(before, course, kind)}
        events.append(PastEvent(kind, before.status, course.status, act.at, details))
    if told.status not in (None, course.status):
        raise InconsistentHistory(why="status", pointer="status")
    return course, tuple(events)


_ON = Status.FILED
"""Stands for going on with a dossier where the supplement was asked for."""


def _acts(told: Told, desk: Desk) -> list[_Act]:
    """Return what followed the receipt, in order; an old system's word comes after its moves."""
    acts: list[_Act] = []
    if told.status is Status.IN_PROCESS:
        acts.append(_Act(told.received_at, Status.IN_PROCESS, {}))
    for pause in told.pauses:
        acts.append(_Act(pause.asked_at, _WAITS[pause.kind], _asked(told, pause, desk)))
        if pause.received_at is not None:
            goes_on = _ON if pause.kind is StopKind.SUPPLEMENT else Status.IN_PROCESS
            acts.append(_Act(pause.received_at, goes_on, {}))
    _tell_due_date(told, acts)
    _tell_apology(told, acts)
    return [*acts, *_ends(told)]


def _tell_due_date(told: Told, acts: list[_Act]) -> None:
    """Put the due date told where it was moved; the last turn of the clock when nobody says."""
    if told.due_date is None:
        return
    moved_at = told.due_date.moved_at or (acts[-1].at if acts else told.received_at)
    if not told.received_at <= moved_at <= (told.ended_at or moved_at):
        raise InconsistentHistory(why="order", pointer="due_date/moved_at")
    if told.due_date.due_on < local_day(told.received_at):
        raise InconsistentHistory(why="due_before_receipt", pointer="due_date/due_on")
    _put(acts, _Act(moved_at, None, {"reason": told.due_date.reason}, is_due_date=True))


def _tell_apology(told: Told, acts: list[_Act]) -> None:
    if told.apology is None:
        return
    sent_on, ended_at = told.apology.apologised_on, told.ended_at
    last_day = sent_on if ended_at is None else local_day(ended_at)
    if not local_day(told.received_at) <= sent_on <= last_day:
        raise InconsistentHistory(why="order", pointer="apology/apologised_on")
    _put(acts, _Act(max(start_of_day(sent_on), told.received_at), None, {}))


def _put(acts: list[_Act], act: _Act) -> None:
    acts.insert(bisect_right([other.at for other in acts], act.at), act)


def _asked(told: Told, pause: PastPause, desk: Desk) -> Details:
    if pause.kind is StopKind.PAYMENT:
        return {"reason": pause.reason}
    in_time = asked_in_time(told.received_at, asked_at=pause.asked_at, desk=desk)
    return {"reason": pause.reason, "asked_in_time": in_time}


def _ends(told: Told) -> list[_Act]:
    because: Details = {} if told.end_reason is None else {"reason": told.end_reason}
    if told.stopped_at is not None:
        return [_Act(told.stopped_at, Status.STOPPED, because)]
    if told.withdrawn_at is not None:
        return [
            _Act(told.withdrawn_at, Status.WITHDRAWAL_ASKED, because),
            _Act(told.withdrawn_at, Status.STOPPED, {"withdrawn": True}),
        ]
    ends = ((told.settled_at, Status.SETTLED), (told.returned_at, Status.RETURNED))
    return [_Act(at, to, {}) for at, to in ends if at is not None]


def _apologised(
    course: Course, told: Told, act: _Act, *, lawful: date | None
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
    if told.stopped_at is not None and told.end_reason is None:
        raise InconsistentHistory(why="reason_missing", pointer="end_reason")
    if told.end_reason is not None and told.stopped_at is None and told.withdrawn_at is None:
        raise InconsistentHistory(why="reason_without_end", pointer="end_reason")

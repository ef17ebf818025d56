"""Where an online filing stands, told from its log with the corrections that hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dossier.domain.correction_errors import HistoryMoveImpossible
from dossier.domain.corrections import Corrections, Corrects, Recorded, effective, out_of_order
from dossier.domain.errors import IllegalMove
from dossier.domain.lifecycle import Status, move_filing

FILED = "filed"
ACCEPTED = "accepted"
CONTINUED = "continued"
_REACHES = {
    FILED: Status.FILED,
    ACCEPTED: Status.ACCEPTED,
    "refused": Status.REFUSED_AT_INTAKE,
    "awaiting_supplement": Status.AWAITING_SUPPLEMENT,
    "withdrawal_asked": Status.WITHDRAWAL_ASKED,
    "withdrawn": Status.STOPPED,
    "stopped": Status.STOPPED,
}
_RECORDS: dict[str, frozenset[Corrects]] = {
    FILED: frozenset({Corrects.FILED_AT}),
    "refused": frozenset({Corrects.REFUSED_AT, Corrects.END}),
    "awaiting_supplement": frozenset({Corrects.SUPPLEMENT_ASKED_AT}),
    "withdrawal_asked": frozenset({Corrects.MOVED_AT}),
    CONTINUED: frozenset({Corrects.MOVED_AT}),
    "withdrawn": frozenset({Corrects.STOPPED_AT, Corrects.END}),
    "stopped": frozenset({Corrects.STOPPED_AT, Corrects.END}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingCourse:
    """The part of a filing that acts change; its acceptance leaves `status_since` alone."""

    status: Status
    came_from: Status | None
    status_since: datetime
    filed_at: datetime


def filing_records(event: Recorded) -> frozenset[Corrects]:
    """Return what of a filing's event can be corrected; an acceptance is the dossier's receipt."""
    return _RECORDS.get(event.kind, frozenset())


def filing_log(told: Iterable[tuple[int, str, datetime]]) -> list[Recorded]:
    """Return the log of a filing from the numbers, kinds and instants of its events."""
    log: list[Recorded] = []
    status: Status | None = None
    came_from: Status | None = None
    for number, kind, occurred_at in told:
        to = _reached(kind, status, came_from)
        log.append(
            Recorded(
                number=number,
                kind=kind,
                from_status=status,
                to_status=to,
                occurred_at=occurred_at,
                details={},
            )
        )
        status, came_from = to, came_from if to is status else status
    return log


def told_filing(
    events: Sequence[Recorded], corrections: Corrections, *, received_at: datetime | None
) -> FilingCourse:
    """Return where a filing stands when its events are told with `corrections`.

    `received_at` is when the dossier that it became was received, corrected or not.

    Raises:
        HistoryOutOfOrder: an act would come before the one it follows.
        HistoryMoveImpossible: an act would have no place at all.

    Law: our reading (a wrong time is corrected with evidence and a second pair of eyes)
    """
    before, *rest = effective(events, corrections)
    course = FilingCourse(
        status=Status.FILED,
        came_from=None,
        status_since=before.occurred_at,
        filed_at=before.occurred_at,
    )
    for told in rest:
        if told.kind != CONTINUED and told.kind not in _REACHES:
            continue
        event = told
        if told.kind == ACCEPTED:
            event = replace(told, occurred_at=received_at or told.occurred_at)
        if event.occurred_at < before.occurred_at:
            raise out_of_order(event, before)
        course, before = _moved(course, event), event
    return course


def _moved(course: FilingCourse, event: Recorded) -> FilingCourse:
    to = _reached(event.kind, course.status, course.came_from)
    try:
        move_filing(course.status, to, came_from=course.came_from)
    except IllegalMove as refused:
        raise HistoryMoveImpossible(
            event_number=event.number, kind=event.kind, **refused.details
        ) from refused
    if event.kind == ACCEPTED:
        return replace(course, status=to)
    return replace(course, status=to, came_from=course.status, status_since=event.occurred_at)


def _reached(kind: str, status: Status | None, came_from: Status | None) -> Status:
    """Return where an event leads; one that moves nothing leaves a filing where it is."""
    if kind == CONTINUED:
        return came_from or Status.FILED
    return _REACHES.get(kind) or status or Status.FILED

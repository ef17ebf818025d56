"""Between which hands a dossier went, told from its log with the corrections that hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dossier.domain.correction_errors import HistoryStepMissing
from dossier.domain.corrections import Corrections, Recorded, effective, out_of_order
from dossier.domain.event_kinds import (
    HANDED_OVER,
    OF_STEPS,
    OPINION_GIVEN,
    RECALLED,
    STEP_COMPLETED,
    TAKEN_OVER,
)
from dossier.domain.hand_overs import StepTimes, Undone
from dossier.domain.lifecycle import ENDED, act_of
from dossier.domain.permissions import is_resolvers_alone

_AGREES_WITH_MOVES = frozenset({HANDED_OVER, STEP_COMPLETED})


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of a dossier, in order, and the agency that settles it."""

    steps: tuple[StepTimes, ...]
    resolver: str


@dataclass(frozen=True, slots=True)
class _Hands:
    """Who has the dossier, and by which step; None: it is outside any."""

    agency: str
    step_number: int | None


def told_way(events: Sequence[Recorded], corrections: Corrections, *, receiver: str) -> Way:
    """Return every step with its times, told with `corrections`, and whose the dossier is.

    A step that nobody completed ends when the dossier ended, as corrected; once that end never
    was, the step is open again. A hand-over that was called back leaves everything as it was
    before it. One that never happened keeps its number and no more. One whose recall never was
    waits to be taken over, and what its sender did with the dossier since has no place.

    Raises:
        HistoryOutOfOrder: an act would come before the one it follows.
        HistoryStepMissing: an act would have no place in any step.

    Law: our reading (a step that the dossier's end closed follows its corrections)
    """
    _require_steps_in_order(events, corrections)
    telling = _Telling(receiver)
    for event in effective(events, corrections):
        telling.tell(event)
    handed = (event for event in events if event.kind == HANDED_OVER)
    steps = (telling.steps.get(_step_number(event)) or _void(event) for event in handed)
    return Way(tuple(steps), telling.hands.agency)


def told_by(
    event: Recorded, before: Iterable[Recorded], corrections: Corrections, *, receiver: str
) -> str:
    """Return the agency whose word an event is: it had the dossier then, or was asked.

    Law: our reading (whoever told of a step or an opinion corrects it)
    """
    if event.kind == OPINION_GIVEN:
        return str(event.details["agency_code"])
    agency = receiver
    for earlier in effective(list(before), corrections):
        if earlier.kind == HANDED_OVER:
            agency = str(earlier.details["to_agency_code"])
        elif earlier.kind == RECALLED:
            agency = str(earlier.details["from_agency_code"])
        elif earlier.kind == STEP_COMPLETED:
            agency = receiver
    return str(event.details["from_agency_code"]) if event.kind == RECALLED else agency


class _Telling:
    """The hands that a dossier is in, event by event."""

    def __init__(self, receiver: str) -> None:
        self._receiver = receiver
        self._before: dict[int, _Hands] = {}
        self.steps: dict[int, StepTimes] = {}
        self.hands = _Hands(receiver, None)

    def tell(self, event: Recorded) -> None:
        """Take in what happened next.

        Raises:
            HistoryStepMissing: it has no place in the step that the dossier is in.
        """
        step = self._open
        if event.kind == HANDED_OVER:
            self._hand_over(event, step)
        elif event.kind in OF_STEPS:
            self._go_on(event, step)
        elif step is not None:
            if _is_work(event) and step.taken_over_at is None:
                raise _misplaced(event)
            if _ends(event):
                self._close(step, event)

    @property
    def _open(self) -> StepTimes | None:
        number = self.hands.step_number
        step = None if number is None else self.steps[number]
        return None if step is None or step.completed_at is not None else step

    def _hand_over(self, event: Recorded, step: StepTimes | None) -> None:
        if event.details["from_agency_code"] != self.hands.agency:
            raise _misplaced(event)
        if step is not None:
            if step.taken_over_at is None:
                raise _misplaced(event)
            self._close(step, event)
        number = _step_number(event)
        self._before[number] = self.hands
        self.hands = _Hands(str(event.details["to_agency_code"]), number)
        self.steps[number] = StepTimes(
            step_number=number,
            handed_over_at=event.occurred_at,
            taken_over_at=None,
            completed_at=None,
            undone=None,
        )

    def _go_on(self, event: Recorded, step: StepTimes | None) -> None:
        if step is None or step.step_number != _step_number(event):
            raise _misplaced(event)
        if (step.taken_over_at is not None) is not (event.kind == STEP_COMPLETED):
            raise _misplaced(event)
        if event.kind == TAKEN_OVER:
            self.steps[step.step_number] = replace(step, taken_over_at=event.occurred_at)
        elif event.kind == STEP_COMPLETED:
            self._close(step, event)
            self.hands = _Hands(self._receiver, None)
        else:
            self._call_back(step, event)

    def _call_back(self, step: StepTimes, event: Recorded) -> None:
        self.steps[step.step_number] = replace(
            step, completed_at=event.occurred_at, undone=Undone.RECALLED
        )
        self.hands = self._before[step.step_number]
        if self.hands.step_number is not None:
            again = self.steps[self.hands.step_number]
            self.steps[again.step_number] = replace(again, completed_at=None)

    def _close(self, step: StepTimes, event: Recorded) -> None:
        self.steps[step.step_number] = replace(step, completed_at=event.occurred_at)


def _void(event: Recorded) -> StepTimes:
    return StepTimes(
        step_number=_step_number(event),
        handed_over_at=event.occurred_at,
        taken_over_at=None,
        completed_at=event.occurred_at,
        undone=Undone.VOID,
    )


def _require_steps_in_order(events: Sequence[Recorded], corrections: Corrections) -> None:
    """Refuse a history whose steps do not fit between its other acts.

    A dossier is handed over and given back after whatever moved it last, and taken over or called
    back after it was handed over; work on it, and its end, follow its last step: what the acts
    themselves want.
    """
    moved: Recorded | None = None
    step: Recorded | None = None
    for event in effective(events, corrections):
        is_step = event.kind in OF_STEPS
        follows_step = is_step or _ends(event) or _is_work(event)
        for before, follows in ((moved, event.kind in _AGREES_WITH_MOVES), (step, follows_step)):
            if follows and before is not None and event.occurred_at < before.occurred_at:
                raise out_of_order(event, before)
        if event.is_move:
            moved = event
        if is_step:
            step = event


def _misplaced(event: Recorded) -> HistoryStepMissing:
    return HistoryStepMissing(
        event_number=event.number, kind=event.kind, occurred_at=event.occurred_at
    )


def _step_number(event: Recorded) -> int:
    return int(str(event.details["step_number"]))


def _ends(event: Recorded) -> bool:
    return event.is_move and event.to_status in ENDED


def _is_work(event: Recorded) -> bool:
    """Tell whether a move is for whoever settles alone; the receipt is the desk's."""
    if not event.is_move or event.from_status is None:
        return False
    return is_resolvers_alone(act_of(event.from_status, event.to_status))

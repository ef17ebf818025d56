"""What statistics need to know of a dossier: its days, and the stretches its due date went through.

Facts change only by the functions below, each the trace of one act. `FOREVER` stands for "not
yet", so that every question about days is a comparison.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

FOREVER = date.max


class Channel(StrEnum):
    """How a dossier was handed in."""

    DIRECT = "direct"
    ONLINE = "online"
    POSTAL = "postal"

    __hash__ = str.__hash__  # as lifecycle.Status has its number's


class EndKind(StrEnum):
    """Why the clock ended."""

    SETTLED = "settled"
    STOPPED = "stopped"

    __hash__ = str.__hash__


class ReturnMethod(StrEnum):
    """How the result was handed over."""

    DIRECT = "direct"
    POSTAL = "postal"
    ONLINE = "online"

    __hash__ = str.__hash__


class Timeliness(StrEnum):
    """The end of a dossier against its lawful due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Local days from `from_on` up to, but without, `until_on` in which nothing changed.

    A stretch of no days is kept when it is the first or the last: a dossier has one of each.
    """

    from_on: date
    until_on: date
    due_on: date
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """The days of one dossier; its stretches tile `received_on` to `ended_on` without gaps."""

    channel: Channel
    received_on: date
    stretches: tuple[Stretch, ...]
    ended_on: date = FOREVER
    end_kind: EndKind | None = None
    returned_on: date = FOREVER
    return_method: ReturnMethod | None = None
    apologised_on: date = FOREVER

    @property
    def due_on(self) -> date:
        """Return the lawful due date as it is now; `FOREVER` when there is no limit."""
        return self.stretches[-1].due_on


def received(channel: Channel, received_on: date, due_on: date | None) -> Facts:
    """Return the facts of a dossier on the day it is accepted."""
    first = Stretch(received_on, FOREVER, due_on or FOREVER, is_waiting=False)
    return Facts(channel, received_on, (first,))


def stopped(facts: Facts, day: date) -> Facts:
    """Return the facts once the clock stands still."""
    return _turned(facts, day, due_on=facts.due_on, is_waiting=True)


def resumed(facts: Facts, day: date, due_on: date | None) -> Facts:
    """Return the facts once the clock runs again, with the due date that then holds."""
    return _turned(facts, day, due_on=due_on or FOREVER, is_waiting=False)


def rescheduled(facts: Facts, day: date, due_on: date | None) -> Facts:
    """Return the facts once the due date is another from `day` on; the clock goes on or stands."""
    last = facts.stretches[-1]
    return _turned(
        facts, max(day, last.from_on), due_on=due_on or FOREVER, is_waiting=last.is_waiting
    )


def ended(facts: Facts, day: date, kind: EndKind) -> Facts:
    """Return the facts once the clock has ended for good, with the due date that then held.

    When the end is told for a day before the due date was told again, the new one judges it: it
    is kept in a last stretch of no days.
    """
    *before, last = _begun(facts, day)
    stretches = (*before, replace(last, until_on=day))
    present = facts.stretches[-1]
    if present.from_on > day:
        stretches = (*stretches, replace(present, from_on=day, until_on=day))
    return replace(facts, stretches=stretches, ended_on=day, end_kind=kind)


def returned(facts: Facts, day: date, method: ReturnMethod | None) -> Facts:
    """Return the facts once the result is in the applicant's hands."""
    return replace(facts, returned_on=day, return_method=method)


def apologised(facts: Facts, day: date) -> Facts:
    """Return the facts once an apology is sent; the lawful due date stays."""
    return replace(facts, apologised_on=day)


def timeliness(ended_on: date, due_on: date) -> Timeliness:
    """Compare the day of the end with the lawful due date; without a limit nothing is late.

    Law: TT 01/2020/TT-VPCP form II.06a
    """
    if due_on in (FOREVER, ended_on):
        return Timeliness.ON_TIME
    return Timeliness.EARLY if ended_on < due_on else Timeliness.LATE


def _begun(facts: Facts, day: date) -> tuple[Stretch, ...]:
    """Return the stretches that had begun by `day`.

    A recomputed due date holds from the day of the recomputation; an act told afterwards may have
    happened before, and then the stretch that begins later is not there to be cut.
    """
    return tuple(stretch for stretch in facts.stretches if stretch.from_on <= day)


def _turned(facts: Facts, day: date, *, due_on: date, is_waiting: bool) -> Facts:
    *before, last = _begun(facts, day)
    following = Stretch(day, FOREVER, due_on, is_waiting)
    return replace(facts, stretches=(*before, replace(last, until_on=day), following))

"""One act of a history that is told afterwards, before it becomes an event."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from dossier.domain.lifecycle import Status
from dossier.domain.told import Details


class Turn(IntEnum):
    """What comes first of acts told of the same instant, so that each finds what it needs.

    What was awaited arrives before the dossier goes to other hands, and is taken over before work
    on it goes on; an end comes after everything.
    """

    BEGIN = 0
    GO_ON = 1
    STEP = 2
    QUESTION = 3
    ASK = 4
    WORD = 5
    END = 6


@dataclass(frozen=True, slots=True)
class Act:
    """An act as told at `pointer` of the line; one without `to` moves nothing and has a `kind`."""

    at: datetime
    turn: Turn
    pointer: str
    to: Status | None = None
    kind: str = ""
    details: Details = field(default_factory=dict)

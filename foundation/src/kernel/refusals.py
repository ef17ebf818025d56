"""The kinds of refusal a domain can speak; what HTTP makes of them is the kit's business."""

from typing import ClassVar


class Refusal(Exception):
    """A rule says no. Subclasses set `code` (stable, English) and carry plain data as keywords.

    The keywords fill the Vietnamese message of `messages_vi.py` and travel in the problem
    document, so they must never hold personal data.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **details: object) -> None:
        super().__init__(self.code, details)
        self.details = details


class Malformed(Refusal):
    """The request makes no sense in the field's own terms (unknown code, impossible date)."""

    code = "malformed"


class NotFound(Refusal):
    """There is no such thing, or none that this actor may know of."""

    code = "not_found"


class NotAllowed(Refusal):
    """The actor may not do this."""

    code = "not_allowed"


class Conflict(Refusal):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"


class Stale(Refusal):
    """Somebody else changed the thing since the actor read it."""

    code = "stale"


class Gone(Refusal):
    """It was there once and must not be used again (a spent token)."""

    code = "gone"


class NeighbourUnavailable(Refusal):
    """Another service did not answer in time; trying again later may help."""

    code = "neighbour_unavailable"

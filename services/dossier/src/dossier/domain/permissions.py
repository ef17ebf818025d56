"""Who may do what where: inside the actor's part of the agency tree, and on the right side."""

from dataclasses import dataclass
from enum import StrEnum

from dossier.domain.errors import NotYourAct, NotYourAgency
from dossier.domain.lifecycle import LegalAct

Sight = frozenset[str] | None
"""The codes of the agencies an actor sees; None means the whole tree."""


class Side(StrEnum):
    """An agency's part in a dossier."""

    RECEIVER = "receiver"
    RESOLVER = "resolver"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Holders:
    """The agency that received a dossier, and the one that settles it (often the same).

    `sender` handed over the step that it is in, and may be neither.
    """

    receiver: str
    resolver: str
    sender: str | None = None

    def agency(self, side: Side) -> str | None:
        """Return the agency on a side; None when there is none."""
        of = {Side.RECEIVER: self.receiver, Side.RESOLVER: self.resolver, Side.SENDER: self.sender}
        return of[side]

    def sides(self, sight: Sight) -> frozenset[Side]:
        """Return the sides on which an actor stands."""
        agencies = ((side, self.agency(side)) for side in Side)
        return frozenset(side for side, code in agencies if code and may_see(sight, code))


_BOTH = frozenset({Side.RECEIVER, Side.RESOLVER})
_RECEIVER = frozenset({Side.RECEIVER})
_RESOLVER = frozenset({Side.RESOLVER})

WHO: dict[LegalAct, frozenset[Side]] = {
    LegalAct.ACCEPT: _RECEIVER,
    LegalAct.REFUSE: _RECEIVER,
    LegalAct.START: _RESOLVER,
    LegalAct.ASK_FOR_SUPPLEMENT: _RESOLVER,
    LegalAct.RECEIVE_SUPPLEMENT: _BOTH,
    LegalAct.ASK_FOR_PAYMENT: _RESOLVER,
    LegalAct.CONFIRM_PAYMENT: _BOTH,
    LegalAct.ASK_TO_WITHDRAW: _RECEIVER,
    LegalAct.GIVE_BACK: _RECEIVER,
    LegalAct.CONTINUE: _RECEIVER,
    LegalAct.STOP: _BOTH,
    LegalAct.SETTLE: _RESOLVER,
    LegalAct.RETURN: _RECEIVER,
    LegalAct.APOLOGISE: _BOTH,
    LegalAct.HAND_OVER: _RESOLVER,
    LegalAct.TAKE_OVER: _RESOLVER,
    LegalAct.RECALL: frozenset({Side.SENDER}),
    LegalAct.COMPLETE_STEP: _RESOLVER,
    LegalAct.CONSULT: _RESOLVER,
    LegalAct.STATE_REASON: _BOTH,
    LegalAct.ASSIGN: _RESOLVER,
}
"""The desk meets the applicant, the resolver does the work; before a hand-over they are one.

Why a dossier is late both may say: the desk tells it to the applicant, the resolver knows it. An
officer is named by whoever has the work, since a dossier has one.
"""


def may_see(sight: Sight, agency_code: str) -> bool:
    """Tell whether `agency_code` lies in the actor's part of the tree."""
    return sight is None or agency_code in sight


def require_sight(sight: Sight, agency_code: str) -> None:
    """Refuse to act for an agency outside the actor's part of the tree."""
    if not may_see(sight, agency_code):
        raise NotYourAgency(agency_code=agency_code)


def may_read(sight: Sight, holders: Holders) -> bool:
    """Tell whether an actor may know of a dossier: either side may, and the sender where named.

    `dossier.store.agencies.in_sight` says the same of both sides to the database.
    """
    return bool(holders.sides(sight))


def may_act(sight: Sight, act: LegalAct, holders: Holders) -> bool:
    """Tell whether an actor stands on a side whose act this is.

    Law: our reading (the desk that received meets the applicant, the resolver settles)
    """
    return bool(WHO[act] & holders.sides(sight))


def is_resolvers_alone(act: LegalAct) -> bool:
    """Tell whether only whoever settles the dossier may do this."""
    return WHO[act] == _RESOLVER


def require_act(sight: Sight, act: LegalAct, holders: Holders) -> None:
    """Refuse an act of the other side."""
    if not may_act(sight, act, holders):
        raise not_your_act(str(act), WHO[act], holders)


def not_your_act(act: str, whose: frozenset[Side], holders: Holders) -> NotYourAct:
    """Return the refusal of an act of the other side, naming whose it is."""
    agencies = {holders.agency(side) for side in whose} - {None}
    return NotYourAct(act=act, agencies=sorted(str(code) for code in agencies))

"""What rating refuses, as plain data."""

from kernel.refusals import Conflict, Gone, Malformed, NotAllowed, NotFound


class AgencyNotYours(NotAllowed):
    """The agency lies outside the actor's part of the tree."""

    code = "agency_not_yours"


class UnknownAgency(Malformed):
    """The catalogue knows no such agency on that day."""

    code = "unknown_agency"


class InTheFuture(Malformed):
    """An event cannot be recorded before it happens."""

    code = "in_the_future"


class UnknownIndicatorSet(NotFound):
    """No indicator set has this code."""

    code = "unknown_indicator_set"


class DuplicateIndicatorSet(Conflict):
    """An indicator set with this code is recorded already; sets are never overwritten."""

    code = "duplicate_indicator_set"


class InconsistentIndicatorSet(Malformed):
    """The set contradicts itself: bands, numbers or points do not fit together."""

    code = "inconsistent_indicator_set"


class IndicatorSetNotInForce(Malformed):
    """The set was not in force on the last day of the period it is asked to rate."""

    code = "indicator_set_not_in_force"


class UnknownIndicators(Malformed):
    """The assessment counts indicators that its set does not have."""

    code = "unknown_indicators"


class DuplicateAssessment(Conflict):
    """The agency has an assessment for this period already."""

    code = "duplicate_assessment"


class UnknownToken(NotFound):
    """No ballot token reads like this; it may be mistyped, forged or replaced by a newer one."""

    code = "unknown_token"


class SpentToken(Gone):
    """A ballot has been cast with this token."""

    code = "spent_token"


class CastBeforeSettlement(Malformed):
    """A dossier is rated once it has ended, not before."""

    code = "cast_before_settlement"


class UnknownDossier(Malformed):
    """The dossier service knows no such dossier, or it belongs to another agency."""

    code = "unknown_dossier"


class UnknownFeedback(NotFound):
    """There is no such feedback, or none that this actor may know of."""

    code = "unknown_feedback"


class AlreadyAnswered(Conflict):
    """The feedback has its answer; answers are never overwritten."""

    code = "already_answered"


class AnsweredBeforeReceipt(Malformed):
    """An answer cannot be older than what it answers."""

    code = "answered_before_receipt"


class OnlyForAll(NotAllowed):
    """What holds for every agency is recorded by an actor of the whole tree."""

    code = "only_for_all"

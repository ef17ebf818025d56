"""What the dossier service refuses, as plain data; the words are in `messages_vi`."""

from kernel.refusals import Conflict, Malformed, NotAllowed, NotFound


class UnknownAgency(Malformed):
    """The catalogue knows no agency with this code."""

    code = "unknown_agency"


class UnknownProcedure(Malformed):
    """The catalogue knows no procedure with this code."""

    code = "unknown_procedure"


class ProcedureNotInForce(Conflict):
    """The procedure exists, but no version is in force on the day of receipt."""

    code = "procedure_not_in_force"


class ChannelNotOffered(Conflict):
    """The version in force offers no filing by this channel."""

    code = "channel_not_offered"


class TimeLimitTooLong(Malformed):
    """The limit of the procedure is beyond anything a procedure may take."""

    code = "time_limit_too_long"


class UnknownDossier(NotFound):
    """There is no dossier with this code that the actor may know of."""

    code = "unknown_dossier"


class UnknownFiling(NotFound):
    """There is no filing with this id that the actor may know of."""

    code = "unknown_filing"


class DuplicateDossier(Conflict):
    """The agency already has a dossier with this external id."""

    code = "duplicate_dossier"


class IllegalMove(Conflict):
    """The lifecycle has no such move."""

    code = "illegal_move"


class ReasonRequired(Malformed):
    """A move that must say why says nothing."""

    code = "reason_required"


class ActNotPossible(Conflict):
    """The act moves nothing, and makes no sense in the dossier's status."""

    code = "act_not_possible"


class NeedsItsPaper(Conflict):
    """The move belongs to an act whose paper says more than a status."""

    code = "needs_its_paper"


class NotYourAct(NotAllowed):
    """The act is for the other side: the desk that received, or the agency that settles."""

    code = "not_your_act"


class SupplementTooLate(Conflict):
    """A supplement is asked for within the first working days, or not at all."""

    code = "supplement_too_late"


class ApologyTooLate(Conflict):
    """An apology leaves before the due date."""

    code = "apology_too_late"


class UnknownHandOver(NotFound):
    """The dossier has no such step."""

    code = "unknown_hand_over"


class HandOverOpen(Conflict):
    """The dossier was handed over, and nobody has taken it over yet."""

    code = "hand_over_open"


class StepNotOpen(Conflict):
    """The step was taken over or completed before, or was not taken over yet."""

    code = "step_not_open"


class HandedToItself(Malformed):
    """A hand-over leads to another agency, or names a unit."""

    code = "handed_to_itself"


class UnknownConsultation(NotFound):
    """There is no such consultation that the actor may answer."""

    code = "unknown_consultation"


class AlreadyAnswered(Conflict):
    """The consultation has its answer."""

    code = "already_answered"


class OutOfOrder(Malformed):
    """The act is said to have happened before the one it follows."""

    code = "out_of_order"


class InTheFuture(Malformed):
    """The act is said to have happened later than now."""

    code = "in_the_future"


class TooLongAgo(Malformed):
    """Dossier codes cover the years 2000 to 2099."""

    code = "too_long_ago"


class FilingNotOpen(Conflict):
    """The filing was accepted or refused before."""

    code = "filing_not_open"


class ApologyAlreadySent(Conflict):
    """The law allows one new appointment per dossier."""

    code = "apology_already_sent"


class ApologyNotDue(Conflict):
    """The dossier has ended or has no due date: there is nothing to apologise for."""

    code = "apology_not_due"


class PromisedTooEarly(Malformed):
    """The new appointment must lie after the due date and not before the apology."""

    code = "promised_too_early"


class CopiesAlreadyRecorded(Conflict):
    """The agency has already stated its certified copies of that day."""

    code = "copies_already_recorded"


class NotYourAgency(NotAllowed):
    """The agency lies outside the actor's part of the tree."""

    code = "not_your_agency"


class InconsistentHistory(Malformed):
    """The instants or the status of an imported history contradict each other."""

    code = "inconsistent_history"

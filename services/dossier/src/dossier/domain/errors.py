"""What the dossier service refuses, as plain data; the words are in `messages_vi`."""

from kernel.refusals import Conflict, Malformed, NeighbourUnavailable, NotAllowed, NotFound


class UnknownAgency(Malformed):
    """The catalogue knows no agency with this code."""

    code = "unknown_agency"


class AgencyEnded(Conflict):
    """The agency was abolished or merged: nothing goes to it any more."""

    code = "agency_ended"


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


class ExternalIdReused(Conflict):
    """The external id belongs to another dossier, or to this one as it was told otherwise."""

    code = "external_id_reused"


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


class SupplementsUsedUp(Conflict):
    """A supplement was asked for as often as the rule in force allows."""

    code = "supplements_used_up"


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
    """The filing is a dossier or ended, or somebody else moved it at the same moment."""

    code = "filing_not_open"


class ApologyAlreadySent(Conflict):
    """The law allows one new appointment per dossier."""

    code = "apology_already_sent"


class ApologyNotDue(Conflict):
    """It has ended, waits for its applicant or has no due date: nothing to apologise for."""

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


class UnknownCorrection(NotFound):
    """The dossier has no such correction."""

    code = "unknown_correction"


class UnknownEvent(Malformed):
    """The dossier has no event with this number."""

    code = "unknown_event"


class NotWhatWasRecorded(Malformed):
    """The event records something else than the correction names, or nothing that has a day."""

    code = "not_what_was_recorded"


class CorrectionUnclear(Malformed):
    """An instant is corrected by another instant, an end or a step that never was by none."""

    code = "correction_unclear"


class NothingToCorrect(Conflict):
    """The event already says so."""

    code = "nothing_to_correct"


class EventVoid(Conflict):
    """A correction has found that the event never came about."""

    code = "event_void"


class CorrectionPending(Conflict):
    """Another correction of the same event waits for its decision."""

    code = "correction_pending"


class CorrectionDecided(Conflict):
    """The correction was approved or rejected before."""

    code = "correction_decided"


class OwnCorrection(NotAllowed):
    """Whoever proposed a correction does not decide on it."""

    code = "own_correction"


class UnknownCopies(NotFound):
    """The agency has stated no certified copies of that day that the actor may know of."""

    code = "unknown_copies"


class UnknownCopyCorrection(NotFound):
    """The count of that day has no such correction."""

    code = "unknown_copy_correction"


class CopyCorrectionPending(Conflict):
    """Another correction of that day's count waits for its decision."""

    code = "copy_correction_pending"


class SameCount(Conflict):
    """The count on record is the one proposed."""

    code = "same_count"


class NotLate(Conflict):
    """The dossier is neither overdue nor ended late: there is no delay to explain."""

    code = "not_late"


class UnknownBucket(Malformed):
    """There is no such ageing bucket on that day, or the list asked for has none."""

    code = "unknown_bucket"


class DeskHoursImpossible(Malformed):
    """No desk can receive in such hours; below, each why."""


class DeskHoursUnreadable(DeskHoursImpossible):
    """They are not written as hours of a weekday."""

    code = "desk_hours_unreadable"


class DeskHoursReversed(DeskHoursImpossible):
    """A session ends before it begins, or at once."""

    code = "desk_hours_reversed"


class DeskHoursOverlap(DeskHoursImpossible):
    """Two sessions of a day share a moment."""

    code = "desk_hours_overlap"


class DeskHoursTooShort(DeskHoursImpossible):
    """From Monday to Friday there is less than an hour in all."""

    code = "desk_hours_too_short"


class DeskHoursAlreadySet(Conflict):
    """The agency has already set the hours that begin on that day."""

    code = "desk_hours_already_set"


class DaysReversed(Malformed):
    """The last day lies before the first."""

    code = "days_reversed"


class NotTheProvince(NotAllowed):
    """Only the province, or who sees the whole tree, may do this."""

    code = "not_the_province"


class UnknownRun(NotFound):
    """There is no such recomputation that the actor may know of."""

    code = "unknown_run"


class NoSuchAgency(NotFound):
    """There is no agency with this code."""

    code = "no_such_agency"


class SearchTooShort(Malformed):
    """The term of a search would find nearly everybody."""

    code = "search_too_short"


class NotStorable(Malformed):
    """The database does not take what looked right to us; only an import meets this."""

    code = "not_storable"


class FoldBusy(Conflict):
    """Somebody folds the log at this moment."""

    code = "fold_busy"


class RecountUnderWay(Conflict):
    """The counts kept ahead are being counted anew; until that is done they say nothing."""

    code = "recount_under_way"


class StillRecording(NeighbourUnavailable):
    """A long write is under way and no instant before it is known to be closed."""

    code = "still_recording"


class KeyMissing(NeighbourUnavailable):
    """The process was not given the key with which an applicant's data were sealed."""

    code = "personal_data_key_missing"

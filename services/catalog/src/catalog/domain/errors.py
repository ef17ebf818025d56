"""What the catalogue refuses, as plain data; messages_vi.py holds the words."""

from kernel.refusals import Conflict, Malformed, NotAllowed, NotFound


class AgencyNotFound(NotFound):
    """No agency of that code on that day."""

    code = "agency_not_found"


class ProcedureNotFound(NotFound):
    """No procedure of that code, or none in force on that day."""

    code = "procedure_not_found"


class OutsideOwnAgencies(NotAllowed):
    """The agency is not in the subtree of the actor's own."""

    code = "outside_own_agencies"


class CatalogueWideWrite(NotAllowed):
    """Only a province, a ministry or the system may write what holds for everybody."""

    code = "catalogue_wide_write"


class UnknownAgency(Malformed):
    """The request names an agency that the catalogue does not know."""

    code = "unknown_agency"


class UnknownProcedure(Malformed):
    """The request names procedures that the catalogue does not know."""

    code = "unknown_procedure"


class UnknownProcedureField(Malformed):
    """The request names a procedure field that the catalogue does not know."""

    code = "unknown_procedure_field"


class UnknownDecision(Malformed):
    """The request names a publication decision that the catalogue does not know."""

    code = "unknown_decision"


class ProcedureIncomplete(Malformed):
    """A procedure to be published lacks parts that the law asks for."""

    code = "procedure_incomplete"


class VocabularyNotInForce(Malformed):
    """The vocabulary of online levels is not the one of that day."""

    code = "vocabulary_not_in_force"


class LevelOutsideVocabulary(Malformed):
    """The online level is a word of the other vocabulary."""

    code = "level_outside_vocabulary"


class OutcomeContradictsDays(Malformed):
    """A review outcome and its days before and after do not fit together."""

    code = "outcome_contradicts_days"


class ParentNotSuitable(Malformed):
    """The parent does not exist on that day, or stands below its child."""

    code = "parent_not_suitable"


class CodeDiffers(Malformed):
    """The body names another procedure than the path."""

    code = "code_differs"


class RangeReversed(Malformed):
    """A range ends before it begins."""

    code = "range_reversed"


class RepeatedInRequest(Malformed):
    """One request names the same thing twice."""

    code = "repeated_in_request"


class AgencyExists(Conflict):
    """The code belongs to another agency."""

    code = "agency_exists"


class ParentExists(Conflict):
    """The agency already has a parent from that day or a later one."""

    code = "parent_exists"


class HierarchyCycle(Conflict):
    """The agency would stand above itself."""

    code = "hierarchy_cycle"


class ProcedureFieldExists(Conflict):
    """The code belongs to another procedure field."""

    code = "procedure_field_exists"


class DecisionExists(Conflict):
    """A decision of that number and day is already recorded."""

    code = "decision_exists"


class ProcedureExists(Conflict):
    """The code belongs to another procedure; its content changes by a new version."""

    code = "procedure_exists"


class VersionNotLater(Conflict):
    """A new version must begin after the last one: what was in force stays as it was."""

    code = "version_not_later"


class OnlineLevelExists(Conflict):
    """The procedure already has an online level from that day."""

    code = "online_level_exists"


class AssignmentExists(Conflict):
    """One of the procedures already has an assignment from that day."""

    code = "assignment_exists"


class PostingExists(Conflict):
    """One of the procedures is already recorded as posted there on that day."""

    code = "posting_exists"


class ReviewExists(Conflict):
    """The agency's review of that document is already recorded."""

    code = "review_exists"


class ReleaseDiffers(Conflict):
    """A calendar release of that name exists with other days."""

    code = "release_differs"

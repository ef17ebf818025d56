"""What reporting refuses, and why."""

from kernel.refusals import Conflict, Malformed, NotAllowed, NotFound


class UnknownReport(NotFound):
    """No report has this id, or none that the actor may see."""

    code = "unknown_report"


class UnknownFigure(NotFound):
    """The report has no figure of this key (and procedure field)."""

    code = "unknown_figure"


class UnknownSection(NotFound):
    """The outline of the report has no narrative section of this name."""

    code = "unknown_section"


class UnknownAgency(Malformed):
    """The catalogue knows no agency of this code on the last day of the period."""

    code = "unknown_agency"


class OutsideReach(NotAllowed):
    """The agency is not in the subtree of the actor's agency."""

    code = "outside_reach"


class UnknownScheme(Malformed):
    """No period rule carries this scheme, though others are loaded."""

    code = "unknown_scheme"


class NoPeriodRule(Conflict):
    """No rule of the scheme is in force for the period: a data release has to be loaded."""

    code = "no_period_rule"


class NoReportForm(Conflict):
    """No version of the form is in force for the period: a data release has to be loaded."""

    code = "no_report_form"


class NoSuchPeriod(Malformed):
    """A year has four quarters, two halves, twelve months."""

    code = "no_such_period"


class MalformedRule(Malformed):
    """A period or deadline rule makes no sense: its windows would not tile the year."""

    code = "malformed_rule"


class MalformedForm(Malformed):
    """A form contradicts itself: a formula names a column that is not there, or a cycle."""

    code = "malformed_form"


class ReleaseDiffers(Conflict):
    """A data release of this name was loaded before with other content."""

    code = "release_differs"


class DraftExists(Conflict):
    """One live draft per agency and period; this one is already there."""

    code = "draft_exists"


class ReportSealed(Conflict):
    """A sealed report never changes."""

    code = "report_sealed"


class NotCollected(Conflict):
    """Figures have not been collected yet."""

    code = "not_collected"


class PartialReport(Conflict):
    """A source did not answer at the last collection: the report is partial."""

    code = "partial_report"


class UnbalancedReport(Conflict):
    """The figures contradict each other: an identity of the form is broken."""

    code = "unbalanced_report"


class PeriodNotOver(Conflict):
    """The figures were collected before the last day of the period was over."""

    code = "period_not_over"


class KnownInFuture(Malformed):
    """Figures can be asked as known now or earlier, not as they will be known."""

    code = "known_in_future"

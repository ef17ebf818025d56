"""Refusals to print a paper form."""

from kernel.refusals import Conflict, NotFound


class NoFormsInForce(Conflict):
    """No set of paper forms is in force on the day the paper would bear."""

    code = "no_forms_in_force"


class UnknownForm(NotFound):
    """The set of forms in force has none with this number for a dossier."""

    code = "unknown_form"


class NoSupplementAsked(Conflict):
    """No supplement was asked for, so there is no request to print."""

    code = "no_supplement_asked"


class NothingRefused(Conflict):
    """Nothing was refused, so there is no refusal to print."""

    code = "nothing_refused"


class NoApologySent(Conflict):
    """No apology was sent, so there is none to print."""

    code = "no_apology_sent"


class BookTooLong(Conflict):
    """The book has several volumes, and one of them must be named."""

    code = "book_too_long"


class NoSuchVolume(NotFound):
    """The book has fewer volumes."""

    code = "no_such_volume"

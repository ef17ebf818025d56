"""What of an applicant is shown to whom: the one rule of lists, look-ups, queues and files.

Numbers are masked for everybody; in clear they are read one by one, and that is recorded. Names,
and what a dossier is about in words, which may name somebody, are for whoever works with applicants
or may look them up. Who only reads dossiers sees initials.
"""

from collections.abc import Collection

SEARCH_SCOPE = "dossiers:search"
_WORKS_WITH_PEOPLE = frozenset({"dossiers:receive", "dossiers:process", SEARCH_SCOPE})
HIDDEN = "***"
MASKED = "masked"
_SHOWN = 3


def sees_people(scopes: Collection[str]) -> bool:
    """Tell whether names are shown in clear to somebody who may do what `scopes` say.

    Law: our reading (names are for whoever works with applicants or may look them up)
    """
    return not _WORKS_WITH_PEOPLE.isdisjoint(scopes)


def view_of_people(*, in_clear: bool) -> str | None:
    """Return what a copy without names is called, so that it is not taken for one with them."""
    return None if in_clear else MASKED


def shown_name(full_name: str, *, in_clear: bool) -> str:
    """Return a name as it is shown: "Nguyễn Văn An", or "N*** V*** A***"."""
    if in_clear:
        return full_name
    return " ".join(word[:1] + HIDDEN for word in full_name.split())


def shown_subject(subject: str | None, *, in_clear: bool) -> str | None:
    """Return what a dossier is about; hidden as a whole, since a name may stand anywhere in it."""
    return subject if in_clear or subject is None else HIDDEN


def shown_number(number: str | None) -> str | None:
    """Show the last three characters only, and none of a number too short to hide the rest."""
    if number is None:
        return None
    shown = number[-_SHOWN:] if len(number) > 2 * _SHOWN else ""
    return "*" * (len(number) - len(shown)) + shown

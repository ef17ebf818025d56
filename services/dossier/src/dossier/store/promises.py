"""The promise of an apology as it stands, wherever dossiers are shown from their rows."""

from datetime import date

from sqlalchemy import ColumnElement, Date, FromClause, literal_column

STANDING = "case when {0}.promised_on > {0}.due_on then {0}.promised_on end"
"""What `domain.apologies.standing_promise` says, of the dossier so called in a statement.

Told from two columns at each reading: whatever moves the due date (a supplement, a payment, a
correction, a day off decreed late) moves the promise in the same moment, back as well.
"""


def standing_promise(of: FromClause) -> ColumnElement[date]:
    """Return the promise of a dossier as it stands."""
    rule: ColumnElement[date] = literal_column(STANDING.format(of.description), Date)
    return rule.label("promised_on")

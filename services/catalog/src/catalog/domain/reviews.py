"""Reviews: what a campaign found for each procedure, and for how long it is quoted."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from catalog.domain.errors import OutcomeContradictsDays


class Outcome(StrEnum):
    """What a review proposes for one procedure's time limit."""

    CUT = "cut"
    KEPT = "kept"
    ABOLISHED = "abolished"


@dataclass(frozen=True, slots=True)
class ReviewedProcedure:
    """One outcome of a review; `order` settles which of two reviews of one day is the later."""

    reviewed_on: date
    order: int
    outcome: Outcome


def require_outcome_fits_days(
    procedure_code: str, outcome: Outcome, before: int | None, after: int | None
) -> None:
    """Refuse a cut that does not shorten, a kept limit that changes, an abolished one with days.

    Law: NĐ 63/2010/NĐ-CP (review of procedures)
    """
    fits = {
        Outcome.CUT: before is not None and after is not None and after < before,
        Outcome.KEPT: before == after,
        Outcome.ABOLISHED: after is None,
    }
    if not fits[outcome]:
        raise OutcomeContradictsDays(procedure_code=procedure_code, outcome=outcome.value)


def quoted_since(period_end: date) -> date:
    """Return the first day of the twelve months up to `period_end` (the last day, inclusive).

    Law: our reading (a report quotes the reviews of twelve months)
    """
    next_day = period_end + timedelta(days=1)
    if (next_day.month, next_day.day) == (2, 29):
        return date(next_day.year - 1, 3, 1)
    return next_day.replace(year=next_day.year - 1)

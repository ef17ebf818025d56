"""All checks of a statement, in the order in which a reader wants the findings."""

from collections.abc import Callable, Iterator

from reporting.domain.checks import arithmetic, records, scores, wording
from reporting.domain.findings import Finding
from reporting.domain.statement import Statement

CHECKS: tuple[Callable[[Statement], Iterator[Finding]], ...] = (
    scores.wrong_scores,
    arithmetic.broken_sums,
    arithmetic.disagreements,
    arithmetic.wrong_shares,
    arithmetic.shares_of_a_whole,
    wording.wrong_units,
    wording.late_without_apology,
    arithmetic.copies_without_unit,
    wording.other_periods,
    wording.events_outside,
    wording.superseded_vocabulary,
    wording.other_entities,
    wording.percentages_without_n,
    records.differences,
    records.unknown_keys,
)


def check_statement(statement: Statement) -> list[Finding]:
    """Return every finding on what is stated; an empty list means that nothing contradicts."""
    return [finding for check in CHECKS for finding in check(statement)]

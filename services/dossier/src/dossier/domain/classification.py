"""Which figures a dossier counts in: form II.06a and those beside it, as one pure function."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from kernel.periods import ReportingPeriod

from dossier.domain.facts import (
    FOREVER,
    Channel,
    EndKind,
    Facts,
    ReturnMethod,
    Timeliness,
    timeliness,
)


def as_far_as_known(period: ReportingPeriod, day: date) -> ReportingPeriod:
    """Return a period as far as it has come by `day`; one that has not begun stays whole.

    Of days to come nothing is known, so nothing is counted differently; but what is due on one of
    them is not overdue before it comes.

    Law: our reading (a period that runs is counted as of the present day)
    """
    if not period.start <= day < period.last_day:
        return period
    return ReportingPeriod.between(period.start, day)


def contribution(facts: Facts, period: ReportingPeriod) -> frozenset[str]:
    """Return the keys of the counted figures in which the dossier appears once.

    Days are compared as of the period's last day, whatever happened afterwards.

    Law: TT 01/2020/TT-VPCP form II.06a
    """
    return frozenset(
        chain(
            _flows(facts, period),
            _end(facts, period),
            _pending(facts, period),
            _apologies(facts, period),
            _returned(facts, period),
        )
    )


def _flows(facts: Facts, period: ReportingPeriod) -> Iterator[str]:
    """Columns 3 to 6. An online filing counts when it is accepted, not when it is filed."""
    if facts.received_on in period:
        yield "dossiers.received"
        yield f"dossiers.received.{facts.channel}"
        yield "dossiers.total"
    elif facts.received_on < period.start <= facts.ended_on:
        yield "dossiers.carried_over"
        yield "dossiers.total"


def _end(facts: Facts, period: ReportingPeriod) -> Iterator[str]:
    """Columns 7 to 10. A dossier that was stopped counts by its end date like any other.

    How those with a result ended is counted beside it: a version of the form may print the others
    as on time.
    """
    if facts.ended_on not in period:
        return
    how = timeliness(facts.ended_on, facts.due_on)
    yield "dossiers.settled"
    yield f"dossiers.settled.{how}"
    if facts.end_kind is EndKind.STOPPED:
        yield "dossiers.settled.without_result"
    else:
        yield f"dossiers.settled.with_result.{how}"
    if how is Timeliness.LATE:
        if facts.channel is Channel.ONLINE:
            yield "dossiers.online.settled.late"
        if facts.apologised_on > facts.ended_on:
            yield "dossiers.settled.late.without_apology"


def _pending(facts: Facts, period: ReportingPeriod) -> Iterator[str]:
    """Columns 11 to 13. The due date is the one that held on the period's last day."""
    last = period.last_day
    for stretch in facts.stretches:
        if stretch.from_on <= last < stretch.until_on:
            is_overdue = stretch.due_on < last and not stretch.is_waiting
            yield "dossiers.pending"
            yield "dossiers.pending.overdue" if is_overdue else "dossiers.pending.in_time"


def _apologies(facts: Facts, period: ReportingPeriod) -> Iterator[str]:
    """An apology after the end is none: corrections may find that the dossier had ended before."""
    sent_on = facts.apologised_on
    if sent_on != FOREVER and sent_on <= facts.ended_on and sent_on in period:
        yield "dossiers.apologies"


def _returned(facts: Facts, period: ReportingPeriod) -> Iterator[str]:
    if facts.return_method is ReturnMethod.POSTAL and facts.returned_on in period:
        yield "dossiers.returned.postal"

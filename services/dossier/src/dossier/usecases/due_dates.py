"""Explaining due dates: those of dossiers from their events, and those only asked about."""

from collections.abc import Sequence
from itertools import pairwise

from kernel.codes import DossierCode
from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import Recorded
from dossier.domain.counting import Step
from dossier.domain.desk import Closed, Desk
from dossier.domain.dossier import Terms
from dossier.domain.due_date import SupplementPolicy, TimeLimit
from dossier.domain.errors import OutOfOrder
from dossier.domain.explanation import Leg, Trace, explained, told
from dossier.domain.procedures import in_force
from dossier.domain.recomputing import RECOMPUTED
from dossier.domain.stops import Stop
from dossier.schemas.due_dates import (
    ComputedDueDate,
    CountedDay,
    DueDateOut,
    LegOut,
    LimitOut,
    PreviewDueDate,
    RecomputationOut,
    StopOut,
)
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Catalogue
from dossier.usecases.reading import read_dossier
from dossier.usecases.telling import read_log

_SECONDS_A_MINUTE = 60
_TOLD = ("run_id", "reason", "decided_by", "due_on_before", "due_on")


async def explain_due_date(
    tx: AsyncSession, office: Office, code: str, *, acting: Acting
) -> DueDateOut:
    """Count a dossier's limit again from its events, keeping every step.

    The calendar is asked first, before the transaction begins.
    """
    desk = await office.catalogue.desk(DossierCode.parse(code).agency.text)
    dossier = await read_dossier(tx, office, code, acting=acting)
    log = await read_log(tx, dossier)
    trace = told(log.events, log.holding, dossier.terms, desk)
    return DueDateOut(
        **_computed(trace, dossier.terms, desk),
        code=code,
        version=dossier.version,
        due_on=dossier.due_on,
        counted_due_on=trace.due_on,
        agrees=trace.due_on == dossier.due_on,
        promised_on=dossier.promised_on,
        ended_on=dossier.ended_on,
        recomputations=tuple(_recomputations(log.events)),
    )


async def preview_due_date(office: Office, paper: PreviewDueDate) -> ComputedDueDate:
    """Compute a due date without a dossier; nothing is stored.

    Raises:
        OutOfOrder: a stop begins before the receipt, before the one it follows ends, or ends
            before it begins.
    """
    await office.catalogue.subtree(paper.agency_code)  # refuses an agency that is not there
    stops = [Stop(stop.kind, stop.from_at, stop.to_at) for stop in paper.stops]
    instants = [paper.received_at]
    for number, stop in enumerate(stops, start=1):
        instants.append(stop.from_at)
        if stop.to_at is not None:
            instants.append(stop.to_at)
        elif number < len(stops):
            raise OutOfOrder(occurred_at=stops[number].from_at, after=stop.from_at)
    for before, after in pairwise(instants):
        if after < before:
            raise OutOfOrder(occurred_at=after, after=before)
    terms = await _terms(office.catalogue, paper)
    desk = await office.catalogue.desk(paper.agency_code)
    trace = explained(paper.received_at, terms, stops, desk)
    return ComputedDueDate(**_computed(trace, terms, desk), due_on=trace.due_on)


async def _terms(catalogue: Catalogue, paper: PreviewDueDate) -> Terms:
    if paper.limit is not None:
        limit = TimeLimit(paper.limit.value, paper.limit.unit, paper.limit.cutoff)
        return Terms(limit, paper.supplement_policy or SupplementPolicy.RESTART)
    code, channel = paper.of_procedure
    version = in_force(await catalogue.versions(code), code, local_day(paper.received_at))
    return Terms(version.limit(channel), version.supplement_policy)


def _computed(trace: Trace, terms: Terms, desk: Desk) -> dict[str, object]:
    return {
        "received_at": trace.legs[0].from_at,
        "limit": LimitOut(
            value=terms.limit.value, unit=terms.limit.unit, cutoff=terms.limit.cutoff_that_holds
        ),
        "supplement_policy": terms.supplement_policy,
        "legs": tuple(_leg(leg, desk) for leg in trace.legs),
    }


def _leg(leg: Leg, desk: Desk) -> LegOut:
    return LegOut(
        kind=leg.kind,
        law=leg.law,
        from_at=leg.from_at,
        stop=None if leg.stop is None else StopOut.model_validate(leg.stop),
        counts_from=leg.steps[0].day if leg.steps else None,
        postponed_because=leg.postponed_because,
        due_on_before=leg.due_on_before,
        due_on=leg.due_on,
        reason=leg.reason,
        days=tuple(_day(step, why, desk) for step, why in leg.days(desk)),
    )


def _day(step: Step, reason: Closed | None, desk: Desk) -> CountedDay:
    notice = desk.notices.get(step.day)
    return CountedDay(
        day=step.day,
        outcome=step.outcome,
        ordinal=step.ordinal or None,
        minutes=step.seconds // _SECONDS_A_MINUTE or None,
        reason=reason,
        note=notice and notice.note,
        decided_by=notice and notice.decided_by,
    )


def _recomputations(events: Sequence[Recorded]) -> list[RecomputationOut]:
    return [
        RecomputationOut.model_validate(
            {
                **{name: event.details.get(name) for name in _TOLD},
                "event_number": event.number,
                "occurred_at": event.occurred_at,
            }
        )
        for event in events
        if event.kind == RECOMPUTED
    ]

"""The apology for a late result: once, with a new appointment, in time."""

from datetime import date, datetime
from enum import StrEnum

from kernel.time_zone import local_day

from dossier.domain.errors import ApologyNotDue, PromisedTooEarly
from dossier.domain.facts import FOREVER, Facts
from dossier.domain.limits import require_apology_in_time


class OverdueReason(StrEnum):
    """Why a dossier is late."""

    AGENCY = "agency"
    OTHER_AGENCY = "other_agency"
    APPLICANT = "applicant"
    LAW = "law"
    FORCE_MAJEURE = "force_majeure"
    SYSTEM_NOT_UPDATED = "system_not_updated"


def sent_in_time(sent_at: datetime, due_on: date) -> bool:
    """Tell whether the apology left at the latest one day before the due date.

    One that leaves later is refused at the desk; told afterwards, by a correction or an old
    register, it is kept with this mark, because the applicant did get it.

    Law: NĐ 61/2018/NĐ-CP art. 19.9
    """
    return local_day(sent_at) < due_on


def standing_promise(promised_on: date | None, due_on: date | None) -> date | None:
    """Return the day an apology promised, as long as it lies after the due date in force.

    A wait after the apology yields a later due date; once that reaches the promised day nothing is
    promised beyond it any more. The apology stays sent, and is not owed again: there is one only.

    Law: our reading (a promise is overtaken by the due date that reaches it)
    """
    if promised_on is None or due_on is None or promised_on <= due_on:
        return None
    return promised_on


def require_apology_due(facts: Facts, *, sent_at: datetime, promised_on: date) -> None:
    """Refuse an apology for a dossier that has ended or has no due date, late, or idle.

    While the applicant is waited for the clock stands, and no day is due that a promise could lie
    after: the due date comes with what the applicant brings.

    That it is the first is settled by the database: at most one per dossier.

    Raises:
        ApologyNotDue: there is nothing to apologise for.
        ApologyTooLate: it leaves later than one day before the due date.
        PromisedTooEarly: the promise does not lie after the due date.

    Law: our reading (nothing is apologised for while the clock stands)
    """
    waits = facts.stretches[-1].is_waiting
    if waits or facts.ended_on != FOREVER or facts.due_on == FOREVER:
        raise ApologyNotDue
    require_apology_in_time(facts.due_on, sent_at=sent_at)
    if promised_on <= facts.due_on or promised_on < local_day(sent_at):
        raise PromisedTooEarly(due_on=facts.due_on, promised_on=promised_on)

"""What happens to a dossier between its receipt and its returned result."""

from dataclasses import replace
from datetime import date, datetime

from kernel.time_zone import local_day
from kit.errors import VersionChanged
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain import facts as days
from dossier.domain.apologies import require_apology_due, sent_in_time
from dossier.domain.chronology import act_instant
from dossier.domain.dossier import Dossier, moved
from dossier.domain.errors import ReasonRequired
from dossier.domain.facts import ReturnMethod
from dossier.domain.lifecycle import NEEDS_REASON, Status
from dossier.store import course as courses
from dossier.store.course import Act, Apology
from dossier.usecases.acting import Acting, Office
from dossier.usecases.reading import read_dossier


async def move_dossier(
    tx: AsyncSession,
    office: Office,
    code: str,
    to: Status,
    *,
    expected: int,
    occurred_at: datetime | None,
    reason: str | None = None,
    method: ReturnMethod | None = None,
    acting: Acting,
) -> Dossier:
    """Move a dossier to another status; the clock stops, resumes or ends as the status says."""
    desk = await office.catalogue.desk()
    dossier = await read_dossier(tx, office, code, acting=acting)
    require_version(expected, dossier.version)
    before = await courses.course(tx, dossier)
    at = act_instant(occurred_at, now=acting.now, after=dossier.status_since)
    after = moved(before, to, at=at, terms=dossier.terms, desk=desk, method=method)
    if to in NEEDS_REASON and reason is None:
        raise ReasonRequired(to_status=int(to))
    act = Act(
        kind=to.name.lower(),
        occurred_at=at,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details=_details(before.due_on, after.due_on, reason=reason, method=method),
    )
    if not await courses.keep_course(tx, dossier, before, after, act):
        raise VersionChanged(expected=expected, actual=expected + 1)
    return await read_dossier(tx, office, code, acting=acting)


async def settle_dossier(
    tx: AsyncSession,
    office: Office,
    code: str,
    *,
    expected: int,
    settled_at: datetime | None,
    acting: Acting,
) -> Dossier:
    """Issue the result; the clock ends."""
    return await move_dossier(
        tx,
        office,
        code,
        Status.SETTLED,
        expected=expected,
        occurred_at=settled_at,
        acting=acting,
    )


async def return_result(
    tx: AsyncSession,
    office: Office,
    code: str,
    *,
    expected: int,
    returned_at: datetime | None,
    method: ReturnMethod,
    acting: Acting,
) -> Dossier:
    """Hand the result to the applicant."""
    return await move_dossier(
        tx,
        office,
        code,
        Status.RETURNED,
        expected=expected,
        occurred_at=returned_at,
        method=method,
        acting=acting,
    )


async def send_apology(
    tx: AsyncSession,
    office: Office,
    code: str,
    *,
    expected: int,
    reason_code: str,
    reason: str,
    promised_on: date,
    sent_at: datetime | None,
    acting: Acting,
) -> Dossier:
    """Apologise for a late result and promise another day; the lawful due date stays."""
    dossier = await read_dossier(tx, office, code, acting=acting)
    require_version(expected, dossier.version)
    before = await courses.course(tx, dossier)
    at = act_instant(sent_at, now=acting.now, after=dossier.received_at)
    require_apology_due(before.facts, sent_at=at, promised_on=promised_on)
    in_time = sent_in_time(at, before.facts.due_on)
    after = replace(before, facts=days.apologised(before.facts, local_day(at)))
    act = Act(
        kind="apologised",
        occurred_at=at,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details={
            "reason_code": reason_code,
            "promised_on": promised_on.isoformat(),
            "sent_in_time": in_time,
        },
    )
    if not await courses.keep_course(tx, dossier, before, after, act):
        raise VersionChanged(expected=expected, actual=expected + 1)
    apology = Apology(
        reason_code=reason_code,
        reason=reason,
        promised_on=promised_on,
        sent_at=at,
        sent_in_time=in_time,
    )
    await courses.add_apology(tx, dossier, apology, at=acting.now)
    return await read_dossier(tx, office, code, acting=acting)


def _details(
    due_before: date | None,
    due_after: date | None,
    *,
    reason: str | None,
    method: ReturnMethod | None,
) -> dict[str, str | bool | int | None]:
    details: dict[str, str | bool | int | None] = {}
    if reason is not None:
        details["reason"] = reason
    if method is not None:
        details["method"] = method
    if due_before != due_after:
        details["due_on_before"] = _iso(due_before)
        details["due_on"] = _iso(due_after)
    return details


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

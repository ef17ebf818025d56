"""What happens to a dossier between its receipt and its returned result."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import asyncpg
from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain import facts as days
from dossier.domain.apologies import require_apology_due, sent_in_time
from dossier.domain.desk import Desk
from dossier.domain.dossier import Dossier
from dossier.domain.errors import NeedsItsPaper, ReasonRequired
from dossier.domain.facts import ReturnMethod
from dossier.domain.lifecycle import NEEDS_REASON, LegalAct, Status
from dossier.domain.permissions import require_act
from dossier.store import course as courses
from dossier.store.course import Apology
from dossier.usecases.acting import Office
from dossier.usecases.changing import (
    Change,
    Opened,
    keep,
    keep_move_at_once,
    open_at_once,
    open_dossier,
)

_OWN_PAPER = {
    Status.AWAITING_SUPPLEMENT: "supplement-requests",
    Status.AWAITING_PAYMENT: "payment-requests",
    Status.RETURNED: "return",
}
"""Statuses that only an act with a paper of its own may reach, and where it is handed in."""


@dataclass(frozen=True, slots=True)
class AtOnce:
    """What an act of one stored call works with; the desk was asked for before the connection."""

    hot: "asyncpg.Connection[Any]"
    office: Office
    desk: Desk

    async def open(self, change: Change) -> Opened:
        """Read the dossier."""
        return await open_at_once(self.hot, self.office, change, self.desk)


async def move_dossier(
    once: AtOnce, change: Change, to: Status, *, reason: str | None = None
) -> Dossier:
    """Move a dossier to another status, as portals do; what needs a paper has its own desk."""
    opened = await once.open(change)
    opened.require_move(to)
    if to in _OWN_PAPER:
        raise NeedsItsPaper(to_status=int(to), desk=_OWN_PAPER[to])
    if to in NEEDS_REASON and reason is None and opened.status is not Status.WITHDRAWAL_ASKED:
        raise ReasonRequired(to_status=int(to))
    return await keep_move_at_once(once.hot, opened, to, details=said(reason))


async def start_processing(once: AtOnce, change: Change) -> Dossier:
    """Begin the work on an accepted dossier."""
    opened = await once.open(change)
    opened.require_move(Status.IN_PROCESS)
    opened.require(LegalAct.START, frozenset({Status.ACCEPTED}))
    return await keep_move_at_once(once.hot, opened, Status.IN_PROCESS)


async def settle_dossier(once: AtOnce, change: Change) -> Dossier:
    """Issue the result; the clock ends, and so does the step in whose course it was issued."""
    return await keep_move_at_once(once.hot, await once.open(change), Status.SETTLED)


async def return_result(once: AtOnce, change: Change, *, method: ReturnMethod) -> Dossier:
    """Hand the result to the applicant: at the desk, by post or online."""
    opened = await once.open(change)
    details = {"method": method}
    return await keep_move_at_once(
        once.hot, opened, Status.RETURNED, details=details, method=method
    )


async def stop_dossier(once: AtOnce, change: Change, *, reason: str) -> Dossier:
    """Stop working on a dossier, saying why; the clock ends."""
    opened = await once.open(change)
    return await keep_move_at_once(once.hot, opened, Status.STOPPED, details=said(reason))


async def ask_to_withdraw(once: AtOnce, change: Change, *, reason: str | None) -> Dossier:
    """Record that the applicant asks for the dossier back."""
    opened = await once.open(change)
    return await keep_move_at_once(once.hot, opened, Status.WITHDRAWAL_ASKED, details=said(reason))


async def give_back(once: AtOnce, change: Change) -> Dossier:
    """Give a dossier back to the applicant who asked for it; the clock ends."""
    opened = await once.open(change)
    opened.require(LegalAct.GIVE_BACK, frozenset({Status.WITHDRAWAL_ASKED}))
    details = {"withdrawn": True}
    return await keep_move_at_once(once.hot, opened, Status.STOPPED, details=details)


async def continue_dossier(once: AtOnce, change: Change) -> Dossier:
    """Go on with a dossier whose applicant no longer wants it back: back where it came from."""
    opened = await once.open(change)
    opened.require(LegalAct.CONTINUE, frozenset({Status.WITHDRAWAL_ASKED}))
    return await keep_move_at_once(once.hot, opened, opened.course.came_from or Status.ACCEPTED)


async def send_apology(
    tx: AsyncSession,
    office: Office,
    change: Change,
    *,
    reason_code: str,
    reason: str,
    promised_on: date,
) -> Dossier:
    """Apologise for a late result and promise another day; the lawful due date stays.

    Once, and at the latest one day before the due date.
    """
    opened = await open_dossier(tx, office, change, since_receipt=True)
    before, at = opened.course, opened.at
    require_act(change.acting.sight, LegalAct.APOLOGISE, opened.dossier.holders)
    require_apology_due(before.facts, sent_at=at, promised_on=promised_on)
    in_time = sent_in_time(at, before.facts.due_on)
    apologised = await keep(
        tx,
        opened,
        replace(before, facts=days.apologised(before.facts, local_day(at))),
        act=LegalAct.APOLOGISE,
        kind="apologised",
        details={
            "reason_code": reason_code,
            "promised_on": promised_on.isoformat(),
            "sent_in_time": in_time,
        },
    )
    apology = Apology(
        reason_code=reason_code,
        reason=reason,
        promised_on=promised_on,
        sent_at=at,
        sent_in_time=in_time,
    )
    await courses.add_apology(tx, opened.dossier, apology)
    return replace(apologised, promise=promised_on)


def said(reason: str | None) -> dict[str, str]:
    """Return what the event tells of a reason."""
    return {} if reason is None else {"reason": reason}

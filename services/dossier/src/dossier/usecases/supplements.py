"""What the applicant still has to bring: asked for early, item by item, and received."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier
from dossier.domain.lifecycle import (
    LegalAct,
    Status,
    status_after_supplement,
    supplement_asked_in,
)
from dossier.domain.limits import require_supplement_in_time, require_supplement_left
from dossier.store import corrections, papers
from dossier.store.papers import SupplementRequest
from dossier.usecases.acting import Acting, Office
from dossier.usecases.changing import Change, Details, keep_move, open_dossier
from dossier.usecases.reading import read_dossier


async def ask_for_supplement(
    tx: AsyncSession,
    office: Office,
    change: Change,
    *,
    items: Sequence[dict[str, str]],
    reason: str,
) -> Dossier:
    """Ask the applicant for what is missing; the clock stands still until it comes.

    Raises:
        SupplementTooLate: the working days in which the law lets an agency ask are over.
        SupplementsUsedUp: it was asked for as often as the rule in force allows.
    """
    opened = await open_dossier(tx, office, change)
    opened.require_asking(Status.AWAITING_SUPPLEMENT, LegalAct.ASK_FOR_SUPPLEMENT)
    require_supplement_in_time(opened.dossier.received_at, asked_at=opened.at, desk=opened.desk)
    asked_before = await papers.supplement_requests_of(tx, opened.dossier)
    require_supplement_left(
        opened.dossier.received_at,
        asked_before=len(asked_before),
        counts=office.supplement_counts,
    )
    details: Details = {"reason": reason, "items_count": len(items)}
    asked = await keep_move(tx, opened, Status.AWAITING_SUPPLEMENT, details=details)
    await papers.add_supplement_request(
        tx,
        opened.dossier,
        items=items,
        reason=reason,
        asked_at=opened.at,
        by=change.acting.by,
        at=change.acting.now,
    )
    return asked


async def receive_supplement(tx: AsyncSession, office: Office, change: Change) -> Dossier:
    """Receive the whole supplement: the dossier goes on where it was, and so does its clock."""
    opened = await open_dossier(tx, office, change)
    opened.require(LegalAct.RECEIVE_SUPPLEMENT, frozenset({Status.AWAITING_SUPPLEMENT}))
    came_from = opened.course.came_from
    if came_from is Status.WITHDRAWAL_ASKED:
        log = await corrections.log(tx, opened.dossier)
        came_from = supplement_asked_in((event.from_status, event.to_status) for event in log)
    return await keep_move(tx, opened, status_after_supplement(came_from))


async def list_supplement_requests(
    tx: AsyncSession, office: Office, code: str, *, acting: Acting
) -> Sequence[SupplementRequest]:
    """Return what the applicant was asked for, in order."""
    return await papers.supplement_requests_of(
        tx, await read_dossier(tx, office, code, acting=acting)
    )

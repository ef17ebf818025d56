"""Fees, charges and other money the applicant owes before the dossier goes on."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier
from dossier.domain.lifecycle import LegalAct, Status
from dossier.store import papers
from dossier.store.papers import PaymentRequest
from dossier.usecases.acting import Acting, Office
from dossier.usecases.changing import Change, Details, keep_move, open_dossier
from dossier.usecases.reading import read_dossier


async def ask_for_payment(
    tx: AsyncSession,
    office: Office,
    change: Change,
    *,
    kind: str,
    amount_vnd: int,
    reason: str | None,
) -> Dossier:
    """Ask the applicant to pay; the clock stands still until it is confirmed."""
    opened = await open_dossier(tx, office, change)
    opened.require_asking(Status.AWAITING_PAYMENT, LegalAct.ASK_FOR_PAYMENT)
    details: Details = {"kind": kind, "amount_vnd": amount_vnd}
    asked = await keep_move(tx, opened, Status.AWAITING_PAYMENT, details=details)
    await papers.add_payment_request(
        tx,
        opened.dossier,
        kind=kind,
        amount_vnd=amount_vnd,
        reason=reason,
        asked_at=opened.at,
        by=change.acting.by,
        at=change.acting.now,
    )
    return asked


async def confirm_payment(tx: AsyncSession, office: Office, change: Change) -> Dossier:
    """Confirm that the applicant has paid; the clock runs again."""
    opened = await open_dossier(tx, office, change)
    opened.require(LegalAct.CONFIRM_PAYMENT, frozenset({Status.AWAITING_PAYMENT}))
    return await keep_move(tx, opened, Status.IN_PROCESS)


async def list_payment_requests(
    tx: AsyncSession, office: Office, code: str, *, acting: Acting
) -> Sequence[PaymentRequest]:
    """Return what the applicant was asked to pay, in order."""
    return await papers.payment_requests_of(tx, await read_dossier(tx, office, code, acting=acting))

"""Filing online: filed, supplemented or withdrawn, then accepted as a dossier or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.chronology import act_instant, receipt_instant
from dossier.domain.errors import FilingNotOpen, UnknownFiling
from dossier.domain.facts import Channel
from dossier.domain.lifecycle import (
    LegalAct,
    Status,
    filing_allowed_from,
    move_filing,
    require_asked_back,
)
from dossier.domain.permissions import Sight, require_sight
from dossier.schemas.intake import FileDossier
from dossier.store import filings
from dossier.store.filings import Filing, FilingDetails
from dossier.store.intake import driver_connection
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.intake import (
    Particulars,
    Prepared,
    Received,
    intake_of,
    receive_dossier,
    terms_of,
)


@dataclass(frozen=True, slots=True)
class PreparedFiling:
    """An online filing ready to be stored, with the applicant's data sealed."""

    filing: Filing
    sealed: bytes | None
    key_id: str


async def prepare_filing(office: Office, paper: FileDossier, *, acting: Acting) -> PreparedFiling:
    """Ask and decide everything about an online filing, before a connection is taken."""
    require_sight(acting.sight, paper.agency_code)
    filed_at = receipt_instant(paper.filed_at, now=acting.now)
    await terms_of(
        office.catalogue, paper.agency_code, paper.procedure_code, Channel.ONLINE, filed_at
    )
    filing = Filing(
        agency_id=await office.catalogue.agency_id(paper.agency_code),
        agency_code=paper.agency_code,
        filing_id=uuid4(),
        version=1,
        status=Status.FILED,
        came_from=None,
        status_since=filed_at,
        procedure_code=paper.procedure_code,
        subject=paper.subject,
        components_count=paper.components_count,
        external_id=paper.external_id,
        filed_at=filed_at,
        applicant_id=uuid4(),
        full_name=paper.applicant.full_name,
    )
    sealed = office.sealer.seal(filing.applicant_id, paper.applicant.sensitive)
    return PreparedFiling(filing, sealed, office.sealer.key_id)


async def file_dossier(tx: AsyncSession, prepared: PreparedFiling, *, acting: Acting) -> Filing:
    """Take an online filing in; it has no code, no clock and no place in figures yet."""
    await filings.add_filing(
        tx,
        prepared.filing,
        sealed=prepared.sealed,
        key_id=prepared.key_id,
        by=acting.by,
        at=acting.now,
    )
    return prepared.filing


async def prepare_acceptance(
    reading: Sessions,
    office: Office,
    filing_id: UUID,
    *,
    accepted_at: datetime | None,
    acting: Acting,
) -> Prepared:
    """Read a filing and ask the catalogue about it, before the transaction of the acceptance.

    Whether the filing is still open is settled by the stored call, so that a request repeated
    with its key gets as far as its stored answer.
    """
    async with reading.begin() as tx:
        filing = await _filing(tx, filing_id, acting.sight)
    instant = act_instant(accepted_at, now=acting.now, after=filing.status_since)
    terms = await terms_of(
        office.catalogue, filing.agency_code, filing.procedure_code, Channel.ONLINE, instant
    )
    particulars = Particulars(
        agency_id=filing.agency_id,
        agency_code=filing.agency_code,
        channel=Channel.ONLINE,
        applicant_id=filing.applicant_id,
        full_name=filing.full_name,
        sealed=None,
        key_id=office.sealer.key_id,
        subject=filing.subject,
        components_count=filing.components_count,
        external_id=filing.external_id,
        filing_id=filing.filing_id,
    )
    new = intake_of(particulars, terms, instant, acting=acting, request_key=None)
    return Prepared(particulars, new)


async def accept_filing(tx: AsyncSession, prepared: Prepared) -> Received:
    """Accept an online filing: it becomes a dossier, received when it is accepted.

    Raises:
        FilingNotOpen: it is a dossier already, or was refused, stopped or given back.
    """
    try:
        async with tx.begin_nested():
            return await receive_dossier(await driver_connection(tx), prepared)
    except FilingNotOpen as refused:
        raise await _not_open(tx, prepared.intake.filing_id) from refused


async def refuse_filing(
    tx: AsyncSession, filing_id: UUID, *, reason: str, refused_at: datetime | None, acting: Acting
) -> Filing:
    """Refuse an online filing at intake, saying why."""
    return await _move(
        tx,
        filing_id,
        Status.REFUSED_AT_INTAKE,
        kind="refused",
        at=refused_at,
        details={"reason": reason},
        acting=acting,
    )


async def ask_for_supplement(
    tx: AsyncSession,
    filing_id: UUID,
    *,
    items: Sequence[Mapping[str, str]],
    reason: str,
    asked_at: datetime | None,
    acting: Acting,
) -> Filing:
    """Ask for what a filing still lacks, item by item; accepting it receives the supplement.

    No clock runs yet: the law's days for asking count from the receipt of a dossier.
    """
    return await _move(
        tx,
        filing_id,
        Status.AWAITING_SUPPLEMENT,
        kind="awaiting_supplement",
        at=asked_at,
        details={"reason": reason, "items": items},
        acting=acting,
    )


async def ask_to_withdraw(
    tx: AsyncSession,
    filing_id: UUID,
    *,
    reason: str | None,
    asked_at: datetime | None,
    acting: Acting,
) -> Filing:
    """Record that the applicant asks for a filing back before it is accepted."""
    return await _move(
        tx,
        filing_id,
        Status.WITHDRAWAL_ASKED,
        kind="withdrawal_asked",
        at=asked_at,
        details={} if reason is None else {"reason": reason},
        acting=acting,
    )


async def give_back(
    tx: AsyncSession, filing_id: UUID, *, withdrawn_at: datetime | None, acting: Acting
) -> Filing:
    """Give a filing back to the applicant who asked for it."""
    filing = await _filing_asked_back(tx, filing_id, LegalAct.GIVE_BACK, acting)
    return await _move(
        tx,
        filing.filing_id,
        Status.STOPPED,
        kind="withdrawn",
        at=withdrawn_at,
        details={},
        acting=acting,
    )


async def continue_filing(
    tx: AsyncSession, filing_id: UUID, *, continued_at: datetime | None, acting: Acting
) -> Filing:
    """Go on with a filing whose applicant no longer wants it back: back where it came from."""
    filing = await _filing_asked_back(tx, filing_id, LegalAct.CONTINUE, acting)
    return await _move(
        tx,
        filing.filing_id,
        filing.came_from or Status.FILED,
        kind="continued",
        at=continued_at,
        details={},
        acting=acting,
    )


async def stop_filing(
    tx: AsyncSession, filing_id: UUID, *, reason: str, stopped_at: datetime | None, acting: Acting
) -> Filing:
    """Stop waiting for the supplement of a filing, saying why."""
    return await _move(
        tx,
        filing_id,
        Status.STOPPED,
        kind="stopped",
        at=stopped_at,
        details={"reason": reason},
        acting=acting,
    )


async def _filing(tx: AsyncSession, filing_id: UUID | None, sight: Sight) -> Filing:
    filing = None if filing_id is None else await filings.filing(tx, filing_id, sight)
    if filing is None:
        raise UnknownFiling(filing_id=filing_id)
    return filing


async def _not_open(tx: AsyncSession, filing_id: UUID | None) -> FilingNotOpen:
    """Return the refusal of what came too late: where the filing stands, and may go, by now."""
    filing = await _filing(tx, filing_id, None)
    allowed = filing_allowed_from(filing.status, came_from=filing.came_from)
    return FilingNotOpen(from_status=int(filing.status), allowed=sorted(int(s) for s in allowed))


async def _filing_asked_back(
    tx: AsyncSession, filing_id: UUID, act: LegalAct, acting: Acting
) -> Filing:
    filing = await _filing(tx, filing_id, acting.sight)
    require_asked_back(filing.status, act, came_from=filing.came_from)
    return filing


async def _move(
    tx: AsyncSession,
    filing_id: UUID,
    to: Status,
    *,
    kind: str,
    at: datetime | None,
    details: FilingDetails,
    acting: Acting,
) -> Filing:
    """Move a filing as the table of the lifecycle allows.

    Raises:
        IllegalMove: the table has no such move.
        FilingNotOpen: somebody else moved it at the same moment.
    """
    filing = await _filing(tx, filing_id, acting.sight)
    move_filing(filing.status, to, came_from=filing.came_from)
    instant = act_instant(at, now=acting.now, after=filing.status_since)
    if not await filings.move_filing(
        tx,
        filing,
        to,
        kind=kind,
        occurred_at=instant,
        details=details,
        by=acting.by,
        at=acting.now,
    ):
        raise await _not_open(tx, filing_id)
    return replace(
        filing,
        status=to,
        came_from=filing.status,
        status_since=instant,
        version=filing.version + 1,
    )

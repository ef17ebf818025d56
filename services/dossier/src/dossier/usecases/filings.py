"""Filing online: filed, then accepted as a dossier or refused."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.chronology import act_instant, receipt_instant
from dossier.domain.errors import FilingNotOpen, UnknownFiling
from dossier.domain.facts import Channel
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import require_sight
from dossier.schemas.intake import FileDossier
from dossier.store import filings
from dossier.store.filings import Filing
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
        filing = await filings.filing(tx, filing_id, acting.sight)
    if filing is None:
        raise UnknownFiling(filing_id=filing_id)
    instant = act_instant(accepted_at, now=acting.now, after=filing.filed_at)
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
    """Accept an online filing: it becomes a dossier, received when it is accepted."""
    return await receive_dossier(await driver_connection(tx), prepared)


async def refuse_filing(
    tx: AsyncSession,
    filing_id: UUID,
    *,
    reason: str,
    refused_at: datetime | None,
    acting: Acting,
) -> Filing:
    """Refuse an online filing at intake, saying why."""
    filing = await filings.filing(tx, filing_id, acting.sight)
    if filing is None:
        raise UnknownFiling(filing_id=filing_id)
    instant = act_instant(refused_at, now=acting.now, after=filing.filed_at)
    if filing.status != Status.FILED or not await filings.refuse_filing(
        tx, filing, occurred_at=instant, reason=reason, by=acting.by, at=acting.now
    ):
        raise FilingNotOpen
    return replace(filing, status=Status.REFUSED_AT_INTAKE, version=filing.version + 1)

"""Filing online: filed, supplemented or withdrawn, then accepted as a dossier or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.chronology import act_instant, receipt_instant
from dossier.domain.errors import FilingNotOpen, UnknownFiling
from dossier.domain.facts import Channel
from dossier.domain.lifecycle import (
    FILING_OPEN,
    LegalAct,
    Status,
    filing_allowed_from,
    move_filing,
    require_asked_back,
    require_asking,
)
from dossier.domain.permissions import Sight, require_sight
from dossier.schemas.intake import FileDossier
from dossier.store import filings
from dossier.store.filings import Filing, FilingDetails
from dossier.store.intake import alone, driver_connection
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingChange:
    """Which version of which filing an act changes, when it is said to have happened, who says."""

    filing_id: UUID
    expected: int
    at: datetime | None
    acting: Acting


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


async def prepare_acceptance(reading: Sessions, office: Office, change: FilingChange) -> Prepared:
    """Read a filing and ask the catalogue about it, before the transaction of the acceptance.

    Whether the filing is still open, and at the version expected, is settled there, so that a
    request repeated with its key gets as far as its stored answer.
    """
    acting = change.acting
    async with reading.begin() as tx:
        filing = await _filing(tx, change.filing_id, acting.sight)
    after = filing.status_since if filing.version == change.expected else None
    instant = act_instant(change.at, now=acting.now, after=after)
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


async def accept_filing(tx: AsyncSession, prepared: Prepared, *, expected: int) -> Received:
    """Accept an online filing: it becomes a dossier, received when it is accepted.

    Raises:
        VersionChanged: somebody else changed the filing since it was read.
        FilingNotOpen: it is a dossier already, or was refused, stopped or given back.
    """
    of = prepared.particulars
    require_version(expected, await filings.hold(tx, of.agency_id, of.filing_id))
    try:
        async with tx.begin_nested():
            return await receive_dossier(alone(await driver_connection(tx)), prepared)
    except FilingNotOpen as refused:
        raise _not_open(await _filing(tx, of.filing_id, None)) from refused


async def refuse_filing(tx: AsyncSession, change: FilingChange, *, reason: str) -> Filing:
    """Refuse an online filing at intake, saying why."""
    return await _move(
        tx, change, Status.REFUSED_AT_INTAKE, kind="refused", details={"reason": reason}
    )


async def ask_for_supplement(
    tx: AsyncSession,
    change: FilingChange,
    *,
    items: Sequence[Mapping[str, str]],
    reason: str,
) -> Filing:
    """Ask for what a filing still lacks, item by item; accepting it receives the supplement.

    No clock runs yet: the law's days for asking count from the receipt of a dossier.
    """
    details: FilingDetails = {"reason": reason, "items": items}
    return await _move(
        tx,
        change,
        Status.AWAITING_SUPPLEMENT,
        kind="awaiting_supplement",
        details=details,
        asking=LegalAct.ASK_FOR_SUPPLEMENT,
    )


async def ask_to_withdraw(tx: AsyncSession, change: FilingChange, *, reason: str | None) -> Filing:
    """Record that the applicant asks for a filing back before it is accepted."""
    details = {} if reason is None else {"reason": reason}
    return await _move(
        tx, change, Status.WITHDRAWAL_ASKED, kind="withdrawal_asked", details=details
    )


async def give_back(tx: AsyncSession, change: FilingChange) -> Filing:
    """Give a filing back to the applicant who asked for it."""
    filing = await _read(tx, change)
    require_asked_back(filing.status, LegalAct.GIVE_BACK, came_from=filing.came_from)
    return await _move(tx, change, Status.STOPPED, kind="withdrawn", details={})


async def continue_filing(tx: AsyncSession, change: FilingChange) -> Filing:
    """Go on with a filing whose applicant no longer wants it back: back where it came from."""
    filing = await _read(tx, change)
    require_asked_back(filing.status, LegalAct.CONTINUE, came_from=filing.came_from)
    back = filing.came_from or Status.FILED
    return await _move(tx, change, back, kind="continued", details={})


async def stop_filing(tx: AsyncSession, change: FilingChange, *, reason: str) -> Filing:
    """Stop waiting for the supplement of a filing, saying why."""
    return await _move(tx, change, Status.STOPPED, kind="stopped", details={"reason": reason})


async def _filing(tx: AsyncSession, filing_id: UUID | None, sight: Sight) -> Filing:
    filing = None if filing_id is None else await filings.filing(tx, filing_id, sight)
    if filing is None:
        raise UnknownFiling(filing_id=filing_id)
    return filing


async def _read(tx: AsyncSession, change: FilingChange) -> Filing:
    """Return the filing that an act changes, at the version that the officer has read."""
    filing = await _filing(tx, change.filing_id, change.acting.sight)
    require_version(change.expected, filing.version)
    return filing


def _not_open(filing: Filing) -> FilingNotOpen:
    """Return the refusal of what came too late: where the filing stands, and may go, by now."""
    allowed = filing_allowed_from(filing.status, came_from=filing.came_from)
    return FilingNotOpen(from_status=int(filing.status), allowed=sorted(int(s) for s in allowed))


async def _move(
    tx: AsyncSession,
    change: FilingChange,
    to: Status,
    *,
    kind: str,
    details: FilingDetails,
    asking: LegalAct | None = None,
) -> Filing:
    """Move a filing as the table of the lifecycle allows; `asking` the applicant by that act.

    Raises:
        ActNotPossible: the move to `to` would be another act.
        VersionChanged: somebody else changed it since it was read.
        IllegalMove: the table has no such move.
        FilingNotOpen: it has a code, whatever its status says.
    """
    filing, acting = await _read(tx, change), change.acting
    move_filing(filing.status, to, came_from=filing.came_from)
    if asking is not None:
        require_asking(filing.status, to, asking, FILING_OPEN, came_from=filing.came_from)
    instant = act_instant(change.at, now=acting.now, after=filing.status_since)
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
        raise _not_open(await _read(tx, change))
    return replace(
        filing,
        status=to,
        came_from=filing.status,
        status_since=instant,
        version=filing.version + 1,
    )

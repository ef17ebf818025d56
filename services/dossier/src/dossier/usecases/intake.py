"""Receiving dossiers at the desk, by post and online."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from kernel.time_zone import local_day
from kit.errors import KeyReused

from dossier.domain.chronology import receipt_instant
from dossier.domain.dossier import dossier_code
from dossier.domain.due_date import TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel
from dossier.domain.lifecycle import Status
from dossier.domain.names import folded
from dossier.domain.permissions import require_sight
from dossier.domain.procedures import ProcedureVersion, in_force
from dossier.schemas.intake import ReceiveDossier
from dossier.store import intake
from dossier.store.intake import Intake, Issued, Receiving
from dossier.store.look_up import DossierKey
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Catalogue
from dossier.usecases.hot_calls import HotCalls


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The Idempotency-Key of a request and the digest of what it asked."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the catalogue says about a dossier received by a channel on a day."""

    version: ProcedureVersion
    limit: TimeLimit
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A dossier as it is at the moment of receipt: what the receipt prints."""

    code: str
    agency_code: str
    procedure_code: str
    procedure_name: str
    channel: Channel
    received_at: datetime
    received_on: date
    due_on: date | None
    time_limit_value: int | None
    time_limit_unit: TimeUnit
    applicant_name: str
    status: Status = Status.ACCEPTED
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What the applicant brings, with the applicant's data already sealed."""

    agency_id: int
    agency_code: str
    channel: Channel
    applicant_id: UUID
    full_name: str
    sealed: bytes | None
    key_id: str
    subject: str | None
    components_count: int | None
    external_id: str | None
    filing_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A dossier ready to be stored."""

    particulars: Particulars
    intake: Intake


async def terms_of(
    catalogue: Catalogue,
    agency_code: str,
    procedure_code: str,
    channel: Channel,
    received_at: datetime,
) -> Terms:
    """Find the version in force, its limit for the channel, and the due date at the agency."""
    day = local_day(received_at)
    version = in_force(await catalogue.versions(procedure_code), procedure_code, day)
    limit = version.limit(channel)
    return Terms(
        version=version,
        limit=limit,
        due_on=due_date(received_at, limit, await catalogue.desk(agency_code)),
    )


async def prepare_intake(
    office: Office, paper: ReceiveDossier, *, acting: Acting, request_key: RequestKey | None
) -> Prepared:
    """Ask and decide everything about a dossier handed in, before a connection is taken."""
    require_sight(acting.sight, paper.agency_code)
    received_at = receipt_instant(paper.received_at, now=acting.now)
    channel = Channel(paper.channel)
    terms = await terms_of(
        office.catalogue, paper.agency_code, paper.procedure_code, channel, received_at
    )
    applicant_id = uuid4()
    particulars = Particulars(
        agency_id=await office.catalogue.agency_id(paper.agency_code),
        agency_code=paper.agency_code,
        channel=channel,
        applicant_id=applicant_id,
        full_name=paper.applicant.full_name,
        sealed=office.sealer.seal(applicant_id, paper.applicant.sensitive),
        key_id=office.sealer.key_id,
        subject=paper.subject,
        components_count=paper.components_count,
        external_id=paper.external_id,
    )
    new = intake_of(particulars, terms, received_at, acting=acting, request_key=request_key)
    return Prepared(particulars, new)


async def hand_in(calls: HotCalls, prepared: Prepared) -> Received:
    """Receive a dossier at the desk; a repeated request is told what the first one stored."""
    issued = await _issued(calls.receive, prepared.intake)
    new = prepared.intake
    if issued.outcome == "repeated":
        key = DossierKey(new.agency_id, issued.issued_on, issued.serial)
        stored = await calls.look_up(key)
        new = replace(new, **{name: stored[name] for name in _AS_STORED}) if stored else new
    return _received(prepared.particulars, new, issued)


_AS_STORED = ("received_at", "procedure_name", "time_limit_value", "time_limit_unit")


async def receive_dossier(receiving: Receiving, prepared: Prepared) -> Received:
    """Open a dossier and fix its due date: one legal act, one stored call."""
    issued = await _issued(receiving, prepared.intake)
    return _received(prepared.particulars, prepared.intake, issued)


async def _issued(receiving: Receiving, new: Intake) -> Issued:
    with intake.refused(new):
        issued = await receiving(new)
    if issued.outcome == "key_reused":
        raise KeyReused
    return issued


def intake_of(
    particulars: Particulars,
    terms: Terms,
    received_at: datetime,
    *,
    acting: Acting,
    request_key: RequestKey | None,
) -> Intake:
    """Return what the stored call takes."""
    return Intake(
        agency_id=particulars.agency_id,
        issued_on=local_day(received_at),
        recorded_at=acting.now,
        recorded_by=acting.by,
        key=None if request_key is None else request_key.key,
        body_digest=None if request_key is None else request_key.digest,
        filing_id=particulars.filing_id,
        applicant_id=particulars.applicant_id,
        full_name=particulars.full_name,
        sealed=particulars.sealed,
        key_id=particulars.key_id,
        channel=particulars.channel,
        procedure_code=terms.version.procedure_code,
        procedure_name=terms.version.name,
        version_number=terms.version.number,
        field_code=terms.version.field_code,
        time_limit_value=terms.limit.value,
        time_limit_unit=terms.limit.unit,
        cutoff_time=terms.limit.cutoff,
        supplement_policy=terms.version.supplement_policy,
        received_at=received_at,
        due_on=terms.due_on,
        subject=particulars.subject,
        components_count=particulars.components_count,
        external_id=particulars.external_id,
        folded_name=folded(particulars.full_name),
    )


def _received(particulars: Particulars, new: Intake, issued: Issued) -> Received:
    return Received(
        code=dossier_code(particulars.agency_code, issued.issued_on, issued.serial),
        agency_code=particulars.agency_code,
        procedure_code=new.procedure_code,
        procedure_name=new.procedure_name,
        channel=particulars.channel,
        received_at=new.received_at,
        received_on=issued.issued_on,
        due_on=issued.due_on,
        time_limit_value=new.time_limit_value,
        time_limit_unit=TimeUnit(new.time_limit_unit),
        applicant_name=particulars.full_name,
    )

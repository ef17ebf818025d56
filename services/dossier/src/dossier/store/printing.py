"""What the paper forms print of a dossier's record, and the book of an agency's year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, String, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier, dossier_code
from dossier.domain.facts import ReturnMethod
from dossier.domain.lifecycle import Status
from dossier.store.course import Apology
from dossier.store.filings import Filing
from dossier.store.papers import is_of
from dossier.store.personal_data import Sealer
from dossier.tables.agencies import agencies
from dossier.tables.dossiers import apologies, dossiers, events
from dossier.tables.filings import filing_events
from dossier.tables.papers import hand_overs
from dossier.tables.people import applicants, personal_data_reads

_from, _to = agencies.alias("giving"), agencies.alias("taking")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStep:
    """A hand-over with both sides' time and accounts."""

    step_name: str
    from_agency_code: str
    to_agency_code: str
    to_unit: str | None
    due_on: date | None
    handed_over_at: datetime
    handed_over_by: str
    taken_over_at: datetime | None
    taken_over_by: str | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why and when something was refused."""

    reason: str
    refused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """A dossier as the book shows it, with the applicant's data in clear."""

    code: str
    procedure_name: str
    applicant_name: str
    address: str | None
    phone: str | None
    resolver_code: str
    status: Status
    received_at: datetime
    due_on: date | None
    promised_on: date | None
    returned_at: datetime | None
    return_method: ReturnMethod | None


async def received_at(tx: AsyncSession, of: Dossier) -> datetime:
    """Return when the dossier was received, as its receipt said and whatever corrected it later."""
    told: datetime | None = await tx.scalar(
        select(events.c.occurred_at).where(is_of(events, of), events.c.event_number == 1)
    )
    return told or of.received_at


async def due_on_when(tx: AsyncSession, of: Dossier, kind: str) -> date | None:
    """Return the due date that held when the first event of `kind` was recorded."""
    until = select(func.min(events.c.event_number)).where(is_of(events, of), events.c.kind == kind)
    details = await tx.scalar(
        select(events.c.details)
        .where(
            is_of(events, of),
            events.c.details.has_key("due_on"),
            events.c.event_number <= until.scalar_subquery(),
        )
        .order_by(events.c.event_number.desc())
        .limit(1)
    )
    if details is None:
        return of.due_on
    return None if details["due_on"] is None else date.fromisoformat(details["due_on"])


async def apology_of(tx: AsyncSession, of: Dossier) -> Apology | None:
    """Return the apology sent for a dossier."""
    a = apologies.c
    found = await tx.execute(
        select(a.reason_code, a.reason, a.promised_on, a.sent_at, a.sent_in_time).where(
            is_of(apologies, of)
        )
    )
    row = found.mappings().one_or_none()
    return None if row is None else Apology(**row)


async def refusal_of(tx: AsyncSession, of: Dossier) -> Refused | None:
    """Return why a dossier was stopped without its applicant having asked for it.

    What happens to a stopped dossier afterwards says nothing of that.
    """
    e = events.c
    row = (
        await tx.execute(
            select(e.details["reason"].astext.label("reason"), e.occurred_at, e.from_status)
            .where(
                is_of(events, of),
                e.to_status == Status.STOPPED,
                e.from_status != Status.STOPPED,
            )
            .order_by(e.event_number.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None or row.from_status == Status.WITHDRAWAL_ASKED:
        return None
    return Refused(row.reason or "", row.occurred_at)


async def filing_event(
    tx: AsyncSession, filing: Filing, kind: str
) -> tuple[datetime, Mapping[str, Any]] | None:
    """Return when something last happened to an online filing, and what was told of it."""
    e = filing_events.c
    row = (
        await tx.execute(
            select(e.occurred_at, e.details)
            .where(
                e.agency_id == filing.agency_id,
                e.filing_id == filing.filing_id,
                e.kind == kind,
            )
            .order_by(e.event_number.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (row.occurred_at, row.details)


async def steps_of(tx: AsyncSession, of: Dossier) -> list[PrintedStep]:
    """Return the hand-overs of a dossier that count, in order."""
    h = hand_overs.c
    rows = await tx.execute(
        select(
            h.step_name,
            _from.c.code.label("from_agency_code"),
            _to.c.code.label("to_agency_code"),
            h.to_unit,
            h.due_on,
            h.handed_over_at,
            h.handed_over_by,
            h.taken_over_at,
            h.taken_over_by,
            h.completed_at,
        )
        .join(_from, _from.c.agency_id == h.from_agency_id)
        .join(_to, _to.c.agency_id == h.to_agency_id)
        .where(is_of(hand_overs, of), h.undone.is_(None))
        .order_by(h.step_number)
    )
    return [PrintedStep(**row) for row in rows.mappings()]


async def count_received(
    tx: AsyncSession, agency_code: str, first: date, last: date, *, most: int
) -> int:
    """Count the dossiers an agency received in a range of days, up to one more than `most`."""
    page = _received(agency_code, first, last).limit(most + 1).subquery()
    return await tx.scalar(select(func.count()).select_from(page)) or 0


async def book_rows(
    tx: AsyncSession,
    agency_code: str,
    first: date,
    last: date,
    *,
    sealer: Sealer,
    by: str,
    at: datetime,
    request_id: str,
) -> list[BookRow]:
    """Return what an agency received, in order of the codes; each read is recorded."""
    found = _received(agency_code, first, last)
    await tx.execute(
        insert(personal_data_reads).from_select(
            ["agency_id", "read_id", "applicant_id", "read_by", "read_at", "request_id"],
            found.with_only_columns(
                dossiers.c.agency_id,
                func.gen_random_uuid(),
                dossiers.c.applicant_id,
                literal(by, String),
                literal(at),
                literal(request_id, String),
            ),
        )
    )
    d = dossiers.c
    rows = await tx.execute(
        found.join(
            applicants,
            (applicants.c.agency_id == d.agency_id) & (applicants.c.applicant_id == d.applicant_id),
        )
        .join(_to, _to.c.agency_id == d.resolver_agency_id)
        .with_only_columns(
            agencies.c.code.label("agency_code"),
            d.issued_on,
            d.serial,
            d.procedure_name,
            d.status,
            d.received_at,
            d.due_on,
            d.promised_on,
            d.returned_at,
            d.return_method,
            d.applicant_id,
            applicants.c.full_name,
            applicants.c.sealed,
            applicants.c.key_id,
            _to.c.code.label("resolver_code"),
        )
        .order_by(d.issued_on, d.serial)
    )
    return [_book_row(row, sealer) for row in rows.mappings()]


def _received(agency_code: str, first: date, last: date) -> Select[Any]:
    return (
        select(dossiers.c.serial)
        .join(agencies, agencies.c.agency_id == dossiers.c.agency_id)
        .where(agencies.c.code == agency_code, dossiers.c.issued_on.between(first, last))
    )


def _book_row(row: RowMapping, sealer: Sealer) -> BookRow:
    private = sealer.open(row["applicant_id"], row["sealed"], key_id=row["key_id"])
    return BookRow(
        code=dossier_code(row["agency_code"], row["issued_on"], row["serial"]),
        procedure_name=row["procedure_name"],
        applicant_name=row["full_name"],
        address=private.get("address"),
        phone=private.get("phone"),
        resolver_code=row["resolver_code"],
        status=Status(row["status"]),
        received_at=row["received_at"],
        due_on=row["due_on"],
        promised_on=row["promised_on"],
        returned_at=row["returned_at"],
        return_method=row["return_method"] and ReturnMethod(row["return_method"]),
    )

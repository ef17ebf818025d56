"""What the paper forms print of a dossier's record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.corrections import CorrectionState
from dossier.domain.dossier import Dossier
from dossier.domain.errors import EventVoid
from dossier.domain.lifecycle import Status
from dossier.store.course import Apology
from dossier.store.filings import Filing
from dossier.store.papers import is_of
from dossier.tables.agencies import agencies
from dossier.tables.corrections import corrections
from dossier.tables.dossiers import apologies, events
from dossier.tables.filings import filing_events
from dossier.tables.papers import hand_overs

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

    What happens to a stopped dossier afterwards says nothing of that, and what a correction found
    never to have happened does not count.

    Raises:
        EventVoid: the only such stop never came about.
    """
    e, c = events.c, corrections.c
    voided = exists().where(
        is_of(corrections, of),
        c.event_number == e.event_number,
        c.state == CorrectionState.APPROVED,
        c.corrected_at.is_(None),
    )
    rows = await tx.execute(
        select(
            e.event_number,
            e.details["reason"].astext.label("reason"),
            e.occurred_at,
            e.from_status,
            voided.label("is_void"),
        )
        .where(
            is_of(events, of),
            e.to_status == Status.STOPPED,
            e.from_status != Status.STOPPED,
        )
        .order_by(e.event_number.desc())
    )
    stops = rows.all()
    standing = next((stop for stop in stops if not stop.is_void), None)
    if standing is not None:
        if standing.from_status == Status.WITHDRAWAL_ASKED:
            return None
        return Refused(standing.reason or "", standing.occurred_at)
    for stop in stops:
        if stop.from_status != Status.WITHDRAWAL_ASKED:
            raise EventVoid(event_number=stop.event_number)
    return None


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

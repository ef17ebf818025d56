"""Feedback of citizens: receiving it with its limits, answering it, reading the register."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from kernel.working_days import WorkingCalendar
from kit.auth import Actor
from kit.figures import EmptyPeriod
from sqlalchemy.ext.asyncio import AsyncSession

from rating.clients import CatalogClient, DossierClient
from rating.domain.errors import (
    AnsweredBeforeReceipt,
    InTheFuture,
    UnknownAgency,
    UnknownDossier,
    UnknownFeedback,
)
from rating.domain.feedback import LONGEST_WAIT, FeedbackKind, limits, publish_by
from rating.domain.permissions import Sight
from rating.store import agencies
from rating.store import feedback as store
from rating.usecases.pages import after_day_and_id, cursor_after
from rating.usecases.sight import require_sight, sight_of


async def examine_feedback(
    catalog: CatalogClient,
    dossiers: DossierClient,
    *,
    by: Actor,
    now: datetime,
    agency_code: str,
    kind: FeedbackKind,
    received_at: datetime,
    subject: str,
    content: str,
    dossier_code: str | None,
) -> store.Feedback:
    """Check who and what the feedback is about, and reckon its limits; nothing is stored yet."""
    if received_at > now:
        raise InTheFuture
    received_on = local_day(received_at)
    await require_sight(catalog, by, agency_code, now=now)
    if await catalog.agency(agency_code, on=received_on) is None:
        raise UnknownAgency(agency_code=agency_code)
    if dossier_code is not None:
        await _require_dossier(dossiers, dossier_code, agency_code)
    calendar = await catalog.calendar(received_on, received_on + LONGEST_WAIT)
    found = limits(received_on, calendar)
    return store.Feedback(
        feedback_id=uuid4(),
        agency_code=agency_code,
        kind=kind,
        received_at=received_at,
        received_on=received_on,
        subject=subject,
        content=content,
        dossier_code=dossier_code,
        transfer_by=found.transfer_by,
        refuse_by=found.refuse_by,
        ask_more_by=found.ask_more_by,
        due_on=found.due_on,
    )


async def _require_dossier(dossiers: DossierClient, code: str, agency_code: str) -> None:
    dossier = await dossiers.dossier(code)
    if dossier is None or dossier.agency_code != agency_code:
        raise UnknownDossier(dossier_code=code)


async def record_feedback(
    tx: AsyncSession, received: store.Feedback, *, by: Actor, now: datetime
) -> store.Feedback:
    """Enter examined feedback into the register."""
    ids = await agencies.agency_ids(tx, {received.agency_code})
    await store.add_feedback(
        tx,
        received,
        agency_id=ids[received.agency_code],
        recorded_at=now,
        recorded_by=by.subject,
    )
    return received


@dataclass(frozen=True, slots=True)
class ExaminedAnswer:
    """An answer that may be entered, with what the neighbours said about it."""

    feedback_id: UUID
    answered_at: datetime
    answer: str
    sight: Sight
    calendar: WorkingCalendar


async def examine_answer(
    catalog: CatalogClient,
    *,
    by: Actor,
    now: datetime,
    feedback_id: UUID,
    answered_at: datetime,
    answer: str,
) -> ExaminedAnswer:
    """Ask for the actor's sight and the calendar; the register is not looked at yet."""
    if answered_at > now:
        raise InTheFuture
    answered_on = local_day(answered_at)
    return ExaminedAnswer(
        feedback_id,
        answered_at,
        answer,
        sight=await sight_of(catalog, by, now=now),
        calendar=await catalog.calendar(answered_on, answered_on + LONGEST_WAIT),
    )


async def record_answer(
    tx: AsyncSession, examined: ExaminedAnswer, *, by: Actor, now: datetime
) -> store.Feedback:
    """Enter the answer, once, with the day by which it must be published."""
    found = await store.feedback(tx, examined.feedback_id, agencies.within(None, examined.sight))
    if found is None:
        raise UnknownFeedback
    if examined.answered_at < found.received_at:
        raise AnsweredBeforeReceipt
    answered_on = local_day(examined.answered_at)
    answered = replace(
        found,
        answered_at=examined.answered_at,
        answered_on=answered_on,
        answer=examined.answer,
        publish_by=publish_by(found.received_on, answered_on, examined.calendar),
    )
    await store.add_answer(tx, answered, recorded_at=now, recorded_by=by.subject)
    return answered


async def read_feedback(
    session: AsyncSession, catalog: CatalogClient, *, by: Actor, now: datetime, feedback_id: UUID
) -> store.Feedback:
    """Return one feedback of the actor's subtree."""
    sight = await sight_of(catalog, by, now=now)
    found = await store.feedback(session, feedback_id, agencies.within(None, sight))
    if found is None:
        raise UnknownFeedback
    return found


async def list_feedback(
    session: AsyncSession,
    catalog: CatalogClient,
    *,
    by: Actor,
    now: datetime,
    agency_code: str,
    first_day: date,
    last_day: date,
    limit: int,
    cursor: str | None,
) -> tuple[list[store.Feedback], str | None]:
    """Return a page of what an agency received in a period, oldest first."""
    after = after_day_and_id(cursor)
    if last_day < first_day:
        raise EmptyPeriod(first_day=first_day, last_day=last_day)
    sight = await require_sight(catalog, by, agency_code, now=now)
    view = store.RegisterView(
        agencies.within({agency_code}, sight),
        ReportingPeriod.between(first_day, last_day),
        known_at=now,
        as_of=last_day,
    )
    found = await store.register_page(session, view, view.received, after=after, limit=limit + 1)
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    return page, cursor_after(page[-1].received_on, page[-1].feedback_id)

"""Opinions of other agencies, which see the question and nothing else of the dossier."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kernel.codes import DossierCode
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.chronology import act_instant
from dossier.domain.dossier import Dossier
from dossier.domain.errors import AlreadyAnswered, UnknownConsultation
from dossier.domain.lifecycle import OPEN, LegalAct
from dossier.domain.permissions import may_see, require_sight
from dossier.store import papers
from dossier.store.course import note_event
from dossier.store.papers import Consultation
from dossier.usecases.acting import Acting, Office
from dossier.usecases.changing import Change, keep, open_dossier
from dossier.usecases.places import waiting_cursor, waiting_place
from dossier.usecases.reading import read_dossier


async def consult(
    tx: AsyncSession,
    office: Office,
    change: Change,
    *,
    agency_code: str,
    question: str,
    answer_due_on: date | None,
) -> Dossier:
    """Ask another agency for its opinion; the clock runs on."""
    asked_agency_id = await office.catalogue.standing_agency_id(agency_code, on=change.on)
    opened = await open_dossier(tx, office, change, since_receipt=True)
    opened.require(LegalAct.CONSULT, OPEN)
    asked = await keep(
        tx,
        opened,
        opened.course,
        act=LegalAct.CONSULT,
        kind="consulted",
        details={"agency_code": agency_code},
    )
    await papers.add_consultation(
        tx,
        opened.dossier,
        asked_agency_id=asked_agency_id,
        question=question,
        answer_due_on=answer_due_on,
        asked_at=opened.at,
        by=change.acting.by,
        at=change.acting.now,
    )
    return asked


async def answer_consultation(
    tx: AsyncSession,
    code: str,
    number: int,
    *,
    answer: str,
    answered_at: datetime | None,
    acting: Acting,
) -> Consultation:
    """Give the opinion that was asked for; only the agency asked may, and once."""
    parsed = DossierCode.parse(code)
    asked = await papers.consultation(
        tx, parsed.agency.text, parsed.received_on, parsed.serial, number
    )
    if asked is None or not may_see(acting.sight, asked.asked_agency_code):
        raise UnknownConsultation(code=code, consultation_number=number)
    at = act_instant(answered_at, now=acting.now, after=asked.asked_at)
    # The dossier first: a correction of the question holds it, too, before it writes questions.
    await note_event(
        tx,
        (asked.agency_id, asked.issued_on, asked.serial),
        kind="opinion_given",
        occurred_at=at,
        recorded_at=acting.now,
        by=acting.by,
        details={"agency_code": asked.asked_agency_code, "consultation_number": number},
    )
    if not await papers.answer_consultation(tx, asked, answer=answer, answered_at=at, by=acting.by):
        raise AlreadyAnswered(consultation_number=number)
    return replace(asked, answer=answer, answered_at=at)


async def list_consultations(
    tx: AsyncSession, office: Office, code: str, *, acting: Acting
) -> Sequence[Consultation]:
    """Return what other agencies were asked about a dossier, in order."""
    return await papers.consultations_of(tx, await read_dossier(tx, office, code, acting=acting))


async def list_questions(
    tx: AsyncSession,
    office: Office,
    agency_code: str,
    *,
    cursor: str | None,
    limit: int,
    acting: Acting,
) -> tuple[list[Consultation], str | None]:
    """Return a page of what an agency still has to answer, the oldest first."""
    require_sight(acting.sight, agency_code)
    asked = await office.catalogue.agency_id(agency_code)
    found = await papers.consultations_waiting(
        tx, asked, after=waiting_place(cursor), limit=limit + 1
    )
    page = found[:limit]
    return page, waiting_cursor(page[-1].place) if len(found) > limit else None

"""What applicants and other agencies are asked for: supplements, payments, opinions."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier, dossier_code
from dossier.domain.questions import QuestionTimes
from dossier.tables.agencies import agencies
from dossier.tables.papers import consultations, payment_requests, supplement_requests

WaitingPlace = tuple[datetime, int, date, int, int]
"""Where a paper stands in what waits: its instant, the key of its dossier, its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRequest:
    """What the applicant was asked to bring."""

    request_number: int
    items: list[dict[str, str]]
    reason: str
    asked_at: datetime
    asked_by: str
    supplied_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What the applicant was asked to pay."""

    request_number: int
    kind: str
    amount_vnd: int
    reason: str | None
    asked_at: datetime
    asked_by: str
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """What another agency was asked, and what it said."""

    agency_id: int
    issued_on: date
    serial: int
    receiving_agency_code: str
    asked_agency_code: str
    consultation_number: int
    question: str
    answer_due_on: date | None
    asked_at: datetime
    answered_at: datetime | None
    answer: str | None

    @property
    def code(self) -> str:
        """Return the code of the dossier."""
        return dossier_code(self.receiving_agency_code, self.issued_on, self.serial)

    @property
    def place(self) -> WaitingPlace:
        """Return where it stands in what waits."""
        return self.asked_at, self.agency_id, self.issued_on, self.serial, self.consultation_number


async def add_supplement_request(
    tx: AsyncSession,
    of: Dossier,
    *,
    items: Sequence[dict[str, str]],
    reason: str,
    asked_at: datetime,
    by: str,
    at: datetime,
) -> None:
    """Store what is missing, under the next number."""
    await tx.execute(
        insert(supplement_requests).values(
            **key_of(of),
            request_number=next_number(of, supplement_requests.c.request_number),
            items=list(items),
            reason=reason,
            asked_at=asked_at,
            asked_by=by,
            recorded_at=at,
        )
    )


async def supplement_requests_of(tx: AsyncSession, of: Dossier) -> Sequence[SupplementRequest]:
    """Return what the applicant was asked to bring, in order."""
    rows = await tx.execute(_papers(supplement_requests, SupplementRequest, of))
    return [SupplementRequest(**row) for row in rows.mappings()]


async def add_payment_request(
    tx: AsyncSession,
    of: Dossier,
    *,
    kind: str,
    amount_vnd: int,
    reason: str | None,
    asked_at: datetime,
    by: str,
    at: datetime,
) -> None:
    """Store what is to be paid, under the next number."""
    await tx.execute(
        insert(payment_requests).values(
            **key_of(of),
            request_number=next_number(of, payment_requests.c.request_number),
            kind=kind,
            amount_vnd=amount_vnd,
            reason=reason,
            asked_at=asked_at,
            asked_by=by,
            recorded_at=at,
        )
    )


async def payment_requests_of(tx: AsyncSession, of: Dossier) -> Sequence[PaymentRequest]:
    """Return what the applicant was asked to pay, in order."""
    rows = await tx.execute(_papers(payment_requests, PaymentRequest, of))
    return [PaymentRequest(**row) for row in rows.mappings()]


async def add_consultation(
    tx: AsyncSession,
    of: Dossier,
    *,
    asked_agency_id: int,
    question: str,
    answer_due_on: date | None,
    asked_at: datetime,
    by: str,
    at: datetime,
) -> None:
    """Store a question to another agency, under the next number."""
    await tx.execute(
        insert(consultations).values(
            **key_of(of),
            consultation_number=next_number(of, consultations.c.consultation_number),
            asked_agency_id=asked_agency_id,
            question=question,
            answer_due_on=answer_due_on,
            asked_at=asked_at,
            asked_by=by,
            recorded_at=at,
        )
    )


async def consultation(
    tx: AsyncSession, receiver: str, issued_on: date, serial: int, number: int
) -> Consultation | None:
    """Return one consultation of a dossier, whoever was asked."""
    query = _consultations().where(
        agencies.c.code == receiver,
        consultations.c.issued_on == issued_on,
        consultations.c.serial == serial,
        consultations.c.consultation_number == number,
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else Consultation(**row)


async def consultations_of(tx: AsyncSession, of: Dossier) -> Sequence[Consultation]:
    """Return what other agencies were asked about a dossier, in order."""
    query = _consultations().where(is_of(consultations, of))
    rows = await tx.execute(query.order_by(consultations.c.consultation_number))
    return [Consultation(**row) for row in rows.mappings()]


async def consultations_waiting(
    tx: AsyncSession, asked_agency_id: int, *, after: WaitingPlace | None, limit: int
) -> list[Consultation]:
    """Return what an agency still has to answer, the oldest first."""
    c = consultations.c
    place = (c.asked_at, c.agency_id, c.issued_on, c.serial, c.consultation_number)
    query = _consultations().where(c.asked_agency_id == asked_agency_id, c.answered_at.is_(None))
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*(literal(value) for value in after)))
    rows = await tx.execute(query.order_by(*place).limit(limit))
    return [Consultation(**row) for row in rows.mappings()]


async def answer_consultation(
    tx: AsyncSession, of: Consultation, *, answer: str, answered_at: datetime, by: str
) -> bool:
    """Store an answer; False when there was one before."""
    c = consultations.c
    answered = await tx.execute(
        update(consultations)
        .where(
            c.agency_id == of.agency_id,
            c.issued_on == of.issued_on,
            c.serial == of.serial,
            c.consultation_number == of.consultation_number,
            c.answered_at.is_(None),
        )
        .values(answer=answer, answered_at=answered_at, answered_by=by)
        .returning(c.consultation_number)
    )
    return answered.first() is not None


async def keep_question_times(
    tx: AsyncSession, of: Dossier, questions: Sequence[QuestionTimes]
) -> None:
    """Write when other agencies were asked and answered, where that is told anew."""
    c = consultations.c
    for question in questions:
        is_news = or_(
            c.asked_at != question.asked_at, c.answered_at.is_distinct_from(question.answered_at)
        )
        await tx.execute(
            update(consultations)
            .where(
                is_of(consultations, of),
                c.consultation_number == question.consultation_number,
                is_news,
            )
            .values(asked_at=question.asked_at, answered_at=question.answered_at)
        )


def key_of(of: Dossier) -> dict[str, Any]:
    """Return the key of a dossier."""
    return {"agency_id": of.agency_id, "issued_on": of.issued_on, "serial": of.serial}


def is_of(table: Table, of: Dossier) -> ColumnElement[bool]:
    """Return the condition that a row belongs to a dossier."""
    return and_(*(table.c[name] == value for name, value in key_of(of).items()))


def next_number(of: Dossier, column: Column[int]) -> ScalarSelect[int]:
    """Return the next number of a paper; the dossier's row is locked by the act it belongs to."""
    return (
        select(func.coalesce(func.max(column), 0) + 1)
        .where(is_of(column.table, of))
        .scalar_subquery()
    )


def _papers(table: Table, kind: type, of: Dossier) -> Select[Any]:
    columns = [table.c[f.name] for f in fields(kind)]
    return select(*columns).where(is_of(table, of)).order_by(columns[0])


def _consultations() -> Select[Any]:
    c = consultations.c
    asked = agencies.alias("asked")
    own = ("consultation_number", "question", "answer_due_on", "asked_at", "answered_at", "answer")
    return (
        select(
            c.agency_id,
            c.issued_on,
            c.serial,
            agencies.c.code.label("receiving_agency_code"),
            asked.c.code.label("asked_agency_code"),
            *(c[name] for name in own),
        )
        .join(agencies, agencies.c.agency_id == c.agency_id)
        .join(asked, asked.c.agency_id == c.asked_agency_id)
    )

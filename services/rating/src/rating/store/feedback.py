"""The feedback register: what was received, what was answered; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio
from kit.db import refusing
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rating.domain.errors import AlreadyAnswered
from rating.domain.feedback import FeedbackKind
from rating.domain.figures import FeedbackCounts
from rating.tables import AgencyRow, FeedbackAnswerRow, FeedbackRow


@dataclass(frozen=True, slots=True)
class Feedback:
    """Feedback as it came in, with the limits reckoned then and, once given, its answer."""

    feedback_id: UUID
    agency_code: str
    kind: FeedbackKind
    received_at: datetime
    received_on: date
    subject: str
    content: str
    dossier_code: str | None
    transfer_by: date
    refuse_by: date
    ask_more_by: date
    due_on: date
    answered_at: datetime | None = None
    answered_on: date | None = None
    answer: str | None = None
    publish_by: date | None = None


_RECEIVED = (
    FeedbackRow.feedback_id,
    FeedbackRow.kind,
    FeedbackRow.received_at,
    FeedbackRow.received_on,
    FeedbackRow.subject,
    FeedbackRow.content,
    FeedbackRow.dossier_code,
    FeedbackRow.transfer_by,
    FeedbackRow.refuse_by,
    FeedbackRow.ask_more_by,
    FeedbackRow.due_on,
)
_ANSWER = (
    FeedbackAnswerRow.answered_at,
    FeedbackAnswerRow.answered_on,
    FeedbackAnswerRow.answer,
    FeedbackAnswerRow.publish_by,
)


async def add_feedback(
    session: AsyncSession,
    received: Feedback,
    *,
    agency_id: int,
    recorded_at: datetime,
    recorded_by: str,
) -> None:
    """Store feedback, without an answer."""
    await session.execute(
        insert(FeedbackRow).values(
            agency_id=agency_id,
            **{column.key: getattr(received, column.key) for column in _RECEIVED},
            recorded_at=recorded_at,
            recorded_by=recorded_by,
        )
    )


async def add_answer(
    session: AsyncSession, answered: Feedback, *, recorded_at: datetime, recorded_by: str
) -> None:
    """Store the answer of stored feedback; a second one is refused."""
    agency_id = (
        select(AgencyRow.agency_id).where(AgencyRow.code == answered.agency_code).scalar_subquery()
    )
    with refusing({"pk_feedback_answers": AlreadyAnswered()}):
        await session.execute(
            insert(FeedbackAnswerRow).values(
                agency_id=agency_id,
                feedback_id=answered.feedback_id,
                **{column.key: getattr(answered, column.key) for column in _ANSWER},
                recorded_at=recorded_at,
                recorded_by=recorded_by,
            )
        )


def _register(known_at: datetime | None) -> Select[*tuple[Any, ...]]:
    """Return the register as known at an instant: what was recorded later is not there yet."""
    answered = and_(
        FeedbackAnswerRow.agency_id == FeedbackRow.agency_id,
        FeedbackAnswerRow.feedback_id == FeedbackRow.feedback_id,
    )
    if known_at is not None:
        answered = and_(answered, FeedbackAnswerRow.recorded_at <= known_at)
    found = (
        select(*_RECEIVED, *_ANSWER, AgencyRow.code.label("agency_code"))
        .join(AgencyRow, AgencyRow.agency_id == FeedbackRow.agency_id)
        .outerjoin(FeedbackAnswerRow, answered)
    )
    return found if known_at is None else found.where(FeedbackRow.recorded_at <= known_at)


async def feedback(
    session: AsyncSession, feedback_id: UUID, agencies: Select[int]
) -> Feedback | None:
    """Return one feedback of agencies within sight."""
    rows = await session.execute(
        _register(None).where(
            FeedbackRow.feedback_id == feedback_id, FeedbackRow.agency_id.in_(agencies)
        )
    )
    row = rows.mappings().first()
    return None if row is None else _feedback(row)


@dataclass(frozen=True, slots=True)
class RegisterView:
    """Which part of the register is looked at.

    `as_of` is the last day looked at: the period's last, or today while the period still runs.
    """

    agencies: Select[int]
    period: ReportingPeriod
    known_at: datetime
    as_of: date

    @property
    def received(self) -> ColumnElement[bool]:
        """Received in the period."""
        return FeedbackRow.received_on.between(self.period.start, self.period.last_day)

    def received_about(self, kind: Literal["regulation", "conduct"]) -> ColumnElement[bool]:
        """Received in the period about this; feedback about both counts for each."""
        return and_(self.received, FeedbackRow.kind.in_((kind, FeedbackKind.BOTH.value)))

    @property
    def answered(self) -> ColumnElement[bool]:
        """Answered in the period."""
        return FeedbackAnswerRow.answered_on.between(self.period.start, self.period.last_day)

    @property
    def judged(self) -> ColumnElement[bool]:
        """Answered or fallen overdue in the period, whichever came first (`judged_on`)."""
        judged_on = func.least(FeedbackAnswerRow.answered_on, FeedbackRow.due_on + 1)
        return and_(judged_on >= self.period.start, judged_on <= self.as_of)

    @property
    def on_time(self) -> ColumnElement[bool]:
        """Answered by the due day (`is_on_time`)."""
        return func.coalesce(FeedbackAnswerRow.answered_on <= FeedbackRow.due_on, False)

    @property
    def rows(self) -> Select[*tuple[Any, ...]]:
        """The rows in sight, whatever their days."""
        return _register(self.known_at).where(FeedbackRow.agency_id.in_(self.agencies))


async def feedback_counts(session: AsyncSession, view: RegisterView) -> FeedbackCounts:
    """Count the register for the figures."""
    counts = view.rows.where(or_(view.received, view.answered, view.judged)).with_only_columns(
        func.count().filter(view.received),
        func.count().filter(view.received_about("regulation")),
        func.count().filter(view.received_about("conduct")),
        func.count().filter(view.answered),
        func.count().filter(view.judged, view.on_time),
        func.count().filter(view.judged),
        maintain_column_froms=True,
    )
    row = (await session.execute(counts)).one()
    return FeedbackCounts(row[0], row[1], row[2], row[3], Ratio(row[4], row[5]))


async def register_page(
    session: AsyncSession,
    view: RegisterView,
    chosen: ColumnElement[bool],
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Feedback]:
    """Return feedback in the order of its days."""
    found = view.rows.where(chosen)
    if after is not None:
        found = found.where(tuple_(FeedbackRow.received_on, FeedbackRow.feedback_id) > after)
    rows = await session.execute(
        found.order_by(FeedbackRow.received_on, FeedbackRow.feedback_id).limit(limit)
    )
    return [_feedback(row) for row in rows.mappings()]


async def complained_dossiers(session: AsyncSession, view: RegisterView) -> frozenset[str]:
    """Return the dossiers on whose handling feedback about conduct was received by then."""
    codes = await session.scalars(
        view.rows.where(
            FeedbackRow.dossier_code.is_not(None),
            FeedbackRow.kind.in_((FeedbackKind.CONDUCT.value, FeedbackKind.BOTH.value)),
            FeedbackRow.received_on <= view.as_of,
        )
        .with_only_columns(FeedbackRow.dossier_code, maintain_column_froms=True)
        .distinct()
    )
    return frozenset(code for code in codes if code is not None)


async def last_entry_at(session: AsyncSession, view: RegisterView) -> datetime | None:
    """Return when the last feedback or answer known then was recorded."""
    last: datetime | None = await session.scalar(
        view.rows.with_only_columns(
            func.max(func.greatest(FeedbackRow.recorded_at, FeedbackAnswerRow.recorded_at)),
            maintain_column_froms=True,
        )
    )
    return last


def _feedback(row: Mapping[Any, Any]) -> Feedback:
    return Feedback(**{**row, "kind": FeedbackKind(row["kind"])})

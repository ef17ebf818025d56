"""Ballot tokens and ballots; nothing stored here joins one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from sqlalchemy import ColumnElement, Select, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rating.domain.errors import SpentToken, UnknownToken
from rating.domain.facts import BallotAnswers, Satisfaction
from rating.domain.rules import AnswerPoints
from rating.domain.tokens import BallotToken
from rating.tables import BallotRow, BallotTokenRow


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be kept, and the dossier it is for."""

    token: BallotToken
    dossier_digest: bytes
    ended_on: date


async def replace_tokens(
    session: AsyncSession, new_tokens: Sequence[NewToken], *, issued_on: date
) -> set[bytes]:
    """Keep one live token per dossier; return the dossiers that got theirs.

    A dossier whose token is spent keeps it, so it is not among those returned.
    """
    if not new_tokens:
        return set()
    statement = insert(BallotTokenRow).values(
        [
            {
                "agency_id": new.token.agency_id,
                "dossier_digest": new.dossier_digest,
                "token_digest": new.token.digest,
                "ended_on": new.ended_on,
                "issued_on": issued_on,
                "is_spent": False,
            }
            # One order for everybody: two officers asking for the same dossiers must not deadlock.
            for new in sorted(new_tokens, key=lambda new: new.dossier_digest)
        ]
    )
    kept = await session.scalars(
        statement.on_conflict_do_update(
            constraint="pk_ballot_tokens",
            set_={
                "token_digest": statement.excluded.token_digest,
                "ended_on": statement.excluded.ended_on,
                "issued_on": statement.excluded.issued_on,
            },
            where=~BallotTokenRow.is_spent,
        ).returning(BallotTokenRow.dossier_digest)
    )
    return set(kept)


async def spend_token(session: AsyncSession, token: BallotToken) -> date:
    """Spend a token, once; return the day its dossier ended.

    Of two ballots at the same moment the second waits for the first, then finds the token spent.

    Raises:
        SpentToken: it was spent before.
        UnknownToken: there is none like it.
    """
    mine = (BallotTokenRow.agency_id == token.agency_id) & (
        BallotTokenRow.token_digest == token.digest
    )
    ended_on: date | None = await session.scalar(
        update(BallotTokenRow)
        .where(mine, ~BallotTokenRow.is_spent)
        .values(is_spent=True)
        .returning(BallotTokenRow.ended_on)
    )
    if ended_on is not None:
        return ended_on
    if await session.scalar(select(BallotTokenRow.is_spent).where(mine)):
        raise SpentToken
    raise UnknownToken


@dataclass(frozen=True, slots=True)
class CastBallotSeen:
    """A ballot as evidence: when it was cast and what it says, its comment left out."""

    ballot_id: UUID
    cast_on: date
    answers: BallotAnswers

    @property
    def satisfaction(self) -> Satisfaction:
        """Return the level chosen."""
        return self.answers.satisfaction


async def add_ballot(
    session: AsyncSession,
    *,
    agency_id: int,
    cast_at: datetime,
    answers: BallotAnswers,
    comment: str | None,
    recorded_at: datetime,
) -> CastBallotSeen:
    """Store a ballot under a random id: one that grows with time would follow the tokens."""
    seen = CastBallotSeen(uuid4(), local_day(cast_at), answers)
    await session.execute(
        insert(BallotRow).values(
            agency_id=agency_id,
            ballot_id=seen.ballot_id,
            cast_at=cast_at,
            cast_on=seen.cast_on,
            satisfaction=answers.satisfaction.value,
            contacts_count=answers.contacts_count,
            agencies_contacted_count=answers.agencies_contacted_count,
            own_fault=answers.own_fault,
            comment=comment,
            recorded_at=recorded_at,
        )
    )
    return seen


_ANSWERS = (
    BallotRow.satisfaction,
    BallotRow.contacts_count,
    BallotRow.agencies_contacted_count,
    BallotRow.own_fault,
)


def _cast_in(
    agencies: Select[int], period: ReportingPeriod, known_at: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (
        BallotRow.agency_id.in_(agencies),
        BallotRow.cast_on >= period.start,
        BallotRow.cast_on < period.end,
        BallotRow.recorded_at <= known_at,
    )


async def ballot_counts(
    session: AsyncSession,
    agencies: Select[int],
    *,
    period: ReportingPeriod,
    known_at: datetime,
) -> dict[BallotAnswers, int]:
    """Count how often each set of answers was given in the period."""
    rows = await session.execute(
        select(*_ANSWERS, func.count().label("times"))
        .where(*_cast_in(agencies, period, known_at))
        .group_by(*_ANSWERS)
    )
    return {_answers(row): row.times for row in rows}


async def ballots_cast(
    session: AsyncSession,
    agencies: Select[int],
    *,
    period: ReportingPeriod,
    known_at: datetime,
    counted_by: AnswerPoints | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[CastBallotSeen]:
    """Return ballots in the order of their days; with `counted_by`, only those its rule counts."""
    found = select(BallotRow.ballot_id, BallotRow.cast_on, *_ANSWERS).where(
        *_cast_in(agencies, period, known_at)
    )
    if counted_by is not None:
        found = found.where(getattr(BallotRow, counted_by.question.value).is_not(None))
        if counted_by.excuses_own_fault:
            found = found.where(~BallotRow.own_fault)
    if after is not None:
        found = found.where(tuple_(BallotRow.cast_on, BallotRow.ballot_id) > after)
    rows = await session.execute(
        found.order_by(BallotRow.cast_on, BallotRow.ballot_id).limit(limit)
    )
    return [CastBallotSeen(row.ballot_id, row.cast_on, _answers(row[2:])) for row in rows]


async def last_ballot_at(
    session: AsyncSession, agencies: Select[int], known_at: datetime
) -> datetime | None:
    """Return when the last ballot known then was recorded."""
    last: datetime | None = await session.scalar(
        select(func.max(BallotRow.recorded_at)).where(
            BallotRow.agency_id.in_(agencies), BallotRow.recorded_at <= known_at
        )
    )
    return last


def _answers(row: Sequence[Any]) -> BallotAnswers:
    satisfaction, contacts_count, agencies_contacted_count, own_fault = row[: len(_ANSWERS)]
    return BallotAnswers(
        Satisfaction(satisfaction), contacts_count, agencies_contacted_count, own_fault
    )

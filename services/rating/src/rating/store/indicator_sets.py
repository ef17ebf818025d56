"""Indicator sets: written once, read by code or all at once (there are few)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rating.domain.errors import DuplicateIndicatorSet
from rating.schemas.indicator_sets import IndicatorSetPaper
from rating.tables import IndicatorSetRow


async def add_indicator_set(
    session: AsyncSession, paper: IndicatorSetPaper, *, recorded_at: datetime, recorded_by: str
) -> None:
    """Store a set; the same set again changes nothing, another one under its code is refused."""
    body = paper.model_dump(mode="json")
    added = await session.execute(
        insert(IndicatorSetRow)
        .values(
            code=paper.code,
            valid_from=paper.valid_from,
            body=body,
            recorded_at=recorded_at,
            recorded_by=recorded_by,
        )
        .on_conflict_do_nothing(constraint="pk_indicator_sets")
        .returning(IndicatorSetRow.code)
    )
    if added.first() is None and await indicator_set(session, paper.code) != paper:
        raise DuplicateIndicatorSet(set_code=paper.code)


async def indicator_set(session: AsyncSession, code: str) -> IndicatorSetPaper | None:
    """Return the set with this code."""
    row = await session.get(IndicatorSetRow, code)
    return None if row is None else IndicatorSetPaper.model_validate(row.body)


async def indicator_sets_from(
    session: AsyncSession, after: str, limit: int
) -> list[IndicatorSetPaper]:
    """Return the sets whose codes sort after `after`."""
    rows = await session.scalars(
        select(IndicatorSetRow)
        .where(IndicatorSetRow.code > after)
        .order_by(IndicatorSetRow.code)
        .limit(limit)
    )
    return [IndicatorSetPaper.model_validate(row.body) for row in rows]


async def indicator_sets_known_at(
    session: AsyncSession, known_at: datetime
) -> list[IndicatorSetPaper]:
    """Return every set that was recorded up to an instant."""
    rows = await session.scalars(
        select(IndicatorSetRow).where(IndicatorSetRow.recorded_at <= known_at)
    )
    return [IndicatorSetPaper.model_validate(row.body) for row in rows]

"""Recording and reading indicator sets."""

from datetime import datetime

from kit.auth import Actor
from kit.paging import Page, decode_cursor, encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from rating.domain.errors import OnlyForAll, UnknownIndicatorSet
from rating.schemas.indicator_sets import IndicatorSetPaper
from rating.store import indicator_sets as store


async def record_indicator_set(
    tx: AsyncSession, *, by: Actor, now: datetime, paper: IndicatorSetPaper
) -> IndicatorSetPaper:
    """Record a set that does not contradict itself; it is never changed afterwards."""
    if by.agency_code is not None:
        raise OnlyForAll
    paper.in_domain()
    await store.add_indicator_set(tx, paper, recorded_at=now, recorded_by=by.subject)
    return paper


async def read_indicator_set(session: AsyncSession, *, code: str) -> IndicatorSetPaper:
    """Return one set."""
    paper = await store.indicator_set(session, code)
    if paper is None:
        raise UnknownIndicatorSet(set_code=code)
    return paper


async def list_indicator_sets(
    session: AsyncSession, *, limit: int, cursor: str | None
) -> Page[IndicatorSetPaper]:
    """Return the sets in the order of their codes."""
    after = decode_cursor(cursor, str)
    found = await store.indicator_sets_from(session, str(after[0]) if after else "", limit + 1)
    following = encode_cursor(found[limit - 1].code) if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=following)

"""Agencies as small numbers, and the one predicate of sight that every query carries."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rating.domain.permissions import Sight
from rating.tables import AgencyRow


def within(codes: Collection[str] | None, sight: Sight) -> Select[int]:
    """Return the agencies asked for (None: any) that the actor may know of, as a subquery."""
    found = select(AgencyRow.agency_id)
    if codes is not None:
        found = found.where(AgencyRow.code.in_(sorted(codes)))
    if sight.agencies is not None:
        found = found.where(AgencyRow.code.in_(sorted(sight.agencies)))
    return found


async def agency_ids(session: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    """Return the numbers of these agencies, giving one to those that have none yet."""
    known = await _known_ids(session, codes)
    missing = sorted(set(codes) - set(known))
    if not missing:
        return known
    # Only what is missing is inserted: a refused insert would still use up a number.
    await session.execute(
        insert(AgencyRow)
        .values([{"code": code} for code in missing])
        .on_conflict_do_nothing(constraint="uq_agencies_code")
    )
    return await _known_ids(session, codes)


async def _known_ids(session: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    rows = await session.execute(
        select(AgencyRow.code, AgencyRow.agency_id).where(AgencyRow.code.in_(sorted(codes)))
    )
    return {row.code: row.agency_id for row in rows}

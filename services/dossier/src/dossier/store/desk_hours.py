"""The hours that agencies set for their desks."""

from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, insert, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.desk import DatedHours, Session, week
from dossier.domain.errors import DeskHoursAlreadySet
from dossier.tables.agencies import agencies, desk_hours


async def add_hours(
    tx: AsyncSession, agency_id: int, hours: DatedHours, *, by: str, at: datetime
) -> None:
    """Store a week that begins to hold on a day; it is never changed.

    Raises:
        DeskHoursAlreadySet: that day has one.
    """
    # A week is several rows, so no key can settle a race; the agency's row does.
    await tx.execute(
        select(agencies.c.agency_id).where(agencies.c.agency_id == agency_id).with_for_update()
    )
    if await _begins(tx, agency_id, hours.valid_from):
        raise DeskHoursAlreadySet(valid_from=hours.valid_from)
    await tx.execute(
        insert(desk_hours),
        [
            {
                "agency_id": agency_id,
                "valid_from": hours.valid_from,
                "weekday": session.weekday,
                "opens": session.opens,
                "closes": session.closes,
                "recorded_at": at,
                "recorded_by": by,
            }
            for session in hours.hours.sessions
        ],
    )


async def hours_of(tx: AsyncSession, agency_code: str) -> tuple[DatedHours, ...]:
    """Return what an agency set, the earliest first."""
    return (await _hours(tx, agencies.c.code == agency_code)).get(agency_code, ())


async def all_hours(tx: AsyncSession) -> dict[str, tuple[DatedHours, ...]]:
    """Return what every agency set, by its code."""
    return await _hours(tx, true())


async def _begins(tx: AsyncSession, agency_id: int, day: date) -> bool:
    found = await tx.execute(
        select(desk_hours.c.opens)
        .where(desk_hours.c.agency_id == agency_id, desk_hours.c.valid_from == day)
        .limit(1)
    )
    return found.first() is not None


async def _hours(
    tx: AsyncSession, condition: ColumnElement[bool]
) -> dict[str, tuple[DatedHours, ...]]:
    rows = await tx.execute(
        select(
            agencies.c.code,
            desk_hours.c.valid_from,
            desk_hours.c.weekday,
            desk_hours.c.opens,
            desk_hours.c.closes,
        )
        .join(agencies, agencies.c.agency_id == desk_hours.c.agency_id)
        .where(condition)
        .order_by(agencies.c.code, desk_hours.c.valid_from)
    )
    found: dict[str, tuple[DatedHours, ...]] = {}
    for (code, valid_from), of_week in groupby(rows, key=lambda row: (row.code, row.valid_from)):
        hours = week(Session(row.weekday, row.opens, row.closes) for row in of_week)
        found[code] = (*found.get(code, ()), DatedHours(valid_from, hours))
    return found

"""Calendar releases, and the days that stand after all of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.tables import CalendarDayRow, CalendarReleaseRow, Found


async def add_release(
    tx: AsyncSession,
    *,
    name: str,
    digest: str,
    days: Sequence[Mapping[str, Any]],
    at: datetime,
) -> bool:
    """Record a release; tell whether its name was free."""
    release_id = await tx.scalar(
        upsert(CalendarReleaseRow)
        .values(name=name, digest=digest, days_count=len(days), recorded_at=at)
        .on_conflict_do_nothing(constraint="uq_calendar_releases_name")
        .returning(CalendarReleaseRow.release_id)
    )
    if release_id is None:
        return False
    await tx.execute(insert(CalendarDayRow), [{**day, "release_id": release_id} for day in days])
    return True


async def release(tx: AsyncSession, name: str) -> CalendarReleaseRow | None:
    """Return the release of that name."""
    found: CalendarReleaseRow | None = await tx.scalar(
        select(CalendarReleaseRow).where(CalendarReleaseRow.name == name)
    )
    return found


async def days_between(tx: AsyncSession, first_day: date, last_day: date) -> Sequence[Found]:
    """Return the official days of a range, each from the latest release that names it."""
    row = CalendarDayRow
    found = await tx.execute(
        select(row.day, row.kind, row.note, row.decided_by, row.source)
        .ext(distinct_on(row.day))
        .where(row.day.between(first_day, last_day))
        .order_by(row.day, row.release_id.desc())
    )
    return found.all()

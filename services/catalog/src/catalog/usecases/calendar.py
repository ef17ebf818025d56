"""Releasing official days, and reading the calendar that they make."""

from collections.abc import Sequence
from datetime import date, datetime

from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.calendar import CalendarDay, digest
from catalog.domain.errors import RangeReversed, ReleaseDiffers, RepeatedInRequest
from catalog.schemas.calendar import CalendarRelease, NewCalendarRelease
from catalog.store import calendar as store
from catalog.store.changes import add_change
from catalog.tables import Found
from catalog.usecases.authority import require_catalogue_wide


async def release_days(
    tx: AsyncSession, new: NewCalendarRelease, *, by: Actor, at: datetime
) -> CalendarRelease:
    """Record a release; sending the same release again changes nothing."""
    await require_catalogue_wide(tx, by=by, at=at)
    days = [each.model_dump() for each in new.days]
    if len({each.day for each in new.days}) < len(days):
        raise RepeatedInRequest(what="day")
    fingerprint = digest([CalendarDay(**day) for day in days])
    if await store.add_release(tx, name=new.name, digest=fingerprint, days=days, at=at):
        await add_change(tx, at=at, subject=by.subject, action="release_days", resource=new.name)
    else:
        await _require_same(tx, new.name, fingerprint)
    return CalendarRelease(name=new.name, days_count=len(days))


async def _require_same(tx: AsyncSession, name: str, fingerprint: str) -> None:
    recorded = await store.release(tx, name)
    if recorded is None or recorded.digest != fingerprint:
        raise ReleaseDiffers(name=name)


async def days_between(tx: AsyncSession, *, first_day: date, last_day: date) -> Sequence[Found]:
    """Return the official days of a range."""
    if last_day < first_day:
        raise RangeReversed
    return await store.days_between(tx, first_day, last_day)

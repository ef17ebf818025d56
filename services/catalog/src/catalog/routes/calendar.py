"""The working calendar."""

from typing import Annotated

from fastapi import APIRouter, Query
from kernel.time_zone import EARLIEST_DAY, LATEST_DAY
from kit.auth import PUBLIC
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.idempotency import Once
from kit.wire import Day

from catalog.deps import COPIED, CatalogKeeper, Fresh
from catalog.domain.errors import (
    CatalogueWideWrite,
    RangeReversed,
    ReleaseDiffers,
    RepeatedInRequest,
)
from catalog.schemas.calendar import CalendarDay, CalendarDays, CalendarRelease, NewCalendarRelease
from catalog.usecases import calendar

router = APIRouter(prefix="/v1", tags=["calendar"])


@router.get(
    "/calendar-days",
    openapi_extra=PUBLIC,
    response_model=CalendarDays,
    responses={**COPIED, **refusals(RangeReversed)},
)
async def read_calendar_days(
    tx: ReadTx,
    fresh: Fresh,
    first_day: Annotated[Day, Query(alias="from", description="First day.")] = EARLIEST_DAY,
    last_day: Annotated[Day, Query(alias="to", description="Last day, included.")] = LATEST_DAY,
) -> object:
    """Read the days that differ from the ordinary week; the latest release wins day by day."""
    rows = await calendar.days_between(tx, first_day=first_day, last_day=last_day)
    return fresh(CalendarDays(days=[CalendarDay.model_validate(row) for row in rows]))


@router.post(
    "/calendar-releases",
    status_code=201,
    responses=refusals(ReleaseDiffers, CatalogueWideWrite, RepeatedInRequest),
)
async def release_days(
    body: NewCalendarRelease, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> CalendarRelease:
    """Release official days; the same release again changes nothing."""
    return await once(lambda: calendar.release_days(tx, body, by=keeper, at=now), CalendarRelease)

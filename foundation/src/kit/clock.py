"""The only place that reads the clock; everything else is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


async def now(request: Request) -> datetime:
    """Return the instant by the application's clock; tests put their own on `app.state.clock`."""
    clock: Clock = request.app.state.clock
    return clock()


Now = Annotated[datetime, Depends(now)]

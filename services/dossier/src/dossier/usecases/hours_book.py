"""When desks receive, kept in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from dossier.domain.desk import DatedHours
from dossier.store.desk_hours import all_hours

Sessions = async_sessionmaker[AsyncSession]


class HoursBook:
    """Every desk's own hours, read from the database at most once in `fresh_for`.

    So an intake asks nothing, and hours set through another process hold here soon enough:
    hours are set days before they begin.
    """

    def __init__(
        self, sessions: Sessions, clock: Callable[[], datetime], fresh_for: timedelta
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._fresh_for = fresh_for
        self._read_at: datetime | None = None
        self._hours: Mapping[str, tuple[DatedHours, ...]] = {}

    async def read(self) -> Mapping[str, tuple[DatedHours, ...]]:
        """Return the hours by agency code."""
        if self._read_at is None or self._clock() >= self._read_at + self._fresh_for:
            return await self.read_afresh()
        return self._hours

    async def read_afresh(self) -> Mapping[str, tuple[DatedHours, ...]]:
        """Return the hours by agency code as they are at this moment."""
        async with self._sessions.begin() as tx:
            self._hours = await all_hours(tx)
        self._read_at = self._clock()
        return self._hours

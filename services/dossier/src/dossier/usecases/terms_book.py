"""What the catalogue says, asked once for a whole batch of histories."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import date, datetime
from typing import TypeVar

from kernel.refusals import Refusal
from kernel.time_zone import local_day

from dossier.domain.desk import Desk
from dossier.domain.due_date import TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel
from dossier.domain.procedures import ProcedureVersion, in_force
from dossier.usecases.catalogue import Catalogue
from dossier.usecases.intake import Terms

T = TypeVar("T")


class TermsBook:
    """Answers like `terms_of`, from memory: refusals as well, or a bad file would ask for ever."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[Hashable, object] = {}
        self._refused: dict[Hashable, Refusal] = {}

    async def agency_id(self, code: str) -> int:
        """Return the number of an agency.

        Raises:
            UnknownAgency: the catalogue has none with this code.
        """
        return await self._once(("agency", code), lambda: self._catalogue.agency_id(code))

    async def terms(
        self, agency_code: str, procedure_code: str, channel: Channel, received_at: datetime
    ) -> Terms:
        """Return the version in force, its limit for the channel, and the due date they give."""
        day = local_day(received_at)
        version = await self._version(procedure_code, day)
        limit = version.limit(channel)
        desk = await self._once(("desk", agency_code), lambda: self._catalogue.desk(agency_code))
        due_on = self._due_on(agency_code, desk, limit, received_at)
        return Terms(version=version, limit=limit, due_on=due_on)

    async def _version(self, procedure_code: str, day: date) -> ProcedureVersion:
        versions = await self._once(
            ("versions", procedure_code), lambda: self._catalogue.versions(procedure_code)
        )

        async def chosen() -> ProcedureVersion:
            return in_force(versions, procedure_code, day)

        return await self._once(("version", procedure_code, day), chosen)

    def _due_on(
        self, agency_code: str, desk: Desk, limit: TimeLimit, received_at: datetime
    ) -> date | None:
        """Return the due date; limits in days depend on nothing but where counting starts."""
        if limit.is_none or limit.is_same_day or limit.unit is TimeUnit.WORKING_HOUR:
            return due_date(received_at, limit, desk)
        key = (agency_code, limit.value, limit.unit, desk.counts_from(received_at))
        if key not in self._known:
            self._known[key] = due_date(received_at, limit, desk)
        return self._known[key]  # type: ignore[return-value]  # kept two lines above

    async def _once(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        if key in self._known:
            return self._known[key]  # type: ignore[return-value]  # kept below, under its own key
        if key in self._refused:
            raise self._refused[key]
        try:
            answer = await ask()
        except Refusal as refusal:
            self._refused[key] = refusal
            raise
        self._known[key] = answer
        return answer

"""What the catalogue says, asked once for thousands of histories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from kernel.refusals import Refusal
from kernel.time_zone import local_day

from dossier.domain.desk import Desk
from dossier.domain.due_date import TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel
from dossier.domain.procedures import ProcedureVersion, in_force
from dossier.usecases.catalogue import Catalogue

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds for the dossiers that an agency received by a channel on a day."""

    agency_id: int
    version: ProcedureVersion
    limit: TimeLimit
    desk: Desk


class TermsBook:
    """Answers from memory what was answered before: refusals too, or a bad file asks for ever."""

    def __init__(self, catalogue: Catalogue, *, opened_at: datetime) -> None:
        self.opened_at = opened_at
        self._catalogue = catalogue
        self._agreed: dict[tuple[str, str, Channel, date], Agreed | Refusal] = {}
        self._versions: dict[str, Sequence[ProcedureVersion] | Refusal] = {}
        self._due: dict[tuple[str, int | None, TimeUnit, date], date | None] = {}

    async def agreed(
        self, agency_code: str, procedure_code: str, channel: Channel, received_at: datetime
    ) -> Agreed:
        """Return what holds for a dossier.

        Raises:
            Refusal: the agency, the procedure or a version in force is not known, or the channel
                is not offered.
        """
        key = (agency_code, procedure_code, channel, local_day(received_at))
        if key not in self._agreed:
            self._agreed[key] = await self._asked(*key)
        return _given(self._agreed[key])

    def due_on(self, agency_code: str, agreed: Agreed, received_at: datetime) -> date | None:
        """Return the due date; limits in days depend on nothing but where counting starts."""
        limit, desk = agreed.limit, agreed.desk
        if limit.is_same_day or limit.unit in (TimeUnit.WORKING_HOUR, TimeUnit.NONE):
            return due_date(received_at, limit, desk)
        key = (agency_code, limit.value, limit.unit, desk.counts_from(received_at))
        if key not in self._due:
            self._due[key] = due_date(received_at, limit, desk)
        return self._due[key]

    async def _asked(
        self, agency_code: str, procedure_code: str, channel: Channel, day: date
    ) -> Agreed | Refusal:
        try:
            version = in_force(await self._all_versions(procedure_code), procedure_code, day)
            limit, desk = version.limit(channel), await self._catalogue.desk(agency_code)
            return Agreed(await self._catalogue.agency_id(agency_code), version, limit, desk)
        except Refusal as refusal:
            return refusal

    async def _all_versions(self, procedure_code: str) -> Sequence[ProcedureVersion]:
        if procedure_code not in self._versions:
            try:
                self._versions[procedure_code] = await self._catalogue.versions(procedure_code)
            except Refusal as refusal:
                self._versions[procedure_code] = refusal
        return _given(self._versions[procedure_code])


def _given(answer: T | Refusal) -> T:
    if isinstance(answer, Refusal):
        raise answer.with_traceback(None)  # else each time it is told makes it longer
    return answer

"""What the catalogue says, asked once for thousands of histories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from kernel.refusals import NeighbourUnavailable, Refusal
from kernel.time_zone import end_of_day, local_time, start_of_day

from dossier.domain.desk import Desk
from dossier.domain.due_date import TimeLimit, TimeUnit, due_date
from dossier.domain.errors import NotYourAgency
from dossier.domain.facts import Channel
from dossier.domain.procedures import ProcedureVersion, in_force
from dossier.usecases.catalogue import Catalogue

T = TypeVar("T")

_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds for the dossiers that an agency received by a channel on a day."""

    agency_id: int
    version: ProcedureVersion
    limit: TimeLimit
    desk: Desk
    days: "_DueDays | None"

    def due_on(self, received_at: datetime) -> date | None:
        """Return the due date of a dossier that was received on the day."""
        if self.days is None:
            return due_date(received_at, self.limit, self.desk)
        return self.days.of(local_time(received_at))


@dataclass(frozen=True, slots=True)
class _DueDays:
    """Due dates of a day's receipts by limits in days, which know of no hour but the closing.

    `until` is None on a day when the desk does not receive.
    """

    until: time | None
    in_time: date | None
    later: date | None

    def of(self, hour: time) -> date | None:
        return self.later if self.until is None or hour > self.until else self.in_time


class TermsBook:
    """Answers from memory what was answered before: refusals too, or a bad file asks for ever."""

    def __init__(self, catalogue: Catalogue, *, opened_at: datetime) -> None:
        self.opened_at = opened_at
        self._catalogue = catalogue
        self._agreed: dict[tuple[str, str, Channel, date], Agreed | Refusal] = {}
        self._versions: dict[str, Sequence[ProcedureVersion] | Refusal] = {}
        self._is_below: dict[tuple[str, str], bool] = {}
        self._given_to: dict[tuple[str, date], int | Refusal] = {}
        self._due: dict[tuple[str, int | None, TimeUnit, date], date | None] = {}

    async def require_below(self, agency_code: str, above: str) -> None:
        """Refuse an agency that is not in the part of the tree under `above`.

        Raises:
            NotYourAgency: it is elsewhere, or nowhere.
            NeighbourUnavailable: the catalogue is away, and no copy says where it is.
        """
        key = (agency_code, above)
        if key not in self._is_below:
            self._is_below[key] = await self._catalogue.is_below(*key)
        if not self._is_below[key]:
            raise NotYourAgency(agency_code=agency_code)

    async def given_to(self, agency_code: str, day: date) -> int:
        """Return the number of an agency that something was given to on a local day.

        Raises:
            Refusal: there never was such an agency, or it was no more on that day.
        """
        key = (agency_code, day)
        if key not in self._given_to:
            try:
                self._given_to[key] = await self._catalogue.standing_agency_id(agency_code, on=day)
            except NeighbourUnavailable:
                raise
            except Refusal as refusal:
                self._given_to[key] = refusal
        return _given(self._given_to[key])

    async def agreed(
        self, agency_code: str, procedure_code: str, channel: Channel, day: date
    ) -> Agreed:
        """Return what holds for a dossier received on a local day.

        Raises:
            Refusal: the agency, the procedure or a version in force is not known, or the channel
                is not offered.
        """
        key = (agency_code, procedure_code, channel, day)
        known = self._agreed.get(key)
        if known is None:
            known = self._agreed[key] = await self._asked(*key)
        return _given(known)

    async def _asked(
        self, agency_code: str, procedure_code: str, channel: Channel, day: date
    ) -> Agreed | Refusal:
        try:
            version = in_force(await self._all_versions(procedure_code), procedure_code, day)
            limit, desk = version.limit(channel), await self._catalogue.desk(agency_code)
            agency_id = await self._catalogue.agency_id(agency_code)
        except NeighbourUnavailable:
            raise  # nothing was answered
        except Refusal as refusal:
            return refusal
        days = None if _knows_hours(limit) else self._due_days(agency_code, limit, desk, day)
        return Agreed(agency_id, version, limit, desk, days)

    def _due_days(self, agency_code: str, limit: TimeLimit, desk: Desk, day: date) -> _DueDays:
        sessions = desk.sessions(day)
        until = sessions[-1].closes if sessions else None
        first, last = start_of_day(day), end_of_day(day) - _A_MOMENT
        return _DueDays(
            until,
            self._due_on(agency_code, limit, desk, first),
            self._due_on(agency_code, limit, desk, last),
        )

    def _due_on(
        self, agency_code: str, limit: TimeLimit, desk: Desk, received_at: datetime
    ) -> date | None:
        """Return the due date; limits in days depend on nothing but where counting starts."""
        key = (agency_code, limit.value, limit.unit, desk.counts_from(received_at))
        if key not in self._due:
            self._due[key] = due_date(received_at, limit, desk)
        return self._due[key]

    async def _all_versions(self, procedure_code: str) -> Sequence[ProcedureVersion]:
        if procedure_code not in self._versions:
            try:
                self._versions[procedure_code] = await self._catalogue.versions(procedure_code)
            except NeighbourUnavailable:
                raise
            except Refusal as refusal:
                self._versions[procedure_code] = refusal
        return _given(self._versions[procedure_code])


def _knows_hours(limit: TimeLimit) -> bool:
    return limit.is_same_day or limit.unit in (TimeUnit.WORKING_HOUR, TimeUnit.NONE)


def _given(answer: T | Refusal) -> T:
    if isinstance(answer, Refusal):
        raise answer.with_traceback(None)  # else each time it is told makes it longer
    return answer

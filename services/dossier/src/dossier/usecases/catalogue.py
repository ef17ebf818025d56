"""The local copy of the catalogue: what was read once keeps serving when the catalogue is away."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from kernel.refusals import NeighbourUnavailable
from kernel.working_days import WorkingCalendar
from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from dossier.clients import (
    AgencyCopy,
    AgencyTreeCopy,
    Answer,
    CalendarCopy,
    CatalogClient,
    CopyModel,
    ProcedureCopy,
    ProcedureVersionCopy,
    SubtreeCopy,
)
from dossier.domain.agency_tree import AgencyTree
from dossier.domain.desk import DatedHours, Desk, Desks, Hours, Notice
from dossier.domain.due_date import TimeLimit
from dossier.domain.errors import UnknownAgency
from dossier.domain.figures import NO_FIELD
from dossier.domain.permissions import Sight
from dossier.domain.procedures import Component, ProcedureVersion
from dossier.store import agencies, copies
from dossier.usecases.hours_book import HoursBook

Body = TypeVar("Body", bound=CopyModel)
Value = TypeVar("Value")
Sessions = async_sessionmaker[AsyncSession]

_ASK_AGAIN = timedelta(seconds=5)
"""How long a stale copy serves before the absent catalogue is asked again."""
_KEPT = 10_000
_CALENDAR = "calendar-days"
_TREE = "agency-tree"


@dataclass(slots=True)
class _Held(Generic[Value]):
    value: Value
    etag: str | None
    good_until: datetime


@dataclass(frozen=True, slots=True)
class _Official:
    """The calendar and the notices behind its days."""

    calendar: WorkingCalendar
    notices: Mapping[date, Notice]


@dataclass(frozen=True, slots=True)
class AgencyOnDay:
    """An agency as it is on a day: its name, and the agency above it."""

    name: str
    parent_code: str | None


class Shelf(Generic[Body, Value]):
    """Copies of one kind of answer: in memory while fresh, in the database for bad days."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Callable[[], datetime],
        fresh_for: timedelta,
        *,
        kind: type[Body],
        build: Callable[[Body], Value],
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._fresh_for = fresh_for
        self._kind = kind
        self._build = build
        self._held: dict[str, _Held[Value]] = {}

    async def read(
        self, resource: str, ask: Callable[[str | None], Awaitable[Answer[Body] | None]]
    ) -> Value:
        """Return the value of `resource`, asking the catalogue when the copy is not fresh.

        One request asks; those beside it go on with the copy meanwhile.

        Raises:
            NeighbourUnavailable: the catalogue is away and there is no copy.
        """
        now = self._clock()
        held = self._held.get(resource)
        if held is not None and now < held.good_until:
            return held.value
        held = held or await self._stored(resource, now)
        if held is not None:
            self._keep(resource, held, until=now + _ASK_AGAIN)
        try:
            return await self._asked(resource, ask, held, now)
        except NeighbourUnavailable:
            if held is None:
                raise
            return held.value

    async def read_afresh(
        self, resource: str, ask: Callable[[str | None], Awaitable[Answer[Body] | None]]
    ) -> Value:
        """Return the value of `resource` as the catalogue tells it at this moment.

        Raises:
            NeighbourUnavailable: the catalogue is away; no copy will do.
        """
        return await self._asked(resource, ask, None, self._clock())

    async def _asked(
        self,
        resource: str,
        ask: Callable[[str | None], Awaitable[Answer[Body] | None]],
        held: _Held[Value] | None,
        now: datetime,
    ) -> Value:
        answer = await ask(held.etag if held else None)
        if answer is not None:
            held = _Held(self._build(answer.body), answer.etag, now)
            await self._store(resource, answer, now)
        if held is None:
            raise NeighbourUnavailable(neighbour="catalog")
        return self._keep(resource, held, until=now + self._fresh_for)

    def _keep(self, resource: str, held: _Held[Value], *, until: datetime) -> Value:
        held.good_until = until
        self._held[resource] = held
        if len(self._held) > _KEPT:
            self._held.pop(next(iter(self._held)))
        return held.value

    async def _stored(self, resource: str, now: datetime) -> _Held[Value] | None:
        async with self._sessions.begin() as tx:
            found = await copies.copy_of(tx, resource)
        if found is None:
            return None
        etag, body = found
        return _Held(self._build(self._kind.model_validate(body)), etag, now)

    async def _store(self, resource: str, answer: Answer[Body], now: datetime) -> None:
        body = answer.body.model_dump(mode="json")
        async with self._sessions.begin() as tx:
            await copies.keep_copy(tx, resource, etag=answer.etag, body=body, fetched_at=now)


class Catalogue:
    """Everything the dossier service knows of the catalogue."""

    def __init__(
        self,
        client: CatalogClient,
        sessions: Sessions,
        clock: Callable[[], datetime],
        *,
        fresh_for: timedelta,
        usual_hours: Hours,
    ) -> None:
        self.fresh_for = fresh_for
        self._client = client
        self._sessions = sessions
        self.usual_hours = usual_hours
        self._own_hours = HoursBook(sessions, clock, fresh_for)
        self._agency_ids: dict[str, int] = {}
        self._procedures = Shelf(sessions, clock, fresh_for, kind=ProcedureCopy, build=_versions)
        self._calendar = Shelf(sessions, clock, fresh_for, kind=CalendarCopy, build=_official)
        self._tree = Shelf(sessions, clock, fresh_for, kind=AgencyTreeCopy, build=_tree)
        self._subtrees = Shelf(sessions, clock, fresh_for, kind=SubtreeCopy, build=_codes)
        self._agencies = Shelf(sessions, clock, fresh_for, kind=AgencyCopy, build=_agency)

    async def versions(self, code: str) -> tuple[ProcedureVersion, ...]:
        """Return all versions of a procedure."""
        return await self._procedures.read(
            f"procedures/{code}", lambda etag: self._client.procedure(code, etag=etag)
        )

    async def desk(self, agency_code: str) -> Desk:
        """Return when the desk of an agency works."""
        return (await self.desks()).of(agency_code)

    async def desks(self) -> Desks:
        """Return when every desk works: the working calendar and all hours of their own."""
        official = await self._calendar.read(_CALENDAR, self._ask_calendar)
        return self._desks(official, await self._own_hours.read())

    async def desks_afresh(self) -> Desks:
        """Return when every desk works, as it is at this moment and not as it was copied.

        Raises:
            NeighbourUnavailable: the catalogue is away.
        """
        official = await self._calendar.read_afresh(_CALENDAR, self._ask_calendar)
        return self._desks(official, await self._own_hours.read_afresh())

    async def agency_id(self, code: str) -> int:
        """Return the number of an agency; one met for the first time must be in the catalogue."""
        if code not in self._agency_ids:
            async with self._sessions.begin() as tx:
                known = await agencies.agency_id(tx, code)
            self._agency_ids[code] = known or await self._number(code)
        return self._agency_ids[code]

    async def standing_agency_id(self, code: str, *, on: date) -> int:
        """Return the number of an agency that something is given to on a day.

        While the catalogue is away and has told nothing of ends, whoever is known will do.

        Raises:
            UnknownAgency: there never was such an agency.
            AgencyEnded: it is no more on that day.
        """
        number = await self.agency_id(code)
        try:
            tree = await self._tree.read(_TREE, self._ask_tree)
        except NeighbourUnavailable:
            return number
        tree.require_standing(code, on=on)
        return number

    async def subtree(self, code: str, *, on: date | None = None) -> frozenset[str]:
        """Return the codes of an agency and all below it, as of a day (None: as of now)."""
        return await self._subtrees.read(
            f"agencies/{code}/subtree" + (f"/{on}" if on else ""),
            lambda etag: self._client.subtree(code, on=on, etag=etag),
        )

    async def subtree_with_ended(self, code: str) -> frozenset[str]:
        """Return the codes of an agency and all below it, those that have ended among them.

        Raises:
            UnknownAgency: there never was such an agency.
        """
        tree = await self._tree.read(_TREE, self._ask_tree)
        try:
            return tree.subtree(code)
        except UnknownAgency:  # it may be younger than the copy
            return await self._subtrees.read(
                f"agencies/{code}/subtree/with-ended",
                lambda etag: self._client.subtree(code, with_ended=True, etag=etag),
            )

    async def agency(self, code: str, *, on: date) -> AgencyOnDay:
        """Return an agency as it is on a day.

        Raises:
            UnknownAgency: there is no such agency on that day.
        """
        return await self._agencies.read(
            f"agencies/{code}/on/{on}", lambda etag: self._client.agency(code, on=on, etag=etag)
        )

    async def sight(self, actor: Actor) -> Sight:
        """Return the agencies the actor sees: its own part of the tree, ended ones among them.

        One copy of the tree serves all actors. When it cannot be had or does not hold the actor's
        agency yet, its own agency only: narrower is safe, and intake goes on.
        """
        if actor.agency_code is None:
            return None
        try:
            tree = await self._tree.read(_TREE, self._ask_tree)
            return tree.subtree(actor.agency_code)
        except (NeighbourUnavailable, UnknownAgency):
            return frozenset({actor.agency_code})

    async def is_below(self, code: str, above: str) -> bool:
        """Tell whether an agency is `above` or below it, ended ones among them.

        For work that may be broken off and taken up again: unlike `sight`, no answer is made up
        when the catalogue is away. Of agencies younger than the copy of the tree only the
        catalogue itself can tell.

        Raises:
            NeighbourUnavailable: neither a copy nor the catalogue says.
        """
        if code == above:
            return True
        tree = await self._tree.read(_TREE, self._ask_tree)
        if tree.holds(code) and tree.holds(above):
            return code in tree.subtree(above)
        try:
            return code in await self._subtrees.read_afresh(
                f"agencies/{above}/subtree/with-ended",
                lambda etag: self._client.subtree(above, with_ended=True, etag=etag),
            )
        except UnknownAgency:
            return False

    async def _ask_calendar(self, etag: str | None) -> Answer[CalendarCopy] | None:
        return await self._client.calendar(etag=etag)

    async def _ask_tree(self, etag: str | None) -> Answer[AgencyTreeCopy] | None:
        return await self._client.tree(etag=etag)

    def _desks(self, official: _Official, own: Mapping[str, tuple[DatedHours, ...]]) -> Desks:
        return Desks(official.calendar, official.notices, self.usual_hours, own)

    async def _number(self, code: str) -> int:
        await self._client.subtree(code, with_ended=True)
        async with self._sessions.begin() as tx:
            return await agencies.number_agency(tx, code)


def _agency(copy: AgencyCopy) -> AgencyOnDay:
    return AgencyOnDay(copy.name, copy.parent_code)


def _tree(copy: AgencyTreeCopy) -> AgencyTree:
    ends = {link.code: link.valid_to for link in copy.links if link.valid_to is not None}
    return AgencyTree(((link.code, link.parent_code) for link in copy.links), ends)


def _codes(copy: SubtreeCopy) -> frozenset[str]:
    return frozenset(copy.codes)


def _official(copy: CalendarCopy) -> _Official:
    calendar = WorkingCalendar(
        frozenset(day.day for day in copy.days if day.kind == "off"),
        frozenset(day.day for day in copy.days if day.kind == "make_up_work"),
    )
    return _Official(calendar, {day.day: Notice(day.note, day.decided_by) for day in copy.days})


def _versions(copy: ProcedureCopy) -> tuple[ProcedureVersion, ...]:
    return tuple(_version(copy.code, version) for version in copy.versions)


def _version(code: str, copy: ProcedureVersionCopy) -> ProcedureVersion:
    return ProcedureVersion(
        procedure_code=code,
        number=copy.version_number,
        name=copy.name,
        field_code=copy.field_code or NO_FIELD,
        limits={
            method.channel: TimeLimit(
                method.time_limit_value, method.time_limit_unit, copy.cutoff_time
            )
            for method in copy.filing_methods
        },
        supplement_policy=copy.supplement_policy,
        valid_from=copy.valid_from,
        valid_to=copy.valid_to,
        components=tuple(
            Component(part.name, part.original_count, part.copy_count) for part in copy.components
        ),
        sets_count=copy.sets_count,
    )

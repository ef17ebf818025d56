"""The catalog service as this one reads it: only the fields declared here, nothing else."""

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Generic, Literal, TypeVar

from kernel.refusals import NeighbourUnavailable
from kit.http import BRIEF, Neighbour, Patience
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossier.domain.due_date import LONGEST_DAYS, SupplementPolicy, TimeUnit
from dossier.domain.errors import UnknownAgency, UnknownProcedure
from dossier.domain.facts import Channel

_NOT_MODIFIED = 304
_NOT_FOUND = 404
_CALENDAR = {"from": "2000-01-01", "to": "2199-12-31"}
_FIRST_TIME = Patience(attempts=3, seconds=2)
"""Somebody stands at the desk; these are small answers."""


class CopyModel(BaseModel):
    """A copy of a neighbour's answer: fields we do not read are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class FilingMethodCopy(CopyModel):
    """How long a procedure may take by one channel."""

    channel: Channel
    time_limit_value: Annotated[int, Field(ge=0, le=LONGEST_DAYS)] | None
    time_limit_unit: TimeUnit


class ComponentCopy(CopyModel):
    """A paper that a procedure asks for."""

    name: str
    original_count: int = 0
    copy_count: int = 0


class ProcedureVersionCopy(CopyModel):
    """One version of a procedure; copies of old lack its components."""

    version_number: int
    name: str
    field_code: str | None = None
    filing_methods: tuple[FilingMethodCopy, ...]
    supplement_policy: SupplementPolicy = SupplementPolicy.RESTART
    cutoff_time: time | None = None
    valid_from: date
    valid_to: date | None = None
    components: tuple[ComponentCopy, ...] = ()
    sets_count: int | None = None


class ProcedureCopy(CopyModel):
    """All versions of a procedure."""

    code: str
    versions: tuple[ProcedureVersionCopy, ...]


class CalendarDayCopy(CopyModel):
    """A day that an official notice made off or worked; copies of old lack the notice's words."""

    day: date
    kind: Literal["off", "make_up_work"]
    note: str = ""
    decided_by: str = ""


class CalendarCopy(CopyModel):
    """The days that differ from the plain week."""

    days: tuple[CalendarDayCopy, ...]


class AgencyCopy(CopyModel):
    """An agency as of a day, and the one it stands under."""

    code: str
    name: str
    parent_code: str | None


class AgencyLinkCopy(CopyModel):
    """An agency, the one it stands under, and the first day it is no more.

    Copies of old do not tell of ends.
    """

    code: str
    parent_code: str | None
    valid_to: date | None = None


class AgencyTreeCopy(CopyModel):
    """The place of every agency, those that have ended among them."""

    links: tuple[AgencyLinkCopy, ...]


class SubtreeCopy(CopyModel):
    """An agency and all below it."""

    code: str
    codes: tuple[str, ...]


Body = TypeVar("Body", bound=CopyModel)


@dataclass(frozen=True, slots=True)
class Answer(Generic[Body]):
    """A fresh answer and the tag to ask again with."""

    body: Body
    etag: str | None


class CatalogClient:
    """Reads the catalogue; None means that the copy with the given tag is still right.

    Who gives a tag has a copy to go on with, and is not kept waiting.
    """

    def __init__(self, catalog: Neighbour) -> None:
        self._catalog = catalog

    async def procedure(
        self, code: str, *, etag: str | None = None
    ) -> Answer[ProcedureCopy] | None:
        """Ask for all versions of a procedure.

        Raises:
            UnknownProcedure: the catalogue has none with this code.
            NeighbourUnavailable: no useful answer.
        """
        answer = await self._ask(f"/v1/procedures/{code}/versions", {}, etag, ProcedureCopy)
        if answer == _NOT_FOUND:
            raise UnknownProcedure(procedure_code=code)
        return _known(answer)

    async def calendar(self, *, etag: str | None = None) -> Answer[CalendarCopy] | None:
        """Ask for the working calendar of all years that dossier codes cover."""
        return _known(await self._ask("/v1/calendar-days", _CALENDAR, etag, CalendarCopy))

    async def agency(
        self, code: str, *, on: date | None = None, etag: str | None = None
    ) -> Answer[AgencyCopy] | None:
        """Ask for an agency as of a day (the catalogue's today when None).

        Raises:
            UnknownAgency: the catalogue has none with this code on that day.
        """
        asked = {} if on is None else {"on": on.isoformat()}
        answer = await self._ask(f"/v1/agencies/{code}", asked, etag, AgencyCopy)
        if answer == _NOT_FOUND:
            raise UnknownAgency(agency_code=code)
        return _known(answer)

    async def tree(self, *, etag: str | None = None) -> Answer[AgencyTreeCopy] | None:
        """Ask for the place of every agency today."""
        return _known(await self._ask("/v1/agency-tree", {}, etag, AgencyTreeCopy))

    async def subtree(
        self,
        code: str,
        *,
        on: date | None = None,
        with_ended: bool = False,
        etag: str | None = None,
    ) -> Answer[SubtreeCopy] | None:
        """Ask for an agency and all below it, as of a day (the catalogue's today when None).

        `with_ended` adds the agencies that had ended by then, itself among them.

        Raises:
            UnknownAgency: the catalogue has none with this code.
        """
        asked = {} if on is None else {"on": on.isoformat()}
        if with_ended:
            asked["with_ended"] = "true"
        answer = await self._ask(f"/v1/agencies/{code}/subtree", asked, etag, SubtreeCopy)
        if answer == _NOT_FOUND:
            raise UnknownAgency(agency_code=code)
        return _known(answer)

    async def _ask(
        self, path: str, params: dict[str, str], etag: str | None, kind: type[Body]
    ) -> Answer[Body] | int:
        headers = {} if etag is None else {"If-None-Match": etag}
        answer = await self._catalog.get(
            path,
            params=params,
            headers=headers,
            accept=(_NOT_MODIFIED, _NOT_FOUND),
            patience=_FIRST_TIME if etag is None else BRIEF,
        )
        if answer.status_code in (_NOT_MODIFIED, _NOT_FOUND):
            return answer.status_code
        try:
            return Answer(kind.model_validate_json(answer.content), answer.headers.get("etag"))
        except ValidationError as error:
            raise NeighbourUnavailable(neighbour=self._catalog.name) from error


def _known(answer: Answer[Body] | int) -> Answer[Body] | None:
    return None if isinstance(answer, int) else answer

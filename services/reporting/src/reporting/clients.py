"""The three neighbours as reporting reads them: only the fields declared here, nothing else."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, TypeVar

import httpx
from kernel.figures import FigureKind
from kernel.periods import ReportingPeriod
from kernel.refusals import NeighbourUnavailable
from kit.errors import BadCursor
from kit.figures import EvidencePage
from kit.http import Neighbour, is_not_found
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from reporting.domain.errors import UnknownFigure

_LARGEST = 2_000_000_000
Amount = Annotated[int, Field(ge=0, le=_LARGEST)]
Bounded = Annotated[str, StringConstraints(max_length=4_000)]


class CopyModel(BaseModel):
    """A copy of a neighbour's answer: fields we do not read are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class FigureCopy(CopyModel):
    """One figure as its record keeper answered it."""

    key: Bounded
    label: Bounded
    value: int | Annotated[Decimal, Field(ge=-_LARGEST, le=_LARGEST)] | Bounded | None
    numerator: Amount | None = None
    denominator: Amount | None = None
    unit: Bounded
    kind: FigureKind
    dimensions: dict[str, str] = {}
    definition_id: Bounded
    definition: Bounded
    law: Bounded


class FiguresCopy(CopyModel):
    """The figures of one agency and period."""

    known_at: datetime
    watermark: Bounded
    figures: tuple[FigureCopy, ...]


class AgencyCopy(CopyModel):
    """An agency as of a day."""

    code: str
    name: str
    level: str
    parent_code: str | None = None


class SubtreeCopy(CopyModel):
    """An agency and all below it."""

    codes: frozenset[str]


class ProcedureFieldCopy(CopyModel):
    """The name of a procedure field."""

    code: str
    name: str


class ProcedureFieldsCopy(CopyModel):
    """A page of procedure fields."""

    items: tuple[ProcedureFieldCopy, ...]
    next_cursor: str | None = None


Body = TypeVar("Body", bound=CopyModel)


class FiguresClient:
    """A record keeper's side of the figures contract."""

    def __init__(self, neighbour: Neighbour) -> None:
        self.service = neighbour.name
        self._neighbour = neighbour

    async def figures(
        self,
        agency_code: str,
        period: ReportingPeriod,
        *,
        known_at: datetime,
        by: str | None = None,
    ) -> FiguresCopy:
        """Return the figures as known at `known_at`, `by` procedure field when asked."""
        params = _question(agency_code, period, known_at)
        if by is not None:
            params["by"] = by
        return _read(
            self._neighbour, await self._neighbour.get("/v1/figures", params=params), FiguresCopy
        )

    async def evidence(
        self,
        key: str,
        agency_code: str,
        period: ReportingPeriod,
        *,
        known_at: datetime,
        procedure_field: str | None,
        limit: int,
        cursor: str | None,
    ) -> EvidencePage:
        """Return a page of the records behind a figure, as known at `known_at`."""
        params: dict[str, str | int | bool] = {
            **_question(agency_code, period, known_at),
            "limit": limit,
        }
        if procedure_field is not None:
            params["procedure_field"] = procedure_field
        if cursor is not None:
            params["cursor"] = cursor
        answer = await self._neighbour.get(
            f"/v1/figures/{key}/evidence",
            params=params,
            accept=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        )
        if answer.status_code == HTTPStatus.BAD_REQUEST:
            if cursor is None:
                raise NeighbourUnavailable(neighbour=self.service, status=answer.status_code)
            raise BadCursor
        if is_not_found(answer):
            raise UnknownFigure(key=key)
        try:
            return EvidencePage.model_validate_json(answer.content)
        except ValidationError as error:
            raise NeighbourUnavailable(neighbour=self.service) from error


def _question(
    agency_code: str, period: ReportingPeriod, known_at: datetime
) -> dict[str, str | int | bool]:
    return {
        "agency": agency_code,
        "from": period.start.isoformat(),
        "to": period.last_day.isoformat(),
        "known_at": known_at.isoformat(),
    }


class CatalogClient:
    """The catalogue's agencies and procedure fields; figures go through `FiguresClient`."""

    def __init__(self, neighbour: Neighbour, *, fresh_seconds: float) -> None:
        self._neighbour = neighbour
        self._fresh_seconds = fresh_seconds
        self._subtrees: dict[str, tuple[float, frozenset[str]]] = {}

    async def agency(self, code: str, *, on: date) -> AgencyCopy | None:
        """Return the agency as of `on`, or None when there was none of this code."""
        answer = await self._neighbour.get(
            f"/v1/agencies/{code}", params={"on": on.isoformat()}, accept=(HTTPStatus.NOT_FOUND,)
        )
        return None if is_not_found(answer) else _read(self._neighbour, answer, AgencyCopy)

    async def subtree(self, code: str) -> frozenset[str]:
        """Return the agency and all below it as of now, also those that have ended.

        An old answer serves when none comes.

        Raises:
            NeighbourUnavailable: no answer, and none remembered.
        """
        known = self._subtrees.get(code)
        now = asyncio.get_running_loop().time()
        if known is not None and now - known[0] < self._fresh_seconds:
            return known[1]
        try:
            answer = await self._neighbour.get(
                f"/v1/agencies/{code}/subtree",
                params={"with_ended": True},
                accept=(HTTPStatus.NOT_FOUND,),
            )
        except NeighbourUnavailable:
            if known is None:
                raise
            return known[1]
        own = frozenset({code})
        below = own if is_not_found(answer) else _read(self._neighbour, answer, SubtreeCopy).codes
        self._subtrees[code] = (now, below | own)
        return below | own

    async def procedure_field_names(self) -> Mapping[str, str]:
        """Return the names of all procedure fields by code."""
        names: dict[str, str] = {}
        params: dict[str, str | int | bool] = {"limit": 500}
        while True:
            answer = await self._neighbour.get("/v1/procedure-fields", params=params)
            page = _read(self._neighbour, answer, ProcedureFieldsCopy)
            names |= {item.code: item.name for item in page.items}
            if page.next_cursor is None:
                return names
            params["cursor"] = page.next_cursor


def _read(neighbour: Neighbour, answer: httpx.Response, kind: type[Body]) -> Body:
    """Parse an answer; one that we cannot read is as good as none."""
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError as error:
        raise NeighbourUnavailable(neighbour=neighbour.name) from error

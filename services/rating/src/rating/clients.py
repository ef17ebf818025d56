"""What rating reads of its neighbours: only these fields, always before the first SQL."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Literal, TypeVar

import httpx
from kernel.ratios import Ratio
from kernel.refusals import NeighbourUnavailable
from kernel.working_days import WorkingCalendar
from kit.errors import BadCursor
from kit.figures import FigureQuery
from kit.http import Neighbour, is_not_found
from pydantic import BaseModel, ValidationError

from rating.domain.facts import Timeliness

EVIDENCE_PAGE = 500


class AgencySeen(BaseModel):
    """An agency of the catalogue."""

    code: str
    level: str


class _Subtree(BaseModel):
    codes: list[str]


class _CalendarDay(BaseModel):
    day: date
    kind: Literal["off", "make_up_work"]


class _CalendarDays(BaseModel):
    days: list[_CalendarDay]


class DossierSeen(BaseModel):
    """A dossier: whose it is, and when it ended, if it did."""

    code: str
    agency_code: str
    ended_on: date | None


class _FigureSeen(BaseModel):
    key: str
    value: int | Decimal | str | None
    numerator: int | None
    denominator: int | None


class _FiguresSeen(BaseModel):
    watermark: str
    figures: list[_FigureSeen]


class _SettledAttributes(BaseModel):
    agency_code: str
    timeliness: Timeliness
    channel: str
    received_on: str
    due_on: str
    ended_on: str


class SettledDossier(BaseModel):
    """A dossier ended in the period, as the dossier service lists it."""

    record_id: str
    occurred_on: date | None
    attributes: _SettledAttributes


class SettledPage(BaseModel):
    """A page of settled dossiers."""

    total: int
    items: list[SettledDossier]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NeighbourFigures:
    """Figures of a neighbour by key: those with a denominator as ratios, the others as counts."""

    watermark: str
    shares: Mapping[str, Ratio]
    counts: Mapping[str, int]


Seen = TypeVar("Seen", bound=BaseModel)


class CatalogClient:
    """The catalogue as rating sees it."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def agency(self, code: str, *, on: date) -> AgencySeen | None:
        """Return the agency as it was on a day, None when the catalogue knows none."""
        answer = await self._neighbour.get(
            f"/v1/agencies/{code}", params={"on": on.isoformat()}, accept=(HTTPStatus.NOT_FOUND,)
        )
        return None if is_not_found(answer) else _read(self._neighbour, answer, AgencySeen)

    async def subtree(self, code: str, *, on: date, with_ended: bool = False) -> frozenset[str]:
        """Return the codes of an agency and all below it; none when it is unknown on that day.

        `with_ended` adds the agencies that had ended by then.
        """
        answer = await self._neighbour.get(
            f"/v1/agencies/{code}/subtree",
            params={"on": on.isoformat(), "with_ended": with_ended},
            accept=(HTTPStatus.NOT_FOUND,),
        )
        if is_not_found(answer):
            return frozenset()
        return frozenset(_read(self._neighbour, answer, _Subtree).codes)

    async def calendar(self, first_day: date, last_day: date) -> WorkingCalendar:
        """Return the working calendar of a range of days."""
        answer = await self._neighbour.get(
            "/v1/calendar-days",
            params={"from": first_day.isoformat(), "to": last_day.isoformat()},
        )
        days = _read(self._neighbour, answer, _CalendarDays).days
        return WorkingCalendar(
            days_off=frozenset(one.day for one in days if one.kind == "off"),
            make_up_days=frozenset(one.day for one in days if one.kind == "make_up_work"),
        )

    async def figures(self, query: FigureQuery) -> NeighbourFigures:
        """Return the catalogue's figures of the same agency and period."""
        return await _figures(self._neighbour, query)


class DossierClient:
    """The dossier service as rating sees it."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def dossier(self, code: str) -> DossierSeen | None:
        """Return a dossier, None when there is none with this code."""
        answer = await self._neighbour.get(f"/v1/dossiers/{code}", accept=(HTTPStatus.NOT_FOUND,))
        return None if is_not_found(answer) else _read(self._neighbour, answer, DossierSeen)

    async def figures(self, query: FigureQuery) -> NeighbourFigures:
        """Return the figures of the dossiers of the same agency and period."""
        return await _figures(self._neighbour, query)

    async def settled(self, query: FigureQuery, *, limit: int, cursor: str | None) -> SettledPage:
        """Return a page of the dossiers ended in the period; the cursor is the neighbour's own.

        Raises:
            BadCursor: the neighbour did not issue it.
        """
        answer = await self._neighbour.get(
            "/v1/figures/dossiers.settled/evidence",
            params={
                **query.parameters(),
                "limit": limit,
                **({"cursor": cursor} if cursor else {}),
            },
            accept=(HTTPStatus.BAD_REQUEST,),
        )
        if answer.status_code == HTTPStatus.BAD_REQUEST:
            if cursor is None:
                name, status = self._neighbour.name, answer.status_code
                raise NeighbourUnavailable(neighbour=name, status=status)
            raise BadCursor
        return _read(self._neighbour, answer, SettledPage)

    async def every_settled(self, query: FigureQuery) -> AsyncIterator[SettledDossier]:
        """Walk through all pages of the dossiers ended in the period."""
        cursor: str | None = None
        while True:
            page = await self.settled(query, limit=EVIDENCE_PAGE, cursor=cursor)
            for dossier in page.items:
                yield dossier
            cursor = page.next_cursor
            if cursor is None:
                return


async def _figures(neighbour: Neighbour, query: FigureQuery) -> NeighbourFigures:
    answer = await neighbour.get("/v1/figures", params=query.parameters())
    seen = _read(neighbour, answer, _FiguresSeen)
    return NeighbourFigures(
        watermark=seen.watermark,
        shares={
            one.key: Ratio(one.numerator, one.denominator)
            for one in seen.figures
            if one.numerator is not None and one.denominator is not None
        },
        counts={one.key: count for one in seen.figures if (count := _count(one)) is not None},
    )


def _count(figure: _FigureSeen) -> int | None:
    """Return a whole number however it was written: 316 and 316.0 count the same."""
    value = figure.value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value if isinstance(value, int) else None


def _read(neighbour: Neighbour, answer: httpx.Response, kind: type[Seen]) -> Seen:
    """Read an answer; one that cannot be read is no answer."""
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError as error:
        raise NeighbourUnavailable(neighbour=neighbour.name, reason="unreadable") from error

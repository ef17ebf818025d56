"""The figures of one agency in two short statements, while the present is what was known.

They are the statements that count any agencies, put one beside the other: carried one by one they
take longer on the way than in the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, Executable, Integer, cast, func, or_, select

from dossier.domain.figures import FIELD
from dossier.domain.rollups import MEASURES
from dossier.store import certified, figures, readings, rollups, watermark
from dossier.store.cells import LONGEST_DAYS, KnownWindow
from dossier.store.record_floor import NOT_YET
from dossier.store.rollups import Situation
from dossier.store.scopes import Scope, Shape
from dossier.store.spelled import Spelled, part, spelled
from dossier.tables.copies import certified_copies, certified_copies_history
from dossier.tables.counts import record_floor
from dossier.tables.dossiers import events

KEYS = tuple(MEASURES.values())
"""What is counted; every other counted figure is a sum of these."""
_INSTANT = func.coalesce(Shape.known_at, select(record_floor.c.settled).scalar_subquery())
"""As of when is asked; without an instant, the last one that is closed."""
_COUNTED, _PROCEDURES, _READING = "counted", "procedures", "reading"
_COPIES, _LAST, _CHANGED = "copies", "last", "changed"


@dataclass(frozen=True, slots=True)
class Closed:
    """As of which instant figures can be told without closing anything, and from what."""

    instant: datetime
    situation: Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAtOnce:
    """What was counted: of `counted` a value and its numbers in the order of `KEYS`.

    From the facts a number of procedures follows; from cells they are counted by themselves.
    """

    counted: Sequence[tuple[str | None, Sequence[int]]]
    procedures: Mapping[str | None, int]
    readings: Sequence[tuple[str, str | None, int]]
    copies: int
    watermark: datetime | None


async def closed(hot: "asyncpg.Connection[Any]", scope: Scope, *, most: int) -> Closed | None:
    """Return as of when the present is what was known; None when something must be closed first.

    It is when the past is closed up to the instant and nothing was recorded after it.
    """
    before = scope.period.last_day + timedelta(days=LONGEST_DAYS)
    values = scope.values(before=before)
    rows = await _situation(_present(scope), most + 1).fetch(hot, values)
    first = rows[0]
    if first["is_changed"] or not NOT_YET < first["instant"] <= first["settled"]:
        return None
    return Closed(first["instant"], rollups.as_situation(rows, changed_since=False))


async def told(
    hot: "asyncpg.Connection[Any]",
    scope: Scope,
    *,
    known_at: datetime,
    chain: Sequence[KnownWindow],
    by: str | None,
) -> ToldAtOnce | None:
    """Count from the cells of windows, or from the facts when there are none, in one statement.

    None when something was recorded since we looked: the present is not what was known any more.
    """
    ids = [window.period_id for window in chain]
    values: dict[str, object] = {**scope.values(), "known_at": known_at}
    if ids:
        values |= {"period_ids": ids, "first_id": ids[0], "last_id": ids[-1]}
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in await _telling(_present(scope), by, from_cells=bool(ids)).fetch(hot, values):
        rows.setdefault(row["part"], []).append(row)
    if rows[_CHANGED][0]["numbers"][0]:
        return None
    return ToldAtOnce(
        counted=[(row["value"], row["numbers"]) for row in rows.get(_COUNTED, ())],
        procedures={row["value"]: row["numbers"][0] for row in rows.get(_PROCEDURES, ())},
        readings=[(row["key"], row["value"], row["numbers"][0]) for row in rows.get(_READING, ())],
        copies=rows[_COPIES][0]["numbers"][0],
        watermark=rows[_LAST][0]["at"],
    )


def _present(scope: Scope) -> Shape:
    return replace(scope.shape, knows_now=True)


@cache
def _situation(shape: Shape, most: int) -> Spelled:
    situation = rollups.situated(shape).subquery("situation")
    instant, is_changed = _INSTANT.label("instant"), _is_changed(shape).label("is_changed")
    query = select(situation, record_floor.c.settled, instant, is_changed)
    return spelled(part(query, most=most))


def _is_changed(shape: Shape) -> ColumnElement[bool]:
    """Return whether anything that figures read was recorded after the instant."""
    copies, history = certified_copies.c, certified_copies_history.c
    return or_(
        *(
            select(at).where(shape.sees(agency_id), at > _INSTANT).exists()
            for agency_id, at in (
                (events.c.agency_id, events.c.recorded_at),
                (copies.agency_id, copies.recorded_at),
                (history.agency_id, history.recorded_to),
            )
        )
    )


@cache
def _telling(shape: Shape, by: str | None, *, from_cells: bool) -> Spelled:
    numbers = [f"n{number}" for number in range(len(MEASURES))]
    parts = []
    if from_cells:
        by_field = by is not None
        procedures = (
            figures.counting_procedures(shape, FIELD)
            if by_field
            else rollups.adding_procedures(shape)
        )
        columns = ["value", "n0"] if by_field else ["n0"]
        cells = rollups.adding_cells(shape, by_field=by_field)
        parts.append(_part(_COUNTED, cells, ["value", *numbers], numbers))
        parts.append(_part(_PROCEDURES, procedures, columns, ["n0"]))
    else:
        numbers.append("procedures")
        counting = figures.counting(shape, KEYS, by)
        parts.append(_part(_COUNTED, counting, ["value", *numbers], numbers))
    parts += [
        _part(_READING, readings.counting(shape, by), ["key", "value", "n0"], ["n0"]),
        _part(_COPIES, certified.totalling(shape), ["n0"], ["n0"]),
        _part(_LAST, watermark.looking_up_last(shape), ["at"], []),
        _part(_CHANGED, select(cast(_is_changed(shape), Integer)), ["n0"], ["n0"]),
    ]
    return spelled(" union all ".join(parts))


def _part(name: str, query: Executable, columns: Sequence[str], numbers: Sequence[str]) -> str:
    """Give the rows of a query the columns that all parts have; it names its own in order."""
    shown = [
        f"{column if column in columns else f'null::{kind}'} as {column}"
        for column, kind in (("key", "text"), ("value", "text"), ("at", "timestamptz"))
    ]
    listed = f"array[{', '.join(numbers)}]::bigint[] as numbers"
    return (
        f"select '{name}' as part, {', '.join(shown)}, {listed}"  # noqa: S608 - our own names only
        f" from ({part(query)}) as q ({', '.join(columns)})"
    )

"""Keeping foreseen moves in one call, each if its dossier is as it was foreseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg
from kit.columns import Columns, Json

from dossier.store.look_up import SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenMove:
    """The arguments of `keep_foreseen`, in its order."""

    agency_id: int
    issued_on: date
    serial: int
    version: int
    from_status: int
    status: int
    ended_at: datetime | None
    end_kind: str | None
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: Json
    facts: Json | None


_COLUMNS = Columns(ForeseenMove)
_KEEP = f"""
    {SHOWN}, w.place
    from {_COLUMNS.source("w")}
    cross join lateral keep_foreseen({_COLUMNS.arguments("w")}) d
    cross join lateral (
        select * from applicants
        where agency_id = d.agency_id and applicant_id = d.applicant_id
        limit 1
    ) p
"""  # noqa: S608 - the names of fields


async def keep_all(
    connection: "asyncpg.Connection[Any]", moves: Sequence[ForeseenMove]
) -> Sequence[Mapping[str, Any] | None]:
    """Return the dossiers as moved; None: it is not as foreseen, and is not changed.

    The call commits by itself.
    """
    # Dossiers are held in one order; a dossier that two officers move at once is in it twice.
    order = sorted(range(len(moves)), key=lambda place: _dossier_of(moves[place]))
    rows = await connection.fetch(_KEEP, *_COLUMNS.of([moves[place] for place in order]))
    kept = {order[row["place"] - 1]: row for row in rows}
    return [kept.get(place) for place in range(len(moves))]


def _dossier_of(move: ForeseenMove) -> tuple[int, date, int]:
    return move.agency_id, move.issued_on, move.serial

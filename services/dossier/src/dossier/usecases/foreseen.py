"""Moves in one round trip: kept if the dossier is as foreseen, else left to `handling`."""

from typing import Any

import asyncpg
from kernel.codes import DossierCode

from dossier.domain.chronology import act_instant
from dossier.domain.foreseen import foresee
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Holders
from dossier.store.course import Act
from dossier.store.foreseen import keep_foreseen
from dossier.usecases.acting import Office
from dossier.usecases.changing import Change
from dossier.usecases.handling import said
from dossier.usecases.reading import Sheet, sheet_shown


async def move_as_foreseen(
    hot: "asyncpg.Connection[Any]",
    office: Office,
    change: Change,
    to: Status,
    *,
    reason: str | None,
) -> Sheet | None:
    """Return the dossier as moved; None: it is not as foreseen, and `move_dossier` decides."""
    acting, code = change.acting, DossierCode.parse(change.code)
    agency_code = code.agency.text
    at = act_instant(change.at, now=acting.now, after=None)
    move = foresee(to, at=at, agency_code=agency_code, sight=acting.sight)
    agency_id = await office.codes.number_of(hot, agency_code)
    if move is None or agency_id is None:
        return None
    act = Act(
        kind=to.name.lower(),
        occurred_at=at,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details=said(reason),
    )
    row = await keep_foreseen(hot, agency_id, code, change.expected, move, act)
    if row is None:
        return None
    return sheet_shown(office, acting, change.code, Holders(agency_code, agency_code), row)

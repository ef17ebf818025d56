"""Moves in one round trip: kept if the dossier is as foreseen, else left to `handling`."""

from typing import Any

import orjson
from kernel.codes import DossierCode
from kit.columns import Json

from dossier.domain.chronology import act_instant
from dossier.domain.foreseen import foresee
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Holders
from dossier.store.foreseen import ForeseenMove
from dossier.usecases.acting import Office
from dossier.usecases.changing import Change
from dossier.usecases.handling import said
from dossier.usecases.hot_calls import HotCalls
from dossier.usecases.reading import Sheet, sheet_shown


async def move_as_foreseen(
    calls: HotCalls, office: Office, change: Change, to: Status, *, reason: str | None
) -> Sheet | None:
    """Return the dossier as moved; None: it is not as foreseen, and `move_dossier` decides."""
    acting, code = change.acting, DossierCode.parse(change.code)
    agency_code = code.agency.text
    at = act_instant(change.at, now=acting.now, after=None)
    move = foresee(to, at=at, agency_code=agency_code, sight=acting.sight)
    agency_id = await calls.number_of(agency_code)
    if move is None or agency_id is None:
        return None
    facts = [{**move.facts, "version": change.expected + 1}] if move.facts else None
    row = await calls.keep(
        ForeseenMove(
            agency_id=agency_id,
            issued_on=code.received_on,
            serial=code.serial,
            version=change.expected,
            from_status=move.from_status,
            status=move.to,
            ended_at=move.ended_at,
            end_kind=move.end_kind,
            kind=to.name.lower(),
            occurred_at=at,
            recorded_at=acting.now,
            recorded_by=acting.by,
            details=_json(said(reason)),
            facts=_json(facts) if facts else None,
        )
    )
    if row is None:
        return None
    return sheet_shown(office, acting, change.code, Holders(agency_code, agency_code), row)


def _json(value: Any) -> Json:
    return Json(orjson.dumps(value).decode())

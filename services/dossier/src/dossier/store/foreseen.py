"""Keeping a foreseen move in one call, if the dossier is as it was foreseen."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
from kernel.codes import DossierCode

from dossier.domain.foreseen import Foreseen
from dossier.store.course import Act
from dossier.store.look_up import SHOWN

_KEEP = f"""
    {SHOWN}
    from keep_foreseen(
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb, $14::text::jsonb
    ) d
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
"""


async def keep_foreseen(
    connection: "asyncpg.Connection[Any]",
    agency_id: int,
    code: DossierCode,
    version: int,
    move: Foreseen,
    act: Act,
) -> Mapping[str, Any] | None:
    """Return the dossier as moved; None: it is not as foreseen, and nothing is changed."""
    facts = move.facts
    kept: Mapping[str, Any] | None = await connection.fetchrow(
        _KEEP,
        agency_id,
        code.received_on,
        code.serial,
        version,
        move.from_status,
        move.to,
        move.ended_at,
        move.end_kind,
        act.kind,
        act.occurred_at,
        act.recorded_at,
        act.recorded_by,
        orjson.dumps(dict(act.details)).decode(),
        orjson.dumps([{**facts, "version": version + 1}]).decode() if facts else None,
    )
    return kept

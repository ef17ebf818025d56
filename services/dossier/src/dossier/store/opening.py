"""Reading a dossier for an act: itself, its facts and its last step, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
from kernel.codes import DossierCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course, Dossier
from dossier.domain.hand_overs import LastStep
from dossier.domain.permissions import Holders
from dossier.store.agency_codes import AgencyCodes
from dossier.store.course import FACT_COLUMNS, course_of, facts_of
from dossier.store.dossiers import OWN_COLUMNS, dossier_of_row
from dossier.store.personal_data import Sealer

_IS_OF = "{0}.agency_id = d.agency_id and {0}.issued_on = d.issued_on and {0}.serial = d.serial"
_STEP_COLUMNS = ("step_number", "handed_over_at", "taken_over_at", "completed_at", "back_at")
_OPENED = f"""
    select
        {", ".join(f"d.{name}" for name in OWN_COLUMNS)}, p.full_name, p.sealed, p.key_id,
        {", ".join(f"f.{name} as fact_{name}" for name in FACT_COLUMNS)},
        {", ".join(f"h.{name}" for name in _STEP_COLUMNS)}, h.from_agency_id
"""
_FROM = f"""
    from dossiers d
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
    join facts f on {_IS_OF.format("f")}
    left join lateral (
        select *, max(completed_at) over () as back_at from hand_overs s
        where {_IS_OF.format("s")} and s.undone is distinct from 'void'
        order by completed_at desc nulls first, step_number desc limit 1
    ) h on true
"""  # noqa: S608 - our own column names
_IN_TRANSACTION = text(f"""
    {_OPENED}, a.code as agency_code, r.code as resolver_agency_code,
        g.code as from_agency_code
    {_FROM}
    join agencies a on a.agency_id = d.agency_id
    join agencies r on r.agency_id = d.resolver_agency_id
    left join agencies g on g.agency_id = h.from_agency_id
    where a.code = :agency and d.issued_on = :issued_on and d.serial = :serial
    order by f.stretch
""")
_AT_ONCE = f"""
    {_OPENED} {_FROM}
    where d.agency_id = $1 and d.issued_on = $2 and d.serial = $3
    order by f.stretch
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A dossier with its course, and the step that it is in or was in last."""

    dossier: Dossier
    course: Course
    step: LastStep | None

    @property
    def holders(self) -> Holders:
        """Return both sides, and who handed over the step that the dossier is in."""
        sender = None if self.step is None else self.step.sender
        return replace(self.dossier.holders, sender=sender)


async def record(tx: AsyncSession, code: str, sealer: Sealer) -> Record | None:
    """Return what an act needs to know of a dossier; whether the actor may is not asked."""
    parsed = DossierCode.parse(code)
    key = {
        "agency": parsed.agency.text,
        "issued_on": parsed.received_on,
        "serial": parsed.serial,
    }
    rows = (await tx.execute(_IN_TRANSACTION, key)).mappings().all()
    return _record([dict(row) for row in rows], sealer) if rows else None


async def record_at_once(
    connection: "asyncpg.Connection[Any]", codes: AgencyCodes, code: str, sealer: Sealer
) -> Record | None:
    """Return the same outside a transaction."""
    parsed = DossierCode.parse(code)
    agency_id = await codes.number_of(connection, parsed.agency.text)
    if agency_id is None:
        return None
    found = await connection.fetch(_AT_ONCE, agency_id, parsed.received_on, parsed.serial)
    if not found:
        return None
    rows = [dict(row) for row in found]
    rows[0]["agency_code"] = parsed.agency.text
    resolver = await codes.code_of(connection, rows[0]["resolver_agency_id"])
    rows[0]["resolver_agency_code"] = resolver
    sender = rows[0]["from_agency_id"]
    rows[0]["from_agency_code"] = sender and await codes.code_of(connection, sender)
    return _record(rows, sealer)


def _record(rows: Sequence[dict[str, Any]], sealer: Sealer) -> Record:
    """Build the record of a dossier from its columns, said once for each stretch of its facts."""
    facts = facts_of([{name: row.pop(f"fact_{name}") for name in FACT_COLUMNS} for row in rows])
    own = rows[0]
    told = {name: own.pop(name) for name in (*_STEP_COLUMNS, "from_agency_code")}
    own.pop("from_agency_id")
    of = dossier_of_row(own, sealer)
    step = None
    if told["step_number"] is not None:
        step = LastStep(agency_code=of.resolver_agency_code, **told)
    return Record(of, course_of(of, facts), step)

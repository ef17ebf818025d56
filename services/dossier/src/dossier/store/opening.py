"""Reading a dossier for an act: itself, its facts and its open step, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from kernel.codes import DossierCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Course, Dossier
from dossier.domain.facts import Channel, EndKind, Facts, ReturnMethod, Stretch
from dossier.store.course import course_of
from dossier.store.dossiers import OWN_COLUMNS, dossier_of_row
from dossier.store.personal_data import Sealer

_OF = "agency_id = d.agency_id and {0}.issued_on = d.issued_on and {0}.serial = d.serial"
_OPENED = f"""
    select
        {", ".join(f"d.{name}" for name in OWN_COLUMNS)},
        a.code as agency_code, r.code as resolver_agency_code, p.full_name, p.sealed, p.key_id,
        f.*,
        (
            select coalesce(h.taken_over_at, h.handed_over_at) from hand_overs h
            where h.{_OF.format("h")} and h.completed_at is null
        ) as step_began_at
    from agencies a
    join dossiers d on d.agency_id = a.agency_id
    join agencies r on r.agency_id = d.resolver_agency_id
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
    cross join lateral (
        select
            min(f.received_on) as known_received_on, min(f.ended_on) as known_ended_on,
            min(f.end_kind) as known_end_kind, min(f.returned_on) as known_returned_on,
            min(f.return_method) as known_return_method,
            min(f.apologised_on) as known_apologised_on,
            array_agg(f.from_on order by f.stretch) as from_days,
            array_agg(f.until_on order by f.stretch) as until_days,
            array_agg(f.due_on order by f.stretch) as due_days,
            array_agg(f.is_waiting order by f.stretch) as waitings
        from facts f where f.{_OF.format("f")}
    ) f
    where a.code = {{agency}} and d.issued_on = {{issued_on}} and d.serial = {{serial}}
"""  # noqa: S608 - our own column names
_IN_TRANSACTION = text(_OPENED.format(agency=":agency", issued_on=":issued_on", serial=":serial"))
_AT_ONCE = _OPENED.format(agency="$1", issued_on="$2", serial="$3")


@dataclass(frozen=True, slots=True)
class Record:
    """A dossier with its course, and when the step began that it is in."""

    dossier: Dossier
    course: Course
    step_began_at: datetime | None


async def record(tx: AsyncSession, code: str, sealer: Sealer) -> Record | None:
    """Return what an act needs to know of a dossier; whether the actor may is not asked."""
    parsed = DossierCode.parse(code)
    key = {
        "agency": parsed.agency.text,
        "issued_on": parsed.received_on,
        "serial": parsed.serial,
    }
    row = (await tx.execute(_IN_TRANSACTION, key)).mappings().one_or_none()
    return None if row is None else _record(dict(row), sealer)


async def record_at_once(
    connection: "asyncpg.Connection[Any]", code: str, sealer: Sealer
) -> Record | None:
    """Return the same outside a transaction."""
    parsed = DossierCode.parse(code)
    row = await connection.fetchrow(_AT_ONCE, parsed.agency.text, parsed.received_on, parsed.serial)
    return None if row is None else _record(dict(row), sealer)


def _record(row: dict[str, Any], sealer: Sealer) -> Record:
    began = row.pop("step_began_at")
    days = [row.pop(name) for name in ("from_days", "until_days", "due_days", "waitings")]
    known = {name: row.pop(f"known_{name}") for name in _KNOWN}
    of = dossier_of_row(row, sealer)
    facts = Facts(
        channel=Channel(of.channel),
        received_on=known["received_on"],
        stretches=tuple(Stretch(*stretch) for stretch in zip(*days, strict=True)),
        ended_on=known["ended_on"],
        end_kind=known["end_kind"] and EndKind(known["end_kind"]),
        returned_on=known["returned_on"],
        return_method=known["return_method"] and ReturnMethod(known["return_method"]),
        apologised_on=known["apologised_on"],
    )
    return Record(of, course_of(of, facts), began)


_KNOWN = (
    *("received_on", "ended_on", "end_kind"),
    *("returned_on", "return_method", "apologised_on"),
)

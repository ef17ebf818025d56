"""Who handles a dossier, as a fact with its history: figures by officer follow it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import Dossier

_RECORDED_AT = """
    select e.recorded_at from events e
    where e.agency_id = :agency_id and e.issued_on = :issued_on and e.serial = :serial
        and e.event_number = :event_number
"""
_KEEP = text(f"""
    insert into facts_history
    select (jsonb_populate_record(
        null::facts_history, to_jsonb(f) || jsonb_build_object('recorded_to', ({_RECORDED_AT}))
    )).*
    from facts f
    where f.agency_id = :agency_id and f.issued_on = :issued_on and f.serial = :serial
""")  # noqa: S608 - both are written here
_CHANGE = text(f"""
    update facts
    set officer = :officer, version = :event_number, recorded_from = ({_RECORDED_AT})
    where agency_id = :agency_id and issued_on = :issued_on and serial = :serial
""")  # noqa: S608 - both are written here


async def change_officer(tx: AsyncSession, of: Dossier, officer: str, *, event_number: int) -> None:
    """Store from which event on the dossier is this officer's; the facts before stay on record."""
    key = {"agency_id": of.agency_id, "issued_on": of.issued_on, "serial": of.serial}
    named = {**key, "event_number": event_number}
    await tx.execute(_KEEP, named)
    await tx.execute(_CHANGE, {**named, "officer": officer})

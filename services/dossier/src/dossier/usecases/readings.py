"""Figures about corrections and delays, and the records behind each."""

from datetime import date
from typing import cast

from kit.errors import BadCursor
from kit.figures import EvidencePage, EvidenceQuery, EvidenceRecord
from kit.paging import decode_cursor, encode_cursor
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import dossier_code
from dossier.domain.facts import FOREVER
from dossier.domain.figures import DEFINITIONS
from dossier.domain.readings import CORRECTIONS, FIRST_LATE, SOFTWARE_ONLY
from dossier.store import readings as store
from dossier.store.readings import Place, Read
from dossier.store.scopes import Scope

READ: frozenset[str] = frozenset(definition.key for definition in store.ALL_READ)
"""The figures told here: those that look beyond the facts as known."""

_LARGEST = 2**31 - 1


async def readings_page(
    tx: AsyncSession, scope: Scope, key: str, query: EvidenceQuery
) -> EvidencePage:
    """Return a page of the records behind a figure of `READ`; its cursor carries their number."""
    after, told = _place(query.cursor)
    found = await store.reading_evidence(
        tx, scope, key, narrowed=query.figures.narrowed, after=after, limit=query.limit + 1
    )
    total = found[0].total if after is None and found else told
    page, more = found[: query.limit], len(found) > query.limit
    last = page[-1] if more else None
    return EvidencePage(
        key=key,
        kind=DEFINITIONS[key].kind,
        total=total,
        total_contribution=total,
        items=[_record(key, read) for read in page],
        next_cursor=last
        and encode_cursor(
            last.issued_on, last.serial, last.agency_id, last.correction_number, total
        ),
    )


def _record(key: str, read: Read) -> EvidenceRecord:
    code = dossier_code(read.agency_code, read.issued_on, read.serial)
    is_correction = key == CORRECTIONS
    return EvidenceRecord(
        record_type="correction" if is_correction else "dossier",
        record_id=f"{code}/{read.correction_number}" if is_correction else code,
        contribution=1,
        occurred_on=_day_of(key, read),
        attributes={
            "agency_code": read.agency_code,
            "procedure_code": read.procedure_code,
            "procedure_field": read.field_code,
            "channel": read.channel,
            "received_on": read.received_on.isoformat(),
            "due_on": _iso(read.due_on),
            "ended_on": _iso(read.ended_on),
            "timeliness": read.timeliness or "",
            **_own(key, read),
        },
    )


def _own(key: str, read: Read) -> dict[str, str]:
    """Return what only this figure knows of the record."""
    if key == CORRECTIONS:
        return {"corrects": read.note}
    if key in (FIRST_LATE, SOFTWARE_ONLY):
        return {
            "due_on_first_recorded": _iso(read.first_due_on),
            "ended_on_first_recorded": _iso(read.first_ended_on),
        }
    return {"reason_code": read.note}


def _day_of(key: str, read: Read) -> date:
    """Return the day that put the record in the period."""
    if key == CORRECTIONS:
        return read.received_on
    return read.first_ended_on


def _iso(day: date) -> str:
    return "" if day == FOREVER else day.isoformat()


def _place(cursor: str | None) -> tuple[Place | None, int]:
    """Return the place of the last record of the page before, and the total told with it."""
    decoded = decode_cursor(cursor, date, int, int, int, int)
    if decoded is None:
        return None, 0
    issued_on, *numbers = cast("tuple[date, int, int, int, int]", decoded)
    if max(map(abs, numbers)) > _LARGEST:
        raise BadCursor
    serial, agency_id, correction_number, total = numbers
    return (issued_on, serial, agency_id, correction_number), total

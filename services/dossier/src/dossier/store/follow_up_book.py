"""The follow-up book of an agency: its volumes, and the dossiers in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, Select, String, func, insert, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.dossier import dossier_code
from dossier.domain.facts import ReturnMethod
from dossier.domain.lifecycle import Status
from dossier.store.personal_data import Sealer
from dossier.store.promises import standing_promise
from dossier.tables.agencies import agencies
from dossier.tables.dossiers import dossiers
from dossier.tables.people import applicants, personal_data_reads

_resolver = agencies.alias("resolving")


class Entry(NamedTuple):
    """A dossier's place in the book: its number there, and the day and serial of its code."""

    number: int
    issued_on: date
    serial: int


class Volume(NamedTuple):
    """A volume by its first and its last entry."""

    first: Entry
    last: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """A dossier as the book shows it, with the applicant's data in clear."""

    code: str
    procedure_name: str
    applicant_name: str
    address: str | None
    phone: str | None
    resolver_code: str
    status: Status
    received_at: datetime
    due_on: date | None
    promised_on: date | None
    returned_at: datetime | None
    return_method: ReturnMethod | None


async def volumes(
    tx: AsyncSession, agency_code: str, first: date, last: date, *, size: int
) -> list[Volume]:
    """Return the volumes of what an agency received in a range of days, `size` dossiers in each.

    The key of the dossiers is the order of the book, so no row is read for it but only the index.
    """
    d = dossiers.c
    numbered = (
        _received(agency_code, first, last)
        .with_only_columns(
            func.row_number().over(order_by=(d.issued_on, d.serial)).label("number"),
            d.issued_on,
            d.serial,
            func.count().over().label("total"),
        )
        .subquery()
    ).c
    opens, closes = (numbered.number - 1) % size == 0, numbered.number % size == 0
    rows = await tx.execute(
        select(numbered.number, numbered.issued_on, numbered.serial, numbered.total)
        .where(or_(opens, closes, numbered.number == numbered.total))
        .order_by(numbered.number)
    )
    return _volumes([(Entry(*row[:3]), row.total) for row in rows], size)


def _volumes(found: Sequence[tuple[Entry, int]], size: int) -> list[Volume]:
    firsts = [entry for entry, _ in found if (entry.number - 1) % size == 0]
    lasts = [entry for entry, total in found if entry.number % size == 0 or entry.number == total]
    return [Volume(*ends) for ends in zip(firsts, lasts, strict=True)]


async def book_rows(
    tx: AsyncSession,
    agency_code: str,
    volume: Volume,
    *,
    sealer: Sealer,
    by: str,
    at: datetime,
    request_id: str,
) -> list[BookRow]:
    """Return the dossiers of a volume, in order of the codes; each read is recorded."""
    first, last = volume
    key = tuple_(dossiers.c.issued_on, dossiers.c.serial)
    found = _received(agency_code, first.issued_on, last.issued_on).where(
        key >= tuple_(first.issued_on, first.serial), key <= tuple_(last.issued_on, last.serial)
    )
    await tx.execute(
        insert(personal_data_reads).from_select(
            ["agency_id", "read_id", "applicant_id", "read_by", "read_at", "request_id"],
            found.with_only_columns(
                dossiers.c.agency_id,
                func.gen_random_uuid(),
                dossiers.c.applicant_id,
                literal(by, String),
                literal(at),
                literal(request_id, String),
            ),
        )
    )
    d = dossiers.c
    rows = await tx.execute(
        found.join(
            applicants,
            (applicants.c.agency_id == d.agency_id) & (applicants.c.applicant_id == d.applicant_id),
        )
        .join(_resolver, _resolver.c.agency_id == d.resolver_agency_id)
        .with_only_columns(
            agencies.c.code.label("agency_code"),
            d.issued_on,
            d.serial,
            d.procedure_name,
            d.status,
            d.received_at,
            d.due_on,
            standing_promise(dossiers),
            d.returned_at,
            d.return_method,
            d.applicant_id,
            applicants.c.full_name,
            applicants.c.sealed,
            applicants.c.key_id,
            _resolver.c.code.label("resolver_code"),
        )
        .order_by(d.issued_on, d.serial)
    )
    return [_book_row(row, sealer) for row in rows.mappings()]


def _received(agency_code: str, first: date, last: date) -> Select[Any]:
    return (
        select(dossiers.c.serial)
        .join(agencies, agencies.c.agency_id == dossiers.c.agency_id)
        .where(agencies.c.code == agency_code, dossiers.c.issued_on.between(first, last))
    )


def _book_row(row: RowMapping, sealer: Sealer) -> BookRow:
    private = sealer.open(row["applicant_id"], row["sealed"], key_id=row["key_id"])
    return BookRow(
        code=dossier_code(row["agency_code"], row["issued_on"], row["serial"]),
        procedure_name=row["procedure_name"],
        applicant_name=row["full_name"],
        address=private.get("address"),
        phone=private.get("phone"),
        resolver_code=row["resolver_code"],
        status=Status(row["status"]),
        received_at=row["received_at"],
        due_on=row["due_on"],
        promised_on=row["promised_on"],
        returned_at=row["returned_at"],
        return_method=row["return_method"] and ReturnMethod(row["return_method"]),
    )

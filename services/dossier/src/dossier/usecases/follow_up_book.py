"""Printing form 06: the book of the dossiers an agency received in a year."""

import asyncio
from calendar import monthrange
from datetime import date

from kernel.time_zone import local_day

from dossier.documents import registers, wording
from dossier.documents.content import BookEntry, FollowUpBook
from dossier.documents.pdf import render_pdf
from dossier.domain.errors import BookTooLong, NoSuchAgency, UnknownAgency
from dossier.domain.lifecycle import LABELS_VI, Status
from dossier.domain.permissions import require_sight
from dossier.domain.printed_forms import FormKind, forms_on
from dossier.store import printing as records
from dossier.store.printing import BookRow
from dossier.usecases.acting import Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.printing import Printed, Reader, agency_name

LONGEST_BOOK = 3_000
"""Dossiers in one book: setting one takes some seconds and 200 kB of memory for each of them."""
_INSTEAD = "?month=, GET /v1/dossiers/export"


async def print_follow_up_book(
    sessions: Sessions,
    office: Office,
    agency: str,
    *,
    year: int,
    month: int | None,
    reader: Reader,
) -> Printed:
    """Print the book of a year, or of one month of it, as it is known now.

    Each applicant's data read for it is recorded like any other reading.
    """
    require_sight(reader.acting.sight, agency)
    today = local_day(reader.acting.now)
    first, last = _days(year, month)
    forms = forms_on(min(last, today))
    forms.of_kind(FormKind.FOLLOW_UP_BOOK)
    async with sessions.begin() as tx:
        count = await records.count_received(tx, agency, first, last, most=LONGEST_BOOK)
        if count > LONGEST_BOOK:
            raise BookTooLong(year=year, most=LONGEST_BOOK, instead=_INSTEAD)
        rows = await records.book_rows(
            tx,
            agency,
            first,
            last,
            sealer=office.sealer,
            by=reader.acting.by,
            at=reader.acting.now,
            request_id=reader.request_id,
        )
    on = min(last, today)
    if not rows:
        await _require_agency(office, agency, on=on)
    resolvers = {row.resolver_code for row in rows} | {agency}
    names = {code: await agency_name(office.catalogue, code, on=on) for code in sorted(resolvers)}
    book = FollowUpBook(
        agency_name=names[agency],
        year=year,
        month=month,
        printed_on=today,
        entries=tuple(_entry(row, names[row.resolver_code]) for row in rows),
    )
    paper = registers.follow_up_book(book, forms)
    span = f"{year}" if month is None else f"{year}-{month:02}"
    return Printed(await asyncio.to_thread(render_pdf, paper), f"so-theo-doi-{agency}-{span}.pdf")


def _days(year: int, month: int | None) -> tuple[date, date]:
    """Return the first and the last day of the year, or of its month."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


async def _require_agency(office: Office, code: str, *, on: date) -> None:
    """Refuse the empty book of an agency that does not exist."""
    try:
        await office.catalogue.agency_name(code, on=on)
    except UnknownAgency as error:
        raise NoSuchAgency(agency_code=code) from error


def _entry(row: BookRow, resolver: str) -> BookEntry:
    returned_on = None if row.returned_at is None else local_day(row.returned_at)
    method = None if row.return_method is None else wording.RETURN_METHODS[row.return_method]
    return BookEntry(
        code=row.code,
        procedure_name=row.procedure_name,
        applicant_name=row.applicant_name,
        address=row.address,
        phone=row.phone,
        resolver=resolver,
        received_on=local_day(row.received_at),
        due_on=row.due_on,
        returned_on=returned_on,
        return_method=method,
        note=_note(row),
    )


def _note(row: BookRow) -> str:
    """Say what the columns do not: where an unreturned dossier is, and a new appointment."""
    said = [] if row.status is Status.RETURNED else [LABELS_VI[row.status]]
    if row.promised_on is not None:
        said.append(f"Hẹn lại {wording.day(row.promised_on)}")
    return "; ".join(said)

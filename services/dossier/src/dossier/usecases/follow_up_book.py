"""Printing form 06: the book of the dossiers an agency received in a year, volume by volume."""

import asyncio
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.documents import registers, wording
from dossier.documents.content import BookEntry, BookVolume, FollowUpBook
from dossier.documents.pdf import render_pdf
from dossier.domain.dossier import dossier_code
from dossier.domain.errors import NoSuchAgency, UnknownAgency
from dossier.domain.lifecycle import LABELS_VI, Status
from dossier.domain.paper_errors import BookTooLong, NoSuchVolume
from dossier.domain.permissions import require_sight
from dossier.domain.printed_forms import FormKind, forms_on
from dossier.schemas.follow_up_book import FollowUpBookVolumes, VolumeOut
from dossier.store import follow_up_book as records
from dossier.store.follow_up_book import BookRow, Volume
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.printing import Printed, Reader, agency_name, agency_place

DOSSIERS_PER_VOLUME = 1_000
"""Some 150 leaves, as a bound register has; setting one takes 3 s and 0.4 MB for each dossier."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a book is of: a year, or one month of it."""

    year: int
    month: int | None

    @property
    def days(self) -> tuple[date, date]:
        """Return its first and its last day."""
        if self.month is None:
            return date(self.year, 1, 1), date(self.year, 12, 31)
        end = monthrange(self.year, self.month)[1]
        return date(self.year, self.month, 1), date(self.year, self.month, end)

    def __str__(self) -> str:
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02}"


async def list_volumes(
    sessions: Sessions, office: Office, agency: str, span: Span, *, acting: Acting
) -> FollowUpBookVolumes:
    """List the volumes of a book as it is known now; a book without dossiers has none."""
    require_sight(acting.sight, agency)
    async with sessions.begin() as tx:
        found = await _volumes(tx, agency, span)
    if not found:
        await _require_agency(office, agency, on=min(span.days[1], local_day(acting.now)))
    return FollowUpBookVolumes(
        agency_code=agency,
        year=span.year,
        month=span.month,
        dossiers_count=found[-1].last.number if found else 0,
        volumes=[_volume_out(agency, at, each) for at, each in enumerate(found, start=1)],
    )


async def print_follow_up_book(
    sessions: Sessions,
    office: Office,
    agency: str,
    span: Span,
    *,
    volume: int | None,
    reader: Reader,
) -> Printed:
    """Print the book of a year, or of one month of it, as it is known now.

    Only a book of one volume is printed without naming the volume. Each applicant's data read for
    it is recorded like any other reading.
    """
    require_sight(reader.acting.sight, agency)
    today = local_day(reader.acting.now)
    on = min(span.days[1], today)
    forms = forms_on(on)
    forms.of_kind(FormKind.FOLLOW_UP_BOOK)
    async with sessions.begin() as tx:
        volumes = await _volumes(tx, agency, span)
        number = _chosen(volumes, volume, span)
        rows = await _rows(tx, office, agency, volumes[number - 1 : number], reader)
    if not rows:
        await _require_agency(office, agency, on=on)
    resolvers = {row.resolver_code for row in rows} | {agency}
    names = {code: await agency_name(office.catalogue, code, on=on) for code in sorted(resolvers)}
    book = FollowUpBook(
        agency_name=names[agency],
        place=await agency_place(office, agency, on=on),
        year=span.year,
        month=span.month,
        printed_on=today,
        entries=tuple(_entry(row, names[row.resolver_code]) for row in rows),
        volume=_part(volumes, number),
    )
    pdf = await asyncio.to_thread(render_pdf, registers.follow_up_book(book, forms))
    part = f"-quyen-{number}" if len(volumes) > 1 else ""
    return Printed(pdf, f"so-theo-doi-{agency}-{span}{part}.pdf")


async def _volumes(tx: AsyncSession, agency: str, span: Span) -> list[Volume]:
    return await records.volumes(tx, agency, *span.days, size=DOSSIERS_PER_VOLUME)


async def _rows(
    tx: AsyncSession, office: Office, agency: str, chosen: Sequence[Volume], reader: Reader
) -> list[BookRow]:
    """Read the dossiers of the volume that was chosen, none when the book is empty."""
    return [
        row
        for volume in chosen
        for row in await records.book_rows(
            tx,
            agency,
            volume,
            sealer=office.sealer,
            by=reader.acting.by,
            at=reader.acting.now,
            request_id=reader.request_id,
        )
    ]


def _chosen(volumes: Sequence[Volume], volume: int | None, span: Span) -> int:
    """Return the number of the volume to print; an empty book is one empty volume."""
    count = max(len(volumes), 1)
    if volume is None:
        if count > 1:
            raise BookTooLong(
                span=str(span), dossiers_count=volumes[-1].last.number, volumes_count=count
            )
        return 1
    if volume > count:
        raise NoSuchVolume(span=str(span), volume=volume, volumes_count=count)
    return volume


def _part(volumes: Sequence[Volume], number: int) -> BookVolume | None:
    """Say which part of the book a volume is, None when it is the whole of it."""
    if len(volumes) <= 1:
        return None
    first, _ = volumes[number - 1]
    return BookVolume(
        number=number,
        volumes_count=len(volumes),
        first_entry=first.number,
        dossiers_count=volumes[-1].last.number,
    )


def _volume_out(agency: str, number: int, volume: Volume) -> VolumeOut:
    first, last = volume
    return VolumeOut(
        volume=number,
        dossiers_count=last.number - first.number + 1,
        first_entry=first.number,
        last_entry=last.number,
        first_code=dossier_code(agency, first.issued_on, first.serial),
        last_code=dossier_code(agency, last.issued_on, last.serial),
    )


async def _require_agency(office: Office, code: str, *, on: date) -> None:
    """Refuse the empty book of an agency that does not exist."""
    try:
        await office.catalogue.agency(code, on=on)
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

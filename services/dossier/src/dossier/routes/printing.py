"""The printer of the desk: paper forms as PDF."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from kit.errors import refusals
from kit.wire import AgencyCodeText

from dossier.deps import AtOffice, DossierCode, PaperReader, Writing
from dossier.domain.errors import (
    EventVoid,
    NoSuchAgency,
    NotYourAgency,
    UnknownDossier,
    UnknownFiling,
)
from dossier.domain.paper_errors import (
    BookTooLong,
    NoApologySent,
    NoFormsInForce,
    NoSuchVolume,
    NoSupplementAsked,
    NothingRefused,
    UnknownForm,
)
from dossier.schemas.follow_up_book import FollowUpBookVolumes
from dossier.usecases.filing_forms import print_filing_form
from dossier.usecases.follow_up_book import Span, list_volumes, print_follow_up_book
from dossier.usecases.printing import Printed, print_form

router = APIRouter(prefix="/v1", tags=["printing"])


async def book_span(
    year: Annotated[int, Query(ge=2000, le=2099, examples=[2022])],
    month: Annotated[int | None, Query(ge=1, le=12, description="One month of the year.")] = None,
) -> Span:
    """Read what the book is of."""
    return Span(year, month)


BookSpan = Annotated[Span, Depends(book_span)]
FormNumber = Annotated[
    str, Path(pattern="^[0-9]{2}$", description="The number of the form.", examples=["01"])
]
_PDF = "application/pdf"
_PAPER: dict[int | str, dict[str, Any]] = {
    200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get(
    "/dossiers/{code}/forms/{number}",
    response_class=Response,
    responses={
        **_PAPER,
        **refusals(
            UnknownDossier,
            UnknownForm,
            NoFormsInForce,
            NoSupplementAsked,
            NothingRefused,
            NoApologySent,
            EventVoid,
        ),
    },
)
async def print_dossier_form(
    code: DossierCode, number: FormNumber, reader: PaperReader, office: AtOffice, writing: Writing
) -> Response:
    """Print a form about a dossier: 01 receipt, 02 supplement, 03 refusal, 04 apology, 05 course.

    It bears the applicant's data in clear; who printed it is recorded.
    """
    return _file(await print_form(writing, office, code, number, reader=reader))


@router.get(
    "/filings/{filing_id}/forms/{number}",
    response_class=Response,
    responses={
        **_PAPER,
        **refusals(UnknownFiling, UnknownForm, NoFormsInForce, NoSupplementAsked, NothingRefused),
    },
)
async def print_form_of_filing(
    filing_id: UUID, number: FormNumber, reader: PaperReader, office: AtOffice, writing: Writing
) -> Response:
    """Print a form about an online filing: 02 supplement, 03 refusal.

    It bears the applicant's data in clear; who printed it is recorded.
    """
    return _file(await print_filing_form(writing, office, filing_id, number, reader=reader))


@router.get(
    "/agencies/{agency}/follow-up-book",
    response_class=Response,
    responses={
        **_PAPER,
        **refusals(NoSuchAgency, NotYourAgency, NoFormsInForce, BookTooLong, NoSuchVolume),
    },
)
async def print_book(
    agency: AgencyCodeText,
    span: BookSpan,
    reader: PaperReader,
    office: AtOffice,
    writing: Writing,
    volume: Annotated[int | None, Query(ge=1, le=9_999, description="Of several volumes.")] = None,
) -> Response:
    """Print the follow-up book (06) of a year or a month; a long one volume by volume.

    It bears applicants' data in clear; who printed it is recorded for each of them.
    """
    book = await print_follow_up_book(writing, office, agency, span, volume=volume, reader=reader)
    return _file(book)


@router.get(
    "/agencies/{agency}/follow-up-book/volumes",
    responses=refusals(NoSuchAgency, NotYourAgency),
)
async def list_book_volumes(
    agency: AgencyCodeText, span: BookSpan, reader: PaperReader, office: AtOffice, writing: Writing
) -> FollowUpBookVolumes:
    """List the volumes of the follow-up book of a year or a month; their entries count on."""
    return await list_volumes(writing, office, agency, span, acting=reader.acting)


def _file(printed: Printed) -> Response:
    return Response(
        printed.body,
        media_type=_PDF,
        headers={
            "Content-Disposition": f'inline; filename="{printed.filename}"',
            "Cache-Control": "no-store",
        },
    )

"""The printer of the desk: paper forms as PDF."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from kit.errors import refusals
from kit.wire import AgencyCodeText

from dossier.deps import AtOffice, DossierCode, PaperReader, Writing
from dossier.domain.errors import (
    BookTooLong,
    NoApologySent,
    NoFormsInForce,
    NoSuchAgency,
    NoSupplementAsked,
    NothingRefused,
    NotYourAgency,
    UnknownDossier,
    UnknownFiling,
    UnknownForm,
)
from dossier.usecases.filing_forms import print_filing_form
from dossier.usecases.follow_up_book import print_follow_up_book
from dossier.usecases.printing import Printed, print_form

router = APIRouter(prefix="/v1", tags=["printing"])

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
    responses={**_PAPER, **refusals(NoSuchAgency, NotYourAgency, NoFormsInForce, BookTooLong)},
)
async def print_book(
    agency: AgencyCodeText,
    year: Annotated[int, Query(ge=2000, le=2099, examples=[2022])],
    reader: PaperReader,
    office: AtOffice,
    writing: Writing,
    month: Annotated[int | None, Query(ge=1, le=12, description="One month of the year.")] = None,
) -> Response:
    """Print the follow-up book (06) of a year, up to 3,000 dossiers; longer years month by month.

    It bears applicants' data in clear; who printed it is recorded for each of them.
    """
    book = await print_follow_up_book(
        writing, office, agency, year=year, month=month, reader=reader
    )
    return _file(book)


def _file(printed: Printed) -> Response:
    return Response(
        printed.body,
        media_type=_PDF,
        headers={
            "Content-Disposition": f'inline; filename="{printed.filename}"',
            "Cache-Control": "no-store",
        },
    )

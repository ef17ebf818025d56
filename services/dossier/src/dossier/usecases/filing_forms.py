"""Printing the forms of an online filing, which has no dossier code yet, or never will."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.documents import slips
from dossier.documents.content import Applicant, Matter, Refusal, SupplementRequest
from dossier.documents.paper import Slip
from dossier.documents.pdf import render_pdf
from dossier.domain.errors import UnknownFiling
from dossier.domain.lifecycle import Status
from dossier.domain.paper_errors import NoSupplementAsked, NothingRefused, UnknownForm
from dossier.domain.printed_forms import FormKind, FormSet, forms_on
from dossier.domain.procedures import in_force
from dossier.store import filings
from dossier.store import printing as records
from dossier.store.filings import Filing
from dossier.usecases.acting import Office
from dossier.usecases.catalogue import Sessions
from dossier.usecases.printing import (
    Printed,
    Reader,
    agency_name,
    agency_place,
    form_kind,
    in_clear,
    missing_item,
)

_EVENTS = {
    FormKind.SUPPLEMENT_REQUEST: ("awaiting_supplement", NoSupplementAsked),
    FormKind.REFUSAL: ("refused", NothingRefused),
}
"""The forms a filing may have: the event each tells of, and the refusal when there was none."""


async def print_filing_form(
    sessions: Sessions, office: Office, filing_id: UUID, number: str, *, reader: Reader
) -> Printed:
    """Print what was last asked of the applicant, or why the filing was refused."""
    async with sessions.begin() as tx:
        filing = await filings.filing(tx, filing_id, reader.acting.sight)
        if filing is None:
            raise UnknownFiling(filing_id=filing_id)
        kind = _kind(number, filing)
        at, told = await _event(tx, filing, kind)
        applicant = await in_clear(tx, office, filing, reader)
    matter = await _matter(office, filing, applicant, at)
    paper = _slip(kind, matter, at, told, forms_on(local_day(at)))
    return Printed(await asyncio.to_thread(render_pdf, paper), f"mau-{number}-{filing_id}.pdf")


def _kind(number: str, filing: Filing) -> FormKind:
    on = local_day(filing.filed_at)
    kind = form_kind(number, on=on)
    if kind not in _EVENTS:
        printable = ", ".join(forms_on(on).of_kind(each).number for each in _EVENTS)
        raise UnknownForm(number=number, numbers=printable)
    return kind


async def _event(
    tx: AsyncSession, filing: Filing, kind: FormKind
) -> tuple[datetime, Mapping[str, Any]]:
    name, absent = _EVENTS[kind]
    found = await records.filing_event(tx, filing, name)
    # A refusal may have been found never to have happened; then the filing goes on.
    is_void = kind is FormKind.REFUSAL and filing.status is not Status.REFUSED_AT_INTAKE
    if found is None or is_void:
        raise absent(code=filing.filing_id)
    return found


async def _matter(office: Office, filing: Filing, applicant: Applicant, at: datetime) -> Matter:
    versions = await office.catalogue.versions(filing.procedure_code)
    version = in_force(versions, filing.procedure_code, local_day(filing.filed_at))
    return Matter(
        code=str(filing.filing_id),
        code_label="Mã hồ sơ nộp trực tuyến",
        number=None,
        agency_name=await agency_name(office.catalogue, filing.agency_code, on=local_day(at)),
        place=await agency_place(office, filing.agency_code, on=local_day(at)),
        applicant=applicant,
        procedure_code=filing.procedure_code,
        procedure_name=version.name,
        subject=filing.subject,
    )


def _slip(
    kind: FormKind, matter: Matter, at: datetime, told: Mapping[str, Any], forms: FormSet
) -> Slip:
    if kind is FormKind.REFUSAL:
        return slips.refusal(Refusal(matter=matter, reason=told["reason"], refused_at=at), forms)
    asked = SupplementRequest(
        matter=matter,
        ordinal=1,
        items=tuple(missing_item(item) for item in told["items"]),
        reason=told["reason"],
        asked_at=at,
    )
    return slips.supplement_request(asked, forms)

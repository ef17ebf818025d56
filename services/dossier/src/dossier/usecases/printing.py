"""Printing the desk's paper forms: the record read in clear, who looked recorded, then set."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.documents import registers, slips
from dossier.documents.content import (
    Apology,
    Applicant,
    ControlSheet,
    HandOver,
    Matter,
    Receipt,
    Refusal,
    SupplementRequest,
)
from dossier.documents.paper import Sheet, Slip
from dossier.documents.pdf import render_pdf
from dossier.domain.dossier import Dossier
from dossier.domain.errors import UnknownAgency
from dossier.domain.paper_errors import (
    NoApologySent,
    NoSupplementAsked,
    NothingRefused,
    UnknownForm,
)
from dossier.domain.places import place
from dossier.domain.printed_forms import FormKind, FormSet, forms_on, paper_number
from dossier.domain.procedures import ProcedureVersion
from dossier.store import dossiers, papers
from dossier.store import printing as records
from dossier.store.filings import Filing
from dossier.store.printing import PrintedStep
from dossier.usecases.acting import Acting, Office
from dossier.usecases.catalogue import Catalogue, Sessions
from dossier.usecases.reading import read_dossier

_DESK = "Bộ phận Tiếp nhận và Trả kết quả"


@dataclass(frozen=True, slots=True)
class Printed:
    """A file: its bytes and a name for it."""

    body: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who prints, by which request: what is recorded of reading personal data."""

    acting: Acting
    request_id: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What a paper says beside the record of its act."""

    matter: Matter
    names: Mapping[str, str]
    forms: FormSet
    version: ProcedureVersion | None


@dataclass(frozen=True, slots=True)
class _Record:
    """The day a paper bears, the agencies it names, and how it is put into words."""

    on: date
    compose: Callable[[_Around], Slip | Sheet]
    agencies: frozenset[str] = frozenset()


async def print_form(
    sessions: Sessions, office: Office, code: str, number: str, *, reader: Reader
) -> Printed:
    """Print a form about a dossier, as it stood when its act was done.

    No connection is held while the catalogue is asked and the paper is set in type.
    """
    async with sessions.begin() as tx:
        dossier = await read_dossier(tx, office, code, acting=reader.acting)
        kind = form_kind(number, on=dossier.issued_on)
        record = await _RECORDS[kind](tx, dossier)
        applicant = await in_clear(tx, office, dossier, reader)
    matter = Matter(
        code=dossier.code,
        number=paper_number(dossier.issued_on, dossier.serial),
        agency_name=await agency_name(office.catalogue, dossier.agency_code, on=record.on),
        place=await agency_place(office, dossier.agency_code, on=record.on),
        applicant=applicant,
        procedure_code=dossier.procedure_code,
        procedure_name=dossier.procedure_name,
        subject=dossier.subject,
    )
    names = {
        agency: await agency_name(office.catalogue, agency, on=record.on)
        for agency in sorted(record.agencies)
    }
    version = await _version(office.catalogue, dossier) if kind is FormKind.RECEIPT else None
    paper = record.compose(_Around(matter, names, forms_on(record.on), version))
    return Printed(await asyncio.to_thread(render_pdf, paper), f"mau-{number}-{code}.pdf")


async def agency_name(catalogue: Catalogue, code: str, *, on: date) -> str:
    """Return an agency's name on a day; one not yet, or no longer, there is named by its code."""
    try:
        return (await catalogue.agency(code, on=on)).name
    except UnknownAgency:
        return f"Cơ quan {code}"


async def agency_place(office: Office, code: str, *, on: date) -> str | None:
    """Return the place where an agency has its seat, as its name says or that of one above it.

    A department of a province names no unit: the province above it does. None when nobody does.
    """
    above: str | None = code
    while above is not None:
        try:
            agency = await office.catalogue.agency(above, on=on)
        except UnknownAgency:
            return None
        named = place(agency.name, office.places_in_full)
        if named is not None:
            return named
        above = agency.parent_code
    return None


def form_kind(number: str, *, on: date) -> FormKind:
    """Return what the form with this number is for; the book is not about one dossier."""
    forms = forms_on(on)
    kind = forms.numbered(number).kind
    if kind is FormKind.FOLLOW_UP_BOOK:
        raise UnknownForm(number=number, numbers=forms.numbers)
    return kind


async def in_clear(
    tx: AsyncSession, office: Office, of: Dossier | Filing, reader: Reader
) -> Applicant:
    """Return the applicant in clear; who looked is recorded."""
    known = await dossiers.applicant_in_clear(
        tx,
        of,
        office.sealer,
        read_id=uuid4(),
        by=reader.acting.by,
        at=reader.acting.now,
        request_id=reader.request_id,
    )
    return Applicant(
        full_name=known["full_name"],
        address=known.get("address"),
        phone=known.get("phone"),
        email=known.get("email"),
    )


def missing_item(item: Mapping[str, str]) -> str:
    """Write one item of what is asked for: the component, and what is missing of it."""
    return f"{item['component']}: {item['what_is_missing']}"


async def _version(catalogue: Catalogue, dossier: Dossier) -> ProcedureVersion | None:
    versions = await catalogue.versions(dossier.procedure_code)
    return next((each for each in versions if each.number == dossier.version_number), None)


async def _receipt(tx: AsyncSession, dossier: Dossier) -> _Record:
    received_at = await records.received_at(tx, dossier)
    due_on = await records.due_on_when(tx, dossier, "received")

    def compose(around: _Around) -> Slip:
        version = around.version
        receipt = Receipt(
            matter=around.matter,
            channel=dossier.channel,
            received_at=received_at,
            due_on=due_on,
            time_limit_value=dossier.time_limit_value,
            time_limit_unit=dossier.time_limit_unit,
            components=version.components if version else (),
            components_count=dossier.components_count,
            sets_count=version.sets_count if version else None,
        )
        return slips.receipt(receipt, around.forms)

    return _Record(local_day(received_at), compose)


async def _supplement_request(tx: AsyncSession, dossier: Dossier) -> _Record:
    """Read the latest request; earlier ones have been answered."""
    asked = await papers.supplement_requests_of(tx, dossier)
    if not asked:
        raise NoSupplementAsked(code=dossier.code)
    last = asked[-1]

    def compose(around: _Around) -> Slip:
        request = SupplementRequest(
            matter=around.matter,
            ordinal=last.request_number,
            items=tuple(missing_item(item) for item in last.items),
            reason=last.reason,
            asked_at=last.asked_at,
        )
        return slips.supplement_request(request, around.forms)

    return _Record(local_day(last.asked_at), compose)


async def _refusal(tx: AsyncSession, dossier: Dossier) -> _Record:
    """Read why the dossier was stopped; one its applicant withdrew was not refused.

    Law: our reading (a dossier stopped by the agency gets the paper of a refusal)
    """
    refused = await records.refusal_of(tx, dossier)
    if refused is None:
        raise NothingRefused(code=dossier.code)

    def compose(around: _Around) -> Slip:
        refusal = Refusal(
            matter=around.matter, reason=refused.reason, refused_at=refused.refused_at
        )
        return slips.refusal(refusal, around.forms)

    return _Record(local_day(refused.refused_at), compose)


async def _apology(tx: AsyncSession, dossier: Dossier) -> _Record:
    sent = await records.apology_of(tx, dossier)
    if sent is None:
        raise NoApologySent(code=dossier.code)
    due_on = await records.due_on_when(tx, dossier, "apologised")

    def compose(around: _Around) -> Slip:
        apology = Apology(
            matter=around.matter,
            received_at=dossier.received_at,
            due_on=due_on,
            promised_on=sent.promised_on,
            reason=sent.reason,
            sent_at=sent.sent_at,
        )
        return slips.apology(apology, around.forms)

    return _Record(local_day(sent.sent_at), compose)


async def _control_sheet(tx: AsyncSession, dossier: Dossier) -> _Record:
    steps = await records.steps_of(tx, dossier)

    def compose(around: _Around) -> Sheet:
        sheet = ControlSheet(
            matter=around.matter,
            resolver=around.names[dossier.resolver_agency_code],
            received_at=dossier.received_at,
            due_on=dossier.due_on,
            hand_overs=tuple(_hand_overs(steps, around)),
        )
        return registers.control_sheet(sheet, around.forms)

    codes = {code for step in steps for code in (step.from_agency_code, step.to_agency_code)}
    return _Record(dossier.received_on, compose, frozenset(codes | {dossier.resolver_agency_code}))


def _hand_overs(steps: Sequence[PrintedStep], around: _Around) -> Iterator[HandOver]:
    """Name both sides of each step: the desk hands over first, then whoever took over before."""
    giver = f"{_DESK}, {around.matter.agency_name}"
    for step in steps:
        taker = around.names[step.to_agency_code]
        if step.to_unit is not None:
            taker = f"{step.to_unit}, {taker}"
        yield HandOver(
            step_name=step.step_name,
            giver=giver,
            given_at=step.handed_over_at,
            given_by=step.handed_over_by,
            taker=taker,
            taken_at=step.taken_over_at,
            taken_by=step.taken_over_by,
            due_on=step.due_on,
            completed_at=step.completed_at,
        )
        giver = taker


_RECORDS: dict[FormKind, Callable[[AsyncSession, Dossier], Awaitable[_Record]]] = {
    FormKind.RECEIPT: _receipt,
    FormKind.SUPPLEMENT_REQUEST: _supplement_request,
    FormKind.REFUSAL: _refusal,
    FormKind.APOLOGY: _apology,
    FormKind.CONTROL_SHEET: _control_sheet,
}

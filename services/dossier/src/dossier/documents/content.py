"""What the forms print, as plain values taken from a dossier's record."""

from dataclasses import dataclass
from datetime import date, datetime

from dossier.domain.due_date import TimeUnit
from dossier.domain.facts import Channel
from dossier.domain.procedures import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who handed the dossier in; what was not given is left to be filled in by hand."""

    full_name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What every form about one dossier says: whose it is, and what it asks for.

    `number` is what papers about it are numbered by, None to leave room for one; `code` is what
    the QR code holds: a filing that has no dossier code is known by its id, and `code_label` says
    so. `place` is where the agency has its seat, None when it is not known.
    """

    code: str
    code_label: str = "Mã hồ sơ"
    number: str | None
    agency_name: str
    place: str | None
    applicant: Applicant
    procedure_code: str
    procedure_name: str | None
    subject: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Form 01. `due_on` is the day appointed at receipt, whatever moved it later."""

    matter: Matter
    channel: Channel
    received_at: datetime
    due_on: date | None
    time_limit_value: int | None
    time_limit_unit: TimeUnit
    components: tuple[Component, ...] = ()
    components_count: int | None = None
    sets_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRequest:
    """Form 02. `ordinal` counts the requests of one dossier."""

    matter: Matter
    ordinal: int
    items: tuple[str, ...]
    reason: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Form 03."""

    matter: Matter
    reason: str
    refused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Apology:
    """Form 04. `due_on` is the lawful day that will be missed."""

    matter: Matter
    received_at: datetime
    due_on: date | None
    promised_on: date
    reason: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One hand-over: both sides, both times, and how the step ended."""

    step_name: str
    giver: str
    given_at: datetime
    given_by: str
    taker: str
    taken_at: datetime | None = None
    taken_by: str | None = None
    due_on: date | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSheet:
    """Form 05. `resolver` is the agency that has the dossier to settle."""

    matter: Matter
    resolver: str
    received_at: datetime
    due_on: date | None
    hand_overs: tuple[HandOver, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """One dossier in the book."""

    code: str
    procedure_name: str
    applicant_name: str
    address: str | None
    phone: str | None
    resolver: str
    received_on: date
    due_on: date | None
    returned_on: date | None
    return_method: str | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookVolume:
    """Which part of a book this is; `dossiers_count` is that of the whole book."""

    number: int
    volumes_count: int
    first_entry: int
    dossiers_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpBook:
    """Form 06: the dossiers an agency received in a year, or in one month of it.

    `volume` is None when the entries are the whole book.
    """

    agency_name: str
    place: str | None
    year: int
    month: int | None = None
    printed_on: date
    entries: tuple[BookEntry, ...]
    volume: BookVolume | None = None

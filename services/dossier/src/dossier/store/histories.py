"""Whole histories of imported dossiers, written as the rows that are copied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from uuid import UUID

from dossier.domain.dossier import Course
from dossier.domain.due_date import TimeLimit
from dossier.domain.facts import Channel, Facts
from dossier.domain.history import Content, PastEvent
from dossier.domain.lifecycle import Status
from dossier.domain.names import folded
from dossier.domain.procedures import ProcedureVersion
from dossier.store import copying

APPLICANT = ["agency_id", "applicant_id", "full_name", "sealed", "key_id"]
NAME = ["folded_name"]
DOSSIER = [
    *("version", "status", "came_from", "status_since"),
    *("channel", "procedure_code", "procedure_name", "version_number", "field_code"),
    *("time_limit_value", "time_limit_unit", "cutoff_time", "supplement_policy"),
    *("received_at", "due_on", "ended_at", "end_kind", "returned_at", "return_method"),
    *("subject", "external_id", "applicant_id", "resolver_agency_id"),
    *("recorded_at", "received_by"),
]
EVENT = [
    *("event_number", "kind", "from_status", "to_status", "occurred_at"),
    *("recorded_at", "recorded_by", "details"),
]
FACT = [
    *("stretch", "version", "is_last", "channel", "field_code", "procedure_code"),
    *("received_on", "from_on", "until_on", "due_on", "is_waiting", "ended_on", "end_kind"),
    *("returned_on", "return_method", "apologised_on", "recorded_from", "officer"),
]
_WAITING, _RUNNING = copying.boolean(True), copying.boolean(False)  # noqa: FBT003 - values to write
_IMPORTED = copying.jsonb('{"imported": true}')


@dataclass(slots=True, kw_only=True)
class Particulars:
    """What an imported dossier is besides its course: whose, and under which terms.

    Not frozen, like `History`, because guarding each field costs more than the rest of making it.
    """

    agency_id: int
    external_id: str
    applicant_id: UUID
    full_name: str
    sealed: bytes | None
    key_id: str
    subject: str | None
    version: ProcedureVersion
    limit: TimeLimit
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by whom histories are recorded, and these two fields as they are copied."""

    at: datetime
    written: bytes


@dataclass(slots=True)
class History:
    """A whole dossier as imported: its rows as they are copied, but for the serial's key.

    Bytes and not objects, because a batch holds thousands and is gone in a moment.
    """

    agency_id: int
    external_id: str
    issued_on: date
    received_at: datetime
    told: Content
    applicant: bytes
    dossier: bytes
    name: bytes
    events: Sequence[bytes]
    facts: Sequence[bytes]
    stamp: Stamp


def recorded_anew(history: History, at: datetime) -> History:
    """Return a history that is recorded at another instant.

    A stamp begins with bytes that no text may hold, so it is found only where it was written.
    """
    old, instant = history.stamp.written, copying.instant(at)
    new = instant + old[len(instant) :]
    return replace(
        history,
        dossier=history.dossier.replace(old, new),
        events=[event.replace(old, new) for event in history.events],
        facts=[fact.replace(old, new) for fact in history.facts],
    )


class Scribe:
    """Writes the histories of a batch; what is alike in many is written once."""

    def __init__(self, *, recorded_at: datetime, recorded_by: str) -> None:
        self._told = copying.instant(recorded_at) + copying.text(recorded_by)
        self._stamp = Stamp(recorded_at, self._told)
        self._words = cache(copying.text)
        self._days = cache(copying.day)
        self._terms: dict[tuple[str, int, Channel], bytes] = {}
        self._stretch = cache(_stretch)
        self._state = cache(_state)
        self._act = cache(_act)
        self._received = cache(_received)

    def history(
        self, particulars: Particulars, course: Course, events: Sequence[PastEvent]
    ) -> History:
        """Write the rows that a dossier and its course make."""
        instants = [copying.instant(event.occurred_at) for event in events]
        return History(
            particulars.agency_id,
            particulars.external_id,
            course.facts.received_on,
            particulars.received_at,
            Content(
                particulars.version.procedure_code,
                course.facts.channel,
                particulars.full_name,
                frozenset(event.occurred_at for event in events),
            ),
            _applicant(particulars),
            self._dossier(particulars, course, instants),
            copying.text(folded(particulars.full_name)),
            list(self._events(course, events, instants)),
            list(self._facts(particulars, course.facts, version=len(events))),
            self._stamp,
        )

    def _dossier(self, of: Particulars, course: Course, instants: Sequence[bytes]) -> bytes:
        """Write the dossier, which was received with its first event and stands by its last."""
        facts, words = course.facts, self._words
        return b"".join(
            (
                self._state(len(instants), course.status, course.came_from),
                instants[-1],
                words(facts.channel),
                self._terms_of(of, facts.channel),
                instants[0],
                self._days(course.due_on),
                copying.instant(course.ended_at),
                words(facts.end_kind),
                copying.instant(course.returned_at),
                words(facts.return_method),
                copying.text(of.subject),
                copying.text(of.external_id),
                copying.uuid(of.applicant_id),
                copying.integer(of.agency_id),
                self._told,
            )
        )

    def _terms_of(self, of: Particulars, channel: Channel) -> bytes:
        key = (of.version.procedure_code, of.version.number, channel)
        if key not in self._terms:
            self._terms[key] = _terms(of.version, of.limit)
        return self._terms[key]

    def _events(
        self, course: Course, events: Sequence[PastEvent], instants: Sequence[bytes]
    ) -> Iterator[bytes]:
        details = self._received(course.due_on)
        for number, (event, at) in enumerate(zip(events, instants, strict=True), start=1):
            act = self._act(number, event.kind, event.from_status, event.to_status)
            yield act + at + self._told + details
            details = _IMPORTED

    def _facts(self, of: Particulars, facts: Facts, *, version: int) -> Iterator[bytes]:
        days, words = self._days, self._words
        last = len(facts.stretches)
        for number, stretch in enumerate(facts.stretches, start=1):
            yield b"".join(
                (
                    self._stretch(number, version, number == last),
                    words(facts.channel),
                    words(of.version.field_code),
                    words(of.version.procedure_code),
                    days(facts.received_on),
                    days(stretch.from_on),
                    days(stretch.until_on),
                    days(stretch.due_on),
                    _WAITING if stretch.is_waiting else _RUNNING,
                    days(facts.ended_on),
                    words(facts.end_kind),
                    days(facts.returned_on),
                    words(facts.return_method),
                    days(facts.apologised_on),
                    self._told,
                )
            )


def _applicant(of: Particulars) -> bytes:
    return b"".join(
        (
            copying.integer(of.agency_id),
            copying.uuid(of.applicant_id),
            copying.text(of.full_name),
            copying.data(of.sealed),
            copying.text(of.key_id),
        )
    )


def _terms(version: ProcedureVersion, limit: TimeLimit) -> bytes:
    return b"".join(
        (
            copying.text(version.procedure_code),
            copying.text(version.name),
            copying.integer(version.number),
            copying.text(version.field_code),
            copying.integer(limit.value),
            copying.text(limit.unit),
            copying.hour(limit.cutoff),
            copying.text(version.supplement_policy),
        )
    )


def _stretch(number: int, version: int, is_last: bool) -> bytes:  # noqa: FBT001 - as in copying
    return copying.smallint(number) + copying.integer(version) + copying.boolean(is_last)


def _state(version: int, status: Status, came_from: Status | None) -> bytes:
    return copying.integer(version) + copying.smallint(status) + copying.smallint(came_from)


def _act(number: int, kind: str, from_status: Status | None, to_status: Status) -> bytes:
    statuses = copying.smallint(from_status) + copying.smallint(to_status)
    return copying.integer(number) + copying.text(kind) + statuses


def _received(due_on: date | None) -> bytes:
    due = "null" if due_on is None else f'"{due_on}"'
    return copying.jsonb(f'{{"imported": true, "due_on": {due}}}')

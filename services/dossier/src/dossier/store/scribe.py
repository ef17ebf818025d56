"""Writing an imported history as the rows that COPY takes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from dossier.domain.dossier import Course
from dossier.domain.due_date import TimeLimit
from dossier.domain.event_kinds import APOLOGISED, CONSULTED, HANDED_OVER
from dossier.domain.facts import Channel, Facts
from dossier.domain.lifecycle import Status
from dossier.domain.names import folded
from dossier.domain.procedures import ProcedureVersion
from dossier.domain.recomputing import DUE_DATE_TOLD
from dossier.domain.told import Content, Details, PastEvent, Told
from dossier.store import copying
from dossier.store.scribe_papers import Elsewhere, Papers, papers_of

_WAITING, _RUNNING = copying.boolean(True), copying.boolean(False)  # noqa: FBT003 - values to write
_IMPORTED = copying.jsonb('{"imported": true}')
_NO_MARKS: frozenset[str] = frozenset()
_SUPPLEMENT_ASKED = Status.AWAITING_SUPPLEMENT.name.lower()
_PAYMENT_ASKED = Status.AWAITING_PAYMENT.name.lower()
_NOWHERE = Elsewhere(agency_ids={})


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
    previous_code: str | None
    elsewhere: Elsewhere | None
    """None when no other agency had a part in it."""


@dataclass(slots=True)
class History:
    """A whole dossier as imported: its rows as copied, but for the serial's key and the stamp.

    Bytes and not objects, because a batch holds thousands and is gone in a moment.
    """

    agency_id: int
    external_id: str
    issued_on: date
    received_at: datetime
    procedure_code: str
    channel: Channel
    full_name: str
    occurred_at: Sequence[datetime]
    marks: frozenset[str]
    applicant: bytes
    dossier: bytes
    name: bytes
    events: Sequence[bytes]
    facts: Sequence[bytes]
    papers: Papers | None
    """None when nothing but receipt, end and return is told."""

    @property
    def told(self) -> Content:
        """Return what tells it from others; few histories meet one that they must be told from."""
        return Content(
            self.procedure_code,
            self.channel,
            self.full_name,
            frozenset(self.occurred_at),
            self.marks,
        )


class Scribe:
    """Writes the histories of a batch; what is alike in many is written once."""

    def __init__(self) -> None:
        self._words = cache(copying.text)
        self._days = cache(copying.day)
        self._terms: dict[tuple[str, int, Channel], bytes] = {}
        self._stretch = cache(_stretch)
        self._state = cache(_state)
        self._act = cache(_act)
        self._received = cache(_received)
        self._kind = cache(_kind)

    def history(
        self, particulars: Particulars, course: Course, events: Sequence[PastEvent], told: Told
    ) -> History:
        """Write the rows that a dossier and its course make."""
        instants = [copying.instant(event.occurred_at) for event in events]
        is_plain = told.is_plain
        resolver_id = particulars.agency_id if is_plain else _resolver_id(particulars, told)
        return History(
            particulars.agency_id,
            particulars.external_id,
            course.facts.received_on,
            particulars.received_at,
            particulars.version.procedure_code,
            course.facts.channel,
            particulars.full_name,
            [event.occurred_at for event in events],
            _NO_MARKS
            if is_plain and particulars.previous_code is None
            else _marks(particulars, told),
            _applicant(particulars),
            self._dossier(particulars, course, told, instants, resolver_id),
            copying.text(folded(particulars.full_name)),
            self._events(course, events, instants),
            self._facts(particulars, course.facts, version=_facts_version(events)),
            None if is_plain else _papers(particulars, told, events, resolver_id),
        )

    def _dossier(
        self,
        of: Particulars,
        course: Course,
        told: Told,
        instants: Sequence[bytes],
        resolver_id: int,
    ) -> bytes:
        """Write the dossier, which was received with its first event."""
        facts, words = course.facts, self._words
        return b"".join(
            (
                self._state(len(instants), course.status, course.came_from),
                # A plain history stands by its last event; behind another's move words may stand.
                instants[-1] if told.is_plain else copying.instant(course.status_since),
                copying.instant(course.stopped_at),
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
                copying.text(of.previous_code),
                copying.day(told.apology and told.apology.promised_on),
                copying.uuid(of.applicant_id),
                copying.integer(resolver_id),
            )
        )

    def _terms_of(self, of: Particulars, channel: Channel) -> bytes:
        key = (of.version.procedure_code, of.version.number, channel)
        if key not in self._terms:
            self._terms[key] = _terms(of.version, of.limit)
        return self._terms[key]

    def _events(
        self, course: Course, events: Sequence[PastEvent], instants: Sequence[bytes]
    ) -> list[bytes]:
        details, written = self._received(course.due_on), []
        for number, (event, at) in enumerate(zip(events, instants, strict=True), start=1):
            act = self._act(number, event.kind, event.from_status, event.to_status)
            said = details if event.details is None else _said(event.details)
            written.append(act + at + said)
            details = _IMPORTED
        return written

    def _facts(self, of: Particulars, facts: Facts, *, version: int) -> list[bytes]:
        days, words = self._days, self._words
        last = len(facts.stretches)
        kind = self._kind(facts.channel, of.version.field_code, of.version.procedure_code)
        received_on, apologised_on = days(facts.received_on), days(facts.apologised_on)
        ended = days(facts.ended_on) + words(facts.end_kind)
        returned = days(facts.returned_on) + words(facts.return_method)
        return [
            b"".join(
                (
                    self._stretch(number, version, number == last),
                    kind,
                    received_on,
                    days(stretch.from_on),
                    days(stretch.until_on),
                    days(stretch.due_on),
                    _WAITING if stretch.is_waiting else _RUNNING,
                    ended,
                    returned,
                    apologised_on,
                )
            )
            for number, stretch in enumerate(facts.stretches, start=1)
        ]


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


def _kind(channel: Channel, field_code: str, procedure_code: str) -> bytes:
    return copying.text(channel) + copying.text(field_code) + copying.text(procedure_code)


def _state(version: int, status: Status, came_from: Status | None) -> bytes:
    return copying.integer(version) + copying.smallint(status) + copying.smallint(came_from)


def _act(number: int, kind: str, from_status: Status | None, to_status: Status) -> bytes:
    statuses = copying.smallint(from_status) + copying.smallint(to_status)
    return copying.integer(number) + copying.text(kind) + statuses


def _received(due_on: date | None) -> bytes:
    due = "null" if due_on is None else f'"{due_on}"'
    return copying.jsonb(f'{{"imported": true, "due_on": {due}}}')


def _said(details: Details) -> bytes:
    return copying.jsonb(json.dumps({"imported": True, **details}, ensure_ascii=False))


def _facts_version(events: Sequence[PastEvent]) -> int:
    """Return the number of the last event that statistics read something of."""
    version = len(events)
    while not events[version - 1].tells_facts:
        version -= 1
    return version


def _resolver_id(of: Particulars, told: Told) -> int:
    if of.elsewhere is None or told.resolver == told.receiver:
        return of.agency_id
    return of.elsewhere.agency_ids[told.resolver]


def _papers(of: Particulars, told: Told, events: Sequence[PastEvent], resolver_id: int) -> Papers:
    elsewhere = of.elsewhere or _NOWHERE
    handed_to = None if resolver_id == of.agency_id else resolver_id
    return papers_of(told, events, elsewhere, handed_to)


def _marks(of: Particulars, told: Told) -> frozenset[str]:
    """Return what else tells a dossier from another, as the database puts it (see `_KNOWN`)."""
    marks = {f"previous_code {of.previous_code}"} if of.previous_code is not None else set()
    if told.due_date is not None:
        marks.add(f"{DUE_DATE_TOLD} {told.due_date.due_on}")
    if told.apology is not None:
        marks.add(f"{APOLOGISED} {told.apology.promised_on}")
    marks |= {f"{HANDED_OVER} {step.to_agency_code}" for step in told.hand_overs}
    marks |= {f"{CONSULTED} {question.agency_code}" for question in told.consultations}
    for pause in told.pauses:
        if pause.items:
            marks.add(f"{_SUPPLEMENT_ASKED} {len(pause.items)}")
        elif pause.owed is not None:
            marks.add(f"{_PAYMENT_ASKED} {pause.owed.amount_vnd}")
    return frozenset(marks)

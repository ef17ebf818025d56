"""A dossier as the desk sees it, and how an act changes its course."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from uuid import UUID

from kernel.codes import AgencyCode, DossierCode
from kernel.time_zone import local_day

from dossier.domain import facts as days
from dossier.domain import lifecycle
from dossier.domain.apologies import standing_promise
from dossier.domain.desk import Desk
from dossier.domain.due_date import (
    SupplementPolicy,
    TimeLimit,
    TimeUnit,
    due_after_pause,
    due_after_supplement,
)
from dossier.domain.facts import FOREVER, Channel, EndKind, Facts, ReturnMethod
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import Holders


@dataclass(frozen=True, slots=True)
class MaskedApplicant:
    """The applicant as lists show one: the name, and the ends of the numbers."""

    full_name: str
    id_number: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the procedure version kept at acceptance says about the clock."""

    limit: TimeLimit
    supplement_policy: SupplementPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One dossier; the code is its identity and never changes.

    `promise` is the day its apology named, whatever the due date has become since.
    """

    agency_id: int
    agency_code: str
    issued_on: date
    serial: int
    version: int
    status: Status
    came_from: Status | None
    status_since: datetime
    stopped_at: datetime | None
    channel: Channel
    procedure_code: str
    procedure_name: str
    version_number: int
    field_code: str
    time_limit_value: int | None
    time_limit_unit: TimeUnit
    cutoff_time: time | None
    supplement_policy: SupplementPolicy
    received_at: datetime
    due_on: date | None
    promise: date | None
    ended_at: datetime | None
    end_kind: EndKind | None
    returned_at: datetime | None
    return_method: ReturnMethod | None
    subject: str | None
    components_count: int | None
    external_id: str | None
    filing_id: UUID | None
    applicant_id: UUID
    applicant: MaskedApplicant
    resolver_agency_id: int
    resolver_agency_code: str
    previous_code: str | None = None

    @property
    def code(self) -> str:
        """Return the code printed on the receipt."""
        return dossier_code(self.agency_code, self.issued_on, self.serial)

    @property
    def holders(self) -> Holders:
        """Return who received the dossier and who settles it."""
        return Holders(self.agency_code, self.resolver_agency_code)

    @property
    def applicant_name(self) -> str:
        """Return the name on the receipt."""
        return self.applicant.full_name

    @property
    def promised_on(self) -> date | None:
        """Return the day its apology promised, while no due date has reached it."""
        return standing_promise(self.promise, self.due_on)

    @property
    def received_on(self) -> date:
        """Return the local day of receipt."""
        return local_day(self.received_at)

    @property
    def ended_on(self) -> date | None:
        """Return the local day on which the clock ended."""
        return None if self.ended_at is None else local_day(self.ended_at)

    @property
    def status_label(self) -> str:
        """Return the portal's name of the status."""
        return lifecycle.LABELS_VI[self.status]

    @property
    def terms(self) -> Terms:
        """Return the terms kept at acceptance."""
        limit = TimeLimit(self.time_limit_value, self.time_limit_unit, self.cutoff_time)
        return Terms(limit, self.supplement_policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The part of a dossier that acts change, with the facts statistics read."""

    status: Status
    came_from: Status | None
    status_since: datetime
    stopped_at: datetime | None
    ended_at: datetime | None
    returned_at: datetime | None
    facts: Facts

    @property
    def due_on(self) -> date | None:
        """Return the lawful due date; None when there is no limit."""
        return None if self.facts.due_on == FOREVER else self.facts.due_on


def following(dossier: Dossier, course: Course) -> Dossier:
    """Return the next version of a dossier, as its course now stands."""
    return replace(
        dossier,
        version=dossier.version + 1,
        status=course.status,
        came_from=course.came_from,
        status_since=course.status_since,
        stopped_at=course.stopped_at,
        due_on=course.due_on,
        ended_at=course.ended_at,
        end_kind=course.facts.end_kind,
        returned_at=course.returned_at,
        return_method=course.facts.return_method,
    )


def dossier_code(agency_code: str, issued_on: date, serial: int) -> str:
    """Write the code of a dossier.

    Law: TT 01/2018/TT-VPCP art. 19
    """
    return str(DossierCode(AgencyCode(agency_code), issued_on, serial))


def numbered_code(agency_code: str, issued_on: date, serial: int) -> str:
    """Write the same code, quickly where many are of an agency's day."""
    return f"{_beginning(agency_code, issued_on)}{serial:04d}"


@lru_cache(maxsize=4_096)
def _beginning(agency_code: str, issued_on: date) -> str:
    return dossier_code(agency_code, issued_on, 1).removesuffix("0001")


def moved(
    course: Course,
    to: Status,
    *,
    at: datetime,
    terms: Terms,
    desk: Desk,
    method: ReturnMethod | None = None,
) -> Course:
    """Return the course after a move: the clock stops, resumes or ends as the status says.

    A dossier that ends while it waits ends with the due date it would have had, had the clock
    resumed at that moment: waiting never makes a dossier late.
    """
    lifecycle.move(course.status, to, came_from=course.came_from)
    waited = lifecycle.is_waiting(course.status, came_from=course.came_from)
    waits = lifecycle.is_waiting(to, came_from=course.status)
    following = replace(course, status=to, came_from=course.status, status_since=at)
    if waits and not waited:
        facts = days.stopped(course.facts, local_day(at))
        following = replace(following, stopped_at=at, facts=facts)
    elif waited and not waits:
        facts = days.resumed(course.facts, local_day(at), _due_after(course, at, terms, desk))
        following = replace(following, stopped_at=None, facts=facts)
    return _finished(following, to, at, method)


def _finished(course: Course, to: Status, at: datetime, method: ReturnMethod | None) -> Course:
    if to is Status.RETURNED:
        facts = days.returned(course.facts, local_day(at), method)
        return replace(course, returned_at=at, facts=facts)
    if to in lifecycle.ENDED:
        kind = EndKind.SETTLED if to is Status.SETTLED else EndKind.STOPPED
        return replace(course, ended_at=at, facts=days.ended(course.facts, local_day(at), kind))
    return course


def _due_after(course: Course, at: datetime, terms: Terms, desk: Desk) -> date | None:
    stopped_at = course.stopped_at or course.status_since
    waited_for = course.came_from if course.status is Status.WITHDRAWAL_ASKED else course.status
    if waited_for is Status.AWAITING_SUPPLEMENT:
        return due_after_supplement(
            course.due_on,
            stopped_at=stopped_at,
            resumed_at=at,
            limit=terms.limit,
            policy=terms.supplement_policy,
            desk=desk,
        )
    return due_after_pause(
        course.due_on, stopped_at=stopped_at, resumed_at=at, limit=terms.limit, desk=desk
    )

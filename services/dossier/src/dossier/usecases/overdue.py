"""Overdue work: why it is late, who handles it, what is owed, how late it is."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from kernel.time_zone import local_day
from kernel.working_days import WorkingCalendar
from kit.errors import BadCursor, VersionChanged
from kit.paging import decode_cursor, encode_cursor
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.apologies import OverdueReason
from dossier.domain.dossier import Dossier, dossier_code
from dossier.domain.errors import InTheFuture, UnknownBucket
from dossier.domain.facts import FOREVER
from dossier.domain.lifecycle import LABELS_VI, LegalAct, Status
from dossier.domain.overdue import (
    Bucket,
    DueRange,
    WorkKind,
    WorkSide,
    bucket_named,
    buckets_on,
    due_range,
    due_soon_until,
    require_late,
    working_days_late,
)
from dossier.domain.permissions import require_act, require_sight
from dossier.store import course as courses
from dossier.store import overdue as store
from dossier.store.course import Act
from dossier.store.officers import change_officer
from dossier.store.overdue import AskedWork, Place, Work
from dossier.usecases.acting import Acting, Office
from dossier.usecases.reading import read_dossier

_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which list of work is asked for."""

    kind: WorkKind
    side: WorkSide
    agency: str | None
    on: date | None
    within_working_days: int
    officer: str | None
    bucket: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A dossier on a list of work."""

    code: str
    agency_code: str
    resolver_agency_code: str
    procedure_code: str
    procedure_name: str
    channel: str
    status: int
    status_label: str
    received_on: date
    due_on: date
    promised_on: date | None
    ended_on: date | None
    officer: str
    reason_code: str | None
    working_days_late: int
    working_days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketCount:
    """How many dossiers a bucket holds."""

    bucket: str
    from_working_days: int
    to_working_days: int | None
    dossiers: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """Overdue dossiers on a day by how late they are."""

    on: date
    total: int
    buckets: list[BucketCount]


async def state_reason(
    tx: AsyncSession,
    office: Office,
    code: str,
    *,
    reason_code: OverdueReason,
    note: str | None,
    expected: int,
    acting: Acting,
) -> Dossier:
    """Say why a dossier is late; the reason stated last holds.

    The desk that received may, and whoever has the work now.
    """
    dossier = await read_dossier(tx, office, code, acting=acting)
    require_act(acting.sight, LegalAct.STATE_REASON, dossier.holders)
    require_version(expected, dossier.version)
    course = await courses.course(tx, dossier)
    require_late(course.facts, local_day(acting.now))
    details = {"reason_code": str(reason_code)}
    await _record(tx, dossier, "overdue_reason_stated", details, acting=acting)
    number = dossier.version + 1
    await store.add_reason(tx, dossier, reason_code, note=note, event_number=number)
    return await read_dossier(tx, office, code, acting=acting)


async def assign_officer(
    tx: AsyncSession, office: Office, code: str, *, officer: str, expected: int, acting: Acting
) -> Dossier:
    """Say who handles a dossier; until then it is whoever took it in.

    Only whoever has the work names an officer: of its own, and not another agency's.
    """
    dossier = await read_dossier(tx, office, code, acting=acting)
    require_act(acting.sight, LegalAct.ASSIGN, dossier.holders)
    require_version(expected, dossier.version)
    await _record(tx, dossier, "assigned", {"officer": officer}, acting=acting)
    await store.assign(tx, dossier, officer)
    await change_officer(tx, dossier, officer, event_number=dossier.version + 1)
    return await read_dossier(tx, office, code, acting=acting)


async def list_work(
    tx: AsyncSession,
    office: Office,
    question: Question,
    *,
    cursor: str | None,
    limit: int,
    acting: Acting,
) -> tuple[list[WorkItem], str | None]:
    """Return a page of a list of work, the longest due first, and the cursor of the next."""
    calendar = (await office.catalogue.desks()).calendar
    asked = _asked(question, calendar, acting)
    found = await store.work_page(tx, asked, after=_place(cursor), limit=limit + 1)
    page, more = found[:limit], len(found) > limit
    items = [_item(work, asked.on, calendar) for work in page]
    if not more:
        return items, None
    last = page[-1]
    return items, encode_cursor(last.due_on, last.issued_on, last.serial, last.agency_id)


async def count_ageing(
    tx: AsyncSession,
    office: Office,
    *,
    side: WorkSide,
    agency: str | None,
    on: date | None,
    officer: str | None,
    acting: Acting,
) -> Ageing:
    """Count the overdue dossiers of a day by how many working days late they are."""
    calendar = (await office.catalogue.desks()).calendar
    question = Question(
        kind=WorkKind.OVERDUE,
        side=side,
        agency=agency,
        on=on,
        within_working_days=0,
        officer=officer,
        bucket=None,
    )
    asked = _asked(question, calendar, acting)
    buckets = buckets_on(asked.on)
    ranges = {bucket.name: due_range(bucket, asked.on, calendar) for bucket in buckets}
    counted = await store.count_ranges(tx, asked, ranges)
    filled = [_filled(bucket, counted[bucket.name]) for bucket in buckets]
    return Ageing(asked.on, sum(counted.values()), filled)


async def _record(
    tx: AsyncSession,
    dossier: Dossier,
    kind: str,
    details: dict[str, str],
    *,
    acting: Acting,
) -> None:
    """Store an event that leaves the course as it is."""
    course = await courses.course(tx, dossier)
    act = Act(
        kind=kind,
        occurred_at=acting.now,
        recorded_at=acting.now,
        recorded_by=acting.by,
        details=details,
    )
    if not await courses.keep_course(tx, dossier, course, course, act):
        raise VersionChanged(expected=dossier.version, actual=dossier.version + 1)


def _asked(question: Question, calendar: WorkingCalendar, acting: Acting) -> AskedWork:
    today = local_day(acting.now)
    on = question.on or today
    if on > today:
        raise InTheFuture(occurred_at=on)
    if question.agency is not None:
        require_sight(acting.sight, question.agency)
    return AskedWork(
        kind=question.kind,
        side=question.side,
        on=on,
        is_today=on == today,
        sight=acting.sight,
        agencies=None if question.agency is None else frozenset({question.agency}),
        officer=question.officer,
        due=_due(question, on, calendar),
    )


def _due(question: Question, on: date, calendar: WorkingCalendar) -> DueRange | None:
    if question.kind is WorkKind.DUE_SOON:
        until = due_soon_until(on, question.within_working_days, calendar)
        due: DueRange | None = DueRange(None, until)
    else:
        due = None
    if question.bucket is None:
        return due
    if question.kind is not WorkKind.OVERDUE:
        raise UnknownBucket(bucket=question.bucket, known=[])
    return due_range(bucket_named(question.bucket, on), on, calendar)


def _item(work: Work, on: date, calendar: WorkingCalendar) -> WorkItem:
    has_ended = work.ended_on <= on
    until = work.ended_on if has_ended else on
    return WorkItem(
        code=dossier_code(work.agency_code, work.issued_on, work.serial),
        agency_code=work.agency_code,
        resolver_agency_code=work.resolver_agency_code,
        procedure_code=work.procedure_code,
        procedure_name=work.procedure_name,
        channel=work.channel,
        status=work.status,
        status_label=LABELS_VI[Status(work.status)],
        received_on=work.received_on,
        due_on=work.due_on,
        promised_on=work.promised_on,
        ended_on=None if work.ended_on == FOREVER else work.ended_on,
        officer=work.officer,
        reason_code=work.reason_code,
        working_days_late=working_days_late(work.due_on, until, calendar),
        working_days_left=0 if has_ended else calendar.count(on, work.due_on),
    )


def _filled(bucket: Bucket, dossiers: int) -> BucketCount:
    return BucketCount(
        bucket=bucket.name,
        from_working_days=bucket.least,
        to_working_days=bucket.most,
        dossiers=dossiers,
    )


def _place(cursor: str | None) -> Place | None:
    decoded = decode_cursor(cursor, date, date, int, int)
    if decoded is None:
        return None
    if any(isinstance(part, int) and abs(part) > _LARGEST for part in decoded):
        raise BadCursor
    return cast("Place", decoded)

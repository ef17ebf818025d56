"""The frame of every act: read the dossier, decide on its course, keep the next version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import asyncpg
from kernel.codes import DossierCode
from kernel.time_zone import local_day
from kit.errors import VersionChanged
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain import lifecycle
from dossier.domain.chronology import act_instant
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Dossier, following, moved
from dossier.domain.errors import UnknownDossier
from dossier.domain.facts import ReturnMethod
from dossier.domain.hand_overs import LastStep, require_in_hand
from dossier.domain.lifecycle import LegalAct, Status
from dossier.domain.permissions import Holders, may_read, require_act
from dossier.store import corrections, opening
from dossier.store import course as courses
from dossier.store.course import Act, Paper
from dossier.store.opening import Record
from dossier.usecases.acting import Acting, Office

Details = Mapping[str, str | bool | int | None]

_CLOSES: dict[LegalAct, Paper] = {
    LegalAct.RECEIVE_SUPPLEMENT: Paper.SUPPLEMENT,
    LegalAct.CONFIRM_PAYMENT: Paper.PAYMENT,
    LegalAct.SETTLE: Paper.STEP,
    LegalAct.STOP: Paper.STEP,
    LegalAct.GIVE_BACK: Paper.STEP,
    LegalAct.COMPLETE_STEP: Paper.STEP,
    LegalAct.HAND_OVER: Paper.STEP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which version of which dossier an act changes, when it is said to have happened, who says."""

    code: str
    expected: int
    at: datetime | None
    acting: Acting

    @property
    def on(self) -> date:
        """Return the local day of the act."""
        return local_day(self.at or self.acting.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A dossier read for an act."""

    dossier: Dossier
    course: Course
    step: LastStep | None
    holders: Holders
    at: datetime
    desk: Desk
    acting: Acting

    @property
    def status(self) -> Status:
        """Return where the dossier stands."""
        return self.course.status

    def require(self, act: LegalAct, among: frozenset[Status]) -> None:
        """Refuse an act that moves nothing, in the wrong status or on the wrong side."""
        lifecycle.require_status(self.status, among, act, came_from=self.course.came_from)
        require_act(self.acting.sight, act, self.holders)

    def require_move(self, to: Status) -> LegalAct:
        """Refuse a move that the table does not hold or that is for the other side."""
        lifecycle.move(self.status, to, came_from=self.course.came_from)
        act = lifecycle.act_of(self.status, to)
        require_act(self.acting.sight, act, self.holders)
        return act

    def require_asking(self, to: Status, act: LegalAct) -> None:
        """Refuse to ask the applicant for something where that is not the move to `to`."""
        self.require_move(to)
        came_from = self.course.came_from
        lifecycle.require_asking(self.status, to, act, lifecycle.OPEN, came_from=came_from)

    def moved(self, to: Status, *, method: ReturnMethod | None = None) -> Course:
        """Return the course after a move."""
        return moved(
            self.course, to, at=self.at, terms=self.dossier.terms, desk=self.desk, method=method
        )


async def open_dossier(
    tx: AsyncSession, office: Office, change: Change, *, since_receipt: bool = False
) -> Opened:
    """Read a dossier for an act, with the desk's calendar asked first.

    An act follows the one that brought the dossier where it is; `since_receipt` lets one that
    moves nothing lie anywhere after the receipt.
    """
    desk = await office.catalogue.desk(agency_of(change.code))
    found = await opening.record(tx, change.code, office.sealer)
    return _opened(found, change, desk, since_receipt=since_receipt)


async def open_held(
    tx: AsyncSession, office: Office, change: Change, *, since_receipt: bool = False
) -> Opened:
    """Read a dossier for an act and hold it: what else the act reads belongs to this version.

    Whoever waited for somebody else's act is told so, not that the act is impossible now.
    """
    opened = await open_dossier(tx, office, change, since_receipt=since_receipt)
    require_version(change.expected, await corrections.hold(tx, opened.dossier))
    return opened


async def open_at_once(
    hot: "asyncpg.Connection[Any]", office: Office, change: Change, desk: Desk
) -> Opened:
    """Read a dossier for an act that is one stored call; `desk` was asked for before."""
    found = await opening.record_at_once(hot, office.codes, change.code, office.sealer)
    return _opened(found, change, desk, since_receipt=False)


def _opened(found: Record | None, change: Change, desk: Desk, *, since_receipt: bool) -> Opened:
    if found is None or not may_read(change.acting.sight, found.holders):
        raise UnknownDossier(code=change.code)
    require_version(change.expected, found.dossier.version)
    after = found.dossier.received_at if since_receipt else found.dossier.status_since
    return Opened(
        dossier=found.dossier,
        course=found.course,
        step=found.step,
        holders=found.holders,
        at=act_instant(change.at, now=change.acting.now, after=after),
        desk=desk,
        acting=change.acting,
    )


async def keep(
    tx: AsyncSession,
    opened: Opened,
    after: Course,
    *,
    act: LegalAct,
    kind: str,
    details: Details | None = None,
    resolver: tuple[int, str] | None = None,
) -> Dossier:
    """Keep the next version of a dossier with its event; two at once make one change.

    Raises:
        VersionChanged: somebody else changed the dossier since it was read.
    """
    dossier = opened.dossier
    present = (dossier.resolver_agency_id, dossier.resolver_agency_code)
    resolver_id, resolver_code = resolver or present
    is_kept = await courses.keep_course(
        tx,
        dossier,
        opened.course,
        after,
        _recorded(opened, after, kind, details),
        resolver_agency_id=resolver_id,
        closes=_CLOSES.get(act),
    )
    kept = _next_version(opened, after, is_kept=is_kept)
    return replace(kept, resolver_agency_id=resolver_id, resolver_agency_code=resolver_code)


async def keep_move(
    tx: AsyncSession, opened: Opened, to: Status, *, details: Details | None = None
) -> Dossier:
    """Move a dossier as the table allows; the event is named for the status it reaches."""
    act, after = _move(opened, to, None)
    return await keep(tx, opened, after, act=act, kind=to.name.lower(), details=details)


async def keep_move_at_once(
    hot: "asyncpg.Connection[Any]",
    opened: Opened,
    to: Status,
    *,
    details: Details | None = None,
    method: ReturnMethod | None = None,
) -> Dossier:
    """Move a dossier by one stored call; it commits by itself."""
    act, after = _move(opened, to, method)
    recorded = _recorded(opened, after, to.name.lower(), details)
    is_kept = await courses.keep_course_at_once(
        hot, opened.dossier, opened.course, after, recorded, closes=_CLOSES.get(act)
    )
    return _next_version(opened, after, is_kept=is_kept)


def agency_of(code: str) -> str:
    """Return the agency that received a dossier: its code says so."""
    return DossierCode.parse(code).agency.text


def _move(opened: Opened, to: Status, method: ReturnMethod | None) -> tuple[LegalAct, Course]:
    act = opened.require_move(to)
    require_in_hand(opened.step, act, at=opened.at, ends_step=_CLOSES.get(act) is Paper.STEP)
    return act, opened.moved(to, method=method)


def _recorded(opened: Opened, after: Course, kind: str, details: Details | None) -> Act:
    return Act(
        kind=kind,
        occurred_at=opened.at,
        recorded_at=opened.acting.now,
        recorded_by=opened.acting.by,
        details={**(details or {}), **_due_dates(opened.course, after)},
    )


def _next_version(opened: Opened, after: Course, *, is_kept: bool) -> Dossier:
    version = opened.dossier.version
    if not is_kept:
        raise VersionChanged(expected=version, actual=version + 1)
    return following(opened.dossier, after)


def _due_dates(before: Course, after: Course) -> Details:
    if before.due_on == after.due_on:
        return {}
    return {"due_on_before": _iso(before.due_on), "due_on": _iso(after.due_on)}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

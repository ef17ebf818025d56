"""The frame of every act: read the dossier, decide on its course, keep the next version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from kernel.codes import DossierCode
from kit.errors import VersionChanged
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain import lifecycle
from dossier.domain.chronology import act_instant
from dossier.domain.desk import Desk
from dossier.domain.dossier import Course, Dossier, following, moved
from dossier.domain.facts import ReturnMethod
from dossier.domain.hand_overs import require_after
from dossier.domain.lifecycle import LegalAct, Status
from dossier.domain.permissions import require_act
from dossier.store import course as courses
from dossier.store import hand_overs
from dossier.store.course import Act, Paper
from dossier.usecases.acting import Acting, Office
from dossier.usecases.reading import read_dossier

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A dossier read for an act."""

    dossier: Dossier
    course: Course
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
        require_act(self.acting.sight, act, self.dossier.holders)

    def require_move(self, to: Status) -> LegalAct:
        """Refuse a move that the table does not hold or that is for the other side."""
        lifecycle.move(self.status, to, came_from=self.course.came_from)
        act = lifecycle.act_of(self.status, to)
        require_act(self.acting.sight, act, self.dossier.holders)
        return act

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
    desk = await office.catalogue.desk(DossierCode.parse(change.code).agency.text)
    dossier = await read_dossier(tx, office, change.code, acting=change.acting)
    require_version(change.expected, dossier.version)
    after = dossier.received_at if since_receipt else dossier.status_since
    return Opened(
        dossier=dossier,
        course=await courses.course(tx, dossier),
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
    dossier, before = opened.dossier, opened.course
    recorded = Act(
        kind=kind,
        occurred_at=opened.at,
        recorded_at=opened.acting.now,
        recorded_by=opened.acting.by,
        details={**(details or {}), **_due_dates(before, after)},
    )
    present = (dossier.resolver_agency_id, dossier.resolver_agency_code)
    resolver_id, resolver_code = resolver or present
    if not await courses.keep_course(
        tx,
        dossier,
        before,
        after,
        recorded,
        resolver_agency_id=resolver_id,
        closes=_CLOSES.get(act),
    ):
        raise VersionChanged(expected=dossier.version, actual=dossier.version + 1)
    kept = following(dossier, after)
    return replace(kept, resolver_agency_id=resolver_id, resolver_agency_code=resolver_code)


async def keep_move(
    tx: AsyncSession,
    opened: Opened,
    to: Status,
    *,
    details: Details | None = None,
    method: ReturnMethod | None = None,
) -> Dossier:
    """Move a dossier as the table allows; the event is named for the status it reaches."""
    act = opened.require_move(to)
    if _CLOSES.get(act) is Paper.STEP:
        require_after(await hand_overs.open_step_began(tx, opened.dossier), at=opened.at)
    after = opened.moved(to, method=method)
    return await keep(tx, opened, after, act=act, kind=to.name.lower(), details=details)


def _due_dates(before: Course, after: Course) -> Details:
    if before.due_on == after.due_on:
        return {}
    return {"due_on_before": _iso(before.due_on), "due_on": _iso(after.due_on)}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

"""Keeping the tree of agencies, and reading it as of any day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kernel.time_zone import local_day
from kit.auth import Actor
from kit.preconditions import require_version
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.agencies import AgencyLevel, ParentLink, closes_a_cycle, may_stand_under
from catalog.domain.errors import (
    AgencyNotFound,
    HierarchyCycle,
    ParentNotSuitable,
    RangeReversed,
    UnknownAgency,
)
from catalog.schemas.agencies import AgencyChange, NewAgency, NewParent
from catalog.store import agencies as store
from catalog.store.changes import add_change
from catalog.tables import AgencyRow, Found
from catalog.usecases.authority import require_agency, require_catalogue_wide


async def record_agency(tx: AsyncSession, new: NewAgency, *, by: Actor, at: datetime) -> Found:
    """Record an agency under the parent it begins with."""
    if new.parent_code is None:
        await require_catalogue_wide(tx, by=by, at=at)
    else:
        await require_agency(tx, new.parent_code, by=by, at=at)
    parent_id = await _parent_id(tx, new.parent_code, child_level=new.level, on=new.valid_from)
    await store.add_agency(
        tx,
        code=new.code,
        name=new.name,
        level=new.level,
        parent_id=parent_id,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        is_sample=new.is_sample,
        at=at,
    )
    await add_change(tx, at=at, subject=by.subject, action="record_agency", resource=new.code)
    return await agency_on(tx, new.code, day=new.valid_from)


async def correct_agency(
    tx: AsyncSession,
    code: str,
    change: AgencyChange,
    *,
    expected_version: int,
    by: Actor,
    at: datetime,
) -> Found:
    """Correct the name or the end of an agency."""
    agency = await _agency(tx, code)
    await require_agency(tx, code, by=by, at=at)
    require_version(expected_version, agency.version)
    changes: dict[str, str | date | None] = {}
    if change.name is not None:
        changes["name"] = change.name
    if "valid_to" in change.model_fields_set:
        changes["valid_to"] = change.valid_to
    if not await store.change_agency(tx, code, expected_version=expected_version, changes=changes):
        require_version(expected_version, expected_version + 1)  # somebody was faster
    await add_change(tx, at=at, subject=by.subject, action="correct_agency", resource=code)
    last_day = (change.valid_to or agency.valid_to or date.max) - timedelta(days=1)
    today = local_day(at)
    return await agency_on(tx, code, day=min(max(today, agency.valid_from), last_day))


async def move_agency(
    tx: AsyncSession, code: str, new: NewParent, *, by: Actor, at: datetime
) -> Found:
    """Put an agency under another parent from a day on; the tree never closes into a circle."""
    agency = await _agency(tx, code)
    await require_agency(tx, code, by=by, at=at)
    if new.parent_code is None:
        await require_catalogue_wide(tx, by=by, at=at)
    else:
        await require_agency(tx, new.parent_code, by=by, at=at)
    if new.valid_from < agency.valid_from:
        raise RangeReversed
    level = AgencyLevel(agency.level)
    parent_id = await _parent_id(tx, new.parent_code, child_level=level, on=new.valid_from)
    await store.lock_hierarchy(tx)
    link = ParentLink(code, new.parent_code, new.valid_from)
    if closes_a_cycle(await store.parent_links(tx), link):
        raise HierarchyCycle(agency_code=code, parent_code=new.parent_code)
    await store.add_parent(
        tx, agency_id=agency.agency_id, parent_id=parent_id, valid_from=new.valid_from, at=at
    )
    await add_change(tx, at=at, subject=by.subject, action="move_agency", resource=code)
    return await agency_on(tx, code, day=new.valid_from)


async def agency_on(tx: AsyncSession, code: str, *, day: date) -> Found:
    """Return the agency as of a day."""
    agency = await store.agency_on(tx, code, day=day)
    if agency is None:
        raise AgencyNotFound(agency_code=code, on=day)
    return agency


async def agencies_on(
    tx: AsyncSession, *, day: date, parent_code: str | None, after: str | None, limit: int
) -> Sequence[Found]:
    """Return agencies as of a day in the order of their codes."""
    return await store.agencies_on(tx, day=day, parent_code=parent_code, after=after, limit=limit)


async def subtree_on(
    tx: AsyncSession, code: str, *, day: date, at: datetime, with_ended: bool
) -> list[str]:
    """Return the codes of the agency and of those below it that exist on a day.

    `with_ended` adds those that had ended by then: whoever was above them keeps their papers.

    Law: our reading (whoever was above an agency that ended keeps its papers)
    """
    await (_agency(tx, code) if with_ended else agency_on(tx, code, day=day))
    below = await store.subtree_on(tx, code, day=day, known_at=at)
    return [agency.code for agency in below if with_ended or agency.exists_then]


async def links_on(tx: AsyncSession, *, day: date, at: datetime) -> Sequence[Found]:
    """Return the place of every agency on a day; one that had ended keeps its last.

    Law: our reading (whoever was above an agency that ended keeps its papers)
    """
    return await store.links_on(tx, day=day, known_at=at)


async def _agency(tx: AsyncSession, code: str) -> AgencyRow:
    agency = await store.agency_row(tx, code)
    if agency is None:
        raise AgencyNotFound(agency_code=code)
    return agency


async def _parent_id(
    tx: AsyncSession, code: str | None, *, child_level: AgencyLevel, on: date
) -> int | None:
    """Return the parent's id once it is clear that it can be one on that day."""
    if code is None:
        return None
    if await store.agency_row(tx, code) is None:
        raise UnknownAgency(agency_code=code)
    parent = await store.agency_on(tx, code, day=on)
    if parent is None or not may_stand_under(child_level, AgencyLevel(parent.level)):
        raise ParentNotSuitable(parent_code=code, on=on)
    parent_id: int = parent.agency_id
    return parent_id
